-- Names are compared byte by byte, and JSON stays text: it may hold what jsonb refuses.

CREATE SEQUENCE executions_number;

CREATE TABLE executions (
  -- In the order of making, as far as one replica is concerned: tells equal times apart in lists.
  number bigint NOT NULL,
  id text COLLATE "C" PRIMARY KEY,
  flow text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,
  key text COLLATE "C",
  -- 0 to 255: replicas share timers by it.
  slot smallint NOT NULL,
  has_incident boolean NOT NULL,
  -- Only a row of the outbox could wake it: a candidate of the liveness ledger.
  needs_command boolean NOT NULL,
  started_at bigint NOT NULL,
  finished_at bigint,
  -- Whole seconds: an index on the exact time would grow with every write.
  updated_second bigint NOT NULL,
  updated_at bigint NOT NULL,
  wake_at bigint,
  revision bigint NOT NULL,
  status text COLLATE "C" NOT NULL,
  node text COLLATE "C" NOT NULL,
  stage text COLLATE "C",
  unique_key text COLLATE "C",
  -- JSON; absent where the first fact of the journal carries it.
  input text,
  -- JSON.
  state text NOT NULL,
  -- JSON of what has no column, as far as it is not empty.
  details text NOT NULL
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

-- Each write that changes one of its columns adds an entry to each of the indexes whose condition
-- holds, changed or not. Therefore they are few, and those for rare things are partial.
CREATE INDEX executions_by_place ON executions (flow, status, node, started_at, number);
CREATE INDEX executions_by_update ON executions (flow, updated_second);
CREATE INDEX executions_by_key ON executions (key, flow, started_at) WHERE key IS NOT NULL;
CREATE INDEX executions_by_wake ON executions (wake_at, slot) WHERE wake_at IS NOT NULL;
CREATE INDEX executions_by_end ON executions (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX executions_by_incident ON executions (flow, started_at) WHERE has_incident;
CREATE INDEX executions_by_need ON executions (number) WHERE needs_command;
CREATE UNIQUE INDEX executions_by_unique_key ON executions (flow, unique_key)
  WHERE unique_key IS NOT NULL;

CREATE TABLE journal (
  execution bigint NOT NULL,
  first_sequence bigint NOT NULL,
  -- JSON of the list of facts of one write.
  facts text NOT NULL,
  PRIMARY KEY (execution, first_sequence)
);

CREATE SEQUENCE outbox_sequence;

CREATE TABLE outbox (
  sequence bigint NOT NULL,
  execution bigint NOT NULL,
  -- The number of the replica that has claimed it, while that lives; 0: nobody.
  owner bigint NOT NULL,
  due_at bigint NOT NULL,
  attempt bigint NOT NULL,
  reserved_until bigint,
  -- Purpose `also`: it waits for nobody.
  beside boolean NOT NULL,
  channel text COLLATE "C" NOT NULL,
  command_id text COLLATE "C" NOT NULL,
  command_name text COLLATE "C" NOT NULL,
  -- JSON of the command without what the other columns say.
  command text NOT NULL,
  -- JSON.
  data text NOT NULL
) WITH (
  fillfactor = 70,
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 5000,
  vacuum_truncate = false
);

CREATE INDEX outbox_by_owner ON outbox (owner, channel, sequence);
CREATE INDEX outbox_by_execution ON outbox (execution);

-- Commands that a write has taken from the replica that had claimed them: while that lives and has not
-- let go of them, no row of the execution can be claimed.
CREATE TABLE withdrawn (
  execution bigint NOT NULL,
  command_id text COLLATE "C" NOT NULL,
  owner bigint NOT NULL,
  channel text COLLATE "C" NOT NULL,
  PRIMARY KEY (execution, command_id)
);

CREATE INDEX withdrawn_by_owner ON withdrawn (owner, channel);

CREATE TABLE inbox (
  execution bigint NOT NULL,
  message_id text COLLATE "C" NOT NULL,
  -- JSON.
  answer text NOT NULL,
  PRIMARY KEY (execution, message_id)
);

CREATE TABLE search_terms (
  term text COLLATE "C" NOT NULL,
  execution text COLLATE "C" NOT NULL,
  PRIMARY KEY (term, execution)
);

CREATE INDEX search_terms_by_execution ON search_terms (execution);

-- Differences, appended by each commit and summed up by whoever reads. Now and then somebody replaces
-- many by their sum. A row per place that all replicas update would make them wait for each other.
CREATE TABLE execution_counts (
  flow text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  status text COLLATE "C" NOT NULL,
  node text COLLATE "C" NOT NULL,
  -- Empty where the node has none.
  stage text COLLATE "C" NOT NULL,
  count bigint NOT NULL,
  incidents bigint NOT NULL,
  last_activity_at bigint NOT NULL
) WITH (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 5000,
  vacuum_truncate = false
);

CREATE TABLE flow_versions (
  flow text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,
  title text,
  hash text NOT NULL,
  text text NOT NULL,
  format text NOT NULL,
  published_at bigint NOT NULL,
  published_by text NOT NULL,
  PRIMARY KEY (flow, version)
);

CREATE TABLE flow_statuses (
  flow text COLLATE "C" PRIMARY KEY,
  status text NOT NULL
);

-- How far everything of a source was settled; the consumer of a channel starts there.
CREATE TABLE positions (
  channel text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  PRIMARY KEY (channel, source)
);

-- Messages from outside that could not be applied, as they came.
CREATE TABLE dead_letters (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  channel text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  received_at bigint NOT NULL,
  code text NOT NULL,
  detail text NOT NULL,
  key text,
  value text NOT NULL,
  encoding text NOT NULL,
  -- JSON.
  headers text NOT NULL,
  -- A page of them is found by channel, a message by its place.
  UNIQUE (channel, source, position)
);

CREATE INDEX dead_letters_by_channel ON dead_letters (channel, number);

-- A replica whose lease ended and that begins anew has another number: nothing is claimed for it.
CREATE TABLE replicas (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text COLLATE "C" NOT NULL UNIQUE,
  name text NOT NULL,
  lease_ms bigint NOT NULL,
  joined_at timestamptz NOT NULL,
  lease_until timestamptz NOT NULL
);

-- Written to prove that the store can be written to; by several replicas, hence several rows.
CREATE TABLE probes (
  slot smallint PRIMARY KEY,
  written_at timestamptz NOT NULL
);

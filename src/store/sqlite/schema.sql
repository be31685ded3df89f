CREATE TABLE schema_migrations (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL
  ) STRICT;

CREATE TABLE executions (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  flow TEXT NOT NULL,
  version INTEGER NOT NULL,
  kind TEXT NOT NULL,
  key TEXT,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  -- Whole seconds: an index on the exact time would be rewritten by every transition.
  updated_second INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  status TEXT NOT NULL,
  node TEXT NOT NULL,
  stage TEXT,
  has_incident INTEGER,
  wake_at INTEGER,
  unique_key TEXT,
  -- 1 where nothing could wake the execution: the liveness ledger, whose index must be empty.
  unwakeable INTEGER,
  revision INTEGER NOT NULL,
  -- JSON [[command id, channel, sequence], …] of its outbox rows; absent without any.
  outbox TEXT,
  -- JSON; absent where the first fact of the journal carries it.
  input TEXT,
  -- JSON.
  state TEXT NOT NULL,
  -- JSON of what has no column, as far as it is not empty.
  details TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX executions_by_id ON executions (id);

CREATE INDEX executions_by_key ON executions (key, flow, started_at) WHERE key IS NOT NULL;

CREATE INDEX executions_by_open_key ON executions (key, flow, started_at)
  WHERE key IS NOT NULL AND finished_at IS NULL;

CREATE INDEX executions_by_status ON executions (flow, status, started_at);

CREATE INDEX executions_by_update ON executions (flow, updated_second);

CREATE INDEX executions_by_open_node ON executions (flow, node, started_at)
  WHERE finished_at IS NULL;

CREATE INDEX executions_by_incident ON executions (flow, started_at)
  WHERE has_incident IS NOT NULL;

CREATE INDEX executions_by_wake ON executions (wake_at) WHERE wake_at IS NOT NULL;

CREATE UNIQUE INDEX executions_by_unique_key ON executions (flow, unique_key)
  WHERE unique_key IS NOT NULL;

CREATE INDEX executions_unwakeable ON executions (unwakeable) WHERE unwakeable IS NOT NULL;

CREATE TABLE journal (
  number INTEGER PRIMARY KEY,
  execution INTEGER NOT NULL,
  first_sequence INTEGER NOT NULL,
  facts TEXT NOT NULL
) STRICT;

CREATE INDEX journal_by_execution ON journal (execution, first_sequence);

CREATE TABLE outbox (
  channel TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  -- Equal to due_at where that lay in the future when it was set.
  later_at INTEGER,
  attempt INTEGER NOT NULL,
  -- JSON of the command without what the other columns say.
  command TEXT NOT NULL,
  -- JSON.
  data TEXT NOT NULL,
  PRIMARY KEY (channel, sequence)
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_by_later ON outbox (channel, later_at) WHERE later_at IS NOT NULL;

CREATE TABLE inbox (
  execution INTEGER NOT NULL,
  message_id TEXT NOT NULL,
  answer TEXT NOT NULL,
  PRIMARY KEY (execution, message_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE search_terms (
  term TEXT NOT NULL,
  execution INTEGER NOT NULL,
  PRIMARY KEY (term, execution)
) STRICT, WITHOUT ROWID;

CREATE INDEX search_terms_by_execution ON search_terms (execution);

CREATE TABLE execution_counts (
  flow TEXT NOT NULL,
  version INTEGER NOT NULL,
  status TEXT NOT NULL,
  node TEXT NOT NULL,
  -- Empty where the node has none.
  stage TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (flow, version, status, node, stage)
) STRICT, WITHOUT ROWID;

CREATE TABLE flow_activity (
  flow TEXT PRIMARY KEY,
  incidents INTEGER NOT NULL,
  last_activity_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE flow_versions (
  flow TEXT NOT NULL,
  version INTEGER NOT NULL,
  kind TEXT NOT NULL,
  title TEXT,
  hash TEXT NOT NULL,
  text TEXT NOT NULL,
  format TEXT NOT NULL,
  published_at INTEGER NOT NULL,
  published_by TEXT NOT NULL,
  PRIMARY KEY (flow, version)
) STRICT;

CREATE TABLE flow_statuses (
  flow TEXT PRIMARY KEY,
  status TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sequences (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE positions (
  channel TEXT NOT NULL,
  source TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (channel, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE dead_letters (
  number INTEGER PRIMARY KEY,
  channel TEXT NOT NULL,
  source TEXT NOT NULL,
  position INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  code TEXT NOT NULL,
  detail TEXT NOT NULL,
  key TEXT,
  value TEXT NOT NULL,
  encoding TEXT NOT NULL,
  -- JSON.
  headers TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX dead_letters_by_place ON dead_letters (channel, source, position);

CREATE INDEX dead_letters_by_channel ON dead_letters (channel, number);

CREATE TABLE dead_letter_counts (
  channel TEXT PRIMARY KEY,
  count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX executions_by_end ON executions (finished_at) WHERE finished_at IS NOT NULL;

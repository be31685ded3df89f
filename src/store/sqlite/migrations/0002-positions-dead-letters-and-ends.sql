-- How far everything of a source was settled; the consumer of a channel starts there.
CREATE TABLE positions (
  channel TEXT NOT NULL,
  source TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (channel, source)
) STRICT, WITHOUT ROWID;

-- Messages from outside that could not be applied, as they came.
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

-- Counted as they come and go, so that nobody has to count them.
CREATE TABLE dead_letter_counts (
  channel TEXT PRIMARY KEY,
  count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What retention looks through. Ends come nearly in order, so that a commit fills few of its pages.
CREATE INDEX executions_by_end ON executions (finished_at) WHERE finished_at IS NOT NULL;

-- Operations that are over: no code is made for them any more.
CREATE TABLE IF NOT EXISTS ended_operations (
    operation_id TEXT NOT NULL PRIMARY KEY,
    ended_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS ended_operations_by_time ON ended_operations (ended_at);

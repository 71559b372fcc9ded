-- Times are nanoseconds since 1970-01-01 UTC. A user_id of '' is nobody: the challenge is a fake.

CREATE TABLE IF NOT EXISTS challenges (
    message_id TEXT NOT NULL PRIMARY KEY,
    operation_id TEXT NOT NULL,
    operation_name TEXT NOT NULL,
    user_id TEXT NOT NULL,
    organization_id TEXT,
    code_hash BLOB NOT NULL,
    key_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- 0 open, 1 ended, 2 used
    state INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX IF NOT EXISTS open_challenges ON challenges (operation_id, operation_name, user_id) WHERE state = 0;
CREATE INDEX IF NOT EXISTS challenges_by_expiry ON challenges (expires_at);

-- Guesses that a step has spent.
CREATE TABLE IF NOT EXISTS spent (
    operation_id TEXT NOT NULL,
    operation_name TEXT NOT NULL,
    user_id TEXT NOT NULL,
    guesses INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (operation_id, operation_name, user_id)
) STRICT, WITHOUT ROWID;

-- Failures in a row. factor: 0 code, 1 password.
CREATE TABLE IF NOT EXISTS attempts (
    user_id TEXT NOT NULL,
    factor INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    blocked_until INTEGER,
    PRIMARY KEY (user_id, factor)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS shown_forms (
    operation_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    form TEXT NOT NULL,
    version TEXT NOT NULL,
    language TEXT NOT NULL,
    -- [["CONSENT_INIT", true], …]: id, whether it had to be ticked
    options TEXT NOT NULL,
    shown_at INTEGER NOT NULL,
    PRIMARY KEY (operation_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS consents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL,
    operation_id TEXT NOT NULL,
    form TEXT NOT NULL,
    version TEXT NOT NULL,
    language TEXT NOT NULL,
    -- [["CONSENT_INIT", true], …]: id, whether it was ticked
    options TEXT NOT NULL,
    given_at INTEGER NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS consents_by_user ON consents (user_id);

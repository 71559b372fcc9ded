-- A challenge is also a request that others list, renew, decide and cancel.
-- method: 0 managed by the client, 1 one-time code, 2 push. presentation: title, description and binding, as JSON.
ALTER TABLE challenges ADD COLUMN method INTEGER NOT NULL DEFAULT 1;
ALTER TABLE challenges ADD COLUMN presentation TEXT NOT NULL DEFAULT '{}';
ALTER TABLE challenges ADD COLUMN renewals INTEGER NOT NULL DEFAULT 0;
ALTER TABLE challenges ADD COLUMN accepted INTEGER NOT NULL DEFAULT 0;

CREATE INDEX open_challenges_by_user ON challenges (user_id) WHERE state = 0;

-- AUTOINCREMENT: the number of a device is never that of another one.
CREATE TABLE devices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    os_version TEXT NOT NULL,
    registered_at INTEGER NOT NULL
) STRICT;

CREATE INDEX devices_by_user ON devices (user_id);

-- By the ids of tokens: the tokens are not kept.
CREATE TABLE revoked_tokens (
    token_id TEXT NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX revoked_tokens_by_expiry ON revoked_tokens (expires_at);

CREATE TABLE sessions (
    holder TEXT NOT NULL,
    user_id TEXT NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, holder)
) STRICT, WITHOUT ROWID;

-- The number that was given last.
CREATE TABLE numbers (
    name TEXT NOT NULL PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What users proved, by which they are reached. The ids are in the order of enrolment.
-- channel: 0 SMS, 1 Authy, 2 biometric. status: 0 pending, 1 active, 2 inactive.
CREATE TABLE factors (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL,
    channel INTEGER NOT NULL,
    status INTEGER NOT NULL,
    enrolled_at INTEGER NOT NULL,
    -- A keyed hash of the number that it is proved for.
    target BLOB,
    key_id TEXT,
    -- The challenge that decides it, until it is decided.
    message_id TEXT,
    UNIQUE (user_id, channel)
) STRICT;

CREATE UNIQUE INDEX factors_by_message ON factors (message_id) WHERE message_id IS NOT NULL;

-- Calls that must not be made twice. One without a status is under way.
CREATE TABLE calls (
    scope TEXT NOT NULL,
    user_id TEXT NOT NULL,
    reference TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    begun_at INTEGER NOT NULL,
    leased_until INTEGER NOT NULL,
    status INTEGER,
    content_type TEXT,
    body BLOB,
    PRIMARY KEY (scope, user_id, reference)
) STRICT, WITHOUT ROWID;

CREATE INDEX calls_by_time ON calls (begun_at);

-- How often things were done within the window of a limit, whose length and limit are in the key.
CREATE TABLE rates (
    name TEXT NOT NULL,
    length INTEGER NOT NULL,
    allowed INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    began_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    PRIMARY KEY (name, length, allowed)
) STRICT, WITHOUT ROWID;

CREATE INDEX rates_by_end ON rates (ends_at);

-- When the sessions of users were ended.
CREATE TABLE ended_sessions (
    user_id TEXT NOT NULL PRIMARY KEY,
    ended_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

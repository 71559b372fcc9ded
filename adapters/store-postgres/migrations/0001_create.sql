-- Times are nanoseconds since 1970-01-01 UTC. A user_id of '' is nobody: the challenge is a fake. Texts are compared byte by byte.

CREATE TABLE challenges (
    message_id TEXT COLLATE "C" PRIMARY KEY,
    operation_id TEXT COLLATE "C" NOT NULL,
    operation_name TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    organization_id TEXT COLLATE "C",
    -- 0 managed by the client, 1 one-time code, 2 push
    method SMALLINT NOT NULL,
    -- title, description and binding, as JSON
    presentation TEXT NOT NULL,
    code_hash BYTEA NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- 0 open, 1 ended, 2 used
    state SMALLINT NOT NULL,
    renewals BIGINT NOT NULL,
    accepted BOOLEAN NOT NULL
);

CREATE UNIQUE INDEX open_challenges ON challenges (operation_id, operation_name, user_id) WHERE state = 0;
CREATE INDEX open_challenges_by_user ON challenges (user_id) WHERE state = 0;
CREATE INDEX challenges_by_expiry ON challenges (expires_at);

-- Guesses that a step has spent.
CREATE TABLE spent (
    operation_id TEXT COLLATE "C" NOT NULL,
    operation_name TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    guesses BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (operation_id, operation_name, user_id)
);

-- Failures in a row, and attempts that are under way. factor: 0 code, 1 password, 2 partner.
CREATE TABLE attempts (
    user_id TEXT COLLATE "C" NOT NULL,
    factor SMALLINT NOT NULL,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    blocked_until BIGINT,
    -- [["id", admitted, expires], …]
    reservations TEXT NOT NULL,
    -- When the last of them expires.
    reserved_until BIGINT,
    PRIMARY KEY (user_id, factor)
);

-- Operations that are over: no code is made for them any more.
CREATE TABLE ended_operations (
    operation_id TEXT COLLATE "C" PRIMARY KEY,
    ended_at BIGINT NOT NULL
);

CREATE INDEX ended_operations_by_time ON ended_operations (ended_at);

CREATE TABLE shown_forms (
    operation_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    form TEXT COLLATE "C" NOT NULL,
    version TEXT COLLATE "C" NOT NULL,
    language TEXT COLLATE "C" NOT NULL,
    -- [["CONSENT_INIT", true], …]: id, whether it had to be ticked
    options TEXT NOT NULL,
    shown_at BIGINT NOT NULL,
    PRIMARY KEY (operation_id, user_id)
);

CREATE INDEX shown_forms_by_time ON shown_forms (shown_at);
CREATE INDEX shown_forms_by_user ON shown_forms (user_id);

CREATE TABLE consents (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id TEXT COLLATE "C" NOT NULL,
    organization_id TEXT COLLATE "C",
    operation_id TEXT COLLATE "C" NOT NULL,
    form TEXT COLLATE "C" NOT NULL,
    version TEXT COLLATE "C" NOT NULL,
    language TEXT COLLATE "C" NOT NULL,
    -- [["CONSENT_INIT", true], …]: id, whether it was ticked
    options TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    -- Who it was given to; NULL for nobody. scopes: ["aisp", "pisp"], in order, each once.
    client_id TEXT COLLATE "C",
    scopes TEXT COLLATE "C",
    -- Until when it may stand for another one.
    remembered_until BIGINT
);

CREATE INDEX consents_by_purpose ON consents (user_id, form, client_id);

-- A consent is withdrawn once, and stays.
CREATE TABLE consent_withdrawals (
    consent_id BIGINT PRIMARY KEY REFERENCES consents (id),
    withdrawn_at BIGINT NOT NULL
);

-- The number of a device is never that of another one.
CREATE TABLE devices (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    os_version TEXT NOT NULL,
    registered_at BIGINT NOT NULL
);

CREATE INDEX devices_by_user ON devices (user_id);

-- By the ids of tokens: the tokens are not kept.
CREATE TABLE revoked_tokens (
    token_id TEXT COLLATE "C" PRIMARY KEY,
    expires_at BIGINT NOT NULL
);

CREATE INDEX revoked_tokens_by_expiry ON revoked_tokens (expires_at);

-- The number that was given last.
CREATE TABLE numbers (
    name TEXT COLLATE "C" PRIMARY KEY,
    last BIGINT NOT NULL
);

CREATE TABLE sessions (
    user_id TEXT COLLATE "C" NOT NULL,
    holder TEXT COLLATE "C" NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, holder)
);

-- When the sessions of users were ended.
CREATE TABLE ended_sessions (
    user_id TEXT COLLATE "C" PRIMARY KEY,
    ended_at BIGINT NOT NULL
);

-- What users proved, by which they are reached. The ids are in the order of enrolment.
-- channel: 0 SMS, 1 Authy, 2 biometric. status: 0 pending, 1 active, 2 inactive.
CREATE TABLE factors (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id TEXT COLLATE "C" NOT NULL,
    channel SMALLINT NOT NULL,
    status SMALLINT NOT NULL,
    enrolled_at BIGINT NOT NULL,
    -- A keyed hash of the number that it is proved for.
    target BYTEA,
    key_id TEXT COLLATE "C",
    -- The challenge that decides it, until it is decided.
    message_id TEXT COLLATE "C",
    UNIQUE (user_id, channel)
);

CREATE UNIQUE INDEX factors_by_message ON factors (message_id) WHERE message_id IS NOT NULL;

-- Calls that must not be made twice. One without a status is under way.
CREATE TABLE calls (
    scope TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    reference TEXT COLLATE "C" NOT NULL,
    fingerprint BYTEA NOT NULL,
    begun_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    status INTEGER,
    content_type TEXT,
    body BYTEA,
    PRIMARY KEY (scope, user_id, reference)
);

CREATE INDEX calls_by_time ON calls (begun_at);

-- How often things were done within the window of a limit, whose length and limit are in the key.
CREATE TABLE rates (
    name TEXT COLLATE "C" NOT NULL,
    length BIGINT NOT NULL,
    allowed BIGINT NOT NULL,
    calls BIGINT NOT NULL,
    began_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    PRIMARY KEY (name, length, allowed)
);

CREATE INDEX rates_by_end ON rates (ends_at);

-- Which gateway took a message, and what is known of the whole of it.
-- status: 0 handed over, 1 undelivered, 2 delivered.
CREATE TABLE deliveries (
    message_id TEXT COLLATE "C" PRIMARY KEY,
    gateway TEXT COLLATE "C" NOT NULL,
    status SMALLINT NOT NULL,
    reason TEXT,
    kept_at BIGINT NOT NULL
);

CREATE INDEX deliveries_by_time ON deliveries (kept_at);

-- What gateways report of the parts of messages. One without a message was reported before its message was kept.
CREATE TABLE delivery_parts (
    gateway TEXT COLLATE "C" NOT NULL,
    reference TEXT COLLATE "C" NOT NULL,
    message_id TEXT COLLATE "C",
    status SMALLINT NOT NULL,
    reason TEXT,
    kept_at BIGINT NOT NULL,
    PRIMARY KEY (gateway, reference)
);

CREATE INDEX delivery_parts_by_message ON delivery_parts (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX delivery_parts_by_time ON delivery_parts (kept_at);
CREATE INDEX early_receipts ON delivery_parts (kept_at) WHERE message_id IS NULL;

-- What one instance does at a time: whoever locks the row.
CREATE TABLE chores (
    name TEXT COLLATE "C" PRIMARY KEY
);

INSERT INTO chores VALUES ('purge');

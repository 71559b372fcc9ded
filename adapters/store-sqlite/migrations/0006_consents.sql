-- Who a consent was given to, and until when it may stand for another one. Those from before stand for none.
ALTER TABLE consents ADD COLUMN organization_id TEXT;
ALTER TABLE consents ADD COLUMN client_id TEXT;
-- ["aisp", "pisp"]: in order, each once
ALTER TABLE consents ADD COLUMN scopes TEXT;
ALTER TABLE consents ADD COLUMN remembered_until INTEGER;

CREATE INDEX consents_by_purpose ON consents (user_id, form, client_id);

-- A consent is withdrawn once, and stays.
CREATE TABLE consent_withdrawals (
    consent_id INTEGER NOT NULL PRIMARY KEY REFERENCES consents (id),
    withdrawn_at INTEGER NOT NULL
) STRICT;

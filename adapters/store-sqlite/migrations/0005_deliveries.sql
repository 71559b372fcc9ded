-- Which gateway took a message, and what is known of the whole of it.
-- status: 0 handed over, 1 undelivered, 2 delivered.
CREATE TABLE deliveries (
    message_id TEXT NOT NULL PRIMARY KEY,
    gateway TEXT NOT NULL,
    status INTEGER NOT NULL,
    reason TEXT,
    kept_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX deliveries_by_time ON deliveries (kept_at);

-- What gateways report of the parts of messages. One without a message was reported before its message was kept.
CREATE TABLE delivery_parts (
    gateway TEXT NOT NULL,
    reference TEXT NOT NULL,
    message_id TEXT,
    status INTEGER NOT NULL,
    reason TEXT,
    kept_at INTEGER NOT NULL,
    PRIMARY KEY (gateway, reference)
) STRICT, WITHOUT ROWID;

CREATE INDEX delivery_parts_by_message ON delivery_parts (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX delivery_parts_by_time ON delivery_parts (kept_at);
CREATE INDEX early_receipts ON delivery_parts (kept_at) WHERE message_id IS NULL;

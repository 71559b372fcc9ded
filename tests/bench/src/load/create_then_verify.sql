\set user random(10000000, 10000999)
\set operation random(1, 1000000000000)
\set number :number + 1

BEGIN;
SELECT pg_advisory_xact_lock_shared(:operation);
WITH ended AS (
    UPDATE challenges SET state = 1
    WHERE operation_id = :operation::TEXT AND operation_name = 'authorize_payment' AND user_id = :user::TEXT AND state = 0
    RETURNING message_id, expires_at > :now AND created_at <= :now AS was_open
)
SELECT EXISTS (SELECT 1 FROM ended_operations WHERE operation_id = :operation::TEXT) AS is_over,
    (SELECT message_id FROM ended WHERE was_open) AS message_id;
INSERT INTO challenges (message_id, operation_id, operation_name, user_id, organization_id, method, presentation,
    code_hash, key_id, created_at, expires_at, state, renewals, accepted)
VALUES (concat(:now::TEXT, :number::TEXT, ' ', :client_id::TEXT), :operation::TEXT, 'authorize_payment', :user::TEXT, 'RETAIL', 1,
    '{}', '\x00000000000000000000000000000000ffffffffffffffffffffffffffffffff', 'current', :now, :now + 300000000000, 0, 0, FALSE);
INSERT INTO rates
SELECT name, length * 1000000000, allowed, 1, :now::BIGINT, :now::BIGINT + length * 1000000000
FROM unnest(
    ARRAY['sms-all', 'sms-country 420', 'sms-organization RETAIL', 'sms-user ' || :user, 'sms-number ' || :user]
) AS names (name), unnest(ARRAY[60, 3600, 86400]::BIGINT[], ARRAY[1000000, 1000001, 1000002]::BIGINT[]) AS limits (length, allowed)
ORDER BY name COLLATE "C", length, allowed
ON CONFLICT (name, length, allowed) DO UPDATE SET
    calls = CASE WHEN rates.ends_at > :now AND rates.began_at <= :now THEN rates.calls + 1 ELSE 1 END,
    began_at = CASE WHEN rates.ends_at > :now AND rates.began_at <= :now THEN rates.began_at ELSE excluded.began_at END,
    ends_at = CASE WHEN rates.ends_at > :now AND rates.began_at <= :now THEN rates.ends_at ELSE excluded.ends_at END
RETURNING name, length, allowed, calls, ends_at;
COMMIT;

BEGIN;
SELECT * FROM challenges WHERE message_id = concat(:now::TEXT, :number::TEXT, ' ', :client_id::TEXT) FOR UPDATE;
INSERT INTO attempts VALUES (:user::TEXT, 0, 0, 0, NULL, '[]', NULL)
ON CONFLICT (user_id, factor) DO UPDATE SET user_id = excluded.user_id
RETURNING *, COALESCE((
    SELECT spent.guesses FROM spent
    WHERE spent.operation_id = :operation::TEXT AND spent.operation_name = 'authorize_payment' AND spent.user_id = :user::TEXT
        AND spent.last_at > 0
), 0) AS guesses;
WITH used AS (
        UPDATE challenges SET state = 2 WHERE message_id = concat(:now::TEXT, :number::TEXT, ' ', :client_id::TEXT)
    ), fresh_step AS (
        DELETE FROM spent
        WHERE operation_id = :operation::TEXT AND operation_name = 'authorize_payment' AND user_id = :user::TEXT
    ), fresh_user AS (DELETE FROM attempts WHERE user_id = :user::TEXT AND factor = 0)
UPDATE factors SET status = 1, message_id = NULL
WHERE message_id = concat(:now::TEXT, :number::TEXT, ' ', :client_id::TEXT);
COMMIT;

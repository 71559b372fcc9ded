-- Attempts that are under way: [["id", admitted_at, expires_at], …], and the last of these times.
ALTER TABLE attempts ADD COLUMN reservations TEXT NOT NULL DEFAULT '[]';
ALTER TABLE attempts ADD COLUMN reserved_until INTEGER;

-- What is kept of a code is another hash from now on: the codes that are open would be wrong.
UPDATE challenges SET state = 1 WHERE state = 0 AND method = 1;

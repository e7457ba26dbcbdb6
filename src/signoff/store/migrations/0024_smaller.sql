-- What a waiting run takes less room without.

-- Parameters that are small, and that nothing but their JSON is kept of. Others have a row in
-- `parameters`, and what is there counts.
ALTER TABLE runs ADD COLUMN given TEXT;

-- Status 0: open. Kinds 1 to 3: a person is asked; the index of the inbox has their deadlines. The
-- few waits that end in the same microsecond are put in order when they are read.
DROP INDEX waits_inbox;
DROP INDEX waits_due;
CREATE INDEX waits_inbox ON waits ((COALESCE(deadline, 9223372036854775807)), opened_at)
    WHERE status = 0 AND kind <= 3;
CREATE INDEX waits_due ON waits (deadline)
    WHERE status = 0 AND kind > 3 AND deadline IS NOT NULL;

{packed_indexes};

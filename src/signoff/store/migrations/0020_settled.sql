-- What was answered (1) or has expired (2), newest first, of what asked a person.

CREATE INDEX waits_settled ON waits (status, closed_at)
    WHERE status IN (1, 2) AND kind <= 3;

-- Runs that a claimer may take: without an owner, in phases 1 (scheduled), 2 (pending), 5 (resuming)
-- and 6 (waiting for the next attempt). In order of their moment.

CREATE INDEX runs_due ON runs ((COALESCE(scheduled, 0)))
    WHERE owner IS NULL AND phase IN (1, 2, 5, 6);

-- Runs that wait in their process for a place of their deployment (phase 13), the longest first.

CREATE INDEX runs_queued ON runs (deployment, since) WHERE phase = 13;

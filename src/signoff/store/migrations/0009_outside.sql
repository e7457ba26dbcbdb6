-- What belongs to tasks that are called outside of flows: their rows and log lines need a run. It
-- has no flow, so no list of runs shows it.
INSERT INTO runs (
    id, flow, name, phase, begun, hold, version, entry, attempt, opened, since, created,
    created_by, run_time
) VALUES ({no_run}, 0, '', 8, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0);

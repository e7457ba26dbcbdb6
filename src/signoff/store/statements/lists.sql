-- Lists and single views. `{where}` and `{order}` are compiled by filtering.py.

-- name: flow_runs
SELECT r.no, r.id, r.name, f.id, f.name, r.phase, r.state_name, r.message, r.since, r.version,
    r.entry, r.attempt, r.begun, r.scheduled, r.expected, r.started, r.ended, r.run_time,
    r.created, r.created_by, r.parent, r.parent_task, r.idempotency_key, r.flow_version, r.tags,
    r.deployment, r.schedule, r.pool, r.queue, r.job_variables,
    COALESCE(p.body, r.given)
FROM runs r JOIN flows f ON f.no = r.flow LEFT JOIN parameters p ON p.run = r.no
WHERE {where} ORDER BY {order} LIMIT :limit OFFSET :offset;

-- name: count_runs
SELECT COUNT(*) FROM runs r JOIN flows f ON f.no = r.flow WHERE {where};

-- name: page_of_runs
SELECT r.no, {value} FROM runs r JOIN flows f ON f.no = r.flow
WHERE {where} ORDER BY {order} LIMIT :limit;

-- name: tally_of_runs
SELECT COUNT(*) FROM (
    SELECT 1 FROM runs r JOIN flows f ON f.no = r.flow WHERE {where} LIMIT :most
) counted;

-- name: asked_by_runs
SELECT w.run, w.kind, w.title, w.wait_key FROM waits w
WHERE w.status = 0 AND {where} ORDER BY w.run, w.number;

-- Of each form the oldest that asks for it stands for all.
-- name: forms_of_runs
SELECT q.form, q.number, r.id, w.wait_key FROM (
    SELECT w.form AS form, COUNT(*) AS number, MIN(w.run) AS run
    FROM waits w JOIN runs r ON r.no = w.run JOIN flows f ON f.no = r.flow
    WHERE w.status = 0 AND w.kind <= 3 AND {where} GROUP BY w.form
) q JOIN runs r ON r.no = q.run JOIN waits w ON w.run = q.run AND w.number = (
    SELECT MIN(x.number) FROM waits x WHERE x.run = q.run AND x.status = 0 AND x.kind <= 3
        AND COALESCE(x.form = q.form, q.form IS NULL AND x.form IS NULL)
) ORDER BY q.number DESC, q.run;

-- What somebody can answer: kinds 1 to 3.
-- name: with_open_wait
EXISTS (SELECT 1 FROM waits w WHERE w.run = r.no AND w.status = 0 AND w.kind <= 3 AND {where});

-- The flow of a deployment is that of its runs, `f`.
-- name: with_deployment
EXISTS (SELECT 1 FROM deployments d WHERE d.id = r.deployment AND {where});

-- name: with_task_runs
EXISTS (SELECT 1 FROM task_runs t WHERE t.run = r.no AND {where});

-- name: open_waits
SELECT w.run, w.number, w.wait_key, w.deadline, w.form FROM waits w
WHERE w.status = 0 AND w.run IN ({runs}) ORDER BY w.run, w.number;

-- name: newest_reentries
SELECT e.run, e.body FROM reentries e JOIN runs r ON r.no = e.run AND r.entry = e.entry
WHERE e.run IN ({runs});

-- name: flows
SELECT f.id, f.name, f.created, f.tags FROM flows f
WHERE (f.deleted IS NULL OR EXISTS (SELECT 1 FROM runs x WHERE x.flow = f.no)) AND {where}
ORDER BY {order} LIMIT :limit OFFSET :offset;

-- name: flow_by_id
SELECT f.id, f.name, f.created, f.tags FROM flows f
WHERE f.id = :id AND (f.deleted IS NULL OR EXISTS (SELECT 1 FROM runs x WHERE x.flow = f.no));

-- name: flow_by_name
SELECT f.id, f.name, f.created, f.tags FROM flows f
WHERE f.name = :name AND (f.deleted IS NULL OR EXISTS (SELECT 1 FROM runs x WHERE x.flow = f.no));

-- name: task_runs
-- A task run for which an open wait stands is paused (4); it is stored as running.
SELECT t.id, r.id, t.name, t.task_key, t.place, t.occurrence,
    CASE WHEN t.ended IS NULL AND EXISTS (
        SELECT 1 FROM waits w WHERE w.run = t.run AND w.task_run = t.id AND w.status = 0
    ) THEN 4 ELSE t.state_type END, t.state_name,
    t.message, t.started, t.ended, t.run_count, t.attempt, t.tags, t.child, (
        SELECT i.body FROM task_inputs i WHERE i.run = t.run AND i.task_run = t.id
    )
FROM task_runs t JOIN runs r ON r.no = t.run
WHERE {where} ORDER BY {order} LIMIT :limit OFFSET :offset;

-- name: logs
SELECT l.id, l.name, l.level, l.message, l.at, r.id, l.task_run
FROM logs l JOIN runs r ON r.no = l.run
WHERE {where} ORDER BY {order} LIMIT :limit OFFSET :offset;

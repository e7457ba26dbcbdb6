-- Runs: the rows that the rules read and write, and how runs were created.

-- name: find_flow
SELECT no, id FROM flows WHERE name = :name;

-- name: flow_of_number
SELECT id FROM flows WHERE no = :no;

-- name: flow_number
SELECT no FROM flows WHERE id = :id;

-- name: insert_flow
INSERT INTO flows (id, name, created) VALUES (:id, :name, :created) ON CONFLICT (name) DO NOTHING;

-- name: find_actor
SELECT no FROM actors
WHERE name = :name AND via = :via AND host = :host AND verified = :verified;

-- name: insert_actor
INSERT INTO actors (name, via, host, verified) VALUES (:name, :via, :host, :verified)
ON CONFLICT (name, via, host, verified) DO NOTHING;

-- name: read_actor
SELECT name, via, host, verified FROM actors WHERE no = :no;

-- name: insert_entry_record
INSERT INTO entry_records (digest, body) VALUES (:digest, :body) ON CONFLICT (digest) DO NOTHING;

-- name: read_entry_record
SELECT body FROM entry_records WHERE digest = :digest;

-- name: run_number
SELECT no FROM runs WHERE id = :id;

-- name: read_run
SELECT no, phase, state_name, message, since, version, entry, attempt, begun, hold, scheduled,
    owner, parent, opened, deployment, flow, name
FROM runs WHERE id = :id;

-- name: lock_run
SELECT no, phase, state_name, message, since, version, entry, attempt, begun, hold, scheduled,
    owner, parent, opened, deployment, flow, name
FROM runs WHERE id = :id {for_update};

-- name: insert_run
INSERT INTO runs (
    id, flow, name, phase, begun, hold, version, entry, attempt, opened, since, created,
    created_by, run_time, started, ended, scheduled, expected, owner, state_name, message,
    entry_record, parent, parent_task, journal_key, idempotency_key, flow_version, tags,
    deployment, schedule, pool, queue, job_variables, given
) VALUES (
    :id, :flow, :name, :phase, :begun, :hold, :version, :entry, :attempt, :opened, :since, :created,
    :created_by, 0, :started, :ended, :scheduled, :scheduled, :owner, :state_name, :message,
    :entry_record, :parent, :parent_task, :journal_key, :idempotency_key, :flow_version, :tags,
    :deployment, :schedule, :pool, :queue, :job_variables, :given
)
ON CONFLICT DO NOTHING
RETURNING no;

-- name: insert_parameters
INSERT INTO parameters (run, body, pickled) VALUES (:run, :body, :pickled);

-- name: put_parameters
INSERT INTO parameters (run, body, pickled) VALUES (:run, :body, NULL)
ON CONFLICT (run) DO UPDATE SET body = excluded.body, pickled = NULL;

-- name: find_idempotent
SELECT id FROM runs WHERE flow = :flow AND idempotency_key = :key;

-- name: save_run
UPDATE runs SET
    phase = :phase, begun = :begun, hold = :hold, version = :version, entry = :entry,
    attempt = :attempt, opened = :opened, since = :since, run_time = run_time + :ran,
    started = COALESCE(started, :started), ended = :ended, scheduled = :scheduled, owner = :owner,
    state_name = :state_name, message = :message
WHERE no = :no AND version = :before;

-- name: save_result
UPDATE runs SET result_kind = :kind, result_location = :location, result_preview = :preview,
    result_body = :body
WHERE no = :no;

-- name: end_run
UPDATE runs SET
    phase = :phase, begun = :begun, hold = :hold, version = :version, entry = :entry,
    attempt = :attempt, opened = :opened, since = :since, run_time = run_time + :ran,
    started = COALESCE(started, :started), ended = :ended, scheduled = :scheduled, owner = :owner,
    state_name = :state_name, message = :message,
    result_kind = :kind, result_location = :location, result_preview = :preview,
    result_body = :body
WHERE no = :no AND version = :before;

-- name: rename_run
UPDATE runs SET name = :name WHERE id = :id;

-- name: tag_run
UPDATE runs SET tags = :tags WHERE id = :id;

-- name: run_facts
SELECT f.id, f.name, r.name, r.parent, r.entry_record, r.created, r.deployment, r.pool, r.queue,
    r.job_variables
FROM runs r JOIN flows f ON f.no = r.flow
WHERE r.id = :id;

-- name: new_run
SELECT f.name, r.name, COALESCE(p.body, r.given), p.pickled, r.entry_record, r.tags, r.flow_version, r.parent,
    r.parent_task, r.journal_key, r.idempotency_key, r.deployment, r.schedule, r.pool, r.queue,
    r.job_variables
FROM runs r JOIN flows f ON f.no = r.flow LEFT JOIN parameters p ON p.run = r.no
WHERE r.id = :id;

-- name: unfinished_children
SELECT id FROM runs WHERE parent = :parent AND (phase < 8 OR phase > 11) ORDER BY no;

-- name: run_result
SELECT result_kind, result_body, result_location, result_preview FROM runs WHERE id = :id;

-- name: signals
SELECT id, version, entry, phase, hold FROM runs WHERE id IN ({ids});

-- name: count
INSERT INTO counters (name, shard, value) VALUES (:name, {shard}, :delta)
ON CONFLICT (name, shard) DO UPDATE SET value = counters.value + excluded.value;

-- name: counted
SELECT CAST(COALESCE(SUM(value), 0) AS BIGINT) FROM counters WHERE name = :name;

-- name: delete_responses
DELETE FROM responses WHERE wait IN (SELECT id FROM waits WHERE run = :run);

-- name: delete_waits
DELETE FROM waits WHERE run = :run;

-- name: delete_history
DELETE FROM history WHERE run = :run;

-- name: delete_reentries
DELETE FROM reentries WHERE run = :run;

-- name: delete_task_runs
DELETE FROM task_runs WHERE run = :run;

-- name: delete_task_inputs
DELETE FROM task_inputs WHERE run = :run;

-- name: delete_logs
DELETE FROM logs WHERE run = :run;

-- name: delete_inputs
DELETE FROM inputs WHERE run = :run;

-- name: delete_parameters
DELETE FROM parameters WHERE run = :run;

-- name: delete_run
DELETE FROM runs WHERE no = :run;

-- Task runs, log lines and inputs.

-- name: finish_task
INSERT INTO task_runs (
    run, id, attempt, entry, occurrence, state_type, run_count, started, ended, scope, task_key,
    inputs, place, name, state_name, message, tags, child, result_kind, result_location,
    result_preview, result_body
)
SELECT r.no, :id, :attempt, :entry, :occurrence, :state_type, :run_count, :started, :ended, :scope,
    :task_key, :inputs, :place, :name, :state_name, :message, :tags, :child, :kind, :location,
    :preview, :body
FROM runs r WHERE r.id = :run_id AND r.entry = :entry {while_unlocked}
ON CONFLICT (run, id) DO UPDATE SET
    attempt = excluded.attempt, entry = excluded.entry, occurrence = excluded.occurrence,
    state_type = excluded.state_type, run_count = excluded.run_count, started = excluded.started,
    ended = excluded.ended, inputs = excluded.inputs, place = excluded.place, name = excluded.name,
    state_name = excluded.state_name, message = excluded.message, tags = excluded.tags,
    child = excluded.child, result_kind = excluded.result_kind,
    result_location = excluded.result_location, result_preview = excluded.result_preview,
    result_body = excluded.result_body;

-- name: start_task
INSERT INTO task_runs (
    run, id, attempt, entry, occurrence, state_type, run_count, started, scope, task_key, inputs,
    place, name, tags, child
)
SELECT r.no, :id, :attempt, r.entry, :occurrence, 3, :run_count, :started, :scope, :task_key,
    :inputs, :place, :name, :tags, :child
FROM runs r WHERE r.id = :run_id {while_unlocked}
ON CONFLICT (run, id) DO UPDATE SET run_count = excluded.run_count, child = excluded.child
WHERE task_runs.ended IS NULL AND task_runs.run_count <= excluded.run_count;

-- name: put_task_inputs
INSERT INTO task_inputs (run, task_run, body)
SELECT r.no, :id, :body FROM runs r WHERE r.id = :run_id {while_unlocked}
ON CONFLICT (run, task_run) DO NOTHING;

-- name: journal
SELECT t.id, t.entry, t.attempt, t.scope, t.task_key, t.inputs, t.occurrence, t.place, t.name,
    t.state_type, t.state_name, t.message, t.result_kind, t.result_body, t.result_location,
    t.result_preview, t.started, t.ended, t.run_count, t.tags, t.child
FROM task_runs t JOIN runs r ON r.no = t.run
WHERE r.id = :id AND t.ended IS NOT NULL AND t.result_kind IS NOT NULL
ORDER BY t.ended, t.id;

-- name: begun
SELECT t.id, t.scope, t.task_key, t.name, t.started, t.run_count, t.tags, t.inputs, t.occurrence,
    t.place, t.child
FROM task_runs t JOIN runs r ON r.no = t.run
WHERE r.id = :id AND t.attempt = :attempt AND t.ended IS NULL
ORDER BY t.started, t.id;

-- Type 11: crashed. A called run that goes on by itself is left alone. Without a result the task
-- is no part of the journal.
-- name: give_up_tasks
UPDATE task_runs SET state_type = 11, message = :message, ended = :now
WHERE run = :run AND ended IS NULL AND NOT EXISTS (
    SELECT 1 FROM runs c WHERE c.id = task_runs.child AND (c.phase < 8 OR c.phase = 12)
);

-- name: task_result
SELECT result_kind, result_body, result_location, result_preview FROM task_runs
WHERE id = :id AND ended IS NOT NULL;

-- name: write_log
INSERT INTO logs (run, at, id, task_run, level, name, message)
SELECT r.no, :at, :id, :task_run, :level, :name, :message
FROM runs r WHERE r.id = :run_id {while_unlocked}
ON CONFLICT (run, at, id) DO NOTHING;

-- name: put_input
INSERT INTO inputs (run, input_key, value, sender, created)
SELECT r.no, :key, :value, :sender, :created FROM runs r WHERE r.id = :run_id {while_unlocked}
ON CONFLICT (run, input_key) DO NOTHING;

-- name: delete_input
DELETE FROM inputs
WHERE run = (SELECT no FROM runs WHERE id = :run_id) AND input_key = :key;

-- name: input
SELECT i.input_key, i.value, i.sender, i.created
FROM inputs i JOIN runs r ON r.no = i.run
WHERE r.id = :run_id AND i.input_key = :key;

-- name: inputs
SELECT i.input_key, i.value, i.sender, i.created
FROM inputs i JOIN runs r ON r.no = i.run
WHERE r.id = :run_id AND SUBSTR(i.input_key, 1, CAST(:length AS INTEGER)) = :prefix
ORDER BY i.created, i.input_key;

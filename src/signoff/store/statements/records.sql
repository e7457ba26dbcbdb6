-- Flows and task runs as records that clients make, change and remove.
-- `{where}` is compiled by filtering.py.

-- name: show_flow
UPDATE flows SET deleted = NULL WHERE id = :id AND deleted IS NOT NULL;

-- name: hide_flow
UPDATE flows SET deleted = :now WHERE id = :id;

-- name: tag_flow
UPDATE flows SET tags = :tags WHERE id = :id;

-- name: runs_of_flow
SELECT r.id FROM runs r JOIN flows f ON f.no = r.flow WHERE f.id = :id ORDER BY r.no;

-- name: deployments_of_flow
SELECT d.name FROM deployments d JOIN flows f ON f.no = d.flow WHERE f.id = :id ORDER BY d.name;

-- name: count_flows
SELECT COUNT(*) FROM flows f
WHERE (f.deleted IS NULL OR EXISTS (SELECT 1 FROM runs x WHERE x.flow = f.no)) AND {where};

-- name: with_flow_runs
EXISTS (SELECT 1 FROM runs r WHERE r.flow = f.no AND {where});

-- name: with_flow
EXISTS (SELECT 1 FROM flows f WHERE f.no = r.flow AND {where});

-- name: add_task_run
INSERT INTO task_runs (
    run, id, attempt, entry, occurrence, state_type, state_name, message, run_count, started, ended,
    scope, task_key, inputs, place, name, tags
)
SELECT r.no, :id, r.attempt, r.entry, 0, :state_type, :state_name, :message, 0, :started, :ended,
    :scope, :task_key, '?', :place, :name, :tags
FROM runs r WHERE r.id = :run_id {while_unlocked}
ON CONFLICT (run, id) DO NOTHING;

-- name: task_state
SELECT state_type FROM task_runs WHERE id = :id;

-- name: set_task_state
UPDATE task_runs SET state_type = :state_type, state_name = :state_name, message = :message,
    ended = :ended
WHERE id = :id;

-- name: set_task_result
UPDATE task_runs SET result_kind = :kind, result_location = :location, result_preview = :preview,
    result_body = :body
WHERE id = :id;

-- name: rename_task_run
UPDATE task_runs SET name = :name WHERE id = :id;

-- name: remove_task_inputs
DELETE FROM task_inputs
WHERE run = (SELECT run FROM task_runs WHERE id = :id) AND task_run = :id;

-- name: remove_task_run
DELETE FROM task_runs WHERE id = :id;

-- name: count_task_runs
SELECT COUNT(*) FROM task_runs t JOIN runs r ON r.no = t.run WHERE {where};

-- State that flows share. `{where}` and `{order}` are compiled by shared_filtering.py.

-- name: add_variable
INSERT INTO variables (id, name, value, tags, created, updated)
VALUES (:id, :name, :value, :tags, :now, :now) ON CONFLICT (name) DO NOTHING;

-- name: change_variable
UPDATE variables SET name = :name, value = COALESCE(:value, value), updated = :now WHERE id = :id;

-- name: tag_variable
UPDATE variables SET tags = :tags WHERE id = :id;

-- name: remove_variable
DELETE FROM variables WHERE id = :id;

-- name: variable_by_id
SELECT v.id, v.name, v.value, v.tags, v.created, v.updated FROM variables v WHERE v.id = :id;

-- name: variable_by_name
SELECT v.id, v.name, v.value, v.tags, v.created, v.updated FROM variables v WHERE v.name = :name;

-- name: variables
SELECT v.id, v.name, v.value, v.tags, v.created, v.updated FROM variables v
WHERE {where} ORDER BY {order} LIMIT :limit OFFSET :offset;

-- name: count_variables
SELECT COUNT(*) FROM variables v WHERE {where};

-- name: add_artifact
INSERT INTO artifacts (
    id, artifact_key, kind, description, data, metadata, flow_run, task_run, created, updated
) VALUES (:id, :key, :kind, :description, :data, :metadata, :flow_run, :task_run, :now, :now);

-- name: change_artifact
UPDATE artifacts
SET data = :data, description = :description, metadata = :metadata, updated = :now WHERE id = :id;

-- name: remove_artifact
DELETE FROM artifacts WHERE id = :id;

-- name: artifact_by_id
SELECT a.id, a.artifact_key, a.kind, a.description, a.data, a.metadata, a.flow_run, a.task_run,
    a.created, a.updated
FROM artifacts a WHERE a.id = :id;

-- name: latest_artifact
SELECT a.id, a.artifact_key, a.kind, a.description, a.data, a.metadata, a.flow_run, a.task_run,
    a.created, a.updated
FROM artifacts a WHERE a.artifact_key = :key ORDER BY a.no DESC LIMIT 1;

-- name: artifacts
SELECT a.id, a.artifact_key, a.kind, a.description, a.data, a.metadata, a.flow_run, a.task_run,
    a.created, a.updated
FROM artifacts a WHERE {where} ORDER BY {order} LIMIT :limit OFFSET :offset;

-- name: count_artifacts
SELECT COUNT(*) FROM artifacts a WHERE {where};

-- name: newest_artifact
a.artifact_key IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM artifacts b WHERE b.artifact_key = a.artifact_key AND b.no > a.no
);

-- name: artifact_of_runs
EXISTS (
    SELECT 1 FROM runs r JOIN flows f ON f.no = r.flow WHERE r.id = a.flow_run AND {where}
);

-- name: artifact_of_tasks
EXISTS (
    SELECT 1 FROM task_runs t JOIN runs r ON r.no = t.run WHERE t.id = a.task_run AND {where}
);

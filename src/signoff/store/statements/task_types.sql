-- Task types that plugins declare.

-- name: put_task_type
INSERT INTO task_types (name, body, updated) VALUES (:name, :body, :now)
ON CONFLICT (name) DO UPDATE SET body = excluded.body, updated = excluded.updated
WHERE task_types.body <> excluded.body;

-- name: task_types
SELECT t.body FROM task_types t ORDER BY t.name;

-- Events that user code emits. `{where}` and `{order}` are compiled by repository/emitted.py.

-- name: add_emitted
INSERT INTO emitted (occurred, received, id, event, resource, body)
VALUES (:occurred, :received, :id, :event, :resource, :body)
ON CONFLICT (id) DO NOTHING;

-- name: emitted
SELECT e.body, e.received FROM emitted e
WHERE {where} ORDER BY {order} LIMIT :limit OFFSET :offset;

-- name: count_emitted
SELECT COUNT(*) FROM emitted e WHERE {where};

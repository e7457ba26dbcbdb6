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

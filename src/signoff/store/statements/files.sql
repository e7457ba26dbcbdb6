-- Files of flows.

-- name: add_file
INSERT INTO files (id, uri, name, created, run, content)
VALUES (:id, :uri, :name, :now, :run, :content);

-- name: file
SELECT f.uri, f.name, f.created, f.content FROM files f WHERE f.id = :id;

-- name: remove_file
DELETE FROM files WHERE id = :id;

-- name: delete_files
DELETE FROM files WHERE run = (SELECT r.id FROM runs r WHERE r.no = :run);

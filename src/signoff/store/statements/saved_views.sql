-- Views of the list of runs that people keep. An empty owner: everybody's.

-- name: put_saved_view
INSERT INTO saved_views (owner, name, query, updated) VALUES (:owner, :name, :query, :now)
ON CONFLICT (owner, name) DO UPDATE SET query = excluded.query, updated = excluded.updated;

-- name: remove_saved_view
DELETE FROM saved_views WHERE owner = :owner AND name = :name;

-- name: saved_views
SELECT v.owner, v.name, v.query FROM saved_views v
WHERE v.owner IN (:owner, '') ORDER BY v.name, v.owner DESC;

-- Secrets that flows share.

-- name: add_secret
INSERT INTO secrets (name, value, created, updated) VALUES (:name, :value, :now, :now)
ON CONFLICT (name) DO NOTHING;

-- name: change_secret
UPDATE secrets SET value = :value, updated = :now WHERE name = :name;

-- name: secret
SELECT s.value FROM secrets s WHERE s.name = :name;

-- name: secrets
SELECT s.name, s.created, s.updated FROM secrets s ORDER BY s.name;

-- name: remove_secret
DELETE FROM secrets WHERE name = :name;

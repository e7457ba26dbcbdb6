-- Key-value pairs; one whose end has come is as good as gone.

-- name: sweep_key_values
DELETE FROM key_values WHERE expires <= :now;

-- name: add_key_value
INSERT INTO key_values (namespace, pair_key, kind, value, created, updated, expires)
VALUES (:namespace, :key, :kind, :value, :now, :now, :expires)
ON CONFLICT (namespace, pair_key) DO NOTHING;

-- name: change_key_value
UPDATE key_values SET kind = :kind, value = :value, updated = :now, expires = :expires
WHERE namespace = :namespace AND pair_key = :key;

-- name: key_value
SELECT k.kind, k.value, k.created, k.updated, k.expires FROM key_values k
WHERE k.namespace = :namespace AND k.pair_key = :key AND (k.expires IS NULL OR k.expires > :now);

-- name: keys
SELECT k.pair_key, k.kind, k.created, k.updated, k.expires FROM key_values k
WHERE k.namespace = :namespace AND substr(k.pair_key, 1, CAST(:length AS INTEGER)) = :prefix
    AND (k.expires IS NULL OR k.expires > :now)
ORDER BY k.pair_key LIMIT :limit OFFSET :offset;

-- name: remove_key_value
DELETE FROM key_values
WHERE namespace = :namespace AND pair_key = :key AND (expires IS NULL OR expires > :now);

-- Limits, holds of their slots, and those who wait.

-- name: add_limit
INSERT INTO limits (id, kind, name, slots, active, decay, used, used_at, created, updated)
VALUES (:id, :kind, :name, :slots, :active, :decay, :used, :now, :now, :now)
ON CONFLICT (kind, name) DO NOTHING;

-- name: change_limit
UPDATE limits SET name = :name, slots = :slots, active = :active, decay = :decay, updated = :now
WHERE no = :no;

-- name: use_slots
UPDATE limits SET used = :used, used_at = :now WHERE no = :no;

-- name: remove_limit
DELETE FROM limits WHERE no = :no;

-- name: limit_by_id
SELECT no, id, kind, name, slots, active, decay, used, used_at, created, updated
FROM limits WHERE kind = :kind AND id = :id {for_update};

-- name: limit_by_name
SELECT no, id, kind, name, slots, active, decay, used, used_at, created, updated
FROM limits WHERE kind = :kind AND name = :name {for_update};

-- name: read_limit_by_id
SELECT no, id, kind, name, slots, active, decay, used, used_at, created, updated
FROM limits WHERE kind = :kind AND id = :id;

-- name: read_limit_by_name
SELECT no, id, kind, name, slots, active, decay, used, used_at, created, updated
FROM limits WHERE kind = :kind AND name = :name;

-- name: limits_named
SELECT no, id, kind, name, slots, active, decay, used, used_at, created, updated
FROM limits WHERE kind = :kind AND name IN ({names}) ORDER BY no {for_update};

-- name: limits_numbered
SELECT no, id, kind, name, slots, active, decay, used, used_at, created, updated
FROM limits WHERE no IN ({numbers}) ORDER BY no {for_update};

-- name: limits
SELECT no, id, kind, name, slots, active, decay, used, used_at, created, updated
FROM limits WHERE kind = :kind ORDER BY name LIMIT :limit OFFSET :offset;

-- name: limit_names
SELECT name FROM limits WHERE kind = :kind AND active = 1 ORDER BY name;

-- name: hold_slots
INSERT INTO slot_holds (limit_no, since, ends, slots, lease, holder, process)
VALUES (:limit_no, :now, :ends, :slots, :lease, :holder, :process)
ON CONFLICT (limit_no, lease) DO NOTHING;

-- name: held_slots
SELECT COALESCE(SUM(slots), 0) FROM slot_holds WHERE limit_no = :limit_no;

-- name: holds_of_limit
SELECT lease, slots, ends, process, holder FROM slot_holds
WHERE limit_no = :limit_no ORDER BY since, lease;

-- name: limits_of_lease
SELECT limit_no FROM slot_holds WHERE lease = :lease
UNION SELECT limit_no FROM slot_waits WHERE lease = :lease;

-- name: is_held
SELECT 1 FROM slot_holds WHERE lease = :lease LIMIT 1;

-- name: renew_hold
UPDATE slot_holds SET ends = :ends WHERE lease = :lease;

-- name: drop_lease
DELETE FROM slot_holds WHERE lease = :lease;

-- name: drop_hold
DELETE FROM slot_holds WHERE lease = :lease AND limit_no = :limit_no;

-- name: drop_holds
DELETE FROM slot_holds WHERE limit_no = :limit_no;

-- name: wait_for_slots
INSERT INTO slot_waits (limit_no, ends, lease, process, address)
VALUES (:limit_no, :ends, :lease, :process, :address)
ON CONFLICT (limit_no, lease) DO UPDATE SET ends = excluded.ends, address = excluded.address;

-- name: waits_of_limit
SELECT lease, ends, process, address FROM slot_waits WHERE limit_no = :limit_no ORDER BY no;

-- name: leave_queue
DELETE FROM slot_waits WHERE lease = :lease;

-- name: drop_waits
DELETE FROM slot_waits WHERE limit_no = :limit_no;

-- Work pools, their queues, their workers, and how many runs hold a slot.

-- name: add_pool
INSERT INTO work_pools (
    name, id, created, updated, concurrency_limit, paused, type, description, template
) VALUES (:name, :id, :now, :now, :concurrency_limit, :paused, :type, :description, :template)
ON CONFLICT DO NOTHING;

-- name: pool
SELECT name, id, created, updated, concurrency_limit, paused, type, description, template
FROM work_pools WHERE name = :name;

-- name: lock_pool
SELECT concurrency_limit, paused FROM work_pools WHERE name = :name {for_update};

-- name: pools
SELECT name, id, created, updated, concurrency_limit, paused, type, description, template
FROM work_pools ORDER BY name LIMIT :limit OFFSET :offset;

-- name: count_pools
SELECT COUNT(*) FROM work_pools;

-- name: change_pool
UPDATE work_pools SET updated = :now, concurrency_limit = :concurrency_limit, paused = :paused,
    description = :description, template = :template
WHERE name = :name;

-- name: remove_pool
DELETE FROM work_pools WHERE name = :name;

-- name: remove_pool_queues
DELETE FROM work_queues WHERE pool = :name;

-- name: remove_pool_workers
DELETE FROM workers WHERE pool = :name;

-- name: add_queue
INSERT INTO work_queues (
    pool, name, id, created, updated, concurrency_limit, priority, paused, description
) VALUES (:pool, :name, :id, :now, :now, :concurrency_limit, :priority, :paused, :description)
ON CONFLICT DO NOTHING;

-- name: queue
SELECT pool, name, id, created, updated, concurrency_limit, priority, paused, description
FROM work_queues WHERE pool = :pool AND name = :name;

-- name: queues
SELECT pool, name, id, created, updated, concurrency_limit, priority, paused, description
FROM work_queues WHERE pool = :pool ORDER BY priority, created, name LIMIT :limit OFFSET :offset;

-- name: last_priority
SELECT COALESCE(MAX(priority), 0) FROM work_queues WHERE pool = :pool;

-- name: change_queue
UPDATE work_queues SET updated = :now, concurrency_limit = :concurrency_limit,
    priority = :priority, paused = :paused, description = :description
WHERE pool = :pool AND name = :name;

-- name: remove_queue
DELETE FROM work_queues WHERE pool = :pool AND name = :name;

-- name: see_worker
INSERT INTO workers (pool, name, id, created, seen, interval_us)
VALUES (:pool, :name, :id, :now, :now, :interval_us)
ON CONFLICT (pool, name) DO UPDATE SET seen = excluded.seen, interval_us = excluded.interval_us;

-- name: workers
SELECT pool, name, id, created, seen, interval_us FROM workers
WHERE pool = :pool ORDER BY name LIMIT :limit OFFSET :offset;

-- name: remove_worker
DELETE FROM workers WHERE pool = :pool AND name = :name;

-- What holds a slot is said by `core.standing.holds_slot`; a test compares the two.
-- name: slots_of_pool
SELECT COUNT(*) FROM runs WHERE pool = :pool
    AND (phase IN (3, 6, 7) OR (phase = 2 AND owner IS NOT NULL));

-- name: slots_of_queue
SELECT COUNT(*) FROM runs WHERE pool = :pool AND COALESCE(queue, 'default') = :queue
    AND (phase IN (3, 6, 7) OR (phase = 2 AND owner IS NOT NULL));

-- name: scheduled_of_pool
SELECT r.id, COALESCE(r.queue, 'default') FROM runs r
    LEFT JOIN work_queues q ON q.pool = r.pool AND q.name = COALESCE(r.queue, 'default')
WHERE r.pool = :pool AND r.owner IS NULL AND r.phase IN (1, 2, 5, 6)
    AND COALESCE(r.scheduled, 0) < :before
ORDER BY COALESCE(q.priority, 1000000), COALESCE(r.scheduled, 0), r.no LIMIT :limit;

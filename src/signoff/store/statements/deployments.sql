-- Deployments and their schedules.

-- name: deployments
SELECT d.id, d.name, f.id, f.name, d.created, d.updated, d.concurrency_limit, d.collision, d.paused,
    d.pool, d.queue, d.tags, d.body, d.holds
FROM deployments d JOIN flows f ON f.no = d.flow
WHERE {where} ORDER BY {order} LIMIT :limit OFFSET :offset;

-- name: count_deployments
SELECT COUNT(*) FROM deployments d JOIN flows f ON f.no = d.flow WHERE {where};

-- name: lock_deployment
SELECT no FROM deployments WHERE id = :id {for_update};

-- name: deployment_named
SELECT d.id FROM deployments d JOIN flows f ON f.no = d.flow
WHERE f.name = :flow AND d.name = :name;

-- name: deployment_entry
SELECT entry_record FROM deployments WHERE id = :id;

-- name: insert_deployment
INSERT INTO deployments (
    id, created, updated, flow, name, concurrency_limit, collision, paused, pool, queue, tags, body,
    entry_record, holds
) VALUES (
    :id, :created, :updated, :flow, :name, :concurrency_limit, :collision, :paused, :pool, :queue,
    :tags, :body, :entry_record, :holds
)
ON CONFLICT DO NOTHING;

-- name: save_deployment
UPDATE deployments SET
    updated = :updated, concurrency_limit = :concurrency_limit, collision = :collision,
    holds = :holds, paused = :paused, pool = :pool, queue = :queue, tags = :tags, body = :body,
    entry_record = COALESCE(:entry_record, entry_record)
WHERE id = :id;

-- name: delete_deployment
DELETE FROM deployments WHERE id = :id;

-- name: delete_deployment_schedules
DELETE FROM schedules WHERE deployment = :deployment;

-- name: schedules_of
SELECT deployment, id, created, updated, active, slug, body FROM schedules
WHERE deployment IN ({ids}) ORDER BY no;

-- name: insert_schedule
INSERT INTO schedules (id, deployment, created, updated, due, made, active, slug, body)
VALUES (:id, :deployment, :created, :updated, :due, NULL, :active, :slug, :body)
ON CONFLICT DO NOTHING;

-- name: save_schedule
UPDATE schedules SET updated = :updated, due = :due, made = NULL, active = :active, slug = :slug,
    body = :body
WHERE id = :id;

-- name: delete_schedule
DELETE FROM schedules WHERE id = :id;

-- name: due_schedules
SELECT deployment, id, created, updated, active, slug, body, made FROM schedules
WHERE due IS NOT NULL AND due <= :now ORDER BY due LIMIT :limit {for_update};

-- name: schedule_done
UPDATE schedules SET due = :due, made = :made WHERE id = :id;

-- name: next_schedule
SELECT MIN(due) FROM schedules WHERE due IS NOT NULL;

-- name: deployment_limit
SELECT concurrency_limit, collision, holds FROM deployments
WHERE id = :id AND concurrency_limit IS NOT NULL {for_update};

-- Which runs count is said in `core.standing.holds_slot`.
-- name: places_taken
SELECT COUNT(*) FROM runs
WHERE deployment = :deployment AND id <> :but
    AND (phase IN (3, 6, 7) OR (phase = 2 AND owner IS NOT NULL));

-- The same where waiting runs keep their place: `core.standing.keeps_place`.
-- name: places_kept
SELECT COUNT(*) FROM runs
WHERE deployment = :deployment AND id <> :but AND phase IN (1, 2, 3, 4, 5, 6, 7, 12, 13)
    AND (entry > 0 OR phase IN (3, 6, 7) OR (phase = 2 AND owner IS NOT NULL));

-- name: queued_runs
SELECT id FROM runs WHERE deployment = :deployment AND phase = 13 ORDER BY since, no;

-- name: runs_ahead
SELECT id FROM runs
WHERE deployment = :deployment AND phase = 1 AND schedule IS NOT NULL AND scheduled > :now
    AND schedule = COALESCE(:schedule, schedule)
ORDER BY no {for_update};

-- name: not_started
SELECT id FROM runs WHERE phase = 1 AND COALESCE(scheduled, 0) < :before AND state_name IS NULL
ORDER BY COALESCE(scheduled, 0) LIMIT :limit {for_update};

-- name: not_resumed
SELECT id FROM runs WHERE phase = 5 AND owner IS NULL AND COALESCE(scheduled, 0) < :before
    AND state_name IS NULL
ORDER BY COALESCE(scheduled, 0) LIMIT :limit {for_update};

-- name: next_start
SELECT MIN(COALESCE(scheduled, 0)) FROM runs WHERE phase = 1 AND state_name IS NULL;

-- name: next_resume
SELECT MIN(COALESCE(scheduled, 0)) FROM runs
WHERE phase = 5 AND owner IS NULL AND state_name IS NULL;

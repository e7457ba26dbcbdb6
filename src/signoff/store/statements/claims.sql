-- Runs that are due and have no process, and the processes that take them.

-- name: due_runs
SELECT r.id FROM runs r
WHERE r.owner IS NULL AND r.phase IN (1, 2, 5, 6) AND COALESCE(r.scheduled, 0) <= :now
    AND {scope} AND {has_place}
ORDER BY {order}COALESCE(r.scheduled, 0), r.no LIMIT :limit;

-- name: next_due_run
SELECT COALESCE(r.scheduled, 0) FROM runs r
WHERE r.owner IS NULL AND r.phase IN (1, 2, 5, 6) AND COALESCE(r.scheduled, 0) > :now
    AND {scope}
ORDER BY COALESCE(r.scheduled, 0) LIMIT 1;

-- Who has been told that its deployment has no free place need not be looked at before there is one.
-- Which runs count is said in `core.standing.holds_slot`.
-- name: has_place
(r.deployment IS NULL OR COALESCE(r.state_name, '') <> 'AwaitingConcurrencySlot'
    OR r.deployment NOT IN (
        SELECT d.id FROM deployments d
        WHERE d.concurrency_limit IS NOT NULL AND d.concurrency_limit <= (
            SELECT COUNT(*) FROM runs h WHERE h.deployment = d.id
                AND (h.phase IN (3, 6, 7) OR (h.phase = 2 AND h.owner IS NOT NULL))
        )
    ) AND (r.entry > 0 OR r.deployment NOT IN (
        SELECT d.id FROM deployments d
        WHERE d.holds = 1 AND d.concurrency_limit IS NOT NULL AND d.concurrency_limit <= (
            SELECT COUNT(*) FROM runs h WHERE h.deployment = d.id
                AND h.phase IN (1, 2, 3, 4, 5, 6, 7, 12, 13) AND (h.entry > 0
                    OR h.phase IN (3, 6, 7) OR (h.phase = 2 AND h.owner IS NOT NULL))
        )
    )))

-- Phase 2: pending. Without a deployment, whoever registered such a run begins it. Runs of saved
-- flows are for anybody, because any machine can load their document.
-- name: scope_local
r.pool IS NULL AND (
    (r.phase <> 2 AND r.deployment IS NULL AND r.entry_record IN (
        SELECT digest FROM entry_records
        WHERE {record_host} = :host AND {record_user} = :os_user AND {record_refusal} IS NULL
    )) OR (r.deployment IS NOT NULL AND r.entry_record IN (
        SELECT digest FROM entry_records WHERE {record_module} = :documents
    ))
);

-- A run that another one called may be entered by that one, whatever it was made from itself.
-- name: scope_deployments
(r.parent IS NOT NULL OR r.deployment IN ({ids}));

-- name: scope_pool
(r.parent IS NOT NULL OR r.pool = :pool);

-- name: scope_queues
(r.parent IS NOT NULL OR (r.pool = :pool AND COALESCE(r.queue, 'default') IN ({ids})));

-- name: order_of_queues
(SELECT COALESCE(MIN(q.priority), 1000000) FROM work_queues q
    WHERE q.pool = r.pool AND q.name = COALESCE(r.queue, 'default')),

-- name: lock_free_run
SELECT no, phase, state_name, message, since, version, entry, attempt, begun, hold, scheduled,
    owner, parent, opened, deployment, flow, name
FROM runs WHERE id = :id {for_update_free};

-- name: owned_by
SELECT id FROM runs WHERE owner = :owner AND phase <> 4 ORDER BY no;

-- name: delete_process
DELETE FROM processes WHERE id = :id;

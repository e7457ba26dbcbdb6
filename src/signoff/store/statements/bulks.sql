-- Bulk actions, and runs read and written many at a time.

-- name: insert_bulk
INSERT INTO bulks (id, created, created_by, action, status, digest, total, done, refused, input)
VALUES (:id, :created, :created_by, :action, 0, '', 0, 0, 0, :input)
RETURNING no;

-- name: freeze_runs
INSERT INTO bulk_items (bulk, position, outcome, run)
SELECT CAST(:bulk AS BIGINT), ROW_NUMBER() OVER (ORDER BY r.no), 0, r.id
FROM runs r JOIN flows f ON f.no = r.flow WHERE {where};

-- name: freeze_run
INSERT INTO bulk_items (bulk, position, outcome, run) VALUES (:bulk, :position, 0, :run);

-- name: bulk_items
SELECT position, run FROM bulk_items
WHERE bulk = :bulk AND position > :after AND position <= :until ORDER BY position;

-- name: name_bulk
UPDATE bulks SET digest = :digest, total = :total WHERE no = :no;

-- name: read_bulk
SELECT no, id, created, created_by, action, status, digest, total, done, refused, ended, input
FROM bulks WHERE id = :id;

-- name: lock_bulk
SELECT no, id, created, created_by, action, status, digest, total, done, refused, ended, input
FROM bulks WHERE id = :id {for_update};

-- name: save_bulk
UPDATE bulks SET status = :status, done = :done, refused = :refused, ended = :ended WHERE no = :no;

-- name: refuse_item
UPDATE bulk_items SET outcome = 2, reason = :reason
WHERE bulk = :bulk AND position = :position;

-- What nothing is noted about was done, as far as the bulk action has come.
-- name: receipts
SELECT i.position, i.run, CASE i.outcome WHEN 2 THEN 2 ELSE 1 END, i.reason
FROM bulk_items i JOIN bulks b ON b.no = i.bulk
WHERE i.bulk = :bulk AND i.position > :after AND i.position <= b.done + b.refused
    AND (:outcome = 0 OR (i.outcome = 2) = (:outcome = 2))
ORDER BY i.position LIMIT :limit;

-- name: run_names
SELECT r.id, r.name, f.name, r.phase, r.state_name
FROM runs r JOIN flows f ON f.no = r.flow WHERE r.id IN ({ids});

-- name: lock_runs
SELECT no, phase, state_name, message, since, version, entry, attempt, begun, hold, scheduled,
    owner, parent, opened, deployment, flow, name, id
FROM runs WHERE id IN ({ids}) ORDER BY no {for_update};

-- name: waits_to_decide_many
SELECT w.id, w.wait_key, w.attempt, w.number, w.kind, w.status, w.title, w.form, w.deadline,
    w.on_deadline, w.default_answer, w.scope, w.task_run, w.child, w.address, w.opened_at,
    w.closed_at, w.answer, w.answered_by, w.taken, w.message, w.run
FROM waits w JOIN runs r ON r.no = w.run
WHERE r.id IN ({ids}) AND w.attempt = r.attempt AND (w.status = 0 OR w.taken = 0)
ORDER BY w.run, w.number;

-- name: unfinished_children_many
SELECT parent, id FROM runs WHERE parent IN ({ids}) AND (phase < 8 OR phase > 11)
ORDER BY no;

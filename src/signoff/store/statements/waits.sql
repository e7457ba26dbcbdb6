-- Waits, their forms, and the answers that were given to them.

-- name: insert_form
INSERT INTO forms (digest, body) VALUES (:digest, :body) ON CONFLICT (digest) DO NOTHING;

-- name: read_form
SELECT body FROM forms WHERE digest = :digest;

-- name: waits_to_decide
SELECT id, wait_key, attempt, number, kind, status, title, form, deadline, on_deadline,
    default_answer, scope, task_run, child, address, opened_at, closed_at, answer, answered_by,
    taken, message
FROM waits
WHERE run = :run AND (
    (attempt = :attempt AND (status = 0 OR taken = 0)) OR wait_key = :key OR number = :number)
ORDER BY number;

-- The run beside its waits: a row each, or one without a wait.
-- name: read_run_and_waits
SELECT r.no, r.phase, r.state_name, r.message, r.since, r.version, r.entry, r.attempt, r.begun,
    r.hold, r.scheduled, r.owner, r.parent, r.opened, r.deployment, r.flow, r.name,
    w.id, w.wait_key, w.attempt, w.number, w.kind, w.status, w.title, w.form, w.deadline,
    w.on_deadline, w.default_answer, w.scope, w.task_run, w.child, w.address, w.opened_at,
    w.closed_at, w.answer, w.answered_by, w.taken, w.message
FROM runs r LEFT JOIN waits w ON w.run = r.no AND (
    (w.attempt = r.attempt AND (w.status = 0 OR w.taken = 0))
    OR w.wait_key = :key OR w.number = :number)
WHERE r.id = :id ORDER BY w.number;

-- name: waits_of_run
SELECT id, wait_key, attempt, number, kind, status, title, form, deadline, on_deadline,
    default_answer, scope, task_run, child, address, opened_at, closed_at, answer, answered_by,
    taken, message
FROM waits WHERE run = :run
ORDER BY number;

-- name: insert_wait
INSERT INTO waits (
    run, number, id, attempt, kind, status, taken, on_deadline, opened_at, closed_at, deadline,
    wait_key, title, scope, form, task_run, child, address, answered_by, answer, default_answer,
    message
) VALUES (
    :run, :number, :id, :attempt, :kind, :status, :taken, :on_deadline, :opened_at, :closed_at,
    :deadline, :wait_key, :title, :scope, :form, :task_run, :child, :address, :answered_by, :answer,
    :default_answer, :message
);

-- name: save_wait
UPDATE waits SET status = :status, taken = :taken, closed_at = :closed_at, deadline = :deadline,
    address = :address, answered_by = :answered_by, answer = :answer, message = :message
WHERE run = :run AND number = :number;

-- name: take_outcome
UPDATE waits SET taken = 1
WHERE run = (SELECT no FROM runs WHERE id = :run_id AND entry = :entry) AND id = :wait AND taken = 0
    AND status <> 0;

-- name: add_response
INSERT INTO responses (wait, at, actor, answer, shown, request_id, refused)
VALUES (:wait, :at, :actor, :answer, :shown, :request_id, :refused);

-- name: refuse_response
UPDATE responses SET refused = :why
WHERE no = (SELECT MAX(no) FROM responses WHERE wait = :wait);

-- name: responses
SELECT wait, at, actor, answer, shown, request_id, refused FROM responses
WHERE wait = :wait ORDER BY no;

-- name: response_by_request
SELECT wait, at, actor, answer, shown, request_id, refused FROM responses
WHERE request_id = :request_id ORDER BY no LIMIT 1;

-- name: due_waits
SELECT r.id, w.wait_key FROM (
    SELECT * FROM (
        SELECT run, wait_key, deadline FROM waits
        WHERE status = 0 AND kind <= 3 AND COALESCE(deadline, 9223372036854775807) <= :now
        ORDER BY COALESCE(deadline, 9223372036854775807) LIMIT :limit
    ) AS asking
    UNION ALL
    SELECT * FROM (
        SELECT run, wait_key, deadline FROM waits
        WHERE status = 0 AND kind > 3 AND deadline IS NOT NULL AND deadline <= :now
        ORDER BY deadline LIMIT :limit
    ) AS silent
) AS w JOIN runs r ON r.no = w.run
ORDER BY w.deadline LIMIT :limit;

-- name: next_deadline
SELECT MIN(deadline) FROM (
    SELECT * FROM (
        SELECT deadline FROM waits WHERE status = 0 AND kind <= 3
        ORDER BY COALESCE(deadline, 9223372036854775807) LIMIT 1
    ) AS asking
    UNION ALL
    SELECT MIN(deadline) FROM waits WHERE status = 0 AND kind > 3 AND deadline IS NOT NULL
) AS w;

-- name: inbox
SELECT r.id, r.name, f.name, w.wait_key, w.kind, w.title, w.opened_at, w.deadline, w.on_deadline,
    r.owner, w.form, w.number
FROM waits w JOIN runs r ON r.no = w.run JOIN flows f ON f.no = r.flow
WHERE w.status = 0 AND w.kind <= 3
ORDER BY COALESCE(w.deadline, 9223372036854775807), w.opened_at, w.run, w.number
LIMIT :limit OFFSET :offset;

-- name: inbox_with_text
SELECT r.id, r.name, f.name, w.wait_key, w.kind, w.title, w.opened_at, w.deadline, w.on_deadline,
    r.owner, w.form, w.number
FROM waits w JOIN runs r ON r.no = w.run JOIN flows f ON f.no = r.flow
WHERE w.status = 0 AND w.kind <= 3
    AND (r.name {like} :pattern ESCAPE '\' OR f.name {like} :pattern ESCAPE '\' OR w.title {like} :pattern ESCAPE '\')
ORDER BY COALESCE(w.deadline, 9223372036854775807), w.opened_at, w.run, w.number
LIMIT :limit OFFSET :offset;

-- name: settled
SELECT r.id, r.name, f.name, w.wait_key, w.kind, w.title, w.opened_at, w.deadline, w.on_deadline,
    r.owner, w.form, w.number, w.status, w.closed_at, w.answered_by
FROM waits w JOIN runs r ON r.no = w.run JOIN flows f ON f.no = r.flow
WHERE w.status = :status AND w.status IN (1, 2) AND w.kind <= 3
ORDER BY w.closed_at DESC, w.run DESC, w.number DESC
LIMIT :limit OFFSET :offset;

-- name: settled_with_text
SELECT r.id, r.name, f.name, w.wait_key, w.kind, w.title, w.opened_at, w.deadline, w.on_deadline,
    r.owner, w.form, w.number, w.status, w.closed_at, w.answered_by
FROM waits w JOIN runs r ON r.no = w.run JOIN flows f ON f.no = r.flow
WHERE w.status = :status AND w.status IN (1, 2) AND w.kind <= 3
    AND (r.name {like} :pattern ESCAPE '\' OR f.name {like} :pattern ESCAPE '\' OR w.title {like} :pattern ESCAPE '\')
ORDER BY w.closed_at DESC, w.run DESC, w.number DESC
LIMIT :limit OFFSET :offset;

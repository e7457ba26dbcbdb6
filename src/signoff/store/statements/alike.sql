-- Runs that are alike, and their one open wait, changed together. `:numbers`: of the runs, as JSON.

-- name: save_runs
UPDATE runs SET
    phase = :phase, begun = :begun, hold = :hold, version = :version, entry = :entry,
    attempt = :attempt, opened = :opened, since = :since,
    started = COALESCE(started, :started), ended = :ended, scheduled = :scheduled, owner = :owner,
    state_name = :state_name, message = :message
WHERE no IN ({listed}) AND version = :before;

-- name: close_waits
UPDATE waits SET status = :status, taken = :taken, closed_at = :closed_at,
    answered_by = :answered_by, answer = :answer
WHERE run IN ({listed}) AND number = :number AND status = 0;

-- name: append_histories
INSERT INTO history (
    seq, run, version, kind, phase, at, actor, wait_key, state_name, message, request_id
)
SELECT {next_seq} + ROW_NUMBER() OVER (ORDER BY w.run) - 1, w.run, :version, :kind, :phase, :at,
    :actor, w.wait_key, :state_name, :message, NULL
FROM waits w WHERE w.run IN ({listed}) AND w.number = :number
ORDER BY w.run;

-- name: add_responses
INSERT INTO responses (wait, at, actor, answer, shown, request_id, refused)
SELECT w.id, :at, :actor, :answer, w.form, NULL, NULL
FROM waits w WHERE w.run IN ({listed}) AND w.number = :number
ORDER BY w.run;

-- name: settle_items
UPDATE bulk_items SET outcome = :outcome
WHERE bulk = :bulk AND position > :after AND position <= :until;

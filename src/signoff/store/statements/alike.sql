-- Runs that are alike, and their one open wait, changed together.

-- Nobody else changes the runs of a stretch of a set until the end of the transaction.
-- name: lock_members
SELECT r.no FROM bulk_items b JOIN runs r ON r.id = b.run
WHERE b.bulk = :bulk AND b.position > :after AND b.position <= :until
ORDER BY r.no {for_update_of_runs};

-- All that a decision about a run without a process looks at; runs about which there is more to it
-- are left out: somebody has to be told, or a deadline is to be applied first. `r.since` counts for
-- runs that are running only. Phase 3: running. Status 0: open.
-- name: alike
SELECT MIN(r.no), COUNT(*), {numbers_of_runs}
FROM bulk_items b JOIN runs r ON r.id = b.run
    JOIN waits w ON w.run = r.no AND w.attempt = r.attempt AND (w.status = 0 OR w.taken = 0)
WHERE b.bulk = :bulk AND b.position > :after AND b.position <= :until
    AND r.owner IS NULL AND r.parent IS NULL AND r.phase <> 3
    AND w.status = 0 AND w.child IS NULL AND w.address IS NULL
    AND (w.deadline IS NULL OR w.deadline > :now)
    AND (r.opened = 1 OR NOT EXISTS (
        SELECT 1 FROM waits o
        WHERE o.run = r.no AND o.number <> w.number AND o.attempt = r.attempt
            AND (o.status = 0 OR o.taken = 0)))
GROUP BY r.phase, r.state_name, r.message, r.version, r.entry, r.attempt, r.begun, r.hold,
    r.scheduled, r.opened, r.deployment, w.number, w.kind, w.form, w.on_deadline
HAVING COUNT(*) >= :few;

-- name: run_of_number
SELECT id FROM runs WHERE no = :no;

-- name: members_with_numbers
SELECT b.position, b.run, r.no FROM bulk_items b LEFT JOIN runs r ON r.id = b.run
WHERE b.bulk = :bulk AND b.position > :after AND b.position <= :until
ORDER BY b.position;

-- Below, `:numbers`: of the runs, as JSON; `:first`: the one that was changed already.
-- name: save_runs
UPDATE runs SET
    phase = :phase, begun = :begun, hold = :hold, version = :version, entry = :entry,
    attempt = :attempt, opened = :opened, since = :since,
    started = COALESCE(started, :started), ended = :ended, scheduled = :scheduled, owner = :owner,
    state_name = :state_name, message = :message
WHERE no IN ({listed}) AND no <> :first AND version = :before;

-- name: close_waits
UPDATE waits SET status = :status, taken = :taken, closed_at = :closed_at,
    answered_by = :answered_by, answer = :answer
WHERE run IN ({listed}) AND run <> :first AND number = :number AND status = 0;

-- name: append_histories
INSERT INTO history (
    seq, run, version, kind, phase, at, actor, wait_key, state_name, message, request_id
)
SELECT {next_seqs}, w.run, :version, :kind, :phase, :at, :actor, w.wait_key, :state_name, :message,
    NULL
FROM waits w WHERE w.run IN ({listed}) AND w.run <> :first AND w.number = :number
ORDER BY w.run;

-- name: add_responses
INSERT INTO responses (wait, at, actor, answer, shown, request_id, refused)
SELECT w.id, :at, :actor, :answer, w.form, NULL, NULL
FROM waits w WHERE w.run IN ({listed}) AND w.run <> :first AND w.number = :number
ORDER BY w.run;

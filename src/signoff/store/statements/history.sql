-- The history: the events of every run, in the order in which they were accepted.

-- name: append_history
INSERT INTO history (
    seq, run, version, kind, phase, at, actor, wait_key, state_name, message, request_id
) VALUES (
    {next_seq}, :run, :version, :kind, :phase, :at, :actor, :wait_key, :state_name, :message,
    :request_id
);

-- name: history_of_run
SELECT h.seq, r.id, h.version, h.kind, h.at, h.actor, h.phase, h.state_name, h.message, h.wait_key
FROM history h JOIN runs r ON r.no = h.run
WHERE r.id = :id ORDER BY h.seq;

-- name: note_reentry
INSERT INTO reentries (run, entry, body)
SELECT r.no, :entry, :body FROM runs r WHERE r.id = :run_id AND r.entry >= :entry {while_unlocked}
ON CONFLICT (run, entry) DO UPDATE SET body = excluded.body;

-- name: reentries_of_run
SELECT e.entry, e.body FROM reentries e JOIN runs r ON r.no = e.run WHERE r.id = :id;

-- name: events
SELECT h.seq, r.id, h.version, h.kind, h.at, h.actor, h.phase, h.state_name, h.message, h.wait_key
FROM history h JOIN runs r ON r.no = h.run
WHERE h.seq > :after AND {settled}
ORDER BY h.seq LIMIT :limit;

-- Saved flows, their revisions and triggers.

-- name: saved_flow
SELECT s.namespace, s.flow, s.revision, s.deployment, s.disabled, s.deleted, s.created, s.updated,
    s.body
FROM saved_flows s WHERE s.namespace = :namespace AND s.flow = :flow;

-- name: lock_saved_flow
SELECT s.namespace, s.flow, s.revision, s.deployment, s.disabled, s.deleted, s.created, s.updated,
    s.body
FROM saved_flows s WHERE s.namespace = :namespace AND s.flow = :flow {for_update};

-- name: put_saved_flow
INSERT INTO saved_flows (
    namespace, flow, created, updated, revision, disabled, deleted, deployment, body
) VALUES (
    :namespace, :flow, :created, :updated, :revision, :disabled, :deleted, :deployment, :body
) ON CONFLICT (namespace, flow) DO UPDATE SET
    updated = excluded.updated, revision = excluded.revision, disabled = excluded.disabled,
    deleted = excluded.deleted, deployment = excluded.deployment, body = excluded.body;

-- name: saved_flows
SELECT s.namespace, s.flow, s.revision, s.deployment, s.disabled, s.deleted, s.created, s.updated,
    s.body
FROM saved_flows s
WHERE s.deleted = 0 AND (
    :namespace = '' OR s.namespace = :namespace
    OR substr(s.namespace, 1, CAST(:length AS INTEGER)) = :beginning
)
ORDER BY s.namespace, s.flow LIMIT :limit OFFSET :offset;

-- name: add_revision
INSERT INTO flow_revisions (namespace, flow, revision, at, actor, digest)
VALUES (:namespace, :flow, :revision, :at, :actor, :digest);

-- name: revisions
SELECT v.revision, v.digest, v.actor, v.at FROM flow_revisions v
WHERE v.namespace = :namespace AND v.flow = :flow
ORDER BY v.revision DESC LIMIT :limit OFFSET :offset;

-- name: revision
SELECT v.revision, v.digest, v.actor, v.at FROM flow_revisions v
WHERE v.namespace = :namespace AND v.flow = :flow AND v.revision = :revision;

-- name: put_trigger
INSERT INTO flow_triggers (namespace, flow, trigger_id, since, kind, body, state)
VALUES (:namespace, :flow, :trigger, :since, :kind, :body, '{}');

-- name: remove_trigger
DELETE FROM flow_triggers
WHERE namespace = :namespace AND flow = :flow AND trigger_id = :trigger;

-- name: triggers_of_flow
SELECT t.namespace, t.flow, t.since, t.body, t.state FROM flow_triggers t
WHERE t.namespace = :namespace AND t.flow = :flow ORDER BY t.trigger_id;

-- name: triggers_of_kind
SELECT t.namespace, t.flow, t.since, t.body, t.state
FROM flow_triggers t JOIN saved_flows s ON s.namespace = t.namespace AND s.flow = t.flow
WHERE t.kind = :kind AND s.disabled = 0 AND s.deleted = 0
ORDER BY t.namespace, t.flow, t.trigger_id;

-- name: remember_trigger
UPDATE flow_triggers SET state = :state
WHERE namespace = :namespace AND flow = :flow AND trigger_id = :trigger;

-- name: cursor
SELECT c.seq FROM cursors c WHERE c.name = :name;

-- name: lock_cursor
SELECT c.seq FROM cursors c WHERE c.name = :name {for_update};

-- name: move_cursor
INSERT INTO cursors (name, seq) VALUES (:name, :seq)
ON CONFLICT (name) DO UPDATE SET seq = excluded.seq;

-- name: newest_event
SELECT COALESCE(MAX(h.seq), 0) FROM history h WHERE {settled};

-- name: put_run_trigger
INSERT INTO run_triggers (run, body) VALUES (:run, :body) ON CONFLICT (run) DO NOTHING;

-- name: run_trigger
SELECT t.body FROM run_triggers t JOIN runs r ON r.no = t.run WHERE r.id = :id;

-- name: delete_run_trigger
DELETE FROM run_triggers WHERE run = :run;

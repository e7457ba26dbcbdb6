-- Saved flows, their revisions and triggers, and what started a run.

CREATE TABLE saved_flows (
    namespace TEXT NOT NULL,
    flow TEXT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    revision INTEGER NOT NULL,
    disabled SMALLINT NOT NULL,
    deleted SMALLINT NOT NULL,
    deployment {bytes} NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (namespace, flow)
);

CREATE TABLE flow_revisions (
    namespace TEXT NOT NULL,
    flow TEXT NOT NULL,
    revision INTEGER NOT NULL,
    at BIGINT NOT NULL,
    actor INTEGER NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (namespace, flow, revision)
);

-- `since`: the place in the history after which events concern the trigger.
CREATE TABLE flow_triggers (
    namespace TEXT NOT NULL,
    flow TEXT NOT NULL,
    trigger_id TEXT NOT NULL,
    since BIGINT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (namespace, flow, trigger_id)
);

CREATE INDEX flow_triggers_kind ON flow_triggers (kind);

CREATE TABLE cursors (
    name TEXT PRIMARY KEY,
    seq BIGINT NOT NULL
);

CREATE TABLE run_triggers (
    run {own_number},
    body TEXT NOT NULL
);

-- Artifacts. Versions under one key follow each other by number; the highest is the newest.

CREATE TABLE artifacts (
    no {identity},
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    id {bytes} NOT NULL UNIQUE,
    flow_run {bytes},
    task_run {bytes},
    artifact_key TEXT,
    kind TEXT,
    description TEXT,
    data TEXT,
    metadata TEXT
);

CREATE INDEX artifacts_key ON artifacts (artifact_key, no) WHERE artifact_key IS NOT NULL;
CREATE INDEX artifacts_flow_run ON artifacts (flow_run) WHERE flow_run IS NOT NULL;

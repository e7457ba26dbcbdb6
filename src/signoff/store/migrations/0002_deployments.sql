-- Deployments and their schedules, and which runs were made from them.
--
-- A run carries the id of its deployment and not a number: whoever claims runs asks by it, and a
-- deleted deployment leaves its runs as they are.

CREATE TABLE deployments (
    no {identity},
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    flow INTEGER NOT NULL,
    concurrency_limit INTEGER,
    collision SMALLINT NOT NULL,
    paused SMALLINT NOT NULL,
    id {bytes} NOT NULL UNIQUE,
    entry_record {bytes},
    name TEXT NOT NULL,
    pool TEXT,
    queue TEXT,
    tags TEXT,
    body TEXT NOT NULL,
    UNIQUE (flow, name)
);

-- `due`: when somebody has to look at the schedule; none while nothing is to be done. `made`: the
-- last moment for which a run was made.
CREATE TABLE schedules (
    no {identity},
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    due BIGINT,
    made BIGINT,
    active SMALLINT NOT NULL,
    id {bytes} NOT NULL UNIQUE,
    deployment {bytes} NOT NULL,
    slug TEXT,
    body TEXT NOT NULL
);

CREATE UNIQUE INDEX schedules_slug ON schedules (deployment, slug) WHERE slug IS NOT NULL;
CREATE INDEX schedules_deployment ON schedules (deployment);
CREATE INDEX schedules_due ON schedules (due) WHERE due IS NOT NULL;

ALTER TABLE runs ADD COLUMN deployment {bytes};
ALTER TABLE runs ADD COLUMN schedule {bytes};
ALTER TABLE runs ADD COLUMN pool TEXT;
ALTER TABLE runs ADD COLUMN queue TEXT;
ALTER TABLE runs ADD COLUMN job_variables TEXT;

CREATE INDEX runs_deployment ON runs (deployment, phase) WHERE deployment IS NOT NULL;
-- Phase 1: scheduled.
CREATE INDEX runs_scheduled ON runs ((COALESCE(scheduled, 0))) WHERE phase = 1;

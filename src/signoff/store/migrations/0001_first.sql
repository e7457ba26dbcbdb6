-- The first schema.
--
-- Rows are small because a million of them may wait: runs have a number of their own, so that what
-- belongs to them carries eight bytes instead of sixteen; enums are small numbers (store/codes.py);
-- what many rows share (actors, forms, entry records) is stored once; wide columns stand before
-- narrow ones, so that PostgreSQL pads nothing. There are no foreign keys:
-- a run is deleted by explicit statements, one per table, and checking keys would cost every insert.

CREATE TABLE flows (
    no {identity},
    id {bytes} NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    created BIGINT NOT NULL
);

CREATE TABLE actors (
    no {identity},
    name TEXT NOT NULL,
    via SMALLINT NOT NULL,
    host TEXT NOT NULL,
    verified SMALLINT NOT NULL,
    UNIQUE (name, via, host, verified)
);

CREATE TABLE forms (
    digest {bytes} PRIMARY KEY,
    body TEXT NOT NULL
);

CREATE TABLE entry_records (
    digest {bytes} PRIMARY KEY,
    body TEXT NOT NULL
);

CREATE TABLE counters (
    name TEXT NOT NULL,
    shard SMALLINT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (name, shard)
);

INSERT INTO counters (name, shard, value) VALUES ('history_base', 0, 0);

CREATE TABLE runs (
    no {identity},
    since BIGINT NOT NULL,
    created BIGINT NOT NULL,
    run_time BIGINT NOT NULL,
    started BIGINT,
    ended BIGINT,
    scheduled BIGINT,
    expected BIGINT,
    flow INTEGER NOT NULL,
    created_by INTEGER NOT NULL,
    version INTEGER NOT NULL,
    entry INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    phase SMALLINT NOT NULL,
    begun SMALLINT NOT NULL,
    hold SMALLINT NOT NULL,
    result_kind SMALLINT,
    id {bytes} NOT NULL UNIQUE,
    name TEXT NOT NULL,
    owner TEXT,
    entry_record {bytes},
    state_name TEXT,
    message TEXT,
    parent {bytes},
    parent_task {bytes},
    journal_key TEXT,
    idempotency_key TEXT,
    flow_version TEXT,
    tags TEXT,
    result_location TEXT,
    result_preview TEXT,
    result_body {bytes}
);

CREATE UNIQUE INDEX runs_idempotency ON runs (flow, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX runs_parent ON runs (parent, journal_key) WHERE parent IS NOT NULL;
-- Phases 1 to 3 and 5 to 7: unfinished, and not waiting. A waiting run has no use for its owner's
-- death, so a million of them cost nothing here.
CREATE INDEX runs_owner ON runs (owner) WHERE owner IS NOT NULL AND phase <> 4;
-- Phase 5: resuming.
CREATE INDEX runs_to_enter ON runs ((COALESCE(scheduled, 0))) WHERE phase = 5 AND owner IS NULL;

-- Apart from the run's row, which is written again with every change of state.
CREATE TABLE parameters (
    run {own_number},
    body TEXT NOT NULL,
    pickled {bytes}
);

CREATE TABLE waits (
    run BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT,
    deadline BIGINT,
    number INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    answered_by INTEGER,
    kind SMALLINT NOT NULL,
    status SMALLINT NOT NULL,
    taken SMALLINT NOT NULL,
    on_deadline SMALLINT NOT NULL,
    id {bytes} NOT NULL,
    wait_key TEXT NOT NULL,
    title TEXT NOT NULL,
    form {bytes},
    address TEXT,
    scope TEXT,
    task_run {bytes},
    child {bytes},
    answer TEXT,
    default_answer TEXT,
    message TEXT,
    PRIMARY KEY (run, number)
) {clustered};

-- Status 0: open. Kinds 1 to 3: a person is asked. The order is that of the inbox.
CREATE INDEX waits_inbox
    ON waits ((COALESCE(deadline, 9223372036854775807)), opened_at, run, number)
    WHERE status = 0 AND kind <= 3;
CREATE INDEX waits_due ON waits (deadline) WHERE status = 0 AND deadline IS NOT NULL;
-- Status 1 and 2: answered and expired. What came of the wait has not reached the run's code yet.
CREATE INDEX waits_untaken ON waits (run) WHERE status IN (1, 2) AND taken = 0;

CREATE TABLE responses (
    no {identity},
    at BIGINT NOT NULL,
    actor INTEGER NOT NULL,
    wait {bytes} NOT NULL,
    answer TEXT,
    shown {bytes},
    request_id {bytes},
    refused TEXT
);

CREATE INDEX responses_wait ON responses (wait);
CREATE INDEX responses_request ON responses (request_id) WHERE request_id IS NOT NULL;

CREATE TABLE history (
    seq {history_key},
    run BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor INTEGER NOT NULL,
    version INTEGER NOT NULL,
    kind SMALLINT NOT NULL,
    phase SMALLINT NOT NULL,
    wait_key TEXT,
    state_name TEXT,
    message TEXT,
    request_id {bytes}
);

CREATE INDEX history_run ON history (run);

CREATE TABLE processes (
    id TEXT PRIMARY KEY,
    host TEXT NOT NULL,
    pid BIGINT NOT NULL,
    os_user TEXT NOT NULL,
    liveness SMALLINT NOT NULL,
    address TEXT,
    lease_until BIGINT,
    seen BIGINT NOT NULL
) {clustered};

CREATE TABLE task_runs (
    run BIGINT NOT NULL,
    started BIGINT NOT NULL,
    ended BIGINT,
    attempt INTEGER NOT NULL,
    entry INTEGER NOT NULL,
    occurrence INTEGER NOT NULL,
    run_count INTEGER NOT NULL,
    state_type SMALLINT NOT NULL,
    result_kind SMALLINT,
    id {bytes} NOT NULL,
    scope TEXT NOT NULL,
    task_key TEXT NOT NULL,
    inputs TEXT NOT NULL,
    place TEXT NOT NULL,
    name TEXT NOT NULL,
    state_name TEXT,
    message TEXT,
    tags TEXT,
    child {bytes},
    result_location TEXT,
    result_preview TEXT,
    result_body {bytes},
    PRIMARY KEY (run, id)
) {clustered};

CREATE INDEX task_runs_id ON task_runs (id);

CREATE TABLE logs (
    run BIGINT NOT NULL,
    at BIGINT NOT NULL,
    level SMALLINT NOT NULL,
    id {bytes} NOT NULL,
    task_run {bytes},
    name TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (run, at, id)
) {clustered};

CREATE TABLE inputs (
    run BIGINT NOT NULL,
    input_key TEXT NOT NULL,
    value TEXT NOT NULL,
    sender TEXT,
    created BIGINT NOT NULL,
    PRIMARY KEY (run, input_key)
) {clustered};

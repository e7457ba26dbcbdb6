-- Work pools, their queues, and their workers. Found by name: a run carries the names of its pool
-- and queue, so that it can wait for a pool that is made later.

CREATE TABLE work_pools (
    name TEXT PRIMARY KEY,
    id {bytes} NOT NULL UNIQUE,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    concurrency_limit INTEGER,
    paused SMALLINT NOT NULL,
    type TEXT NOT NULL,
    description TEXT,
    template TEXT NOT NULL
);

CREATE TABLE work_queues (
    pool TEXT NOT NULL,
    name TEXT NOT NULL,
    id {bytes} NOT NULL UNIQUE,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    concurrency_limit INTEGER,
    priority INTEGER NOT NULL,
    paused SMALLINT NOT NULL,
    description TEXT NOT NULL,
    PRIMARY KEY (pool, name)
);

CREATE TABLE workers (
    pool TEXT NOT NULL,
    name TEXT NOT NULL,
    id {bytes} NOT NULL UNIQUE,
    created BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    interval_us BIGINT NOT NULL,
    PRIMARY KEY (pool, name)
);

-- Phases 2, 3, 6 and 7 may hold a slot of the pool.
CREATE INDEX runs_pool ON runs (pool, phase) WHERE pool IS NOT NULL;

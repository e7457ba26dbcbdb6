-- Bulk actions: a frozen set of runs, and a receipt for each. Outcome 0: nothing was done yet.

CREATE TABLE bulks (
    no {identity},
    created BIGINT NOT NULL,
    ended BIGINT,
    total BIGINT NOT NULL,
    done BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    created_by INTEGER NOT NULL,
    action SMALLINT NOT NULL,
    status SMALLINT NOT NULL,
    id {bytes} NOT NULL UNIQUE,
    digest TEXT NOT NULL,
    input TEXT
);

CREATE TABLE bulk_items (
    bulk BIGINT NOT NULL,
    position BIGINT NOT NULL,
    outcome SMALLINT NOT NULL,
    run {bytes} NOT NULL,
    reason TEXT,
    PRIMARY KEY (bulk, position)
) {clustered};

-- What task runs depend on: only those that were given futures or states have a row. Apart from the
-- task's own row, which is written before the next line of a flow, while this may follow behind.

CREATE TABLE task_inputs (
    run BIGINT NOT NULL,
    task_run {bytes} NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (run, task_run)
) {clustered};

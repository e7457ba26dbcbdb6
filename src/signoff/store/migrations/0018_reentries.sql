-- What became of earlier work in the entries of a run after its first. Apart from the run's row,
-- because most runs are entered once.

CREATE TABLE reentries (
    run BIGINT NOT NULL,
    entry INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (run, entry)
) {clustered};

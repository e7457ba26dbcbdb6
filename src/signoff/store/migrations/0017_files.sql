-- Files of flows. A run is named by its id: its row may come after the file's.

CREATE TABLE files (
    id {bytes} PRIMARY KEY,
    created BIGINT NOT NULL,
    run {bytes},
    uri TEXT NOT NULL,
    name TEXT NOT NULL,
    content {bytes} NOT NULL
);

CREATE INDEX files_run ON files (run) WHERE run IS NOT NULL;

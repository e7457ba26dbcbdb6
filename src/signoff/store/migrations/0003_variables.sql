-- Variables: few, read by name.

CREATE TABLE variables (
    id {bytes} PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    value TEXT NOT NULL,
    tags TEXT,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL
);

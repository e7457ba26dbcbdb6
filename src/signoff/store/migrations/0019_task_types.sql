-- Task types that plugins declare, so that documents can be judged where no plugin is installed.

CREATE TABLE task_types (
    name TEXT PRIMARY KEY,
    updated BIGINT NOT NULL,
    body TEXT NOT NULL
);

-- Views of the list of runs that people keep: by the name they decide by, or everybody's.

CREATE TABLE saved_views (
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    updated BIGINT NOT NULL,
    PRIMARY KEY (owner, name)
) {clustered};

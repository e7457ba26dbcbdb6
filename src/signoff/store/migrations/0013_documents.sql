-- Texts of flows, by the SHA-256 of their UTF-8, hexadecimal. Runs and revisions name the digest.

CREATE TABLE documents (
    digest TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    created BIGINT NOT NULL
);

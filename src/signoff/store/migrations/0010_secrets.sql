-- Secrets that flows share; `value` is encrypted by the vault.

CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL
);

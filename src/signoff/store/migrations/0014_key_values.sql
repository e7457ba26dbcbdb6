-- Key-value pairs that flows of a namespace share.

CREATE TABLE key_values (
    namespace TEXT NOT NULL,
    pair_key TEXT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    expires BIGINT,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (namespace, pair_key)
);

CREATE INDEX key_values_expires ON key_values (expires) WHERE expires IS NOT NULL;

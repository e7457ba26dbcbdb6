-- Events that user code emits. What happens to runs is in `history`.

CREATE TABLE emitted (
    no {identity},
    occurred BIGINT NOT NULL,
    received BIGINT NOT NULL,
    id {bytes} NOT NULL UNIQUE,
    event TEXT NOT NULL,
    resource TEXT NOT NULL,
    body TEXT NOT NULL
);

CREATE INDEX emitted_occurred ON emitted (occurred);

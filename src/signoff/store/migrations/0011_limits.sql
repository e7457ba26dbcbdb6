-- Limits, who holds their slots, and who waits for them.
--
-- Kinds: 1 global, 2 tag. `used` counts slots that are taken and held by nobody: those of rate
-- limits, which come free by themselves, and those that somebody counted by hand.

CREATE TABLE limits (
    no {identity},
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    used DOUBLE PRECISION NOT NULL,
    decay DOUBLE PRECISION NOT NULL,
    slots INTEGER NOT NULL,
    kind SMALLINT NOT NULL,
    active SMALLINT NOT NULL,
    id {bytes} NOT NULL UNIQUE,
    name TEXT NOT NULL,
    UNIQUE (kind, name)
);

CREATE TABLE slot_holds (
    limit_no BIGINT NOT NULL,
    since BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    slots INTEGER NOT NULL,
    lease {bytes} NOT NULL,
    holder {bytes},
    process TEXT,
    PRIMARY KEY (limit_no, lease)
) {clustered};

CREATE INDEX slot_holds_lease ON slot_holds (lease);

CREATE TABLE slot_waits (
    no {identity},
    limit_no BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    lease {bytes} NOT NULL,
    process TEXT,
    address TEXT NOT NULL,
    UNIQUE (limit_no, lease)
);

CREATE INDEX slot_waits_lease ON slot_waits (lease);

-- Processes, and the runs that need one.

-- name: put_process
INSERT INTO processes (id, host, pid, os_user, liveness, address, lease_until, seen)
VALUES (:id, :host, :pid, :os_user, :liveness, :address, :lease_until, :seen)
ON CONFLICT (id) DO UPDATE SET host = excluded.host, pid = excluded.pid,
    os_user = excluded.os_user, liveness = excluded.liveness, address = excluded.address,
    lease_until = excluded.lease_until, seen = excluded.seen;

-- name: renew_lease
UPDATE processes SET lease_until = :until WHERE id = :id;

-- name: process
SELECT id, host, pid, os_user, liveness, address, lease_until FROM processes WHERE id = :id;

-- name: owners
SELECT p.id, p.host, p.pid, p.os_user, p.liveness, p.address, p.lease_until, r.id
FROM runs r JOIN processes p ON p.id = r.owner
WHERE r.owner IS NOT NULL AND r.phase <> 4
ORDER BY p.id, r.no;

-- name: idle_processes
SELECT id, host, pid, os_user, liveness, address, lease_until FROM processes p
WHERE seen < :before AND COALESCE(lease_until, 0) < :before
    AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.owner = p.id AND r.phase <> 4)
LIMIT :limit;

-- name: owners_of
SELECT r.id, p.id, p.host, p.pid, p.os_user, p.liveness, p.address, p.lease_until
FROM runs r JOIN processes p ON p.id = r.owner
WHERE r.id IN ({ids});

-- name: to_enter
SELECT id FROM runs
WHERE phase = 5 AND owner IS NULL AND COALESCE(scheduled, 0) <= :now
ORDER BY COALESCE(scheduled, 0) LIMIT :limit;

-- name: crowded_deployments
SELECT DISTINCT deployment FROM runs WHERE phase = 13 AND deployment IS NOT NULL;

-- name: with_untaken
SELECT DISTINCT r.id, r.no FROM waits w JOIN runs r ON r.no = w.run
WHERE w.status IN (1, 2) AND w.taken = 0 AND w.attempt = r.attempt
    AND r.phase IN (4, 12) AND r.hold < 2 AND r.entry < r.opened + :hopeful
ORDER BY r.no LIMIT :limit;

-- name: schema_number
SELECT {schema_number};

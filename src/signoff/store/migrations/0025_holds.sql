-- Deployments whose runs keep their place while they wait.

ALTER TABLE deployments ADD COLUMN holds SMALLINT NOT NULL DEFAULT 0;

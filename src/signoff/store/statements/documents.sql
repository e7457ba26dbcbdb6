-- Texts of flows, by digest.

-- name: put_document
INSERT INTO documents (digest, source, created) VALUES (:digest, :source, :now)
ON CONFLICT (digest) DO NOTHING;

-- name: document
SELECT d.source FROM documents d WHERE d.digest = :digest;

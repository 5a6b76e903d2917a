-- factsway: release=1.0.0 kind=expand
-- Up Migration
-- One row per POST that carried an Idempotency-Key or its own id, written in the same statement as
-- the row it created; a repeated POST finds it and is answered with that row.
CREATE TABLE factsway.idempotency_keys (
  resource text NOT NULL,
  key text NOT NULL,
  request_sha256 text NOT NULL,
  created_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (resource, key)
);

-- Down Migration
DROP TABLE factsway.idempotency_keys;

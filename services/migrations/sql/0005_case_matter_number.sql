-- factsway: release=1.1.0 kind=expand
-- Up Migration
-- Nullable and without a default: services of 1.0.0 insert and read cases without knowing of it.
ALTER TABLE factsway.cases ADD COLUMN matter_number text;

CREATE INDEX cases_matter_number ON factsway.cases (matter_number)
  WHERE matter_number IS NOT NULL;

-- Down Migration
DROP INDEX factsway.cases_matter_number;

ALTER TABLE factsway.cases DROP COLUMN matter_number;

-- factsway: release=1.1.0 kind=expand
-- Up Migration
-- How sure the author is of a fact, 0 to 1; the service checks the range.
ALTER TABLE factsway.facts ADD COLUMN confidence double precision;

-- Down Migration
ALTER TABLE factsway.facts DROP COLUMN confidence;

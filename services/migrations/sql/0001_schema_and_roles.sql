-- factsway: release=1.0.0 kind=expand
-- Up Migration
-- The owner role runs this; the application may read and write rows and nothing else. The monitor
-- role needs nothing here: it holds pg_monitor.
CREATE SCHEMA factsway;

GRANT USAGE ON SCHEMA factsway TO factsway_app;

ALTER DEFAULT PRIVILEGES IN SCHEMA factsway
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO factsway_app;

ALTER DEFAULT PRIVILEGES IN SCHEMA factsway
  GRANT USAGE, SELECT ON SEQUENCES TO factsway_app;

-- A service compares the ledger with the schema its release needs before it takes traffic.
GRANT USAGE ON SCHEMA factsway_migrations TO factsway_app;

GRANT SELECT ON factsway_migrations.ledger TO factsway_app;

-- Down Migration
REVOKE SELECT ON factsway_migrations.ledger FROM factsway_app;

REVOKE USAGE ON SCHEMA factsway_migrations FROM factsway_app;

DROP SCHEMA factsway;

#!/bin/sh
# Rendered by factsway-install; run once, when the data directory is made. Creates the roles of the
# platform: owner (migrations), application (rows only), monitor (statistics only).
set -eu

# psql reads each password from its file with a backtick: no value passes through an argument or the
# environment. A single trailing newline is dropped, the rest is taken as it is.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
-- Statements with a password must not reach the log when they fail.
SET log_min_error_statement = 'panic';
\set owner_password `cat /run/secrets/postgres-owner-password`
\set app_password `cat /run/secrets/postgres-app-password`
\set monitor_password `cat /run/secrets/postgres-monitor-password`

CREATE ROLE factsway_owner LOGIN PASSWORD :'owner_password';
-- The rights of the services. Those of each slot log in with a role of their own, so that their password can be
-- changed while the others serve (factsway-install secrets rotate).
CREATE ROLE factsway_app NOLOGIN;
CREATE ROLE factsway_app_a LOGIN PASSWORD :'app_password';
GRANT factsway_app TO factsway_app_a;
CREATE ROLE factsway_app_b LOGIN PASSWORD :'app_password';
GRANT factsway_app TO factsway_app_b;
CREATE ROLE factsway_monitor LOGIN PASSWORD :'monitor_password' CONNECTION LIMIT 5;
GRANT pg_monitor TO factsway_monitor;

-- The owner owns the database; nobody else creates anything in it.
ALTER DATABASE "factsway" OWNER TO factsway_owner;
REVOKE ALL ON DATABASE "factsway" FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT CONNECT ON DATABASE "factsway" TO factsway_app, factsway_monitor;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
SQL

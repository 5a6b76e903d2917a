-- FACTSWAY On-Prem: database, roles and rights on a PostgreSQL of your own (postgres.mode external).
-- Printed by `factsway-install database sql` with the names of your factsway.yaml. Run once with psql, connected
-- to the database "postgres", as a role that may create roles and databases (a superuser is one):
--
--   psql -h HOST -U ADMIN -d postgres -f roles.sql
--
-- Then give each role that logs in its password, the one in the file beside it:
--
--   \password factsway_owner    -- secrets/postgres-owner-password
--   \password factsway_app    -- secrets/postgres-app-password
--   \password factsway_monitor    -- secrets/postgres-monitor-password
\set ON_ERROR_STOP on

-- Runs the migrations and owns what they make. No administrator: it cannot create roles or databases.
CREATE ROLE "factsway_owner" LOGIN;

-- The eight services: the migrations let it read and write rows, and nothing else.
CREATE ROLE "factsway_app" LOGIN;

-- Statistics of the server, no rows.
CREATE ROLE "factsway_monitor" LOGIN CONNECTION LIMIT 5;
GRANT pg_monitor TO "factsway_monitor";

-- Who makes a database for another role has to be a member of it, for as long as that takes.
GRANT "factsway_owner" TO CURRENT_USER;
CREATE DATABASE "factsway" OWNER "factsway_owner" ENCODING 'UTF8' TEMPLATE template0;
\connect "factsway"
REVOKE ALL ON DATABASE "factsway" FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT CONNECT ON DATABASE "factsway" TO "factsway_app", "factsway_monitor";
REVOKE "factsway_owner" FROM CURRENT_USER;

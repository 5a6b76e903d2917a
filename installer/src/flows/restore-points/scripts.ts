/**
 * What is run inside the container of PostgreSQL, by `bash -c SCRIPT NAME ARGUMENT…`: each is a fixed text, and what
 * varies comes as an argument. They are scripts because one snapshot has to be held open while pg_dump reads from it,
 * and because what runs in the container goes on when the installer is killed: the lock makes the next one wait for it.
 * The superuser is whoever comes by the socket as its system user (pg_hba.conf, "peer"): there is no password.
 */

/** Below the mount of the volume, which itself holds the mountpoint of the data directory. */
export const POINTS_DIRECTORY = '/var/lib/postgresql/restore-points';

/** Exit codes of the scripts that mean something; any other one is PostgreSQL's or the shell's. */
export const SCRIPT_EXIT = { missing: 40, damaged: 41, different: 42, noVolume: 43 } as const;

const HEAD = `set -euo pipefail
umask 077
export PGUSER=postgres PGOPTIONS='-c idle_in_transaction_session_timeout=0 -c statement_timeout=0 -c client_min_messages=warning'
points=${POINTS_DIRECTORY}
ask() { psql -XAtq --no-password -v ON_ERROR_STOP=1 "$@"; }
`;

const LOCKED = `mkdir -p "$points" || exit ${SCRIPT_EXIT.noVolume}
exec 9>"$points/.lock"
flock 9
`;

/** A line per table with its rows, after one with the last migration; only what is the same in every copy. */
const COUNTS = String.raw`SELECT to_regclass('factsway_migrations.ledger') IS NOT NULL AS has_ledger \gset
\if :has_ledger
SELECT coalesce(max(name COLLATE "C"), '') AS head FROM factsway_migrations.ledger \gset
\else
\set head ''
\endif
\pset fieldsep '\t'
\o :rows
SELECT 'head', :'head';
SELECT format('SELECT %L, count(*) FROM ONLY %I.%I', format('%I.%I', nspname, relname), nspname, relname)
  FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
 WHERE relkind = 'r' AND nspname <> 'information_schema' AND nspname !~ '^pg_'
 ORDER BY nspname COLLATE "C", relname COLLATE "C" \gexec
\o
`;

/** Arguments: database. Prints the bytes of the database and those free for points. */
export const SPACE = `${HEAD}ask -d "$1" -c 'SELECT pg_database_size(current_database())'
[[ -w /var/lib/postgresql ]] || exit ${SCRIPT_EXIT.noVolume}
df --block-size=1 --output=avail /var/lib/postgresql | tail -n 1
`;

/** Prints the bytes that are free for the database. */
export const DATABASE_SPACE = 'df --block-size=1 --output=avail "$PGDATA" | tail -n 1';

/**
 * Arguments: database, id, createdAt, release, reason. Everything is written to ID.partial and on disk before the
 * rename makes a point of it; the rows are counted in the snapshot that pg_dump reads.
 */
export const CREATE = `${HEAD}${LOCKED}partial=$points/$2.partial
[[ -e $points/$2 ]] && exit 0
# The lock is ours, so whoever wrote these is gone.
rm -rf -- "$points"/*.partial
trap 'rm -rf -- "$partial"' EXIT
mkdir "$partial"
cd "$partial"
ask -d "$1" -v rows=rows.tsv -v id="$2" -v created="$3" -v release="$4" -v reason="$5" <<'SQL'
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_export_snapshot() AS snapshot, pg_database_size(current_database()) AS bytes, current_database() AS database \\gset
\\setenv SNAPSHOT :snapshot
\\setenv DATABASE :database
\\! pg_dump --no-password --format=custom --compress=zstd:3 --lock-wait-timeout=60s --snapshot="$SNAPSHOT" --dbname="$DATABASE" --file=database.dump && : >dumped
${COUNTS}COMMIT;
\\set stored \`test -e dumped && rm dumped && stat -c %s database.dump\`
\\set listing \`sha256sum database.dump rows.tsv >files.sha256 && sha256sum <files.sha256 | cut -c1-64\`
\\o manifest.json
SELECT json_build_object('id', :'id', 'createdAt', :'created', 'release', :'release', 'reason', :'reason',
  'head', nullif(:'head', ''), 'databaseBytes', :bytes::bigint, 'storedBytes', :'stored'::bigint,
  'listing', :'listing', 'postgresVersion', current_setting('server_version'));
SQL
sync database.dump rows.tsv files.sha256 manifest.json .
mv --no-target-directory "$partial" "$points/$2"
trap - EXIT
sync "$points"
`;

/** A line for each point: name, bytes of its dump, manifest; separated by tabs. */
export const LIST = `shopt -s nullglob
for manifest in ${POINTS_DIRECTORY}/*/manifest.json; do
  point=\${manifest%/manifest.json}
  [[ $point == *.partial ]] && continue
  printf '%s\\t%s\\t%s\\n' "\${point##*/}" "$(stat -c %s "$point/database.dump" 2>/dev/null || echo 0)" "$(tr -d '\\n\\0' <"$manifest")"
done
`;

const WHOLE = `[[ -e $points/$2 ]] || exit ${SCRIPT_EXIT.missing}
cd "$points/$2"
[[ $(sha256sum <files.sha256 | cut -c1-64) == "$3" ]] || exit ${SCRIPT_EXIT.damaged}
sha256sum --check --strict --status files.sha256 || exit ${SCRIPT_EXIT.damaged}
`;

/** Arguments: database, id, sha256 of the listing. */
export const CHECK = `${HEAD}${WHOLE}`;

/**
 * Arguments as of CHECK. The point goes into a database of its own; only when its tables have the rows that were
 * counted then, two renames in one transaction put it in place. Roles, their passwords and who may connect are the
 * server's, not the point's: those of the database that is replaced hold on.
 */
export const RESTORE = `${HEAD}${LOCKED}${WHOLE}restoring=$(ask -d postgres -v database="$1" <<'SQL'
SELECT left(:'database', 63 - length('_restoring')) || '_restoring';
SQL
)
dropdb --no-password --if-exists --force "$restoring"
check=$points/.check.tsv
trap 'status=$?; rm -f -- "$check"; dropdb --no-password --if-exists --force "$restoring"; exit $status' EXIT
ask -d postgres -v database="$1" -v restoring="$restoring" <<'SQL'
SELECT format('CREATE DATABASE %I TEMPLATE template0 OWNER %I ENCODING %L LC_COLLATE %L LC_CTYPE %L CONNECTION LIMIT %s%s',
         :'restoring', pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype, datconnlimit,
         CASE datlocprovider WHEN 'i' THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L', datlocale)
                             WHEN 'b' THEN format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', datlocale)
                             ELSE ' LOCALE_PROVIDER libc' END)
  FROM pg_database WHERE datname = :'database' \\gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', :'restoring')
  FROM pg_database WHERE datname = :'database' AND datacl IS NOT NULL \\gexec
SELECT format('GRANT %s ON DATABASE %I TO %s%s', privilege_type, :'restoring',
         CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
         CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
  FROM pg_database, aclexplode(datacl) WHERE datname = :'database' \\gexec
SELECT CASE setrole WHEN 0 THEN format('ALTER DATABASE %I', :'restoring')
                    ELSE format('ALTER ROLE %I IN DATABASE %I', pg_get_userbyid(setrole), :'restoring') END
       || format(' SET %s TO %s', split_part(setting, '=', 1),
            -- Lists are kept quoted already.
            CASE WHEN split_part(setting, '=', 1) IN ('search_path', 'temp_tablespaces', 'local_preload_libraries', 'session_preload_libraries')
                 THEN substr(setting, strpos(setting, '=') + 1)
                 ELSE quote_literal(substr(setting, strpos(setting, '=') + 1)) END)
  FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase, unnest(setconfig) AS setting
 WHERE datname = :'database' \\gexec
SQL
pg_restore --no-password --exit-on-error --jobs=2 --dbname="$restoring" database.dump
ask -d "$restoring" -c 'ANALYZE'
ask -d "$restoring" -v rows="$check" <<'SQL'
${COUNTS}SQL
diff rows.tsv "$check" >&2 || exit ${SCRIPT_EXIT.different}
swap() {
  ask -d postgres -v database="$1" -v restoring="$restoring" -v id="$2" <<'SQL'
SELECT left(:'database', 63 - length(suffix)) || suffix AS replaced
  FROM (SELECT n, '_replaced_' || :'id' || CASE n WHEN 1 THEN '' ELSE '_' || n END AS suffix FROM generate_series(1, 999) AS n) AS names
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = left(:'database', 63 - length(suffix)) || suffix)
 ORDER BY n LIMIT 1 \\gset
BEGIN;
-- Who comes in between is waited for by the renaming, for five seconds, or is a reason to try again.
SELECT FROM pg_stat_activity, pg_terminate_backend(pid, 5000) WHERE datname IN (:'database', :'restoring') AND pid <> pg_backend_pid();
ALTER DATABASE :"database" RENAME TO :"replaced";
ALTER DATABASE :"restoring" RENAME TO :"database";
SELECT format('COMMENT ON DATABASE %I IS %L', :'replaced', 'factsway: replaced by restore point ' || :'id') \\gexec
COMMIT;
SQL
}
for attempt in 1 2 3 4 5; do
  swap "$1" "$2" && exit 0
done
exit 1
`;

/** Arguments: database, id. The rename first: what is half removed is no point. */
export const REMOVE = `${HEAD}${LOCKED}[[ -e $points/$2 ]] || exit 0
mv --no-target-directory "$points/$2" "$points/$2.removed.partial"
rm -rf -- "$points/$2.removed.partial"
`;

/** Prints the databases that restores set aside, by what the restore wrote on them. */
export const REPLACED = `${HEAD}ask -d postgres <<'SQL'
SELECT datname FROM pg_database
 WHERE shobj_description(oid, 'pg_database') LIKE 'factsway: replaced by restore point %' ORDER BY datname COLLATE "C";
SQL
`;

/** Argument: the name of one of them. */
export const REMOVE_REPLACED = `${HEAD}dropdb --no-password --if-exists --force "$1"
`;

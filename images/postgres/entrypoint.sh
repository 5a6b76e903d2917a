#!/usr/bin/env bash
# Starts PostgreSQL; makes the database first if there is none.
#
# What PGDATA may look like, and what is done about it:
#
#   missing or empty       -> a new database is made (first-start.sh) and then served
#   has PG_VERSION         -> served as it is, whoever made it; nothing in it is written here
#   anything else          -> refused; it is not a database and it is not ours to clear away
#
# A new database is built in "$PGDATA.unfinished" and renamed to $PGDATA as the very last act. The
# name is the marker: as long as it says "unfinished" no client has ever been served from it, so the
# next start may throw it away and begin again; and $PGDATA itself is never emptied by anyone. A
# container killed at any instant therefore leaves no database or a whole one.
#
# The server replaces this shell (exec), so it is process 1: it gets the stop signal itself, and a
# postmaster.pid left behind by a kill can never name another living process.
set -euo pipefail

say() { printf 'factsway-postgres: %s\n' "$*" >&2; }
refuse() {
  say "$*"
  exit 1
}

# shellcheck source=first-start.sh disable=SC1091
source "${FACTSWAY_LIB:-/usr/local/lib/factsway}/first-start.sh"

if [[ $# -eq 0 || ${1:-} == -* ]]; then
  set -- postgres "$@"
fi
# `docker run <image> psql …` and the like.
if [[ $1 != postgres ]]; then
  exec "$@"
fi
# Questions to the binary (`postgres --version`) need no database.
for argument in "$@"; do
  case $argument in
    --help | -'?' | --version | -V | --describe-config) exec "$@" ;;
  esac
done

: "${PGDATA:?}"
if [[ $(id -u) -eq 0 ]]; then
  refuse "PostgreSQL does not run as root; start the container as user 999:999"
fi

# Where the backup container finds the server. The image cannot bring it: see its Dockerfile.
log=/var/lib/postgresql/log
if [[ -w $log && ! -d $log/socket ]]; then
  mkdir -m 0700 "$log/socket"
fi

if [[ -s $PGDATA/PG_VERSION ]]; then
  found=$(<"$PGDATA/PG_VERSION")
  wanted=$(major_version)
  if [[ $found != "$wanted" ]]; then
    refuse "$PGDATA was made by PostgreSQL $found and this is $wanted; factsway-install upgrade --postgres $wanted moves it"
  fi
elif [[ -d $PGDATA && -n $(ls -A "$PGDATA") ]]; then
  refuse "$PGDATA is not empty and holds no database (PG_VERSION is missing); nothing was changed"
else
  first_start
fi

# postmaster.pid guards a directory against a second server only where both see the same processes; two
# containers do not, and two servers on one directory destroy it. This lock does: the server and all its
# children inherit it, and the kernel lifts it when the last of them is gone.
exec {lock}<"$PGDATA"
status=0
flock --timeout 10 "$lock" || status=$?
case $status in
  0) ;;
  1) refuse "another container is serving $PGDATA; two servers on one directory would destroy it" ;;
  *) say "this file system has no locks; make sure that no other container uses $PGDATA" ;;
esac

# The server has no use for the password, and neither have the commands that it starts.
unset POSTGRES_PASSWORD POSTGRES_PASSWORD_FILE
exec "$@"

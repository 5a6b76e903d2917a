# shellcheck shell=bash
# Makes a new database in "$PGDATA.unfinished" and renames it to $PGDATA. Sourced by entrypoint.sh,
# whose head says why that is safe.

# Reads the superuser's password into `password`. Only one trailing newline is dropped (editors and
# `echo` add it); every other character counts, so `read` is used and not $(<file).
read_password() {
  password=
  if [[ -n ${POSTGRES_PASSWORD_FILE:-} && -n ${POSTGRES_PASSWORD:-} ]]; then
    refuse "set POSTGRES_PASSWORD_FILE or POSTGRES_PASSWORD, not both"
  elif [[ -n ${POSTGRES_PASSWORD_FILE:-} ]]; then
    [[ -r $POSTGRES_PASSWORD_FILE ]] || refuse "cannot read $POSTGRES_PASSWORD_FILE (POSTGRES_PASSWORD_FILE) as uid $(id -u)"
    IFS= read -r -d '' password <"$POSTGRES_PASSWORD_FILE" || true
    password=${password%$'\n'}
  else
    password=${POSTGRES_PASSWORD:-}
  fi
  [[ -n $password ]] || refuse "the superuser's password is empty; set POSTGRES_PASSWORD_FILE"
}

major_version() { postgres --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/'; }

# The unfinished server listens on a socket nobody else knows, so no client and no health check takes
# it for the real one. Statements are not logged: init scripts set passwords.
start_unfinished_server() {
  printf 'local all all trust\n' >"$socket_dir/pg_hba.conf"
  postgres -D "$unfinished" \
    -c listen_addresses= -c unix_socket_directories="$socket_dir" -c unix_socket_permissions=0700 \
    -c hba_file="$socket_dir/pg_hba.conf" \
    -c log_statement=none -c log_min_duration_statement=-1 -c log_min_error_statement=panic \
    -c log_min_messages=fatal &
  server=$!
  # SIGINT and SIGTERM would otherwise be ignored by process 1.
  trap 'kill -QUIT "$server"; wait "$server" || true; say "stopped before the database was finished; the next start begins again"; exit 143' INT TERM
  until pg_isready --quiet --username="$superuser" --dbname=postgres; do
    kill -0 "$server" 2>/dev/null || refuse "the server of the first start died; see the lines above"
    sleep 0.1
  done
}

stop_unfinished_server() {
  trap - INT TERM
  kill -INT "$server"
  wait "$server"
}

# psql reads no personal settings, stops at the first error and never asks for a password.
run_sql() {
  psql --no-psqlrc --quiet --no-password --set=ON_ERROR_STOP=1 --username="$superuser" "$@"
}

# The password travels through a pipe and is quoted by psql itself: it may hold any character, and it is
# in no argument list and no environment. Backticks drop one newline at the end. Only its SCRAM verifier
# is stored.
set_password() {
  run_sql --dbname=postgres --set=VERBOSITY=terse --set=role="$superuser" 3< <(printf '%s\n' "$password") <<'SQL'
\set password `cat <&3`
SET password_encryption = 'scram-sha-256';
ALTER ROLE :"role" PASSWORD :'password';
SQL
}

create_database() {
  [[ $database != postgres ]] || return 0
  run_sql --dbname=postgres --set=name="$database" <<'SQL'
CREATE DATABASE :"name";
SQL
}

# Same rule as the official image: *.sh is executed if it is executable and sourced if not, *.sql is
# run in POSTGRES_DB, in the order of the names. A script that fails stops the start.
run_init_scripts() {
  local script
  for script in /docker-entrypoint-initdb.d/*; do
    [[ -e $script ]] || continue
    case $script in
      *.sh)
        say "running $script"
        if [[ -x $script ]]; then
          "$script"
        else
          # In a subshell, so that a script cannot change what is done after it.
          # shellcheck source=/dev/null
          (source "$script")
        fi
        ;;
      *.sql)
        say "running $script"
        run_sql --dbname="$database" --file="$script"
        ;;
      *) say "ignoring $script" ;;
    esac
  done
}

first_start() {
  local superuser=${POSTGRES_USER:-postgres}
  local database=${POSTGRES_DB:-$superuser}
  local unfinished=$PGDATA.unfinished parent password server socket_dir
  local -a extra=()
  parent=$(dirname "$PGDATA")
  read_password
  read -r -a extra <<<"${POSTGRES_INITDB_ARGS:-}" || true
  # Byte order and Unicode rules of PostgreSQL itself: they never change with the C library, so an
  # image update cannot silently break an index. A locale asked for by the caller replaces them whole.
  # Before 17 there are no such rules; those of the C library that come nearest change least.
  local -a locale=(--locale=C.UTF-8)
  [[ $(major_version) -lt 17 ]] || locale+=(--locale-provider=builtin --builtin-locale=C.UTF-8)
  [[ " ${extra[*]}" != *' --locale'* && " ${extra[*]}" != *' --no-locale'* ]] || locale=()

  [[ -w $parent ]] || refuse "uid $(id -u) cannot write to $parent; the volume must belong to uid 999, and PGDATA must be a directory below its mount point"
  # Two containers on one volume must not take turns in throwing away each other's work.
  exec {lock}<"$parent"
  flock --nonblock "$lock" || refuse "another container is making a database in $parent"

  if [[ -e $unfinished ]]; then
    say "an earlier first start never finished; beginning again"
    rm -rf "$unfinished"
  fi
  socket_dir=$(mktemp -d "${TMPDIR:-/tmp}/first-start.XXXXXX")

  say "making a new database for user $superuser"
  # initdb reads only one line of a password file, so the role gets a random one here and the real one
  # below. Clients must use SCRAM; the socket inside the container is trusted, as in the official image.
  initdb --pgdata="$unfinished" --username="$superuser" --pwfile=<(head -c 32 /dev/urandom | base64 -w 0) \
    --encoding=UTF8 "${locale[@]}" \
    --data-checksums --auth-local=trust --auth-host=scram-sha-256 \
    --no-instructions "${extra[@]}" >"$socket_dir/initdb.log" || {
    cat "$socket_dir/initdb.log" >&2
    refuse "initdb failed"
  }
  printf "\nlisten_addresses = '*'\npassword_encryption = 'scram-sha-256'\n" >>"$unfinished/postgresql.conf"
  printf '\n# Clients of other containers and hosts.\nhost all all all scram-sha-256\n' >>"$unfinished/pg_hba.conf"

  # Also what the scripts of the official image find in their environment.
  export PGHOST=$socket_dir POSTGRES_USER=$superuser POSTGRES_DB=$database
  start_unfinished_server
  set_password
  create_database
  # In the background, because a shell that waits for a command in the foreground runs no trap.
  # A password that came as a file stays one: the scripts have its path.
  PGDATA=$unfinished run_init_scripts &
  wait $!
  unset PGHOST
  stop_unfinished_server

  # The content reaches the disk before the name that vouches for it.
  sync --file-system "$unfinished"
  mv --no-target-directory "$unfinished" "$PGDATA"
  sync "$parent"
  rm -rf "$socket_dir"
  exec {lock}<&-
  say "the database is ready"
}

# shellcheck shell=bash
# How the scripts talk: what is being done, how long it took, and on failure what to type next.
# Sourced first by every script; sets ROOT.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# Used by the scripts that source this file.
# shellcheck disable=SC2034
LOG_DIR=$ROOT/build/logs

say() { printf '%s\n' "$*"; }
note() { printf '    %s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }

# fail STATUS MESSAGE [HINT]: 2 is wrong usage, 3 is "the machine cannot do this as it is", 1 the rest.
fail() {
  printf '\nerror: %s\n' "$2" >&2
  [[ -z ${3:-} ]] || printf '%s\n' "$3" | sed 's/^/  /' >&2
  FAILED_WITH_MESSAGE=1
  exit "$1"
}

now_ms() { local t=${EPOCHREALTIME/[.,]/}; printf '%s' "${t%???}"; }
seconds_since() {
  local ms=$(($(now_ms) - $1))
  printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100))
}

# stage TITLE COMMAND…: the command runs in this shell and `set -e` stays in force inside it, so it is
# never put in a condition here. A failure is reported by the EXIT trap.
stage() {
  STAGE=$1
  shift
  local start
  start=$(now_ms)
  printf '\n== %s\n' "$STAGE"
  "$@"
  printf '   done: %s (%s)\n' "$STAGE" "$(seconds_since "$start")"
  STAGE=
}

# To be called from an EXIT trap: names the stage that was running when the script stopped.
report_failed_stage() {
  local status=$1 hint=${2:-}
  [[ $status -ne 0 && -n ${STAGE:-} ]] || return 0
  printf '\nstopped in: %s (exit status %s)\n' "$STAGE" "$status" >&2
  [[ -z $hint || -n ${FAILED_WITH_MESSAGE:-} ]] || printf '  %s\n' "$hint" >&2
}

# The comment block at the top of a script is its help text.
usage() { sed -n '2,/^[^#]/{/^#/!d;s/^# \{0,1\}//;p}' "$1"; }

# hash_of PATH…: one hash over the names and contents of everything below these paths of ROOT, tests
# aside: they change nothing that is built.
hash_of() {
  (
    cd "$ROOT" || exit
    find "$@" -type f ! -name '*.test.ts' ! -name '*.integration.ts' ! -name '*-support.ts' -print0 | LC_ALL=C sort -z | xargs -0 --no-run-if-empty sha256sum | sha256sum | cut -c1-64
  )
}

have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [[ $(id -u) -eq 0 ]]; }

# at_least WANTED FOUND: dotted versions; Debian's epoch and suffixes are ignored.
at_least() {
  local found
  found=$(plain_version "$2")
  [[ -n $found && $(printf '%s\n%s\n' "$1" "$found" | sort -V | head -n 1) == "$1" ]]
}
plain_version() { sed -E 's/^[0-9]+://; s/^v//; s/[-+~ ].*$//' <<<"$1"; }

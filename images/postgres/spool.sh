#!/usr/bin/env bash
# archive_command: hands one finished WAL segment over to the backup container, by way of a directory
# that both have mounted. PostgreSQL itself has neither a key nor a way out, and no outage of a
# repository can make it fail.
#
#   archive_command = 'factsway-pgbackrest-spool "%p"'
#
# (pgBackRest makes backups only where archive_command has its name in it, hence the name of this one.)
#
# PostgreSQL recycles a segment as soon as this returns 0, so by then the copy must outlive a power cut:
# content to disk, final name, directory to disk. A segment that was handed over just before a crash is
# offered again; the same bytes under the same name are a success, other bytes never are.
set -euo pipefail

fail() {
  printf 'factsway-pgbackrest-spool: %s\n' "$*" >&2
  exit 1
}

[[ $# -eq 1 && -n $1 ]] || fail "expects the path of one WAL segment"
segment=$1
name=${segment##*/}
spool=${FACTSWAY_SPOOL:-/var/lib/postgresql/log/spool}/new
# A leading dot: the backup container leaves such names alone. There is one archiver, so one name will do.
unfinished=$spool/.$name.unfinished

umask 077
[[ -d $spool ]] || mkdir -p "$spool" || fail "cannot make $spool; does the volume belong to uid 999?"

if [[ -e $spool/$name ]]; then
  cmp --silent "$segment" "$spool/$name" ||
    fail "$spool/$name is there already and differs from $segment; nothing was overwritten"
  # The crash may have come between the name and its way to the disk.
  sync "$spool/$name" "$spool" || fail "cannot write $spool to the disk"
  exit 0
fi

trap 'rm -f "$unfinished"' EXIT
dd if="$segment" of="$unfinished" bs=1M conv=fsync status=none || fail "cannot copy $segment to $spool; is the disk full?"
mv --no-target-directory "$unfinished" "$spool/$name" || fail "cannot name $spool/$name"
sync "$spool" || fail "cannot write $spool to the disk"

# shellcheck shell=bash
# Debian packages for the testbed: where they come from, which of them we added, how to remove them.
# Needs log.sh.

STATE_DIR=/var/lib/factsway-testbed
INSTALLED=$STATE_DIR/installed-packages
TRIXIE_SOURCE=/etc/apt/sources.list.d/factsway-trixie.sources
TRIXIE_PIN=/etc/apt/preferences.d/factsway-trixie

is_debian_like() { have apt-get && have dpkg-query; }

# The machine's Debian entries as `URI SUITE FILE`, whichever format they are written in.
apt_entries() {
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(SOURCESENTRY)' 'Created-By: Packages' 2>/dev/null |
    sed -E 's/:[0-9]+$//' | awk '$1 ~ /\/debian(-security)?\/$/' | sort -u
}

# The mirror is the one that the machine already uses; nothing in this repository names one.
debian_mirror() {
  local mirror=${FACTSWAY_DEBIAN_MIRROR:-}
  [[ -n $mirror ]] || mirror=$(apt_entries | awk '$1 ~ /\/debian\/$/ && $2 !~ /-/ { print $1; exit }')
  [[ -n $mirror ]] || fail 3 "no Debian mirror is configured on this machine" \
    "name one: FACTSWAY_DEBIAN_MIRROR=http://<mirror>/debian $0"
  printf '%s' "${mirror%/}"
}
debian_security_mirror() {
  local mirror
  mirror=$(apt_entries | awk '$1 ~ /\/debian-security\/$/ { print $1; exit }')
  printf '%s' "${mirror%/}"
}

# Refreshes the lists of the given source files only: a third-party source that is down must not stop
# us. List-Cleanup=0 keeps the lists of the sources that are left out.
apt_update_from() {
  local file
  for file in "$@"; do
    apt-get update -qq -o Dir::Etc::sourcelist="$file" -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0 -o Acquire::Retries=3 ||
      fail 3 "the package lists of $file cannot be fetched" "check the mirror in $file, then run the same command again"
  done
}

# Version that `apt-get install` would take, empty if none. $2: a suite to take it from.
candidate() {
  local -a from=()
  [[ -z ${2:-} ]] || from=(-o "APT::Default-Release=$2")
  LC_ALL=C apt-cache "${from[@]}" policy "$1" 2>/dev/null | awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'
}

update_own_lists() {
  local -a files
  mapfile -t files < <(apt_entries | awk -v ours="$TRIXIE_SOURCE" '$3 != ours { print $3 }' | sort -u)
  # Not Debian's own mirror layout (Ubuntu, a vendor's): then the whole configuration is refreshed.
  if [[ ${#files[@]} -eq 0 ]]; then
    apt-get update -qq || fail 3 "the package lists cannot be fetched" "run apt-get update and mend what it reports"
    return
  fi
  apt_update_from "${files[@]}"
}

# Adds Debian trixie at priority 50: nothing comes from it unless it is asked for by name.
add_trixie_source() {
  local mirror
  mirror=$(debian_mirror)
  if [[ ! -e $TRIXIE_SOURCE ]]; then
    mkdir -p "$STATE_DIR"
    touch "$STATE_DIR/added-apt-source"
    note "adding the source $TRIXIE_SOURCE, pinned below this machine's own release"
    printf 'Package: *\nPin: release n=trixie\nPin-Priority: 50\n' >"$TRIXIE_PIN"
    printf 'Types: deb\nURIs: %s\nSuites: trixie\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n' \
      "$mirror" >"$TRIXIE_SOURCE"
  fi
  apt_update_from "$TRIXIE_SOURCE"
}

# install_packages PACKAGE[/SUITE]…: records what was not there before, dependencies included. The
# record is written even when apt fails half-way, so that an interrupted run can be undone as well.
install_packages() {
  local before after log=$LOG_DIR/apt.log status=0
  mkdir -p "$LOG_DIR" "$STATE_DIR"
  if LC_ALL=C apt-get -s install --no-install-recommends "$@" 2>/dev/null | grep -qE '^Inst (libc6|base-files) \['; then
    fail 3 "installing $* would replace the C library of this machine" "install Docker Engine yourself, then run the same command again"
  fi
  before=$(mktemp)
  after=$(mktemp)
  list_packages >"$before"
  # Without systemd the package scripts would fall back to init scripts; the engine is started by us,
  # so that we know whose it is. invoke-rc.d starts nothing in runlevel 1.
  [[ -d /run/systemd/system ]] || export RUNLEVEL=1
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >"$log" 2>&1 </dev/null || status=$?
  list_packages >"$after"
  comm -13 "$before" "$after" | cat - "$INSTALLED" 2>/dev/null | sort -u >"$INSTALLED.new" || true
  mv "$INSTALLED.new" "$INSTALLED"
  rm -f "$before" "$after"
  [[ $status -eq 0 ]] || {
    tail -n 20 "$log" >&2
    fail 3 "apt-get could not install: $*" "the whole output is in $log"
  }
}
list_packages() { dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' | awk '$1 ~ /^i/ { print $2 }' | sort -u; }

recorded_packages() { [[ ! -s $INSTALLED ]] || cat "$INSTALLED"; }

purge_recorded_packages() {
  local -a packages
  local others
  mapfile -t packages < <(comm -12 <(recorded_packages | sort -u) <(list_packages))
  if [[ ${#packages[@]} -gt 0 ]]; then
    # Something installed since may need one of ours; that is not ours to remove.
    others=$(LC_ALL=C apt-get -s purge "${packages[@]}" 2>/dev/null | awk '$1 == "Purg" || $1 == "Remv" { print $2 }' |
      sort -u | comm -23 - <(printf '%s\n' "${packages[@]}" | sort -u) | tr '\n' ' ')
    [[ -z $others ]] || fail 3 "other packages need some of these: $others" "remove those first, then run the same command again"
    note "removing ${#packages[@]} packages: ${packages[*]}"
    DEBIAN_FRONTEND=noninteractive apt-get purge -y "${packages[@]}" >/dev/null 2>&1 </dev/null ||
      fail 1 "apt-get could not remove them" "apt-get purge ${packages[*]}"
  fi
  if [[ -e $STATE_DIR/added-apt-source ]]; then
    rm -f "$TRIXIE_SOURCE" "$TRIXIE_PIN"
  fi
}

# shellcheck shell=bash
# What scenarios and the commands of runbooks type on this host. Needs log.sh and apt.sh.

# ensure_tools PROGRAM:PACKAGE[/trixie]…: a bare Debian lacks some of them, and its users have them all. What an older
# Debian has too old a version of names the suite it is taken from.
ensure_tools() {
  local tool
  local -a missing=()
  for tool in "$@"; do
    have "${tool%%:*}" || missing+=("${tool##*:}")
  done
  if [[ ${#missing[@]} -eq 0 ]]; then
    note "all there: ${*%%:*}"
    return
  fi
  if ! is_root || ! is_debian_like; then
    fail 3 "the scenarios need ${missing[*]}, and this machine has none" "install these packages, then run the same command again"
  fi
  update_own_lists
  if [[ ${missing[*]} == */trixie* ]] && ! is_trixie; then add_trixie_source; fi
  note "installing ${missing[*]}"
  install_packages "${missing[@]}"
  hash -r
}

is_trixie() { grep -qs '^VERSION_CODENAME=trixie' /etc/os-release; }

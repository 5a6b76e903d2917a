# shellcheck shell=bash
# What scenarios and the commands of runbooks type on this host. Needs log.sh and apt.sh.

# ensure_tools PROGRAM:PACKAGE…: a bare Debian lacks some of them, and its users have them all.
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
  note "installing ${missing[*]}"
  install_packages "${missing[@]}"
  hash -r
}

# shellcheck shell=bash disable=SC2153
# The steps of scripts/clean-room. Needs log.sh; ROOM is the container's name.

# The bare system is made in here and not taken from a registry; for trixie it is the base of all our
# images.
bare_system() {
  if [[ $1 == trixie ]]; then
    "$ROOT/scripts/images" ensure
    IMAGE=factsway/base:debian-13
    return
  fi
  IMAGE=factsway/clean-room:$1
  docker image inspect "$IMAGE" >/dev/null 2>&1 && return
  have mmdebstrap || fail 3 "mmdebstrap is needed to make a bare Debian $1" "apt-get install mmdebstrap"
  mkdir -p "$LOG_DIR"
  mmdebstrap --variant=minbase --include=ca-certificates "$1" "$ROOT/build/clean-room.tar" "$(debian_mirror)" >"$LOG_DIR/clean-room-base.log" 2>&1 ||
    fail 1 "mmdebstrap failed" "its log is $LOG_DIR/clean-room-base.log"
  docker import "$ROOT/build/clean-room.tar" "$IMAGE" >/dev/null
  rm -f "$ROOT/build/clean-room.tar"
}

fresh_clone() {
  mkdir -p "$ROOT/build"
  CLONE=$(mktemp -d "$ROOT/build/clean-room.XXXXXX")
  git clone --quiet --no-local "$ROOT" "$CLONE/factsway"
  [[ -z $(git -C "$ROOT" status --porcelain) ]] || warn "uncommitted changes are left out"
}

# What makes this machine's registries and mirrors reachable comes along: its certificates, its npm
# settings and its proxy. They are passed as files and by name, so no value shows in a process list.
start_room() {
  local bundle file name
  local -a options=()
  bundle=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}
  if [[ -r $bundle ]]; then
    options+=(--volume "$bundle:/etc/ssl/host-ca.crt:ro" --env NODE_EXTRA_CA_CERTS=/etc/ssl/host-ca.crt --env NPM_CONFIG_CAFILE=/etc/ssl/host-ca.crt)
  fi
  if have npm; then
    options+=(--env "NPM_CONFIG_REGISTRY=$(cd / && npm config get registry 2>/dev/null)")
    for name in globalconfig userconfig; do
      file=$(cd / && npm config get "$name" 2>/dev/null)
      [[ ! -r $file ]] || options+=(--volume "$file:/etc/host-$name.npmrc:ro" --env "NPM_CONFIG_${name^^}=/etc/host-$name.npmrc")
    done
  fi
  for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    [[ -z ${!name:-} ]] || options+=(--env "$name")
  done
  docker run --detach --privileged --init --name "$ROOM" --hostname clean-room \
    --label io.factsway.clean-room=1 \
    --volume "$ROOM:/var/lib/docker" --volume "$CLONE/factsway:/factsway" \
    --env CI=true "${options[@]}" "$IMAGE" sleep infinity >/dev/null
}

install_tools() {
  # The list is split into words on purpose.
  # shellcheck disable=SC2086
  docker exec --env DEBIAN_FRONTEND=noninteractive "$ROOM" sh -c 'apt-get update -qq && apt-get install -qq -y --no-install-recommends "$@"' - $TOOLS >"$LOG.tools" 2>&1 ||
    { tail -n 15 "$LOG.tools" >&2 && fail 1 "the tools could not be installed in the room"; }
  rm -f "$LOG.tools"
}

# Only what this run made, by its own names.
tear_down() {
  local status=$?
  report_failed_stage "$status"
  [[ -n ${ROOM:-} ]] || return 0
  docker rm --force --volumes "$ROOM" >/dev/null 2>&1 || true
  docker volume rm "$ROOM" >/dev/null 2>&1 || true
  [[ -z ${CLONE:-} ]] || rm -rf "$CLONE"
  if [[ ${SUITE:-trixie} != trixie ]]; then docker image rm "factsway/clean-room:$SUITE" >/dev/null 2>&1 || true; fi
}

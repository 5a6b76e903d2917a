# shellcheck shell=bash
# The steps of scripts/demo. Needs log.sh, engine.sh, node.sh, ports.sh and setup.sh.

DEMO_DIR=${FACTSWAY_DEMO_DIR:-$ROOT/build/demo}
DEMO_PROJECT=factsway-demo
HTTPS_PORT=${FACTSWAY_DEMO_HTTPS_PORT:-8443}
HTTP_PORT=${FACTSWAY_DEMO_HTTP_PORT:-8080}
PROMETHEUS_PORT=${FACTSWAY_DEMO_PROMETHEUS_PORT:-9090}
ALERTMANAGER_PORT=${FACTSWAY_DEMO_ALERTMANAGER_PORT:-9093}
DEMO_VERSION=1.0.0
# Where the installer puts the certificate of the edge's own authority.
DEMO_CA=$DEMO_DIR/state/root-ca.crt

factsway() { node "$ROOT/dist/factsway-install.js" "$@"; }

# Commands a person may paste where they typed theirs: every setting they gave is in it, and quoted.
# command_with SETTING: the demo again, with one setting NAME=VALUE changed, or none ('').
command_with() {
  local name
  for name in FACTSWAY_DEMO_{DIR,HTTPS_PORT,HTTP_PORT,PROMETHEUS_PORT,ALERTMANAGER_PORT}; do
    [[ $1 != "$name="* ]] || { printf '%s ' "$1" && continue; }
    [[ -z ${!name:-} ]] || printf '%s=%q ' "$name" "${!name}"
  done
  printf '%q' "$0"
}
installer_command() {
  printf 'node %q %s --dir %q' "$(realpath --relative-base="$PWD" "$ROOT/dist/factsway-install.js")" "$1" "$DEMO_DIR"
}

check_settings() {
  valid_ports "FACTSWAY_DEMO_HTTPS_PORT=$HTTPS_PORT" "FACTSWAY_DEMO_HTTP_PORT=$HTTP_PORT" \
    "FACTSWAY_DEMO_PROMETHEUS_PORT=$PROMETHEUS_PORT" "FACTSWAY_DEMO_ALERTMANAGER_PORT=$ALERTMANAGER_PORT"
}

# Ports that the demo itself holds are as they should be.
check_ports() {
  if [[ -n $(docker ps --quiet --filter "label=com.docker.compose.project=$DEMO_PROJECT") ]]; then
    note "the demo is running; its ports are its own"
    return
  fi
  require_port "$HTTPS_PORT" FACTSWAY_DEMO_HTTPS_PORT https
  require_port "$HTTP_PORT" FACTSWAY_DEMO_HTTP_PORT http
  require_port "$PROMETHEUS_PORT" FACTSWAY_DEMO_PROMETHEUS_PORT Prometheus
  require_port "$ALERTMANAGER_PORT" FACTSWAY_DEMO_ALERTMANAGER_PORT Alertmanager
  note "$HTTPS_PORT, $HTTP_PORT, $PROMETHEUS_PORT and $ALERTMANAGER_PORT are free"
}

# Exit status 4 of the installer is "done, with warnings".
install_instance() {
  local status=0
  factsway install --yes --plain --dir "$DEMO_DIR" --answers "$ROOT/scripts/lib/demo-answers.yaml" \
    --set "release.version=$DEMO_VERSION" \
    --set "edge.httpsPort=$HTTPS_PORT" --set "edge.httpPort=$HTTP_PORT" \
    --set "monitoring.prometheusPort=$PROMETHEUS_PORT" --set "monitoring.alertmanagerPort=$ALERTMANAGER_PORT" \
    </dev/null || status=$?
  [[ $status -eq 0 || $status -eq 4 ]] || fail "$status" "the installation failed" "$(installer_command status)"
}

crud_smoke() {
  "$ROOT/node_modules/.bin/tsx" "$ROOT/scripts/lib/crud-smoke.ts" --url "https://localhost:$HTTPS_PORT" --ca "$DEMO_CA" </dev/null
}

verify_instance() {
  local status=0
  factsway verify --plain --dir "$DEMO_DIR" </dev/null || status=$?
  [[ $status -eq 0 || $status -eq 4 ]] || fail "$status" "verify found something wrong" "$(installer_command verify)"
}

demo_up() {
  local start
  start=$(now_ms)
  check_settings
  set_up_programs
  stage "Ports" check_ports
  set_up_images "$DEMO_VERSION"
  stage "Installation" install_instance
  stage "Create, read, update and delete through the edge" crud_smoke
  stage "Verify" verify_instance
  cat <<TEXT

FACTSWAY On-Prem runs on this machine ($(seconds_since "$start")).

  API             https://localhost:$HTTPS_PORT/api/templates, /api/cases, /api/drafts, …
  health          https://localhost:$HTTPS_PORT/healthz
  runbooks        https://localhost:$HTTPS_PORT/runbooks/
  Prometheus      http://localhost:$PROMETHEUS_PORT
  Alertmanager    http://localhost:$ALERTMANAGER_PORT
  certificate     $DEMO_CA
                  curl --cacert $(printf %q "$DEMO_CA") https://localhost:$HTTPS_PORT/healthz
  instance        $DEMO_DIR
                  $(installer_command status)
  remove it       $(command_with '') --down
TEXT
}

# Everything Compose made carries the project's label, so nothing depends on files that may be gone.
remove_project() {
  local -a ids
  mapfile -t ids < <(docker ps --all --quiet --filter "label=com.docker.compose.project=$DEMO_PROJECT")
  [[ ${#ids[@]} -eq 0 ]] || docker rm --force --volumes "${ids[@]}" >/dev/null
  note "containers: ${#ids[@]}"
  mapfile -t ids < <(docker network ls --quiet --filter "label=com.docker.compose.project=$DEMO_PROJECT")
  [[ ${#ids[@]} -eq 0 ]] || docker network rm "${ids[@]}" >/dev/null
  note "networks: ${#ids[@]}"
  mapfile -t ids < <(docker volume ls --quiet --filter "label=com.docker.compose.project=$DEMO_PROJECT")
  [[ ${#ids[@]} -eq 0 ]] || docker volume rm "${ids[@]}" >/dev/null
  note "volumes: ${#ids[@]}"
}

# FACTSWAY_DEMO_DIR is what somebody typed: only the directory of a demo is removed, not one that
# holds something else, and not somebody's own installation.
remove_instance_directory() {
  [[ -e $DEMO_DIR ]] || return 0
  [[ -e $DEMO_DIR/factsway.yaml || -d $DEMO_DIR/state ]] || fail 3 "$DEMO_DIR holds no instance; it is left alone"
  if [[ -e $DEMO_DIR/factsway.yaml ]] && ! grep -qE "^project: *[\"']?${DEMO_PROJECT}[\"']? *(#|\$)" "$DEMO_DIR/factsway.yaml"; then
    fail 3 "$DEMO_DIR holds an instance that is not the demo; it is left alone" "unset FACTSWAY_DEMO_DIR, or name the demo's directory"
  fi
  rm -rf "$DEMO_DIR"
  note "$DEMO_DIR"
}

# The engine may be down, after a reboot say, and still hold everything.
reach_engine() {
  if [[ -z ${DOCKER_HOST:-} ]]; then refuse_closed_socket; fi
  if [[ -e $DEMO_DIR ]] && have dockerd && ! docker_answers; then
    stage "Docker Engine, to remove what it holds" start_engine
  fi
}

# Project of another installation on this engine, running or not: its images cannot be had from anywhere else.
# Its data tells of it: that stays when it is stopped.
other_installation() {
  docker volume ls --filter label=com.docker.compose.volume=postgres-data \
    --format '{{.Label "com.docker.compose.project"}}' | grep -vxF "$DEMO_PROJECT" | head -n 1
}

remove_images() {
  local other
  if other=$(other_installation) && [[ -n $other ]]; then
    warn "the images stay, because the installation $other needs them; without it: $ROOT/scripts/images remove"
    return
  fi
  "$ROOT/scripts/images" remove
}

demo_down() {
  local what=${1:-everything}
  [[ -e $DEMO_DIR ]] || note "there is no directory $DEMO_DIR; removing what else a demo leaves"
  reach_engine
  if have docker && docker_answers; then
    stage "Containers, networks and volumes" remove_project
    [[ $what == keep-images ]] || stage "Images and build cache" remove_images
  else
    note "no engine runs; nothing to stop"
  fi
  stage "Instance directory" remove_instance_directory
  [[ $what != keep-images ]] || return 0
  if our_engine_pid >/dev/null; then stage "Docker Engine that we started" stop_engine; fi
  if [[ $what == purge-packages ]]; then
    stage "Debian packages that we installed" "$ROOT/scripts/engine" down --purge-packages
  elif [[ -n $(recorded_packages) ]]; then
    say
    say "These Debian packages were installed by us and remain: $(recorded_packages | tr '\n' ' ')"
    say "To remove them as well: $(command_with '') --down --purge-packages"
  fi
}

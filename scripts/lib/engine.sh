# shellcheck shell=bash
# Docker Engine and Compose on a machine that may have neither. Needs log.sh and apt.sh.

ENGINE_MIN=25
COMPOSE_MIN=2.24
ENGINE_PID=/run/factsway-engine.pid
ENGINE_LOG=/var/log/factsway-dockerd.log
# Where dockerd notes its own process and that of the containerd it starts.
DOCKERD_PID=/var/run/docker.pid
CONTAINERD_PID=/var/run/docker/containerd/containerd.pid
# Set to 1 by ensure_engine when this very process started the engine.
ENGINE_STARTED_NOW=

# A client waits for ever on a socket that accepts and never answers.
docker_answers() { timeout 20 docker info >/dev/null 2>&1; }
engine_version() { timeout 20 docker version --format '{{.Server.Version}}' 2>/dev/null || true; }
compose_version() { docker compose version --short 2>/dev/null || true; }
has_buildx() { docker buildx version >/dev/null 2>&1; }
under_systemd() { [[ -d /run/systemd/system ]]; }

# Any dockerd, ours or not; a minimal system has no pgrep.
engine_runs() { grep -qsx dockerd /proc/[0-9]*/comm; }

# The pid that file $1 names, if a process called $2 runs under it: a pid can be given to another
# process once its own has ended.
running_pid() {
  local pid
  [[ -r $1 ]] || return 1
  pid=$(<"$1")
  [[ $pid =~ ^[0-9]+$ && -r /proc/$pid/comm && $(<"/proc/$pid/comm") == "$2" ]] || return 1
  printf '%s' "$pid"
}

# The pid of the engine that we started, if it still runs.
our_engine_pid() { running_pid "$ENGINE_PID" dockerd; }

# An engine that was killed leaves the notes of its processes behind. Ours would be read in place of
# that of the new engine; dockerd refuses to start if any process has the number in its own, and ends
# whatever process has the number in containerd's.
forget_ended_engine() {
  running_pid "$ENGINE_PID" dockerd >/dev/null || rm -f "$ENGINE_PID"
  running_pid "$DOCKERD_PID" dockerd >/dev/null || rm -f "$DOCKERD_PID"
  running_pid "$CONTAINERD_PID" containerd >/dev/null || rm -f "$CONTAINERD_PID"
}

refuse_to_install() {
  fail 3 "$1" "install Docker Engine $ENGINE_MIN or newer with the Compose plugin $COMPOSE_MIN or newer and Buildx:
  Debian 13, Ubuntu 24.04 or newer:  sudo $ROOT/scripts/engine up
  elsewhere:                         your distribution's packages, or Docker's own
then let this user reach it (sudo usermod -aG docker \"\$USER\", and log in again) and run the same command again"
}

# Chooses where packages come from by what they are, not by the name of the release: the first source
# that offers a recent enough version of both wins, the machine's own before Debian trixie.
choose_packages() {
  local suite=$1 name engine compose=
  engine=$(candidate docker.io "$suite")
  at_least "$ENGINE_MIN" "${engine:-0}" || return 1
  # Ubuntu calls the plugin docker-compose-v2; its docker-compose is the old Python program.
  for name in docker-compose-v2 docker-compose; do
    at_least "$COMPOSE_MIN" "$(candidate "$name" "$suite")" && compose=$name && break
  done
  [[ -n $compose ]] || return 1
  # Only these come from the other release. With `-t` their dependencies would too, and newer builds of
  # runc and iptables replace the C library of the whole machine; the machine's own are good enough.
  local from=${suite:+/$suite}
  PACKAGES=("docker.io$from" "$compose$from" "docker-buildx$from" iptables)
  # In Debian trixie the client is a package of its own.
  [[ -z $(candidate docker-cli "$suite") ]] || PACKAGES+=("docker-cli$from")
}

install_engine() {
  is_root || refuse_to_install "there is no Docker Engine here, and installing it takes root"
  is_debian_like || refuse_to_install "there is no Docker Engine here, and this is not a Debian or Ubuntu system"
  note "looking for packages in this machine's own release"
  update_own_lists
  if ! choose_packages ''; then
    # shellcheck source=/dev/null
    [[ $(. /etc/os-release && printf '%s' "$ID") == debian ]] ||
      refuse_to_install "this release offers no Docker Engine $ENGINE_MIN with Compose $COMPOSE_MIN"
    add_trixie_source
    choose_packages trixie || refuse_to_install "neither this release nor Debian trixie offers Docker Engine $ENGINE_MIN"
  fi
  note "installing ${PACKAGES[*]}"
  mkdir -p "$STATE_DIR"
  [[ -e /var/lib/docker ]] || touch "$STATE_DIR/no-engine-data-before"
  install_packages "${PACKAGES[@]}"
}

wait_for_engine() {
  local deadline=$((SECONDS + 60))
  until docker_answers; do
    if [[ -n ${1:-} ]] && ! kill -0 "$1" 2>/dev/null; then
      tail -n 15 "$ENGINE_LOG" >&2
      fail 3 "the Docker Engine stopped again while starting" "its log is $ENGINE_LOG"
    fi
    [[ $SECONDS -lt $deadline ]] || fail 3 "the Docker Engine does not answer after 60 s" "its log is $ENGINE_LOG (or: journalctl -u docker)"
    sleep 0.3
  done
}

# One that is only starting, or only ending, does not answer either: what comes of it decides.
await_other_engine() {
  local pid deadline=$((SECONDS + 60))
  while pid=$(running_pid "$DOCKERD_PID" dockerd) && ! docker_answers; do
    [[ $SECONDS -lt $deadline ]] ||
      fail 3 "a Docker Engine runs here (dockerd, pid $pid) and does not answer" "see its log, or restart it"
    sleep 0.3
  done
}

start_engine() {
  is_root || fail 3 "the Docker Engine is installed and not running, and starting it takes root" \
    "sudo systemctl start docker        (or: sudo $ROOT/scripts/engine up)"
  if under_systemd; then
    note "starting docker.service"
    systemctl start docker || fail 3 "docker.service does not start" "journalctl -u docker"
    wait_for_engine
  else
    note "starting dockerd in a session of its own (log: $ENGINE_LOG)"
    forget_ended_engine
    # Own session and no inherited descriptors: it must outlive this script, its terminal and any
    # pipe that somebody reads our output through. The shell becomes dockerd, so its pid is dockerd's.
    # shellcheck disable=SC2016
    setsid --fork bash -c 'echo $$ >"$1"; for fd in /proc/$$/fd/*; do n=${fd##*/}; ((n > 2)) && eval "exec $n>&-"; done; exec dockerd' \
      dockerd "$ENGINE_PID" >>"$ENGINE_LOG" 2>&1 </dev/null
    until [[ -s $ENGINE_PID ]]; do sleep 0.1; done
    wait_for_engine "$(<"$ENGINE_PID")"
  fi
  # shellcheck disable=SC2034
  ENGINE_STARTED_NOW=1
}

# dockerd ends its containers and containerd itself; two of its time limits can add up to half a minute.
stop_engine() {
  local pid deadline=$((SECONDS + 60))
  pid=$(our_engine_pid) || fail 3 "no engine that was started by this script is running; leaving things as they are" \
    "$ROOT/scripts/engine status"
  kill -TERM "$pid"
  while kill -0 "$pid" 2>/dev/null; do
    [[ $SECONDS -lt $deadline ]] || fail 1 "dockerd (pid $pid) has not stopped after 60 s" "its log is $ENGINE_LOG"
    sleep 0.2
  done
  rm -f "$ENGINE_PID"
}

check_versions() {
  local engine compose
  engine=$(engine_version)
  compose=$(compose_version)
  at_least "$ENGINE_MIN" "$engine" || refuse_to_install "the Docker Engine here is version ${engine:-unknown}"
  if ! at_least "$COMPOSE_MIN" "$compose" || ! has_buildx; then
    if is_root && is_debian_like && [[ -z ${1:-} ]]; then
      note "the Compose plugin or Buildx is missing; installing them"
      install_engine
      check_versions again
      return
    fi
    refuse_to_install "the Compose plugin is ${compose:-missing} (or Buildx is missing)"
  fi
  note "Docker Engine $engine, Compose $compose"
}

# An engine that runs and that we may not talk to is not an engine that is missing.
refuse_closed_socket() {
  [[ ! -S /var/run/docker.sock || -w /var/run/docker.sock ]] ||
    fail 3 "a Docker Engine runs here and this user may not use it" "sudo usermod -aG docker \"\$USER\"        (then log in again)"
}

ensure_engine() {
  if have docker && docker_answers; then
    check_versions
    return
  fi
  [[ -z ${DOCKER_HOST:-} ]] || fail 3 "DOCKER_HOST is $DOCKER_HOST and nothing answers there" "unset DOCKER_HOST"
  refuse_closed_socket
  have dockerd || install_engine
  await_other_engine
  if ! docker_answers; then start_engine; fi
  check_versions
}

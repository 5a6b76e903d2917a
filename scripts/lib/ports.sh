# shellcheck shell=bash
# Is a port free, and who has it if not. Needs log.sh; uses nothing that a minimal system lacks.

# Asks the kernel by binding, as the engine will: that is right for every address family and state.
port_is_free() {
  node -e '
    const server = require("node:net").createServer();
    server.on("error", () => process.exit(1)).listen({ host: process.argv[1], port: Number(process.argv[2]) }, () => server.close());
  ' "$1" "$2"
}

# A container's name if the engine publishes the port, else the process that listens on it.
port_holder() {
  local container hex inode fd pid
  container=$(docker ps --filter "publish=$1" --format '{{.Names}}' 2>/dev/null | sed -n 1p)
  if [[ -n $container ]]; then
    printf 'container %s' "$container"
    return
  fi
  hex=$(printf '%04X' "$1")
  inode=$(awk -v port=":$hex" '$4 == "0A" && substr($2, length($2) - 4) == port { print $10 }' /proc/net/tcp /proc/net/tcp6 2>/dev/null | sed -n 1p)
  if [[ -n $inode ]]; then
    fd=$(find /proc/[0-9]*/fd -lname "socket:\[$inode\]" 2>/dev/null | sed -n 1p) || true
    pid=${fd#/proc/}
    pid=${pid%%/*}
    if [[ -n $pid ]]; then
      printf 'process %s (%s)' "$pid" "$(tr '\0' ' ' <"/proc/$pid/cmdline" | cut -c1-60)"
      return
    fi
  fi
  printf 'a process of another user'
}

# require_port PORT VARIABLE WHAT: VARIABLE is how to choose another one. The command to type comes
# from `command_with`, which the script that asks has.
require_port() {
  local other
  port_is_free 127.0.0.1 "$1" && return
  other=$(($1 > 64535 ? $1 - 1000 : $1 + 1000))
  fail 3 "port $1 ($3) is taken by $(port_holder "$1")" "stop it, or choose another port: $(command_with "$2=$other")"
}

# valid_ports NAME=PORT…: numbers a program can listen on, no two the same.
valid_ports() {
  local setting port
  local -A taken=()
  for setting in "$@"; do
    port=${setting#*=}
    [[ $port =~ ^[1-9][0-9]{0,4}$ && $port -le 65535 ]] || fail 2 "${setting%%=*} is \"$port\", which is not a port" "choose one from 1 to 65535"
    [[ -z ${taken[$port]:-} ]] || fail 2 "${taken[$port]} and ${setting%%=*} are both $port" "choose another for one of them"
    taken[$port]=${setting%%=*}
  done
}

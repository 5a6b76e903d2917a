# shellcheck shell=bash
# Runs the parts of scripts/test and adds up their results. Needs log.sh and engine.sh.

RESULTS=$ROOT/build/test-results
ARTEFACTS=$ROOT/test/.artefacts
ENGINE_LOCK=$ROOT/build/engine.lock
# Parts that failed, whatever their tests say.
FAILED_PARTS=()
# What runs beside this shell, which Ctrl-C does not reach by itself.
LANES=()
ALL_RAN=

forget_earlier_results() { rm -rf "$RESULTS" "$ARTEFACTS"; }

# A part that fails does not keep the next one from running: one run should tell everything. The time
# limit is for a part that hangs; SIGINT first, so that vitest can still clean up after itself.
run_part() {
  local status=0
  (start_part "$@") || status=$?
  note_failed "$status" "$1"
}

# Becomes the part: for a subshell or the background.
start_part() { start_limited npm run --loglevel=error "$@"; }

# The same for a lane of scenarios, or for several (`live+backups`) one after the other. Not by npm, which would keep the
# signal to itself: a lane whose time is up would run on beside the next one.
start_lane() {
  local -a lanes
  IFS=+ read -ra lanes <<<"$1"
  hold_engine "$1"
  start_limited node_modules/.bin/vitest run --config test/scenarios/vitest.config.ts "${lanes[@]/#/--project=}" \
    --outputFile.json="build/test-results/scenarios-$1.json"
}

# The shared lane restarts the engine near its end, and has the lock to itself while it does: what runs beside it is over
# by then. The lock goes with the last process of a lane.
hold_engine() {
  [[ $1 != shared ]] || return 0
  mkdir -p "${ENGINE_LOCK%/*}"
  exec {ENGINE_LOCK_FD}>"$ENGINE_LOCK"
  flock --shared "$ENGINE_LOCK_FD"
}

start_limited() {
  # vitest colours its output wherever CI is set; a log file is for reading.
  [[ -t 1 ]] || export NO_COLOR=1
  cd "$ROOT" || exit
  exec timeout --foreground --signal=INT --kill-after=60 "${FACTSWAY_TEST_TIMEOUT:-2400}" "$@" </dev/null
}

note_failed() {
  [[ $1 -ne 0 ]] || return 0
  FAILED_PARTS+=("$2")
  warn "npm run $2 ended with status $1"
}

# Lanes of scenarios, each in a vitest of its own, side by side; their lines begin with the file they are about.
run_lanes() {
  local lane status
  local -A pids=()
  for lane in "$@"; do
    start_lane "$lane" &
    pids[$lane]=$!
    LANES+=("$!")
  done
  for lane in "$@"; do
    status=0
    wait "${pids[$lane]}" || status=$?
    note_failed "$status" "test:scenarios -- --project=${lane//+/ --project=}"
  done
  LANES=()
}

# Prints `PASSED FAILED SKIPPED` over every vitest JSON report.
count_results() {
  have node || {
    printf '0 0 0'
    return
  }
  # shellcheck disable=SC2016
  node -e '
    const fs = require("node:fs");
    const sum = [0, 0, 0];
    for (const name of fs.existsSync(process.argv[1]) ? fs.readdirSync(process.argv[1]) : []) {
      if (!name.endsWith(".json")) continue;
      const report = JSON.parse(fs.readFileSync(`${process.argv[1]}/${name}`, "utf8"));
      sum[0] += report.numPassedTests ?? 0;
      sum[1] += report.numFailedTests ?? 0;
      sum[2] += (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0);
    }
    console.log(sum.join(" "));
  ' "$RESULTS"
}

keep_artefacts() {
  mkdir -p "$ARTEFACTS/run"
  cp -r "$LOG_DIR" "$RESULTS" "$ARTEFACTS/run/" 2>/dev/null || true
  tail -n 500 "$ENGINE_LOG" >"$ARTEFACTS/run/dockerd.log" 2>/dev/null || true
  if have docker && docker_answers; then docker ps --all >"$ARTEFACTS/run/containers.txt" 2>&1 || true; fi
  note "kept for you: test/.artefacts"
}

# EXIT trap of scripts/test: whatever happened, the engine is put back and the last line is the count.
close_tests() {
  local status=$1 passed failed skipped stopped=0
  set +e
  trap '' INT TERM
  [[ ${#LANES[@]} -eq 0 ]] || { kill "${LANES[@]}" && wait "${LANES[@]}"; } 2>/dev/null
  report_failed_stage "$status" "mend what is said above and run the same command again"
  read -r passed failed skipped <<<"$(count_results)"
  # Something that failed outside of a test must not read as a success.
  if [[ $failed -eq 0 && (${#FAILED_PARTS[@]} -gt 0 || -z $ALL_RAN || $passed -eq 0) ]]; then failed=1; fi
  if [[ $failed -gt 0 && $status -eq 0 ]]; then status=1; fi
  say
  [[ ${#FAILED_PARTS[@]} -eq 0 ]] || note "failed: ${FAILED_PARTS[*]}"
  [[ $skipped -eq 0 ]] || note "skipped: $skipped"
  [[ $status -eq 0 ]] || keep_artefacts
  if [[ -n ${ENGINE_STARTED_NOW:-} && -z ${KEEP_ENGINE:-} ]] && our_engine_pid >/dev/null; then
    note "stopping the engine that this run started"
    (stop_engine) || stopped=1
  fi
  [[ $stopped -eq 0 ]] || warn "the engine did not stop; see scripts/engine status"
  printf '%d passed, %d failed\n' "$passed" "$failed"
  exit "$status"
}

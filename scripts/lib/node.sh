# shellcheck shell=bash
# Node.js, the npm packages of the lock file, and dist/. Needs log.sh and apt.sh.

NODE_MIN=20.19

ensure_node() {
  local found=
  if have node; then found=$(node --version); fi
  if ! at_least "$NODE_MIN" "${found:-0}" || ! have npm; then
    install_node "$found"
    found=$(node --version)
  fi
  note "Node.js ${found#v}, npm $(npm --version 2>/dev/null)"
}

install_node() {
  local offered message="Node.js $NODE_MIN or newer with npm is needed; here is ${1:-none}"
  have npm || message+=", and no npm"
  # A Node.js that somebody chose is not replaced behind their back.
  if ! is_root || ! is_debian_like || [[ -n $1 ]]; then
    fail 3 "$message" "https://nodejs.org, or your distribution's packages nodejs and npm"
  fi
  update_own_lists
  offered=$(candidate nodejs)
  at_least "$NODE_MIN" "${offered:-0}" || fail 3 "$message, and this release offers ${offered:-none}" "https://nodejs.org"
  note "installing nodejs $offered and npm from this machine's own release (npm brings many small packages; it takes a minute)"
  install_packages nodejs npm
  hash -r
}

# The stamp names the lock file the packages came from. A hand-made `npm ci` that is newer than the lock
# file counts as well: npm leaves its own copy of the lock in node_modules.
ensure_dependencies() {
  local stamp=$ROOT/node_modules/.factsway-stamp want
  want="$(sha256sum <"$ROOT/package-lock.json") node $(node -p process.versions.modules)"
  if [[ $(cat "$stamp" 2>/dev/null) == "$want" || $ROOT/node_modules/.package-lock.json -nt $ROOT/package-lock.json ]]; then
    note "npm packages: up to date"
    return
  fi
  note "npm ci"
  mkdir -p "$LOG_DIR"
  (cd "$ROOT" && npm ci --no-progress >"$LOG_DIR/npm.log" 2>&1 </dev/null) || {
    tail -n 20 "$LOG_DIR/npm.log" >&2
    fail 1 "npm ci failed" "if the registry cannot be reached: npm config get registry; the whole output is in $LOG_DIR/npm.log"
  }
  printf '%s' "$want" >"$stamp"
}

# Everything that ends up in dist/ or decides how it is made.
ensure_build() {
  local stamp=$ROOT/build/.built-from want path
  local -a inputs=()
  for path in installer services compose config-templates monitoring k8s cloudfront schema package.json package-lock.json tsconfig.json \
    scripts/build.ts scripts/generate.ts; do
    [[ ! -e $ROOT/$path ]] || inputs+=("$path")
  done
  want=$(hash_of "${inputs[@]}")
  if [[ -e $ROOT/dist/factsway-install.js && $(cat "$stamp" 2>/dev/null) == "$want" ]]; then
    note "dist/: up to date"
    return
  fi
  note "npm run build"
  mkdir -p "$LOG_DIR"
  (cd "$ROOT" && npm run --loglevel=error build >"$LOG_DIR/build.log" 2>&1 </dev/null) || {
    tail -n 30 "$LOG_DIR/build.log" >&2
    fail 1 "npm run build failed" "the whole output is in $LOG_DIR/build.log"
  }
  printf '%s' "$want" >"$stamp"
}

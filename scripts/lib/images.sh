# shellcheck shell=bash
# Which images the `debian` image source consists of, and when one has to be built again.
# Needs log.sh, apt.sh and image-cache.sh.

IMAGE_TAG=debian-13
# Everything built from Debian packages on top of `base`, in the order of the builds.
COMPONENTS=(node updates postgres backup edge prometheus alertmanager node-exporter postgres-exporter blackbox-exporter)
NEEDED_MIB=4096
# PostgreSQL of the release the base is made of, and the Debian releases that have the others. These are
# components of their own (postgres-15, backup-15), built where somebody asks for them.
POSTGRES_MAJOR=17
declare -A POSTGRES_SUITES=([15]=bookworm)

# Of `postgres-15`: the component, and the major version of PostgreSQL; empty where it is the usual one.
plain_component() { if [[ -n $(major_of "$1") ]]; then printf '%s' "${1%-*}"; else printf '%s' "$1"; fi; }
major_of() { [[ ! $1 =~ ^(postgres|backup)-([0-9]+)$ ]] || printf '%s' "${BASH_REMATCH[2]}"; }

component_image() {
  local major
  major=$(major_of "$1")
  printf 'factsway/%s:%s' "$(plain_component "$1")" "$IMAGE_TAG${major:+-$major}"
}
# Where its Dockerfile is; the exporters share one, with a stage for each.
component_directory() {
  case $1 in
    *-exporter) printf 'images/exporters' ;;
    *) printf 'images/%s' "$(plain_component "$1")" ;;
  esac
}
# The backup container runs the programs of the server it backs up, in exactly its version.
component_base() {
  case $1 in
    backup | backup-*) component_image "postgres${1#backup}" ;;
    updates) component_image node ;;
    *) component_image base ;;
  esac
}
image_label() { docker image inspect --format "{{index .Config.Labels \"$2\"}}" "$1" 2>/dev/null || true; }
image_id() { docker image inspect --format '{{.Id}}' "$1" 2>/dev/null || true; }
image_version() { image_label "$1" org.opencontainers.image.version; }

# An image is fresh when the hash it carries is the hash of what it would be built from now. The hash
# covers the id of the base image, so a new base makes everything on top of it stale.
component_hash() {
  case $1 in
    base) hash_of images/base ;;
    # The program in it is bundled from these, and always to the same bytes.
    backup | backup-*)
      printf '%s %s' "$(hash_of images/backup backup/src services/build scripts/build-backup.ts package-lock.json)" \
        "$(image_id "$(component_base "$1")")" | sha256sum | cut -c1-64
      ;;
    updates)
      printf '%s %s' "$(hash_of images/updates updates/src installer/src services/build scripts/build-updates.ts package-lock.json)" \
        "$(image_id "$(component_base "$1")")" | sha256sum | cut -c1-64
      ;;
    *) printf '%s %s' "$(hash_of "$(component_directory "$1")")" "$BASE_ID" | sha256sum | cut -c1-64 ;;
  esac
}
is_fresh() { [[ $(image_label "$1" io.factsway.context-hash) == "$2" ]]; }

check_disk() {
  local where free
  where=$(docker info --format '{{.DockerRootDir}}')
  # With an engine on another machine its directory is not here and cannot be measured.
  [[ -d $where ]] || return 0
  free=$(df --output=avail --block-size=1M "$where" | tail -n 1)
  [[ $free -ge $NEEDED_MIB ]] || fail 3 "building the images needs $NEEDED_MIB MiB and $where has $free MiB free" \
    "free some space there (docker system df shows what Docker holds)"
}

# The images whose names this run gives to others. They are removed at the end, where no container
# uses them; everything else without a name is somebody else's: another clone, another project, a
# build that runs at this moment.
REPLACED=()
will_replace() {
  local id
  id=$(image_id "$1")
  [[ -z $id ]] || REPLACED+=("$id")
}
# Last made first, so that nothing is built on what is removed.
remove_replaced() {
  local at id
  for ((at = ${#REPLACED[@]} - 1; at >= 0; at--)); do
    id=${REPLACED[at]}
    [[ $(docker image inspect --format '{{len .RepoTags}}' "$id" 2>/dev/null) == 0 ]] || continue
    docker image rm "$id" >/dev/null 2>&1 || true
  done
}

# Once per run, and only when something has to be built.
before_first_build() {
  [[ -z ${BUILDING:-} ]] || return 0
  BUILDING=1
  check_disk
  remember_cache
}

# Build arguments for a machine that reaches the mirror through a proxy. Docker leaves these names out
# of the image and of its history.
proxy_args() {
  local name value
  for name in http_proxy https_proxy no_proxy; do
    value=${!name:-}
    [[ -n $value || $name != http_proxy ]] || value=$(apt-config dump --no-empty --format '%v%n' Acquire::http::Proxy 2>/dev/null | head -n 1)
    [[ -z $value ]] || printf -- '--build-arg=%s=%s\n' "$name" "$value"
  done
}

# logged NAME COMMAND…: output goes to a log file of that name, which is shown when the command fails.
logged() {
  local log=$LOG_DIR/images/$1.log
  shift
  mkdir -p "${log%/*}"
  "$@" >"$log" 2>&1 </dev/null || {
    printf '\n' && tail -n 25 "$log" >&2
    fail 1 "building failed: $*" "the whole output is in $log"
  }
}

# Debian's mirror as the base image will use it, also for the builds on top. Security updates are
# taken when this machine takes them too.
base_sources() {
  local mirror security
  mirror=$(debian_mirror)
  security=$(debian_security_mirror)
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s trixie main\n' "$mirror"
  [[ -z $security ]] ||
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s trixie-security main\n' "$security"
}

ensure_mmdebstrap() {
  have mmdebstrap && return
  if ! is_root || ! is_debian_like; then
    fail 3 "mmdebstrap is needed to make the base image from Debian packages" "sudo apt-get install mmdebstrap"
  fi
  note "installing mmdebstrap from this machine's own release"
  update_own_lists
  # Not from trixie on an older release: that one replaces the C library.
  install_packages mmdebstrap
}

# The tar file is complete before Docker sees it; a pipe could import half of a system.
build_base() {
  local hash=$1 tar=$ROOT/build/base.tar packages
  local -a options
  ensure_mmdebstrap
  packages=$(grep -v '^#' "$ROOT/images/base/packages" | paste -sd, -)
  mapfile -t options < <(grep -v '^#' "$ROOT/images/base/mmdebstrap.conf")
  mkdir -p "$ROOT/build"
  rm -f "$tar"
  base_sources >"$ROOT/build/base.list"
  logged base mmdebstrap --variant=minbase --include="$packages" "${options[@]}" trixie "$tar" "$ROOT/build/base.list"
  logged base-import docker import \
    --change 'ENV LANG=C.UTF-8' --change 'CMD ["bash"]' \
    --change 'LABEL io.factsway.component=base' \
    --change "LABEL io.factsway.context-hash=$hash" \
    --change "LABEL org.opencontainers.image.version=$(tar -xOf "$tar" ./etc/debian_version)" \
    "$tar" "$(component_image base)"
  rm -f "$tar" "$ROOT/build/base.list"
}

# JavaScript is bundled out here: a build inside a container would need a package registry there.
bundle_program() {
  [[ -d $ROOT/node_modules ]] || fail 3 "the program of $1 is bundled with tools from npm, which are not installed" "npm ci"
  logged "bundle-$1" "$ROOT/node_modules/.bin/tsx" "$ROOT/scripts/build-$1.ts"
}

# Built twice: the version of the packaged program is only known once it is installed, and the second
# run takes every layer from the cache to add it as a label. The name is given by the last build, so
# an interrupted one leaves an image without a name and the next run starts over.
build_component() {
  local name=$1 hash=$2 id_file=$ROOT/build/image-id directory package version first component major
  local -a args proxy
  component=$(plain_component "$name")
  major=$(major_of "$name")
  mapfile -t proxy < <(proxy_args)
  args=(docker build "${proxy[@]}" --build-arg "BASE=$(component_base "$name")"
    --label "io.factsway.component=$component" --label "io.factsway.context-hash=$hash")
  directory=$ROOT/$(component_directory "$name")
  if [[ $component == postgres && -n $major ]]; then
    args+=(--build-arg "MAJOR=$major" --build-arg "FROM_SUITE=${POSTGRES_SUITES[$major]}")
  fi
  if [[ $component == backup || $component == updates ]]; then
    args+=(--file "$directory/Dockerfile")
    directory=$ROOT/build/$component
    bundle_program "$component"
  fi
  [[ $name != *-exporter ]] || args+=(--target "$name" --build-arg "EXPORTER=${name%-exporter}")
  mkdir -p "$ROOT/build"
  logged "$name" "${args[@]}" --iidfile "$id_file" "$directory"
  first=$(<"$id_file")
  rm -f "$id_file"
  package=$(image_label "$first" io.factsway.package)
  # shellcheck disable=SC2016
  version=$(docker run --rm --network none --entrypoint dpkg-query "$first" -W -f '${Version}' "$package")
  logged "$name-label" "${args[@]}" --label "org.opencontainers.image.version=$(plain_version "$version")" \
    --tag "$(component_image "$name")" "$directory"
  # One that had the version from its base already is the same image, and is not removed by its name.
  [[ $(image_id "$(component_image "$name")") == "$first" ]] || docker image rm "$first" >/dev/null 2>&1 || true
}

ensure_component() {
  local name=$1 image hash start
  image=$(component_image "$name")
  hash=$(component_hash "$name")
  if ! is_fresh "$image" "$hash"; then
    before_first_build
    will_replace "$image"
    start=$(now_ms)
    if [[ $name == base ]]; then build_base "$hash"; else build_component "$name" "$hash"; fi
    note "$(printf '%-42s %-10s built in %s' "$image" "$(image_version "$image")" "$(seconds_since "$start")")"
  fi
  [[ $name != base ]] || BASE_ID=$(image_id "$image")
}

# With the major versions of PostgreSQL that are wanted besides the usual one.
ensure_components() {
  local name major
  for name in base "${COMPONENTS[@]}"; do ensure_component "$name"; done
  for major in "$@"; do
    for name in postgres backup; do ensure_component "$name-$major"; done
  done
  [[ -n ${BUILDING:-} ]] || note "component images: all $((${#COMPONENTS[@]} + 1)) are up to date"
}

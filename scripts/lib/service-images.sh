# shellcheck shell=bash
# The images of one release: eight services and the migrations. Needs log.sh and images.sh.

SERVICES=(records ingestion export caseblock signature facts exhibits caselaw)

release_images() {
  local name
  for name in "${SERVICES[@]}"; do printf 'factsway/%s-service:%s\n' "$name" "$1"; done
  printf 'factsway/migrations:%s\n' "$1"
}

# What the bundles are made of, the bundler included, and the image they are put on.
release_hash() {
  printf '%s %s %s' "$1" "$(image_id "$(component_image node)")" \
    "$(hash_of services images/service images/migrations scripts/build-services.ts package-lock.json)" | sha256sum | cut -c1-64
}

# build_release_image IMAGE KIND SERVICE VERSION HASH: KIND is service or migrations.
build_release_image() {
  local labels=()
  # By the command and not by the Dockerfile, which would take a $ or a quote in it for its own.
  [[ $2 == migrations ]] && labels=(--label "io.factsway.release=$(<"$ROOT/build/services/$4/migrations/release.json")")
  logged "${1##*/}" docker build \
    --file "$ROOT/images/$2/Dockerfile" \
    --build-arg "BASE=$(component_image node)" --build-arg "SERVICE=$3" --build-arg "VERSION=$4" \
    --label "io.factsway.context-hash=$5" "${labels[@]}" --tag "$1" \
    "$ROOT/build/services/$4/$2"
}

ensure_release() {
  local version=$1 hash image service start stale=()
  hash=$(release_hash "$version")
  for image in $(release_images "$version"); do
    is_fresh "$image" "$hash" || stale+=("$image")
  done
  if [[ ${#stale[@]} -eq 0 ]]; then
    note "release $version: all $((${#SERVICES[@]} + 1)) images are up to date"
    return
  fi
  [[ -d $ROOT/node_modules ]] || fail 3 "the services are bundled with tools from npm, which are not installed" "npm ci"
  before_first_build
  start=$(now_ms)
  # JavaScript is bundled out here: a build inside a container would need a package registry there.
  logged "bundle-$version" "$ROOT/node_modules/.bin/tsx" "$ROOT/scripts/build-services.ts" --version "$version"
  for image in "${stale[@]}"; do
    will_replace "$image"
    service=${image#factsway/}
    service=${service%:*}
    if [[ $service == migrations ]]; then
      build_release_image "$image" migrations "$service" "$version" "$hash"
    else
      build_release_image "$image" service "$service" "$version" "$hash"
    fi
  done
  note "$(printf '%-42s %-10s built in %s' "release $version, ${#stale[@]} images" "$version" "$(seconds_since "$start")")"
}

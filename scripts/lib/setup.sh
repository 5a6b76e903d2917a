# shellcheck shell=bash
# What the demo and the tests both need before they can begin. Needs the other files of lib/.

# set_up VERSION…: everything up to the images of these releases.
set_up() {
  local version
  local -a versions=()
  for version in "$@"; do versions+=(--version "$version"); done
  stage "Node.js" ensure_node
  stage "npm packages" ensure_dependencies
  stage "Build" ensure_build
  stage "Docker Engine" ensure_engine
  stage "Images from Debian packages" "$ROOT/scripts/images" ensure "${versions[@]}"
}

# shellcheck shell=bash
# What the demo and the tests both need before they can begin. Needs the other files of lib/.

# Everything but the images: what takes longest comes last, after what can still be refused.
set_up_programs() {
  stage "Node.js" ensure_node
  stage "npm packages" ensure_dependencies
  stage "Build" ensure_build
  stage "Docker Engine" ensure_engine
}

# set_up_images VERSION… [postgres=MAJOR…]: the component images, those of these releases, and PostgreSQL of further
# major versions.
set_up_images() {
  local wanted
  local -a wish=()
  for wanted in "$@"; do
    case $wanted in
      postgres=*) wish+=(--postgres "${wanted#*=}") ;;
      *) wish+=(--version "$wanted") ;;
    esac
  done
  stage "Images from Debian packages" "$ROOT/scripts/images" ensure "${wish[@]}"
}

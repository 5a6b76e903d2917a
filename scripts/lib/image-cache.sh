# shellcheck shell=bash
# What our builds leave in the engine's build cache, so that exactly that can be removed again: the
# engine may be one that other people build with. Needs log.sh.

CACHE_BEFORE=$ROOT/build/.cache-before
CACHE_OURS=$ROOT/build/.cache-ours

cache_ids() { docker buildx du --verbose 2>/dev/null | awk '$1 == "ID:" { print $2 }' | sort; }

# Called before a build. The note of what was there survives a kill; the next run then continues from it.
remember_cache() {
  mkdir -p "$ROOT/build"
  [[ -e $CACHE_BEFORE ]] || cache_ids >"$CACHE_BEFORE"
}

# Called when the builds are over, however they ended.
record_cache() {
  [[ -e $CACHE_BEFORE ]] || return 0
  cache_ids | comm -13 "$CACHE_BEFORE" - >>"$CACHE_OURS"
  rm -f "$CACHE_BEFORE"
}

remove_cache() {
  record_cache
  [[ -s $CACHE_OURS ]] || return 0
  # Docker takes one id, as a regular expression. An entry goes only when nothing is built on it any
  # more, which it sorts out by itself.
  docker builder prune --all --force --filter "id=^($(sort -u "$CACHE_OURS" | paste -sd'|'))\$" | tail -n 1
  rm -f "$CACHE_OURS"
}

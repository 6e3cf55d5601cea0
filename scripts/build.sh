#!/usr/bin/env bash
# Builds with the one configuration that running and testing share, and shows that something is happening.
#   scripts/build.sh programs   the command line and the relayer
#   scripts/build.sh tests      the same and every test
set -euo pipefail
cd "$(dirname "$0")/.."

flags=(-c release --explicit-target-dependency-import-check error)
case "${1:-programs}" in
  programs) steps=("--product echochain" "--product echochain-relayer") ;;
  tests) steps=("--product echochain" "--product echochain-relayer" "--build-tests") ;;
  *) echo "usage: scripts/build.sh programs|tests" >&2; exit 2 ;;
esac

start=$(date +%s)
[ -d .build ] || printf '  %-10s %s\n' build "first release build, several minutes on two cores (once)"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for step in "${steps[@]}"; do
  # shellcheck disable=SC2086
  if [ -t 1 ]; then
    swift build "${flags[@]}" $step || exit 1
  else
    swift build "${flags[@]}" $step >"$log" 2>&1 &
    build=$!
    while kill -0 "$build" 2>/dev/null; do
      for _ in $(seq 1 30); do kill -0 "$build" 2>/dev/null || break; sleep 1; done
      kill -0 "$build" 2>/dev/null && printf '  %-10s %s\n' build "$(( $(date +%s) - start )) s  $(tail -n 1 "$log" | cut -c1-90)"
    done
    wait "$build" || { grep -E 'error|warning' "$log" | head -n 60 >&2; tail -n 20 "$log" >&2; exit 1; }
  fi
done
printf '  %-10s release, %s s\n' build "$(( $(date +%s) - start ))"

#!/usr/bin/env bash
# Installs what tests need, builds once, and runs every test; closes with counts.
#   scripts/test.sh [arguments for `swift test`, for example --filter Lanes]
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh --tests
scripts/build.sh tests
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
# Everything is built; the tests run in one process, in parallel.
swift test -c release --skip-build --disable-xctest "$@" 2>&1 | tee "$log" | grep -vE 'started\.$|^.{0,12} Test case passing ' || true
status=${PIPESTATUS[0]}
summary=$(grep -oE 'Test run with [0-9]+ tests? in [0-9]+ suites? (passed|failed).*' "$log" | tail -n 1 || true)
failed=$(grep -cE '✘ Test .* failed after|✘ .*Test .* failed after' "$log" || true)
total=$(printf '%s' "$summary" | grep -oE 'with [0-9]+' | grep -oE '[0-9]+' || echo 0)
if [ -z "$summary" ]; then
  echo "test run ended without a summary" >&2
  exit "${status:-1}"
fi
printf '%s passed, %s failed\n' "$((total - failed))" "$failed"
exit "$status"

#!/usr/bin/env bash
# Installs what tests need, builds once, and runs every test, those with other people's clients last; closes with counts.
#   scripts/test.sh                     everything
#   scripts/test.sh --filter Lanes      what matches, with the arguments of `swift test`
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh tests
scripts/build.sh tests

# Tests of sockets and processes have deadlines of their own, so they do not share the cores with the others.
serial='^(RPCTests|RocksStoreTests|NodeTests|ChainClientTests|RelayerCoreTests|EndToEndTests)\.'
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
passed=0
failed=0
status=0

pass() {
  local log="$logs/$1"
  shift
  local code=0
  swift test -c release --skip-build --disable-xctest "$@" >"$log" 2>&1 || code=$?
  grep -E '^(✘|error:)' "$log" || true
  local summary total bad
  summary=$(grep -oE 'Test run with [0-9]+ tests?.*' "$log" | tail -n 1 || true)
  if [ -z "$summary" ]; then
    tail -n 30 "$log" >&2
    echo "the test run ended without a summary (exit code $code)" >&2
    exit 1
  fi
  printf '%s\n' "$summary"
  total=$(grep -oE 'with [0-9]+' <<<"$summary" | head -n 1 | grep -oE '[0-9]+')
  bad=$(grep -cE '✘ Test .* failed after ' "$log" || true)
  [ "$code" -eq 0 ] || status=1
  # A run can fail without a failed test, by a crash at its end: never report that as passed.
  if [ "$code" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  failed=$((failed + bad))
  passed=$((passed + (total > bad ? total - bad : 0)))
}

# Other people's clients against real nodes; the last line has the counts.
interop() {
  local log="$logs/interop" code=0 counts good bad
  scripts/interop.sh 2>&1 | tee "$log" | { grep -vE '^  ok |^interop: [0-9]+ passed' || true; } || code=$?
  counts=$(grep -oE '^interop: [0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1 || true)
  if [ -z "$counts" ]; then
    echo "the programs of Tests/Interop ended without a summary (exit code $code)" >&2
    exit 1
  fi
  read -r _ good _ bad _ <<<"$counts"
  printf 'Interop run with %s checks, %s of them failed\n' "$((good + bad))" "$bad"
  if [ "$code" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  [ "$bad" -eq 0 ] || status=1
  failed=$((failed + bad))
  passed=$((passed + good))
}

if [ $# -gt 0 ]; then
  pass chosen "$@"
else
  pass parallel --parallel --skip "$serial"
  pass serial --no-parallel --filter "$serial"
  interop
fi
printf '%s passed, %s failed\n' "$passed" "$failed"
exit "$status"

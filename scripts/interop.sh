#!/usr/bin/env bash
# Runs third-party clients, unmodified, against nodes that each program starts and ends itself (Tests/Interop/README.md).
#   scripts/interop.sh                       everything
#   scripts/interop.sh json_rpc              one program
#   scripts/interop.sh json_rpc 'a batch'    of that, the checks with these words in their names
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '  %-10s %s\n' "$1" "$2"; }
fail() { printf 'interop: %s\n' "$1" >&2; exit 1; }

programs=(
  "async-substrate-interface json_rpc"
  "async-substrate-interface subscriptions"
  "async-substrate-interface new_json_rpc"
  "async-substrate-interface transactions"
  "async-substrate-interface storage_proofs"
  "substrate-interface substrate_interface_client"
  "async-substrate-interface async_substrate_interface_client"
  "async-substrate-interface async_substrate_interface_client --sync"
  "substrate-interface signatures"
  "substrate-interface xcm"
  "async-substrate-interface xcm"
  "substrate-interface guide"
)
environments=(substrate-interface async-substrate-interface)

[ -x "${ECHOCHAIN:-.build/release/echochain}" ] || fail "there is no .build/release/echochain; run 'make build' first"

python=""
for candidate in "${PYTHON:-python3}" /usr/bin/python3; do
  if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))' >/dev/null 2>&1; then
    python=$candidate
    break
  fi
done
[ -n "$python" ] || fail "no Python of 3.9 or later with venv; install it with 'scripts/setup.sh tests'"

# One environment for each client, for their codecs overwrite each other. Made again when its requirements or Python change.
logs=$(mktemp -d)
children=()
finish() {
  for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
  for child in "${children[@]}"; do wait "$child" 2>/dev/null || true; done
  rm -rf "$logs"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

mark() { "$python" -c 'import hashlib, sys; print(sys.version, hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$1"; }

make_environment() {
  local name=$1 folder=".deps/interop/$1" list="Tests/Interop/requirements-$1.txt"
  rm -rf "$folder"
  "$python" -m venv "$folder"
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --only-binary :all: -r "$list"
  mark "$list" >"$folder/made-from"
}

start=$(date +%s)
made=()
for name in "${environments[@]}"; do
  if [ "$(mark "Tests/Interop/requirements-$name.txt")" != "$(cat ".deps/interop/$name/made-from" 2>/dev/null)" ]; then
    say python "installing $name into .deps/interop"
    mkdir -p .deps/interop
    make_environment "$name" >"$logs/$name" 2>&1 &
    children+=($!)
    made+=("$name")
  fi
done
for index in "${!made[@]}"; do
  while kill -0 "${children[$index]}" 2>/dev/null; do
    for _ in $(seq 1 20); do kill -0 "${children[$index]}" 2>/dev/null || break; sleep 1; done
    kill -0 "${children[$index]}" 2>/dev/null && say python "$(($(date +%s) - start)) s, ${made[$index]} is being installed"
  done
  if ! wait "${children[$index]}"; then
    tail -n 15 "$logs/${made[$index]}" >&2
    fail "pip could not install Tests/Interop/requirements-${made[$index]}.txt; these tests need PyPI once"
  fi
done
children=()
[ ${#made[@]} -eq 0 ] || say python "environments made, $(($(date +%s) - start)) s"

passed=0
failed=0
ran=0
wanted=${1:-}
[ $# -eq 0 ] || shift
for row in "${programs[@]}"; do
  read -r environment program option <<<"$row"
  [ -z "$wanted" ] || [ "$wanted" = "$program" ] || continue
  ran=$((ran + 1))
  code=0
  : >"$logs/$ran.out"
  # shellcheck disable=SC2086
  PYTHONDONTWRITEBYTECODE=1 ".deps/interop/$environment/bin/python" "Tests/Interop/$program.py" $option "$@" \
    >"$logs/$ran.out" 2>"$logs/$ran.err" &
  children=($!)
  # Shows lines as they come, and ends with the program.
  tail -n +1 -f --pid="${children[0]}" -s 0.2 "$logs/$ran.out" | grep -v ' passed, ' || true
  wait "${children[0]}" || code=$?
  children=()
  counts=$(grep -oE '[0-9]+ passed, [0-9]+ failed$' "$logs/$ran.out" | tail -n 1 || true)
  if [ -z "$counts" ]; then
    tail -n 20 "$logs/$ran.err" >&2
    printf '  FAILED  %s  ended with code %s without a summary\n' "$program" "$code"
    counts="0 passed, 1 failed"
  fi
  read -r good _ bad _ <<<"$counts"
  # A program can fail at its end without a failed check: never report that as passed.
  if [ "$code" -ne 0 ] && [ "$bad" -eq 0 ]; then tail -n 20 "$logs/$ran.err" >&2; bad=1; fi
  [ "$bad" -eq 0 ] || tail -n 20 "$logs/$ran.err" >&2
  passed=$((passed + good))
  failed=$((failed + bad))
done
[ "$ran" -gt 0 ] || fail "there is no program '$wanted' in Tests/Interop"
say interop "$ran programs, $(($(date +%s) - start)) s"
printf 'interop: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]

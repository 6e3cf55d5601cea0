#!/usr/bin/env bash
# Installs what a build needs and says what it did. Safe to run again: it installs only what is missing.
#   scripts/setup.sh          for building and running
#   scripts/setup.sh tests    and the Python that Tests/Interop runs other people's clients with
set -euo pipefail

say() { printf '  %-10s %s\n' "$1" "$2"; }
fail() { printf 'setup: %s\n' "$1" >&2; exit 1; }

packages=(libssl-dev libsecp256k1-dev librocksdb-dev libsodium-dev libxxhash-dev pkg-config)
[ "${1:-}" != tests ] || packages+=(python3 python3-venv)

command -v swift >/dev/null 2>&1 || fail "swift is not on PATH; install Swift 6.3 from swift.org, then run this again"
version=$(swift --version 2>/dev/null | grep -oE 'Swift version [0-9]+\.[0-9]+' | grep -oE '[0-9]+\.[0-9]+' | head -n 1)
major=${version%%.*}
minor=${version##*.}
if [ "${major:-0}" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 2 ]; }; then
  fail "Swift ${version:-unknown} is too old; Echochain needs 6.2 or later and is tested with 6.3"
fi

command -v dpkg-query >/dev/null 2>&1 || fail "this system has no dpkg; Echochain is set up for Debian 12. Install the equivalents of: ${packages[*]}"

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  say packages "all present"
  exit 0
fi

say packages "installing ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null 2>&1 || fail "not root and no sudo; ask an administrator to install: ${missing[*]}"
  as_root=(sudo)
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
if ! { "${as_root[@]}" apt-get update -qq && "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  fail "apt-get could not install: ${missing[*]}"
fi
say packages "installed"

#!/usr/bin/env bash
# Installs the sign-in partners that the tests start (tests/peers), as their lock pins them. Does
# nothing when they are current, or where there is no npm: the tests that need them say so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../tests/peers"

command -v npm >/dev/null 2>&1 || exit 0
stamp=node_modules/greffe-stamp
wanted=$(cat package.json package-lock.json | sha256sum)
current() { [ -f "$stamp" ] && [ "$(<"$stamp")" = "$wanted" ]; }

current && exit 0
# Two terminals, one folder: the second waits, then finds it current.
if command -v flock >/dev/null 2>&1; then
  exec 9<package-lock.json
  flock 9
  if current; then
    exit 0
  fi
fi
echo "Installing the sign-in partners for the tests." >&2
if timeout 300 npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null 2>&1; then
  printf '%s' "$wanted" >"$stamp"
else
  echo "They could not be installed: the tests that need them will be skipped." >&2
fi

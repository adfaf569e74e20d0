#!/usr/bin/env bash
# Fills .venv with everything pinned in requirements/dev.txt and with Greffe itself, editable.
# Does nothing when that is current: the stamp holds the hash of what was installed, and where.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

catalogue=src/greffe/web/locale/fr/LC_MESSAGES/django
stamp=.venv/greffe-stamp
wanted="$PWD $(cat requirements/dev.txt requirements/base.in pyproject.toml | sha256sum)"

compile_catalogue() {
  if [ -f "$catalogue.po" ] && [ ! "$catalogue.mo" -nt "$catalogue.po" ]; then
    .venv/bin/python -m tools.translations compile
  fi
}

current() { [ -f "$stamp" ] && [ "$(<"$stamp")" = "$wanted" ] && [ -x .venv/bin/python ]; }

if current; then
  compile_catalogue
  exit 0
fi

# Two terminals, one .venv: the second waits, then finds it current.
if command -v flock >/dev/null 2>&1; then
  exec 9<tools/setup.sh
  flock 9
  if current; then
    exit 0
  fi
fi

find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3.11 python3.12 python3.13 python3.14 python3 python; do
    if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 \
      && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      echo "$candidate"
      return
    fi
  done
  echo "Greffe needs Python 3.11 or later, and found none. Install it, or name it: make setup PYTHON=/path/to/python3" >&2
  exit 1
}

# An environment that was moved, or whose Python is gone, is made anew; another is brought up to date.
here="$PWD/.venv"
if ! .venv/bin/python -c "import pip, sys; sys.exit(sys.prefix != '$here')" >/dev/null 2>&1; then
  python=$(find_python)
  if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    echo "This Python cannot make virtual environments: install its venv module (on Debian: apt-get install python3-venv)." >&2
    exit 1
  fi
  echo "Preparing .venv with $("$python" --version): a minute or two, this once." >&2
  "$python" -m venv --clear .venv
fi
rm -f "$stamp"
pip=(.venv/bin/python -m pip --disable-pip-version-check --quiet --quiet --no-input)
"${pip[@]}" install --require-hashes --requirement requirements/dev.txt
"${pip[@]}" install --no-build-isolation --no-deps --editable .
compile_catalogue
printf '%s' "$wanted" > "$stamp"

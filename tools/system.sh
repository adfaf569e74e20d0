#!/usr/bin/env bash
# What the tests use beside Python, where it may be installed without asking: a browser for the
# journeys, a PostgreSQL 15 for the second run of our SQL, and node for the sign-in partners that the
# tests start. A failure here is none: the tests that need it are skipped and say so.
# GREFFE_NO_SYSTEM=1 leaves the machine as it is.
set -euo pipefail

[ "${GREFFE_NO_SYSTEM:-}" != 1 ] || exit 0
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || exit 0

export DEBIAN_FRONTEND=noninteractive
apt() { timeout 600 apt-get -qq -o DPkg::Lock::Timeout=120 -o Acquire::Retries=1 "$@" >/dev/null 2>&1; }
updated=
add() {
  echo "Installing $* for the tests." >&2
  apt install -y --no-install-recommends "$@" && return
  if [ -z "$updated" ]; then
    updated=1
    apt update && apt install -y --no-install-recommends "$@" && return
  fi
  echo "$* could not be installed: the tests that need it will be skipped." >&2
}

if ! command -v chromium >/dev/null 2>&1 && ! command -v chromium-browser >/dev/null 2>&1; then
  add chromium
fi

if [ ! -x /usr/lib/postgresql/15/bin/postgres ]; then
  # The programs only: Debian would also make a cluster and start a server.
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    add postgresql-common
  fi
  if [ -e /etc/postgresql-common/createcluster.conf ]; then
    sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' \
      /etc/postgresql-common/createcluster.conf
  fi
  add postgresql-15
fi

if ! command -v npm >/dev/null 2>&1; then
  add nodejs npm
fi

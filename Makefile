# Greffe: everything a person types. Needs Python 3.11 or later and make; nothing else.
#
#   make run            the demonstration registry at a local address
#   make test           every test; what was skipped is listed at the end with its reason
#   make check          style, types, layers, templates, migrations, translations, generated pages
#   make bench          the measurements of bench/
#   make setup          fill .venv (the others call it; it does nothing when that is current)
#   make docs           write the generated pages of docs/ again
#   make translations   take new texts into the French catalogue, then compile it
#   make requirements   compile requirements/*.in into the pinned and hashed *.txt
#   make screenshots    pictures of the pages in both languages, into artifacts/

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
PY := .venv/bin/python
CHECKS := check-style check-format check-types check-layers check-templates check-migrations \
  check-translations check-docs check-addresses
WORKERS ?= 2

.PHONY: help setup system run test check bench docs translations requirements screenshots $(CHECKS)

help:
	@sed -n 's/^#   //p' Makefile

setup:
	@bash tools/setup.sh

system:
	@bash tools/system.sh
	@bash tools/peers.sh

run: setup
	@exec .venv/bin/greffe demo

# Whatever runs SQL of ours runs again on the oldest PostgreSQL that we promise.
test: setup system
	@$(PY) -m pytest -n $(WORKERS) $(ARGS)
	@if [ -n "$(ARGS)" ]; then exit 0; fi; \
	if [ -x /usr/lib/postgresql/15/bin/postgres ]; then \
	  echo "Once more on PostgreSQL 15, what runs SQL of ours:"; \
	  GREFFE_TEST_POSTGRES=15 exec $(PY) -m pytest -n $(WORKERS) -m postgres15; \
	fi; \
	echo "Left out: the run on PostgreSQL 15, which is not installed on this machine."; \
	[ -z "$${CI:-}" ]

check: setup
	@$(MAKE) --keep-going --jobs=2 --output-sync=target $(CHECKS)
	@echo "All checks passed."

check-style:
	@.venv/bin/ruff check --quiet .

check-format:
	@.venv/bin/ruff format --check --quiet . \
	  || { echo "These need 'ruff format':"; .venv/bin/ruff format --check .; }

check-types:
	@.venv/bin/mypy

check-layers:
	@.venv/bin/lint-imports --no-logo

check-templates:
	@.venv/bin/djlint src/greffe --check --lint --quiet

check-migrations:
	@$(PY) -m tools.migrations

check-translations:
	@$(PY) -m tools.translations check

check-docs:
	@$(PY) -m tools.docs --check

# Where packages come from is each machine's own business: no pinned file says it.
check-addresses:
	@! grep -nE '://|--(extra-)?index|--find-links|--trusted' requirements/*
	@! grep -nE '"resolved"|registry=' tests/peers/package-lock.json

bench: setup
	@for script in bench/[!_]*.py; do echo "== $$script"; $(PY) "$$script"; done

docs: setup
	@$(PY) -m tools.docs

translations: setup
	@$(PY) -m tools.translations update
	@$(PY) -m tools.translations compile

requirements: setup
	@for set in base dev; do \
	  echo "requirements/$$set.txt"; \
	  .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
	    --no-emit-find-links --python-version 3.11 \
	    --output-file requirements/$$set.txt requirements/$$set.in; \
	done

screenshots: setup system
	@$(PY) -m tools.screenshots

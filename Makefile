# Tiejun (铁军). `make help` lists what there is; everything lands in this folder, nothing needs root.
# Variables: PORT= (demo, 8000), DATA= and SMALL=1 (rehearsal), PYTHON= (an interpreter >= 3.11),
# REQUIRE_ALL=1 (test: a missing tool is a failure), JOBS= (test: processes, 2).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
PORT ?= 8000
DATA ?= $(TIEJUN_TEST_DATA)
SMALL ?=
JOBS ?= 2

VENV := .venv
WORDS := platform/tiejun/translations
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input install -q -q
COMPILE := uv pip compile -q --generate-hashes --universal --python-version 3.11 --custom-compile-command "make lock"
REHEARSE := $(PY) -m tests.load.rehearsal

.PHONY: help demo demo-reset test check format lock rehearsal strings migration benchmarks screenshots assets env env-dev clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: env assets  ## set up everything and serve the demo on 127.0.0.1:8000 (PORT=)
	@exec $(VENV)/bin/tiejun demo --port $(PORT)

demo-reset: env  ## delete the demo's data; the next `make demo` starts over
	@exec $(VENV)/bin/tiejun demo --reset

test: env-dev assets  ## all tests, on SQLite and PostgreSQL and in Chromium, then a small rehearsal
	@$(PY) -m scripts.ensure_tools
	$(PY) -m pytest -q -n $(JOBS) --dist loadfile --no-loadscope-reorder
	$(REHEARSE) --small $(if $(DATA),--data "$(DATA)")

check: env-dev assets  ## format, lint, types, import contracts, templates; the wheel built and served
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/mypy scripts tests/support
	$(VENV)/bin/lint-imports
	$(VENV)/bin/djlint --lint --quiet templates
	$(PY) -m scripts.check_wheel

format: env-dev  ## rewrite the code as `make check` wants it
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

rehearsal: env-dev assets  ## the main job against a real server (DATA=folder, SMALL=1 for two minutes)
	$(REHEARSE) $(if $(SMALL),--small) $(if $(DATA),--data "$(DATA)")

strings: env-dev  ## collect the words of pages into the catalogues; new ones want their English
	$(VENV)/bin/pybabel -q extract -F babel.cfg -k _l -k said --no-location --sort-output --omit-header \
	  -o $(WORDS)/messages.pot .
	$(VENV)/bin/pybabel -q update -N -D messages -l en -i $(WORDS)/messages.pot -d $(WORDS) \
	  --ignore-obsolete --omit-header --no-wrap
	@$(PY) -m scripts.compile_catalogues

migration: env-dev  ## write the next migration from the models (TITLE=)
	$(PY) -m scripts.new_migration "$(TITLE)"

benchmarks: env-dev  ## speed, as ratios within one run
	$(PY) -m benchmarks.imports
	$(PY) -m benchmarks.pages
	$(PY) -m benchmarks.item_search
	$(PY) -m benchmarks.similarity

screenshots: env-dev assets  ## make the pictures of the README with Chromium
	$(PY) -m scripts.screenshots

lock:  ## write the lock files anew (needs uv and npm)
	$(COMPILE) --extra postgres --extra build pyproject.toml -o requirements/core.txt
	$(COMPILE) --all-extras -c requirements/core.txt pyproject.toml -o requirements/dev.txt
	$(COMPILE) --no-annotate requirements/node.in -o requirements/node.txt
	npm install --package-lock-only --ignore-scripts

env: $(VENV)/.core  ## what the demo needs, in .venv
env-dev: $(VENV)/.dev  ## the same with the development tools

assets: $(VENV)/.core  ## front-end files, compiled catalogues, and a Chinese font if there is none
	@$(PY) -m scripts.compile_catalogues
	@$(PY) -m scripts.fetch_assets

clean:  ## delete all that can be made again; data/ is kept
	rm -rf $(VENV) .node node_modules platform/tiejun/static/vendor build dist
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "Python 3.11 or newer is needed; PYTHON= names one" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	echo "This Python cannot make environments; on Debian: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.core: requirements/core.txt pyproject.toml | $(PY)
	@echo "Installing the locked Python packages into $(VENV) ..."
	@$(PIP) --require-hashes -r requirements/core.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.core
	@echo "Installing the development tools into $(VENV) ..."
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

# Yoriai: every command a person or CI needs. `make help` lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help
VENV := .venv
CATALOGS := $(patsubst %,server/locales/%/LC_MESSAGES/yoriai.mo,ja en)
BIN := $(VENV)/bin
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Tests start the programs often; where this is set, each start would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

# What a stock Debian 12 lacks, by purpose. Nothing else may be leaned on.
APT_SERVE := python3-venv
APT_TEST := $(APT_SERVE) chromium chromium-headless-shell firefox-esr redis-server postgresql \
	docker-compose iproute2 iptables \
	fonts-morisawa-bizud-gothic fonts-noto-cjk libreoffice-calc-nogui

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

serve: setup ## Set up and run the whole application on http://localhost:8000 (DEMO=1 adds demo data)
	$(if $(DEMO),$(BIN)/yoriai demo)
	exec $(BIN)/yoriai serve

demo: setup ## Put invented events and people into the database and print the accounts
	$(BIN)/yoriai demo

CHECKS := check-pure check-types check-style check-contracts check-templates check-scripts

check: setup ## Format, lint, types, import contracts, pure tests (at most 3 minutes)
	@$(MAKE) --no-print-directory --output-sync=target -j2 $(CHECKS)

check-style:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

check-types:
	$(BIN)/mypy

check-contracts:
	$(BIN)/lint-imports

check-templates:
	$(BIN)/djlint --quiet --lint templates

check-scripts:
	node_modules/.bin/tsc --noEmit

check-pure:
	$(BIN)/pytest -q -m pure

test: setup-test check ## Set up and run everything that CI runs
	$(BIN)/python -m tests.suite

drill: setup-test ## Full counts and loads: make drill [NAME=one, of those in tests/drill.py]
	$(BIN)/python -m tests.drill $(NAME)

pictures: setup-test ## Write every page in ja and en, 390 and 1280, light and dark, into pictures/
	$(BIN)/python -m tests.pictures

fmt: setup ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

words: setup ## Collect the texts to translate into the catalogs
	$(BIN)/pybabel -q extract -F server/locales/babel.cfg -k N_ -o server/locales/yoriai.pot --omit-header --no-location --no-wrap .
	for l in ja en; do $(BIN)/pybabel -q update -D yoriai -i server/locales/yoriai.pot -d server/locales -l $$l -N --no-wrap --ignore-obsolete; done

lock: ## Write the lock files anew from pyproject.toml and package.json
	$(BIN)/uv pip compile -q --no-emit-index-url --no-annotate --no-header --generate-hashes --python-version 3.11 --extra dev pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile -q --no-emit-index-url --no-annotate --no-header --generate-hashes --python-version 3.11 -c requirements-dev.lock pyproject.toml -o requirements.lock
	$(BIN)/npm install --omit-lockfile-registry-resolved --ignore-scripts --package-lock-only

# --- set-up: each step leaves a stamp, so a second run starts in seconds ---
setup: $(VENV)/.packages static/vendor/manifest.json $(CATALOGS)

setup-test: apt-test setup

apt-serve:
	@$(call apt,$(APT_SERVE))

apt-test:
	@$(call apt,$(APT_TEST))

define apt
missing=$$(for p in $(1); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
[ -z "$$missing" ] || { echo "installing:" $$missing; \
  $(SUDO) apt-get -qq update && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get -qq install -y --no-install-recommends $$missing >/dev/null; }
endef

$(VENV)/.packages: requirements-dev.lock pyproject.toml | apt-serve
	test -x $(BIN)/python || python3 -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

node_modules/.packages: package-lock.json $(VENV)/.packages
	$(BIN)/npm ci --ignore-scripts --silent
	@touch $@

static/vendor/manifest.json: node_modules/.packages server/web/vendor.py
	$(BIN)/python -m server.web.vendor

%.mo: %.po $(VENV)/.packages
	$(BIN)/pybabel -q compile -D yoriai -d server/locales

.PHONY: help serve demo check $(CHECKS) test drill pictures fmt words lock setup setup-test apt-serve apt-test

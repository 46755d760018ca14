# What can be done here, one line each: `make help`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .build
INSTALL := PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
DATA ?= var

export SOUNDINGS_DATA := $(DATA)

.DEFAULT_GOAL := help
.PHONY: help setup run test check unit assure bench wheel format lint types contracts constraints clean

help: ## Show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# Setting up: each stamp is made again when what it depends on has changed.

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it with make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(STAMPS)/python: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) --editable '.[postgresql]'
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/python-test: $(STAMPS)/python
	$(INSTALL) --editable '.[test]'
	@touch $@

$(STAMPS)/npm: package.json package-lock.json
	@command -v npm >/dev/null || { echo "npm is needed to build the styles; install Node.js 18 or newer"; exit 1; }
	npm ci --omit=optional --no-audit --no-fund --loglevel=error
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/styles: $(STAMPS)/npm $(wildcard survey/web/styles/*)
	npm run --silent build
	@touch $@

$(STAMPS)/translations: $(STAMPS)/python $(wildcard survey/web/translations/*/LC_MESSAGES/*.po)
	$(BIN)/pybabel --quiet compile --directory survey/web/translations
	@touch $@

setup: $(STAMPS)/python $(STAMPS)/styles $(STAMPS)/translations ## Install what the service needs

run: setup ## Serve the demonstration at http://127.0.0.1:8000 (PORT and HOST override)
	@SOUNDINGS_DEMONSTRATION=1 $(BIN)/soundings demonstration load
	@SOUNDINGS_DEMONSTRATION=1 exec $(BIN)/soundings serve --print-links

# Checking

.build/browser: tests/journeys/install-browser.sh
	@mkdir -p $(STAMPS)
	@sh tests/journeys/install-browser.sh && touch $@ || true

.build/office: tests/assurance/install-office.sh
	@mkdir -p $(STAMPS)
	@sh tests/assurance/install-office.sh && touch $@ || true

test: check unit ## Format, lint, types, contracts and all tests

check: setup $(STAMPS)/python-test
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

unit: setup $(STAMPS)/python-test .build/browser .build/office
	$(BIN)/python -m pytest -n 2 --dist loadgroup

assure: setup $(STAMPS)/python-test .build/browser .build/office ## The long forms of the harnesses
	ASSURANCE=long $(BIN)/python -m pytest -n 2 --dist loadgroup -m "assurance or journey" tests/assurance tests/journeys

wheel: setup ## Build dist/soundings-….whl, styles and translations inside, for machines without npm
	@PYTHON=$(BIN)/python .ci/wheel

bench: setup $(STAMPS)/python-test ## Speed and size, as figures and ratios
	$(BIN)/python -m performance

format: $(STAMPS)/python-test ## Put the code in the house format
	$(BIN)/ruff format --quiet .
	$(BIN)/ruff check --quiet --fix .

constraints: $(STAMPS)/python-test ## Write down the versions that are installed now
	$(BIN)/python -m pip freeze --exclude-editable > constraints.txt

clean: ## Remove everything that was built; the data stay
	rm -rf $(STAMPS) $(VENV) node_modules survey/web/static/build

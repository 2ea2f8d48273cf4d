# Two commands are enough: `make demo` and `make test`. Everything that they need is installed into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CHROMIUM := /usr/bin/chromium
SUDO := $(if $(filter 0,$(shell id -u)),,sudo -n)
export OMP_NUM_THREADS := 1

.PHONY: help setup ui demo test lint train chromium eval bench sample clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

setup: $(STAMP)  ## make .venv and install kg into it, so that .venv/bin/kg runs

$(STAMP): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

UI := kg/web/ui
PAGE := kg/web/static/index.html

ui: $(PAGE)  ## build the explorer's page (kg/web/static) from kg/web/ui; needs Node 20

$(UI)/node_modules: $(UI)/package-lock.json
	cd $(UI) && npm ci --no-audit --no-fund --loglevel error
	touch $@

$(PAGE): $(UI)/node_modules $(wildcard $(UI)/*.ts $(UI)/*.html $(UI)/src/* $(UI)/src/*/*)
	cd $(UI) && npm run --silent check && npm run --silent build
	touch $@

demo: setup ui  ## build the graph of the sample articles and serve it at http://127.0.0.1:8000
	$(BIN)/kg build kg/samples/*.vi.txt --out outputs
	$(BIN)/kg serve --out outputs

test: setup ui chromium  ## check the style, the types and the imports, and run all tests
	$(BIN)/ruff check kg tests
	$(BIN)/ruff format --check kg tests
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -rs -n 2 --dist loadfile

chromium:  # for the browser tests, which are skipped with the reason shown where this does not work
	@test -x $(CHROMIUM) || ($(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq chromium fonts-noto-core) \
	  || echo "no Chromium: the browser tests will be skipped"

train: setup  ## make the language models anew from ../shared/data
	$(BIN)/python -m kg.training

eval: setup  ## score the facts against the annotations in ../shared, print it and put it into kg/models/FACTS.md
	$(BIN)/python -m kg.training.card

bench: setup  ## measure parsing beside Stanza and spaCy, serving beside other servers, exports beside bare pyoxigraph
	$(BIN)/python -m pip install --quiet --editable '.[bench]'
	$(BIN)/python -m kg.training.bench
	$(BIN)/python -m kg.training.serving --out outputs/bench
	$(BIN)/python -m kg.training.throughput --out outputs/bench

sample: setup ui  ## make outputs/sample, the committed graph of the sample articles, anew
	$(BIN)/kg build kg/samples/*.vi.txt --out outputs/sample --rebuild

clean:  ## remove what was built, but not .venv
	rm -rf kg/web/static $(UI)/node_modules outputs/store outputs/graph.ttl outputs/graph.html .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

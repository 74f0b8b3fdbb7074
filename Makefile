# make install   the environment .venv, with .venv/bin/nodechain; all others do this too
# make test      the gate: format, lint, types, import contracts, architecture, tests (.ci/run calls it)
# make test-pythons  most of the tests on each other Python that is found;  VERSIONS="3.12 3.13" PYTHONS=/path/to/python3.14
# make wheels    for which Pythons and machines everything that a node needs has wheels: the table of docs/platforms.md
# make demo      a community's measured day on a chain of its own;  VALIDATORS=4, ARGS="thesis", ARGS="sharing", ARGS="--keep"
# make bench     the figures of docs/performance.md
# make simulate  many seeds of the simulator, then every mutant;  SEEDS=1-2000 JOBS=2 SIGNATURES=real
# make sharing-week  a measured week of sharing on four killed validators: sums, bills, proofs;  ARGS="--days 2 --seed 3"
# make economy   honest households against one adversary, by seeds, then every mutant;  SEEDS=1-100000 JOBS=2
# make soak      kills at random of validators, of a joining node and its sources, of a street of meters; what must hold checked
# make flakiness the gate again and again beside two busy processes, into docs/flakiness.csv;  RUNS=1-10
# make openapi   Schemathesis asks a node by its own description, with all checks;  REQUESTS=50000 FIRST_SEED=1
# make fuzz      hostile bytes at every decoder;  ARGS="--seconds 60 --seed 7"
# make page      builds web/app into nodechain/page (Node 20.19 or later); the gate builds it again and compares
# make browsers  the page in Firefox and WebKit (Debian: firefox-esr webkit2gtk-driver xvfb xauth); not in the gate
# make lint      the gate without the tests;  make format  writes the format
# make clean     removes what was made, the environment too
#
# Needs Python 3.11 to 3.14 with venv; `make clean test PYTHON=/path/to/python3.13` chooses one. With 3.11, LevelDB has
# wheels on Linux x86-64 only: elsewhere take 3.12 or newer, or install its headers first (docs/platforms.md).

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help install page test test-pythons wheels style lint format demo bench simulate economy soak sharing-week flakiness openapi peers fuzz browsers clean

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/made-for
LOCK := requirements/ci.txt
# The tests of keys in a TPM need a package that is built against libtss2; without it they are skipped.
TPM := $(shell pkg-config --exists tss2-esys tss2-mu tss2-rc tss2-tctildr 2>/dev/null && echo tpm2-pytss)
SUPPORTED := import sys, venv, ensurepip; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12), (3, 13), (3, 14)))
CANDIDATES := python3.11 python3.12 python3.13 python3.14 python3
PACKAGES := ledger market consensus devices nodechain
# Tests of real processes wait for blocks more than they compute: workers above the number of cores fill their waits.
WORKERS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) + 2 )))
# Hundreds of tests start the program as a process: none of them may have to compile it again (empty: not set).
export PYTHONDONTWRITEBYTECODE :=
CODE = $(wildcard $(PACKAGES) genesis cli.py bench fuzz harness tests)

# An environment that was moved, copied, or lost its interpreter is made anew; the stamp names what it was made for.
ifneq ($(shell cat $(STAMP) 2>/dev/null),$(CURDIR))
$(shell rm -f $(STAMP))
else ifneq ($(shell $(BIN)/python -c '$(SUPPORTED)' 2>/dev/null && echo runs),runs)
$(shell rm -f $(STAMP))
endif

help:
	@sed -n 's/^# \{0,1\}//; 1,17p' Makefile

# A python3.12 on PATH may be a shim that fails, so each candidate is run. The first is the one of the figures and limits.
$(STAMP): pyproject.toml $(LOCK)
	@set -e; \
	for python in $(PYTHON) $(if $(PYTHON),,$(CANDIDATES)); do \
	    if "$$python" -c '$(SUPPORTED)' 2>/dev/null; then chosen="$$python"; break; fi; \
	done; \
	if [ -z "$${chosen:-}" ]; then \
	    echo "nodechain needs Python 3.11 to 3.14 with its venv module; tried: $(or $(PYTHON),$(CANDIDATES))." >&2; \
	    echo "Install one of them (Debian: apt install python3.11 python3.11-venv), or name it: make PYTHON=/path/to/python3.13" >&2; \
	    exit 1; \
	fi; \
	echo "making $(VENV) with $$("$$chosen" --version) (once; a minute or two)"; \
	rm -rf $(VENV); \
	"$$chosen" -m venv $(VENV); \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(LOCK) hatchling $(TPM); \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(LOCK) --no-build-isolation \
	    --editable '.[node,test]'; \
	echo '$(CURDIR)' > $(STAMP)

install: $(STAMP)

# Types are one of the tests (tests/test_types.py): the longest check of all goes on beside the others.
test: style
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --no-loadscope-reorder $(ARGS)

test-pythons: $(STAMP)
	$(BIN)/python -m tests.pythons $(VERSIONS) $(foreach python,$(PYTHONS),--python $(python)) $(if $(ARGS),--arguments='$(ARGS)')

wheels: $(STAMP)
	$(BIN)/python -m tests.wheels

style: $(STAMP)
	$(BIN)/ruff format --check $(CODE) stubs
	$(BIN)/ruff check $(CODE) stubs
	$(BIN)/lint-imports

lint: style
	$(BIN)/mypy $(CODE)

format: $(STAMP)
	$(BIN)/ruff format $(CODE) stubs
	$(BIN)/ruff check --fix $(CODE) stubs

demo: $(STAMP)
	$(BIN)/nodechain demo $(if $(VALIDATORS),--validators $(VALIDATORS)) $(ARGS)

bench: $(STAMP)
	$(BIN)/python -m bench $(ARGS)

simulate: $(STAMP)
	$(BIN)/python -m tests.simulation --seeds $(or $(SEEDS),1-2000) --jobs $(or $(JOBS),2) --signatures $(or $(SIGNATURES),stub) \
	    $(if $(SEEDS),--record docs/simulation.csv)
	$(if $(SEEDS),,$(BIN)/python -m tests.simulation.mutants)

soak: $(STAMP)
	$(BIN)/python -m bench.soak $(ARGS)
	$(BIN)/python -m bench.joining_kills
	$(BIN)/python -m bench.street

sharing-week: $(STAMP)
	$(BIN)/python -m bench.sharing_week $(ARGS)

economy: $(STAMP)
	$(BIN)/python -m tests.economy --seeds $(or $(SEEDS),1-1000) --jobs $(or $(JOBS),2) \
	    $(if $(SEEDS),--record docs/economy.csv)
	$(if $(SEEDS),,$(BIN)/python -m tests.economy.mutants)

flakiness: $(STAMP)
	$(BIN)/python -m tests.flakiness --runs $(or $(RUNS),1-10)

page: $(STAMP)
	npm ci --prefix web/app --silent --no-audit --no-fund
	npm ci --prefix web/client --silent --no-audit --no-fund
	$(BIN)/python -m tests.makers.page_types
	npm run --prefix web/app --silent build

# Other people's programs that tests run have an environment of their own: their packages are none of ours.
peers: $(STAMP) .venvs/peers/made
.venvs/peers/made: requirements/peers.txt fonts/pyproject.toml
	rm -rf .venvs/peers
	$(BIN)/python -m venv .venvs/peers
	.venvs/peers/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements/peers.txt ./fonts
	touch $@

openapi: peers
	$(BIN)/python -m tests.peers.openapi --requests $(or $(REQUESTS),50000) $(if $(FIRST_SEED),--first-seed $(FIRST_SEED))

browsers: $(STAMP)
	NODECHAIN_REQUIRE_BROWSERS=1 $(BIN)/python -m pytest tests/web/test_page_browsers.py -q

fuzz: $(STAMP)
	$(BIN)/python -m fuzz.decoders $(ARGS)

clean:
	rm -rf $(VENV) .venvs build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +

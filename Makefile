# Everything goes into .venv; git sees nothing of it. Needs python3 (3.11 or newer), make and git.
#
#   make demo    example videos, against a HeyGen on this machine: no key, no cost
#   make test    the tests
#   make lives   ten thousand simulated lives, with faults and crashes (SEEDS=N: so many)
#   make soak    kills the real command two hundred times in each mode (takes long)
#   make bench   what it costs, beside the best that could be done (SMALL=1: a few of everything, to see that it works)
#   make lint    style and types
#   make lock    write the locks anew, after a change of the dependencies in pyproject.toml
#   make clean   remove what the above made

PYTHON ?= python3
SEEDS ?= 10000
# More than there are cores: most of the time a test waits for a command, and that for its next look.
WORKERS ?= 5
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# What is compiled once need not be compiled by each process anew; git ignores it.
unexport PYTHONDONTWRITEBYTECODE

RUNTIME := $(VENV)/.installed
DEVELOPMENT := $(VENV)/.installed-dev

.DEFAULT_GOAL := help
.PHONY: help demo test lives soak bench lint lock clean

help:
	@sed -n 's/^#   //p' Makefile

demo: $(RUNTIME)
	@$(BIN)/batchgen demo

test: $(DEVELOPMENT)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

lives: $(DEVELOPMENT)
	@$(BIN)/python -m tests.simulation --seeds $(SEEDS)

soak: $(DEVELOPMENT)
	@$(BIN)/python -m tests.soak

bench: $(DEVELOPMENT)
	@$(BIN)/python -m benchmarks $(if $(SMALL),--small)

lint: $(DEVELOPMENT)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

# A lock names every package with its version and hashes: all of them, so nothing is left for pip to resolve.
$(RUNTIME): requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing batchgen into $(VENV) (once; half a minute or so)"
	@$(PIP) install --no-deps --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEVELOPMENT): requirements-dev.txt $(RUNTIME)
	@echo "Installing what the tests need (once)"
	@$(PIP) install --no-deps --require-hashes -r requirements-dev.txt
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "batchgen needs Python 3.11 or newer, and this is: $$($(PYTHON) --version 2>&1)." >&2; \
		echo "Name a newer one, for instance: make demo PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

LOCK := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-strip-extras --custom-compile-command "make lock" --quiet

lock: $(DEVELOPMENT)
	@$(PIP) install uv
	@$(LOCK) --group build --extra sessions -o requirements.txt
	@$(LOCK) --extra dev -c requirements.txt -o requirements-dev.txt

clean:
	rm -rf $(VENV) demo-out benchmarks.json build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

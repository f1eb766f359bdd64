# Two commands are enough on a machine with Python 3.11 to 3.13:  make book  and  make test.

SHELL := bash
.SHELLFLAGS := -eo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

PYTHON ?= python3
# Notebooks (or test processes) at the same time; each may use two threads.
JOBS ?= 2

BIN := .venv/bin
READY := .venv/ready
REPORTS = $(shell find book -name '*.ipynb' -not -path '*/[._]*' -not -path book/training/train.ipynb)

# Pinned, so that every machine adds up in the same order (see mgc.book.session).
export MGC_THREADS ?= 2
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1

.PHONY: help book test lint types unit notebooks nbval smoke fresh site strict clean

help:  ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 20

book: notebooks site  ## execute stale notebooks and build the book into book/_build/html

test: lint types unit fresh nbval smoke strict  ## every check, as continuous integration runs it

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v <= (3, 13) or sys.exit("this project needs Python 3.11, 3.12 or 3.13, but $(PYTHON) is %d.%d: name another one, as in  make PYTHON=python3.12" % v)'
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	@echo "installing the pinned requirements into .venv (minutes the first time)"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

lint: $(READY)  ## style of the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)  ## types of the package
	$(BIN)/mypy

unit: $(READY)  ## tests of the package, with its coverage
	$(BIN)/python -m pytest -rs -n $(JOBS) --dist loadscope --cov --cov-report=term:skip-covered

notebooks: $(READY)  ## execute the notebooks that are stale
	$(BIN)/mgc notebooks execute --jobs $(JOBS)

fresh: $(READY)  ## refuse notebooks that are stale, unclean or against the rules
	$(BIN)/mgc notebooks check

nbval: $(READY)  ## execute the report chapters again and compare every output
	@test -n "$(strip $(REPORTS))" || { echo "there is no report chapter in book/ to compare"; exit 1; }
	$(BIN)/python -m pytest --nbval --nbval-current-env -n $(JOBS) --dist loadscope $(REPORTS)

smoke: $(READY)  ## run the training template with plain papermill, small and synthetic
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	MGC_RUNS="$$folder" $(BIN)/papermill --no-progress-bar book/training/train.ipynb "$$folder/out.ipynb" \
	  -p model unet_lite -p width 4 -p optimizer rmsprop -p dataset synthetic -p epochs 2

site: $(READY)  ## build the book from the notebooks as they are
	@# A failed build is thrown away: Sphinx would not repeat the warnings of pages it has read.
	$(BIN)/jb build book/ -n -W --keep-going || { rm -rf book/_build; exit 1; }

strict: $(READY)  ## build every page anew, warnings are errors
	$(BIN)/jb build book/ --all -n -W --keep-going || { rm -rf book/_build; exit 1; }

clean:  ## remove what was built (not .venv, not the runs)
	rm -rf book/_build build .pytest_cache .mypy_cache .ruff_cache .coverage

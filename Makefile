# Every task of the course, one word each. Each prepares the environment (.venv) when it needs to.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
READY := .venv/complete
CHAPTERS := $(wildcard chapters/*.ipynb)

.PHONY: help book serve lab execute test lint mutants bench record lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --all, because a page that is not built again does not repeat its warnings
book: $(READY) ## build the site into _build/html; any warning is an error
	$(BIN)/jupyter-book build . -W -n --keep-going -q --all

serve: book ## build the site, serve it on PORT (8000) and open it
	@$(BIN)/python web/serve.py _build/html $(PORT)

lab: $(READY) ## open the chapters in JupyterLab
	@$(BIN)/jupyter trust $(CHAPTERS) > /dev/null  # otherwise JupyterLab hides the stored pictures until they are drawn again
	$(BIN)/jupyter lab chapters

execute: $(READY) ## run every chapter again and store its outputs in place; draw the landing page's picture
	$(BIN)/python web/execute.py $(CHAPTERS)
	$(BIN)/python web/picture.py

test: $(READY) ## run every test: kltools, its doctests, the chapters' outputs and numbers, the site
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

lint: $(READY) ## check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

mutants: $(READY) ## alter kltools piece by piece; each alteration has to fail a test
	$(BIN)/python -m tests.mutants

bench: $(READY) ## measure the accuracy and the speed of kltools against other libraries
	$(BIN)/python -m benchmarks

record: $(READY) ## ask other libraries again what they mean by it; installs them aside, takes minutes
	$(BIN)/python -m libraries.record

lock: $(READY) ## pin requirements.in, and all that it needs, in requirements.txt
	$(BIN)/uv pip compile requirements.in --output-file requirements.txt --quiet --universal --python-version 3.11 \
	  --fork-strategy fewest --generate-hashes --no-emit-index-url --no-strip-extras \
	  --custom-compile-command "make lock"

clean: ## remove all that was built, the environment included
	rm -rf .venv _build mutants .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp is written last: an environment that was interrupted does not count.
$(READY): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed, and $(PYTHON) is not: run make with PYTHON=python3.12, for example."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null \
	  || { echo "$(PYTHON) cannot make virtual environments: on Debian or Ubuntu, install python3-venv."; exit 1; }
	@echo "Preparing the environment in .venv; this takes a minute or two ..."
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/pip install -qq --no-compile --require-hashes -r requirements.txt
	@$(BIN)/python -m compileall -q -j 0 .venv/lib  # on every core, where pip would use one
	@$(BIN)/pip install -qq --no-deps --no-build-isolation --editable .
	@touch $@

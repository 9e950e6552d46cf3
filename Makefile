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
HUB := tests/coursework/hub

.PHONY: help book pdf site published serve lab execute test alterations lint mutants bench measure hub record lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --all, because a page that is not built again does not repeat its warnings
book: $(READY) ## build the site into _build/html; any warning is an error
	$(BIN)/jupyter-book build . -W -n --keep-going -q --all

# apart from the book, because it takes a minute or two
pdf: book ## build the site, print it whole as _build/html/kl-divergence.pdf, and link to that
	$(BIN)/python web/pdf.py _build/html

site: pdf ## build the complete site for publishing: the book, its PDF, and Python for the browser
	$(BIN)/python web/browser/publish.py _build/html
	@du -sh _build/html | awk '{print "The site in _build/html is " $$1 "."}'

published: $(READY) ## test the complete site: every chapter runs in the browser; after make site, takes minutes
	$(BIN)/pytest -n auto tests/published --published _build/html

serve: book ## build the site, serve it on PORT (8000) and open it
	@$(BIN)/python web/serve.py _build/html $(PORT)

lab: $(READY) ## open the chapters in JupyterLab
	@$(BIN)/jupyter trust $(CHAPTERS) > /dev/null  # otherwise JupyterLab hides the stored pictures until they are drawn again
	JUPYTER_CONFIG_PATH=$(CURDIR)/web/lab $(BIN)/jupyter lab chapters

execute: $(READY) ## run every chapter again and store its outputs in place; draw the landing page's picture
	$(BIN)/python web/execute.py $(CHAPTERS)
	$(BIN)/python web/picture.py

test: $(READY) ## run every test: kltools, its doctests, the chapters' outputs and numbers, the site
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

alterations: $(READY) ## alter every chapter piece by piece; record that each alteration turned the tests red
	$(BIN)/pytest -n auto --dist load tests/chapters/test_alterations.py -k a_chapter_is_caught --record-alterations

lint: $(READY) ## check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

mutants: $(READY) ## alter kltools piece by piece; each alteration has to fail a test
	$(BIN)/python -m tests.mutants

bench: $(READY) ## measure the accuracy and the speed of kltools against other libraries
	$(BIN)/python -m benchmarks

measure: $(READY) ## measure every page of the site: weight, Lighthouse, axe, layout shift, requests
	$(BIN)/python -m tests.site.measure

hub: $(READY) ## run a problem set through a JupyterHub of its own, from release to feedback; as root, takes minutes
	@$(BIN)/python -m tests.coursework.hub

record: $(READY) ## ask other libraries again what they mean by it; installs them aside, takes minutes
	$(BIN)/python -m libraries.record

lock: COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
  --generate-hashes --no-emit-index-url --no-strip-extras --custom-compile-command "make lock"
lock: $(READY) ## pin requirements.in, and all that it needs, in requirements.txt; the hub's beside it likewise
	$(COMPILE) requirements.in --output-file requirements.txt
	$(COMPILE) $(HUB)/requirements.in --constraint requirements.txt --output-file $(HUB)/requirements.txt

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
	@$(BIN)/pip install -qq --no-compile --no-deps --require-hashes -r requirements.txt
	@$(BIN)/python -m compileall -q -j 0 .venv/lib  # on every core, where pip would use one
	@$(BIN)/pip install -qq --no-deps --no-build-isolation --editable .
	@touch $@

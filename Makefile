# Everything a learner or contributor does, as one word each. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

export KUBEFACE_CACHE ?= $(HOME)/.cache/kubeface
# uv trusts the certificates that the machine trusts, as apt and pip do.
export UV_SYSTEM_CERTS := 1

# Another Python of this machine, for one run: make test-fast PYTHON=3.13. It gets packages of its own.
PYTHON :=
PYTHONS := 3.11 3.12 3.13 3.14
VENV := $(if $(PYTHON),build/python-$(PYTHON),.venv)
BIN := $(VENV)/bin
READY := $(VENV)/.synced
# Where it is: on the PATH, uv's own, or pyenv's. What is not there is not downloaded.
FIND_PYTHON = PATH="$$(printf '%s:' ~/.pyenv/versions/*/bin)$$PATH" $(UV) python find --quiet --no-project --no-python-downloads
UV_VERSION := 0.13.9
# A path may have a space in it, which make's own targets cannot: so the shell looks, not make.
UV = "$$(command -v uv || echo "$$KUBEFACE_CACHE/uv/bin/uv")"
define INSTALL_UV
said=$$(python3 -c 'import ensurepip, venv' 2>&1) || { \
  case $$said in \
    *"No module named"*) echo "Python's venv module is missing. Install it first: apt-get install python3-venv";; \
    *) echo "Python does not start: $$said";; \
  esac >&2; exit 1; }; \
python3 -m venv --clear --without-pip "$$KUBEFACE_CACHE/uv"; \
"$$KUBEFACE_CACHE/uv/bin/python" -m ensurepip >/dev/null; \
"$$KUBEFACE_CACHE/uv/bin/python" -m pip install --quiet uv==$(UV_VERSION)
endef
PYTEST := $(BIN)/pytest
CODE := lib images lab tests docs/book hatch_build.py
# The book's packages are its own: who only learns does not get them.
BOOK := build/python-book
# A test that fails runs once more: what a busy machine delayed passes now, what is broken does not.
RUN = $(PYTEST) --reruns 1 --junitxml build/$@.xml -o cache_dir=build/cache/$@ $(if $(SHARD),--shard $(SHARD))

.PHONY: help lab lab-image setup book test-book test test-waiting test-computing test-alone test-fast test-pythons test-unit test-vm conformance check ready-to-test notebooks test-notebook test-states test-mutations test-changed bench gallery figures rooms package release-notes format clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

lab: $(READY) ## Install what is missing, start the cluster, open the course in JupyterLab
	$(BIN)/kubeface lab

setup: $(READY) ## Only install, compile, build and fetch: packages, programs, images, photos
	$(BIN)/kubeface setup

book: $(BOOK)/.synced ## Build the book from the committed notebooks, for reading in a browser: build/book/index.html
	$(BOOK)/bin/python docs/book build/book

test-book: $(BOOK)/.synced ## Test the book: its links, what it shows, and each page for everybody's eyes and hands
	$(BOOK)/bin/pytest tests/book --junitxml build/$@.xml -o cache_dir=build/cache/$@

test: check ready-to-test ## Test everything, on a real cluster of the tests' own; SHARD=1/4 for a part
	@$(BIN)/python tests/lanes.py $(if $(SHARD),SHARD=$(SHARD))

test-waiting: $(READY)
	$(RUN) tests/notebooks tests/exercises tests/browser

test-computing: $(READY)
	$(RUN) tests/unit tests/services tests/cluster -m "not alone"

test-alone: $(READY)
	$(RUN) tests/cluster -m alone

test-fast: check ready-to-test ## Test what needs neither the cluster nor the services' servers; PYTHON=3.13 for another one
	$(PYTEST) tests/unit tests/notebooks -m "not cluster"

test-pythons: $(READY) ## Test the library on every other Python of this machine that the course supports
	@for version in $(if $(filter-out 1/%,$(SHARD)),,$(PYTHONS)); do \
	  $(BIN)/python -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] == '$$version')" || continue; \
	  $(FIND_PYTHON) $$version >/dev/null 2>&1 || { echo "Python $$version is not on this machine."; continue; }; \
	  echo "On Python $$version:"; \
	  $(MAKE) test-unit PYTHON=$$version; \
	done

test-unit: $(READY)
	$(PYTEST) --reruns 1 tests/unit -m "not cluster and not project"

test-vm: $(READY) ## Prove it all on a stock Debian in a virtual machine; PROVE=image: kubeface/lab in Docker; half an hour
	$(BIN)/python tests/vm $(if $(PROVE),--prove $(PROVE)) $(if $(MINUTES),--minutes $(MINUTES))

conformance: $(READY) ## Have Kubernetes' own conformance tests judge a cluster; half an hour, at first longer
	$(BIN)/python tests/conformance $(if $(FOCUS),--focus '$(FOCUS)')

check: $(READY) ## Check style, types and layers, in seconds
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports

ready-to-test: $(READY)
	$(BIN)/kubeface setup --tests

test-notebook: $(READY) ## Prove one notebook, its outputs and its exercises: make test-notebook NB=00
	$(PYTEST) tests/notebooks/test_course.py tests/exercises -k "[$(or $(NB),$(error Which one? make test-notebook NB=00))- or [nb$(NB)."

test-states: ready-to-test ## Drive each exercise through all of its wrong and right states, and each incident of a drill
	$(PYTEST) tests/exercises --every-state

test-mutations: ready-to-test ## Break the course once in each notebook and see the suite turn red; an hour; NB=05 for one
	$(BIN)/python tests/mutations.py $(NB)

test-changed: $(READY) ## Test what your changes can have broken, without the clusters' own tests; SINCE=main for a commit's
	SINCE='$(SINCE)' $(BIN)/python tests/changed.py

notebooks: $(READY) ## Execute the notebooks on your cluster and store the outputs; NB=00 for one, FRESH=1 for new text
	$(BIN)/kubeface up
	$(BIN)/python tests/notebooks/execute.py $(if $(FRESH),--fresh) $(wildcard notebooks/$(NB)*.ipynb)

bench: $(READY) ## Measure what is promised about speed and size; ONLY=name,name for some
	$(BIN)/python -m bench $(ONLY)

gallery: $(READY) ## Draw every view from canned data on one page: build/gallery.html
	$(BIN)/python -m kubeface.views.page build/gallery.html

figures: $(READY) ## Count how much of each notebook the learner does
	@$(BIN)/python tests/notebooks/figures.py

rooms: $(READY) ## Draw the library's rooms, arrows and circles from its imports; OF=../another for that checkout's
	@$(BIN)/python tests/rooms.py $(OF)

package: $(READY) ## Build the wheel and the sdist that pip installs: build/package
	$(BIN)/python -m hatchling build --clean -d build/package

lab-image: $(READY) ## Build the image kubeface/lab, with everything in it, and an archive for docker load: build/lab
	$(BIN)/python lab build/lab

release-notes: ## Print the newest part of CHANGELOG.md, the notes of a release
	@awk '/^## / {part++; next} part == 1' CHANGELOG.md

format: $(READY) ## Format the code and repair what can be repaired
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

clean: ## Remove what make and the tools wrote into this folder; caches and cluster stay
	rm -rf .venv build/python-* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

$(BOOK)/.synced: pyproject.toml uv.lock
	@[ -x $(UV) ] || { $(INSTALL_UV); }
	UV_PROJECT_ENVIRONMENT=$(BOOK) $(UV) sync --locked --group book
	@touch $@

$(READY): pyproject.toml uv.lock
	@[ -x $(UV) ] || { $(INSTALL_UV); }
ifdef PYTHON
	@$(FIND_PYTHON) $(PYTHON) >/dev/null 2>&1 \
	  || { echo "Python $(PYTHON) is not on this machine: neither on the PATH, nor among uv's and pyenv's. Install it, or name another." >&2; exit 1; }
	UV_PROJECT_ENVIRONMENT=$(VENV) $(UV) sync --locked --python "$$($(FIND_PYTHON) $(PYTHON))"
else
	$(UV) sync --locked
endif
	@touch $@

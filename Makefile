# Every target sets up what it needs first; see packaging/set_up.sh.

PYTHON_IN_VENV := .venv/bin/python
PYTHON ?= $(firstword $(wildcard $(PYTHON_IN_VENV)) python3)
BASE := .venv/installed-base
DEV := .venv/installed-dev
SET_UP_INPUTS := pyproject.toml packaging/constraints.txt packaging/debian-packages.txt packaging/set_up.sh

# Each numeric library starts as many threads as there are cores; idle ones must not spin.
export OMP_WAIT_POLICY ?= PASSIVE

.PHONY: gpu-check help run test check format package documents-check clean
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: $(BASE) ## open the window on the sample case (without a screen: pictures in demo/)
	@packaging/run.sh

test: $(DEV) ## all tests, under a virtual screen
	$(PYTHON_IN_VENV) -m pytest

check: $(DEV) ## format, lint, types, imports and fast tests
	$(PYTHON_IN_VENV) -m ruff format --check .
	$(PYTHON_IN_VENV) -m ruff check .
	$(PYTHON_IN_VENV) -m mypy
	.venv/bin/lint-imports
	$(PYTHON_IN_VENV) -m pytest -m "not slow and not gui_gl"

gpu-check: ## check and time every engine on a GPU machine (PYTHON names one that has torch)
	$(PYTHON) packaging/gpu_check.py

format: $(DEV) ## let ruff format and tidy the code
	$(PYTHON_IN_VENV) -m ruff format .
	$(PYTHON_IN_VENV) -m ruff check --fix .

package: $(BASE) ## build the installers in dist/ (EDITION=training for the one with torch)
	@packaging/build_package.sh $(or $(EDITION),standard)

documents-check: $(DEV) ## every command of MONAI's five documents on small data: docs/documents-check.md
	$(PYTHON_IN_VENV) packaging/documents_check.py --work build/documents-check --out docs/documents-check.md

clean: ## remove .venv, caches and demo pictures
	rm -rf .venv demo build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(DEV): $(SET_UP_INPUTS)
	@packaging/set_up.sh dev

$(BASE): $(SET_UP_INPUTS)
	@packaging/set_up.sh base

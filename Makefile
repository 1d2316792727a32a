# `make report` sets everything up and prints the answer. Nothing here asks a question.

.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
READY := .venv/.ready
TESTS_READY := .venv/.tests-ready
PYTEST := $(BIN)/pytest -n 2
UNIT := --dist worksteal --durations=10
NOTEBOOKS := --dist loadscope --nbval --nbval-current-env --nbval-cell-timeout=120
PYTHONS := $(strip $(PYTHON) python3 python3.13 python3.12 python3.11)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
# Two processes of tests fill two cores; threads for matrices of a few rows would only wait for each other.
test slow fuzz: export OPENBLAS_NUM_THREADS := 1

.PHONY: help report test slow fuzz check lab notebooks clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

report: $(READY) ## Validate, rerun the notebooks, print the headline table
	@$(BIN)/evidence report

test: $(TESTS_READY) ## Run the tests, those of the notebooks included; name the ten slowest
	$(PYTEST) $(UNIT) -m "not slow" tests
	$(PYTEST) $(NOTEBOOKS) notebooks

slow: $(TESTS_READY) ## Run the tests that take more than two seconds each
	$(PYTEST) $(UNIT) -m slow tests

fuzz: $(TESTS_READY) ## Try many random examples on every property (SEED=n repeats a run)
	HYPOTHESIS_PROFILE=fuzz $(PYTEST) $(UNIT) -m hypothesis $(if $(SEED),--hypothesis-seed=$(SEED)) tests

check: $(TESTS_READY) ## Check format, lint and types
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy

lab: $(READY) ## Open the notebooks in JupyterLab
	$(BIN)/jupyter lab notebooks

notebooks: $(READY) ## Rerun the notebooks and write them in place
	@$(BIN)/evidence notebooks

clean: ## Delete what was built; the environment in .venv stays
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name .venv -prune -o -type d \( -name __pycache__ -o -name .ipynb_checkpoints \) \
		-prune -exec rm -rf {} +
	@echo "Deleted build, dist and the caches. .venv stays; delete it by hand to start afresh."

# The environment is made again whenever the dependencies or their versions change.
$(READY): pyproject.toml constraints.txt
	@set -e; found=; \
	for python in $(PYTHONS); do \
		if command -v "$$python" >/dev/null 2>&1 && "$$python" -c \
			'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
		then found="$$python"; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "No Python 3.11 or newer with venv was found (tried: $(PYTHONS))." >&2; \
		echo "Install one (Debian, Ubuntu: python3 and python3-venv), or name it: make PYTHON=/path/to/python3.12" >&2; \
		exit 1; \
	fi; \
	echo "Making .venv with $$("$$found" --version) and installing what pyproject.toml names (once, a minute or two)." >&2; \
	"$$found" -m venv --clear .venv; \
	$(BIN)/python -m pip install --quiet -e . -c constraints.txt; \
	touch $@

# Tests and checks need a few packages more.
$(TESTS_READY): $(READY)
	@echo "Installing what the tests need on top (once)." >&2
	@$(BIN)/python -m pip install --quiet -e '.[dev]' -c constraints.txt
	@touch $@

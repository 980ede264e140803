# Each target creates .venv and installs what it needs. uv is used when it is present or can be installed, else pip.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
INSTALLED := $(VENV)/.installed
DATA := $(VENV)/.data
DOCS := $(VENV)/.docs
WORKERS ?= 2
DEMO := demo
export HYPOTHESIS_PROFILE ?= ci
# Without byte code on disk every process that starts compiles all the Python that it imports: 3 s instead of 1 s.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo demo-safety demo-ministry test test-compiled test-plain coverage verify lint bench bench-check docs notebooks data clean

define install
	@if command -v uv >/dev/null 2>&1; then uv pip install -q --compile-bytecode --python $(BIN)/python $(1); \
	elif $(BIN)/python -m pip install -q uv; then $(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python $(1); \
	else false; fi || $(BIN)/python -m pip install -q $(1)
endef

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed; name it: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || uv venv --python $(PYTHON) $(VENV)

$(INSTALLED): pyproject.toml | $(BIN)/python
	$(call install,-e '.[dev]')
	@$(BIN)/python -m compileall -q src
	@touch $@

# What users need; the tests need more.
$(RUNTIME): pyproject.toml | $(BIN)/python
	$(call install,-e .)
	@$(BIN)/python -m compileall -q src
	@touch $@

# Networks and demand of Cologne and Ingolstadt, for the real-city scenarios. Installed, never copied (see README).
$(DATA): | $(BIN)/python
	$(call install,--no-deps sumo-rl==1.4.5)
	@touch $@

data: $(DATA)

# Compares five alternatives on a main road in Ingolstadt and writes a report.
demo: $(RUNTIME) $(DATA)
	$(BIN)/trafficsim compare scenarios/ingolstadt7/study.toml --workers $(WORKERS) --out $(DEMO) --resume
	$(BIN)/trafficsim report $(DEMO) --out $(DEMO)/report.html
	@echo "The report: $(CURDIR)/$(DEMO)/report.html"

# Which of four measures saves most lives per million in a made-up town: the report in English and Arabic.
demo-safety: $(RUNTIME)
	$(BIN)/trafficsim compare scenarios/speed_town/study.toml --workers $(WORKERS) --out $(DEMO)-safety --resume
	$(BIN)/trafficsim report $(DEMO)-safety --out $(DEMO)-safety/report.html
	$(BIN)/trafficsim report $(DEMO)-safety --lang ar --out $(DEMO)-safety/report.ar.html
	@echo "The reports: $(CURDIR)/$(DEMO)-safety/report.html and report.ar.html"

# Five packages for one budget over three years in the same town, ranked: the report in English and Arabic.
demo-ministry: $(RUNTIME)
	$(BIN)/trafficsim compare scenarios/ministry/study.toml --workers $(WORKERS) --out $(DEMO)-ministry --resume
	$(BIN)/trafficsim report $(DEMO)-ministry --out $(DEMO)-ministry/report.html
	$(BIN)/trafficsim report $(DEMO)-ministry --lang ar --out $(DEMO)-ministry/report.ar.html
	@echo "The reports: $(CURDIR)/$(DEMO)-ministry/report.html and report.ar.html"

test: test-compiled test-plain

# Compiling takes one core a minute for each engine. It goes on beside the first tests, which need no kernels (tests/support/order.py).
test-compiled: $(INSTALLED) $(DATA)
	@for engine in ca queue; do $(BIN)/trafficsim run scenarios/arterial/scenario.toml --engine $$engine; done >/dev/null 2>&1 & \
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# Without JIT the kernels are plain Python, and the results must not change.
# Whole runs of signals that react, incidents and units take minutes as plain Python: their kernels are tested one by one.
WHOLE_RUNS := reacting_signals reacting_turns transit_priority detector_faults lane_policies emergency units_driving closed_lanes \
	blocked_road roadside retiming approach_sensing
PLAIN := $(wildcard tests/kernels tests/oracles tests/engines) $(WHOLE_RUNS:%=--ignore=tests/engines/test_%.py)
test-plain: $(INSTALLED) $(DATA)
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PLAIN) $(COVERED)

# Which lines of the kernels and engines their tests reach: only plain Python can be watched, and watching doubles the time.
coverage: COVERED := --cov=trafficsim.kernels --cov=trafficsim.engines --cov-report=term
coverage: test-plain

# What takes longer than a developer waits: `make test` from an empty kernel cache, timed; the tests marked long; random worlds
# by the thousand; coverage; the tables of the validation pages. docs/validation/tables/last_run.md says when each ended, and how.
verify: $(INSTALLED) $(DATA)
	WORKERS=$(WORKERS) $(BIN)/python -m tests.experiments.verify $(STEPS)

lint: $(INSTALLED)
	$(BIN)/ruff check src tests benchmarks docs notebooks
	$(BIN)/mypy
	$(BIN)/lint-imports

# Speed of the engines, then the hot loop against what was saved before (.benchmarks), then what each part of a step costs.
bench: $(INSTALLED)
	$(BIN)/trafficsim bench
	$(BIN)/python -m pytest benchmarks --benchmark-enable --benchmark-autosave
	$(BIN)/python -m tests.experiments.step_costs

# Speed as a ratio to the machine's, against the committed ratios: a loss of 25 % is warned of, one of 50 % fails.
bench-check: $(INSTALLED)
	$(BIN)/python -m tests.experiments.bench_check

$(DOCS): pyproject.toml $(DATA) | $(BIN)/python
	$(call install,-e '.[docs]')
	@touch $@

# Pages with their examples executed; a warning is an error.
docs: $(DOCS)
	$(BIN)/python -m sphinx -W --keep-going -b html docs docs/_build/html

# Executes the notebooks and keeps their new outputs.
notebooks: $(INSTALLED)
	$(BIN)/python docs/notebook_pages.py

clean:
	rm -rf $(VENV) $(DEMO) $(DEMO)-safety docs/_build docs/reference/generated docs/reference/api docs/notebooks build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage

# make run and make test set everything up by themselves.
PYTHON ?= python3
VENV_PYTHON := .venv/bin/python

.PHONY: run test e2e lint bench bench-window shots lock clean

run: .venv/for-running
	@$(VENV_PYTHON) main.py

# every test but those that need a real X server: make e2e; a file at a time on each processor
test: .venv/for-testing
	$(VENV_PYTHON) -m pytest -m "not e2e" --numprocesses auto --dist loadfile $(ARGS)

e2e: .venv/for-testing
	tests/e2e/run.sh $(VENV_PYTHON) $(ARGS)

lint: .venv/for-testing
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m mypy

bench: .venv/for-running
	$(VENV_PYTHON) -m benchmarks.engine $(ARGS)

# real windows, on an X server of their own; ARGS=--memory takes a million steps too
bench-window: .venv/for-running
	$(VENV_PYTHON) -m benchmarks.window --own-display $(ARGS)

shots: .venv/for-running
	$(VENV_PYTHON) -m tools.shots $(ARGS)

# the environment is made again only when the requirements change
.venv/for-running: requirements.txt requirements-fast.txt tools/setup.sh
	@tools/setup.sh $(PYTHON) requirements.txt
	@touch $@

.venv/for-testing: requirements-dev.txt requirements-fast.txt tools/setup.sh
	@tools/setup.sh $(PYTHON) requirements-dev.txt
	@touch $@ .venv/for-running

# pin the newest versions that pyproject.toml allows, for every system and Python it names; no index address is written
LOCK = build/lock/bin/uv pip compile pyproject.toml --universal --fork-strategy fewest --generate-hashes --upgrade --quiet \
	--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock"

lock:
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(LOCK) --output-file requirements.txt
	$(LOCK) --group fast --constraint requirements.txt --output-file requirements-fast.txt
	$(LOCK) --group dev --constraint requirements-fast.txt --output-file requirements-dev.txt

clean:
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis

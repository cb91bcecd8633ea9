# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

# Tests start many processes: what is compiled once is read by all of them.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test lint lock docs clean

demo: $(READY)
	rm -rf demo
	$(BIN)/chitra demo demo

test: $(READY) lint
	$(BIN)/python -m pytest

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

# The generated pages: the data dictionary of the declarations.
docs: $(READY)
	$(BIN)/python -m schemas > schemas/README.md

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(READY)

# Needs uv. One lock for Python 3.11 to 3.13, with hashes and without any registry address.
lock:
	uv pip compile pyproject.toml --extra build --extra test --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --quiet -o requirements.lock

clean:
	rm -rf $(VENV)

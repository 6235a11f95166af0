# Every target sets up what it needs from nothing, in the project's own virtual environment.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help demo test check format realworld bench clean

help:
	@echo "make demo       reset the migrations of the bundled demo project, on SQLite"
	@echo "make test       the test suite"
	@echo "make check      format, lint, strict types, import fences"
	@echo "make realworld  the whole reset and its undo on the demo, oscar and wagtail (docs/realworld.md)"
	@echo "make bench      generate and proof as ratios to plain makemigrations and stock migrate"

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

demo: export XDG_STATE_HOME = $(CURDIR)/build/state
demo: $(READY)
	rm -rf build/demo
	$(BIN)/migwizard demo build/demo
	$(BIN)/python build/demo/shop/manage.py migrate --verbosity 0
	$(BIN)/migwizard run --yes -C build/demo/shop --python $(BIN)/python

test: $(READY)
	$(BIN)/python -m pytest -n auto --dist loadgroup

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

realworld: $(READY)
	$(BIN)/python -m tests.realworld

bench: $(READY)
	$(BIN)/python -m tests.bench

clean:
	rm -rf build $(VENV)

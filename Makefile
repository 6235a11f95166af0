# Every target sets up what it needs from nothing, in the project's own virtual environment.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help demo demo-run demo-project test check format documents screenshots realworld fuzz chaos traps guests environments bench peers clean

help:
	@echo "make demo       the wizard on a messy shop to practise on, on SQLite"
	@echo "make demo-run   the same shop reset without a question, as the automatic checks do it"
	@echo "make test       the test suite"
	@echo "make check      format, lint, strict types, import fences"
	@echo "make documents  write docs/keys.md, docs/refusals.md and screenshots/README.md"
	@echo "make screenshots  draw the pictures in screenshots/ anew"
	@echo "make realworld  the whole reset and its undo on the demo and five products, and oscar by the wizard's keys"
	@echo "make fuzz N=200 SEED=0 ENGINE=sqlite|postgresql|mysql  random projects with messy histories, each reset, compared and undone"
	@echo "make chaos SEED=0  kill -9 at every durable write of a reset and of its undo, and between, and what a second start makes of it; writes docs/chaos.md"
	@echo "make traps      Django alone and migwizard on every trap of docs/traps.md, one by one; writes that page"
	@echo "make guests     the demo and the traps with Python 3.8 to 3.13 and Django 3.2 to 6.1; writes docs/guests.md"
	@echo "make environments  the script of the switch alone: Django 3.2 to 6.1, each on SQLite, PostgreSQL and MariaDB; writes docs/switch-tried.md"
	@echo "make peers      the other tools, and migwizard, on the demo: what they build, and what becomes of databases"
	@echo "make bench PARTS='start files'  what a reset costs, as ratios to Django's own commands, and whether it became slower; docs/bench.md"

$(READY): pyproject.toml
	@echo "Setting up $(VENV) with what migwizard needs; pip downloads it, which may take a minute or two ..."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

demo demo-run: export XDG_STATE_HOME = $(CURDIR)/build/demo-state
demo-project: $(READY)
	rm -rf build/demo build/demo-state
	$(BIN)/migwizard demo build/demo
	$(BIN)/python build/demo/shop/manage.py migrate --verbosity 0

# Leaving the wizard early (130) is no failure. Without a terminal nobody could answer, so nothing is asked.
demo: demo-project
	@if [ -t 0 ] && [ -t 1 ] && [ -t 2 ]; then \
		$(BIN)/migwizard -C build/demo/shop --python $(BIN)/python || [ $$? -eq 130 ]; \
	else \
		echo "No terminal here, so no questions: make demo-run."; \
		$(BIN)/migwizard run --yes -C build/demo/shop --python $(BIN)/python; \
	fi

demo-run: demo-project
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

documents: $(READY)
	$(BIN)/python -m tests.documents

screenshots: $(READY)
	$(BIN)/python -m tests.tui.screenshots

realworld: $(READY)
	$(BIN)/python -m tests.realworld
	$(BIN)/python -m tests.tui.ride_subject oscar

N ?= 20
SEED ?= 0
JOBS ?= 2
ENGINE ?= sqlite
fuzz: $(READY)
	$(BIN)/python -m tests.fuzz -n $(N) --seed $(SEED) --jobs $(JOBS) --engine $(ENGINE)

chaos: $(READY)
	$(BIN)/python -m tests.chaos --seed $(SEED) --jobs $(JOBS) --page docs/chaos.md
	MIGWIZARD_EVERY_KILL=1 $(BIN)/python -m pytest tests/engine/test_kill.py -k test_retire

traps: $(READY)
	$(BIN)/python -m tests.traps

guests: $(READY)
	$(BIN)/python -m tests.guests

environments: $(READY)
	$(BIN)/python -m tests.environments

PARTS ?=
bench: $(READY)
	$(BIN)/python -m tests.bench $(PARTS)

peers: $(READY)
	$(BIN)/python -m tests.peers

clean:
	rm -rf build $(VENV)

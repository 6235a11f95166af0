"""How the work grows with the project: the exponent of each phase, by least squares over the logarithms.

1 means that twice the models take twice as long. What Django does itself is shown apart: its autodetector grows faster.
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence

from migwizard.engine.opening import look_ride
from migwizard.engine.options import Options
from migwizard.engine.planning.plans import make_plan
from migwizard.project.discovery import find_project
from migwizard.proof.catalogue import compare_catalogues
from migwizard.proof.rows import compare_rows, volatile_cells
from tests.bench import projects
from tests.bench.figures import Figure, Kind
from tests.bench.generate import makemigrations
from tests.bench.graph import seconds
from tests.bench.spending import so_far, spend
from tests.bench.watching import watch
from tests.engine.persons import Person
from tests.proof.builder import build
from tests.subjects import environment

TARGET = 1.3
OURS = ("load", "plan", "generate", "compare")
ROWS = 4
"""Of each table that is compared; a model has as many permissions."""


def measure(name: str) -> Sequence[Figure]:
    """The exponents over some sizes ("10x50,50x300"), and the seconds that they come from. Raises SubjectError."""
    found = {size: _phases(size) for size in name.split(",")}
    figures: list[Figure] = []
    for phase in next(iter(found.values())):
        points = [(size[1], found[each][phase]) for each in found if (size := projects.size_of(each))]
        ours = phase in OURS
        target, kind = (TARGET, Kind.MEASURED) if ours else (None, Kind.SHOWN)
        figures.append(Figure(f"{phase}, exponent", exponent(points), target, kind))
        figures += [Figure(f"{phase}, {models} models, CPU s", spent, kind=Kind.SHOWN) for models, spent in points]
    return figures


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """The slope of the line through (size, seconds) on logarithmic axes that fits best."""
    logs = [(math.log(size), math.log(max(spent, 1e-6))) for size, spent in points]
    middle = sum(x for x, _ in logs) / len(logs), sum(y for _, y in logs) / len(logs)
    return sum((x - middle[0]) * (y - middle[1]) for x, y in logs) / sum((x - middle[0]) ** 2 for x, _ in logs)


def _phases(size: str) -> Mapping[str, float]:
    """CPU seconds of each phase at one size."""
    found = _loaded_and_planned(size)
    copy = projects.fresh(size, "generated", with_history=False)
    found["generate"] = watch(copy, "--until", "generate").states["generate"].cpu
    found["compare"] = _compared((projects.size_of(size) or (0, 0))[1])
    plain = projects.without_migrations(size, "plain", with_history=False)
    found["Django's makemigrations"] = spend(makemigrations(plain), plain.root, environment())[0].cpu
    print(f"growth: {size} done", file=sys.stderr, flush=True)
    return found


def _loaded_and_planned(size: str) -> dict[str, float]:
    """Load: start the project's own process, and read its apps, models and history. The plan is the host's work alone."""
    copy = projects.fresh(size, "looked", with_history=False)
    project = find_project(copy.root, python=str(copy.python))
    start = _with_children()
    with look_ride(project, Person(), Options(), None) as ride:
        ride.registry()
        ride.history()
        loaded = _with_children()
        ride.operations()
        detected = _with_children()
        plan = seconds(lambda: make_plan(ride))
    return {"load": loaded - start, "plan": plan, "Django's autodetector, for the plan": detected - loaded}


def _with_children() -> float:
    return so_far(os.getpid(), time.perf_counter()).cpu


def _compared(models: int) -> float:
    """Two databases with a table a model, rows in each, and what Django numbers anew; one table in a hundred differs."""
    old, new = build(*_tables(models)), build(*_tables(models, step=100))

    def compare() -> None:
        compare_catalogues(old.catalogue, new.catalogue, explicit_names=())
        volatile = volatile_cells(old.rows, old.rows, old.catalogue)
        compare_rows(old.rows, new.rows, catalogue_old=old.catalogue, catalogue_new=new.catalogue, volatile=volatile)

    return seconds(compare)


def _tables(models: int, step: int = 0) -> Iterator[str]:
    """The tables of apps of five models, each of which points at the one before, with content types and permissions.

    With a `step` every so many tables have another column and other rows, and Django's rows come in another order.
    """
    yield "CREATE TABLE django_content_type (id integer PRIMARY KEY, app_label varchar(100), model varchar(100));"
    yield (
        "CREATE TABLE auth_permission (id integer PRIMARY KEY, name varchar(255), codename varchar(100), content_type_id "
        "integer NOT NULL REFERENCES django_content_type (id));"
    )
    for number in range(models):
        other = bool(step) and number % step == step - 1
        before = f"REFERENCES t{number - 1} (id)" if number % 5 else ""
        yield (
            f"CREATE TABLE t{number} (id integer PRIMARY KEY AUTOINCREMENT, name varchar({200 if other else 100}) NOT NULL, "
            f"amount integer NOT NULL, before_id integer NULL {before}); CREATE INDEX i{number} ON t{number} (amount);"
        )
        place = models - number if step else number
        yield f"INSERT INTO django_content_type VALUES ({place}, 'app{number // 5}', 'model{number}');"
        for row in range(ROWS):
            yield f"INSERT INTO t{number} VALUES ({row + 1}, 'row {row}', {row * 7 + other}, {row + 1});"
            yield f"INSERT INTO auth_permission VALUES ({place * ROWS + row}, 'Can', 'can{row}_model{number}', {place});"

"""The project on PostgreSQL and MariaDB with everything that the generator can make there; by chance: make fuzz ENGINE=..."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from migwizard.project import process
from tests.fuzz import objects
from tests.fuzz.__main__ import prepare
from tests.fuzz.history import Worker
from tests.fuzz.judge import judge
from tests.fuzz.models import App, Constraint, Field, Index, Model
from tests.fuzz.schema import AddConstraint, AddField, AddIndex, AddModel, RenameField, RenameModel
from tests.fuzz.shapes import more_kinds
from tests.fuzz.state import SqlObject
from tests.fuzz.story import Commit, Data, MakeObject, Step, Story, tell
from tests.fuzz.zygote import HASH_SEEDS, Zygote, install
from tests.mysql.server import needs_mysql
from tests.postgresql.server import needs_postgresql

SERVERS = [
    pytest.param("postgresql", marks=[needs_postgresql, pytest.mark.xdist_group("fuzz-postgresql")]),
    pytest.param("mysql", marks=[needs_mysql, pytest.mark.xdist_group("fuzz-mysql")]),
]


def everything(engine: str) -> Story:
    """A story with each kind of field and of object that there is on an engine."""
    fields = (
        Field("name", "char"),
        Field("size", "integer"),
        *(Field(f"of_{kind}", kind) for kind in more_kinds(engine)),
    )
    thing, part = Model("shop", "Thing", fields, "name"), Model("parts", "Part", (Field("code", "char"),), "code")
    link = Field("thing", "fk", (("on_delete", "models.CASCADE"), ("null", "True")), "shop.Thing")
    steps: list[Step] = [AddModel(thing), AddModel(part), Commit(), AddField("parts.Part", link), Commit()]
    steps += [
        Data("plain", "shop.Thing", 1),
        Data("sql_insert", "shop.Thing", 2),
        Data("get_or_create", "parts.Part", 3),
    ]
    for number, kind in enumerate(objects.KINDS[engine]):
        labels = () if objects.free(engine, kind) else ("shop.Thing", "parts.Part")[: 2 if kind == "joined" else 1]
        steps.append(MakeObject(SqlObject(f"shop_{kind}_{number}", kind, "shop", labels, number)))
    steps += [Data("update", "shop.Thing", 4), Data("bulk", "parts.Part", 5)]
    if engine == "postgresql":
        steps += [
            AddField("shop.Thing", Field("words", "hstore")),
            AddIndex("shop.Thing", Index("shop_words_idx", ("words",), using="GinIndex")),
            AddConstraint("shop.Thing", Constraint("exclude", "shop_apart_con", ("of_range",))),
        ]
    steps += [RenameField("shop.Thing", "size", "width"), Commit(), RenameModel("parts.Part", "Piece"), Commit()]
    return Story(
        f"everything on {engine}",
        (App("shop", "shop"), App("parts", "parts")),
        ("contenttypes",),
        "",
        tuple(steps),
        engine,
    )


@pytest.fixture(scope="module")
def worker(request: pytest.FixtureRequest) -> Iterator[Worker]:
    engine = request.param
    prepare()
    started = {seed: Zygote(seed, engine) for seed in HASH_SEEDS}
    with pytest.MonkeyPatch.context() as patch:
        # `install` is for a process that does nothing else; here it has to go again.
        patch.setitem(vars(process), "subprocess", subprocess)
        install(started)
        with Worker(engine) as one:
            yield one
    for zygote in started.values():
        zygote.close()


@pytest.mark.parametrize("engine", ["postgresql", "mysql"])
def test_everything_fits_into_one_story(engine: str) -> None:
    """No kind is left out of the projects of an engine because it fits nowhere."""
    story = everything(engine)
    state, _, fitted = tell(story)
    assert fitted == list(story.steps)
    assert {found.kind for found in state.objects.values()} == set(objects.KINDS[engine])


@pytest.mark.ride
@pytest.mark.parametrize("worker", SERVERS, indirect=True)
def test_reset_of_a_project_with_everything(worker: Worker, tmp_path: Path) -> None:
    verdict = judge(everything(worker.engine), tmp_path, worker)
    assert not verdict.dishonest
    assert not verdict.failures

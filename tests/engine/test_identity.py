"""The same alias leads to another database: that one was neither named nor touched, and the one of before is not left behind."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from migwizard.engine.previews import DonePreview, FakePreview
from migwizard.engine.surviving import journal
from migwizard.engine.surviving.journal import Act
from migwizard.engine.switching import rowcopies
from migwizard.paths import Workplace
from migwizard.project.agent.identity import identity_of
from tests.engine.persons import sitting
from tests.engine.support import Shop

pytestmark = pytest.mark.ride

LEFT = (
    "default was switched when it was db.sqlite3, and no alias leads there now. Undo needs the settings and the environment that "
    "lead to it."
)


class Moving(Shop):
    """A project whose database comes from the environment."""

    elsewhere: Path | None = None

    def environment(self) -> dict[str, str]:
        return super().environment() | ({"SHOP_DB": str(self.elsewhere)} if self.elsewhere else {})


@pytest.fixture
def moving(migrated: Shop, tiny_finished: Shop, tmp_path: Path) -> Moving:
    """A finished reset; a second database, which knows nothing of it, lies outside of the project."""
    shop = Moving(tiny_finished.root)
    shop.edit(
        "config/settings.py",
        '"NAME": BASE_DIR / "db.sqlite3"',
        '"NAME": os.environ.get("SHOP_DB", BASE_DIR / "db.sqlite3")',
    )
    shop.edit("config/settings.py", "from pathlib", "import os\nfrom pathlib")
    shutil.copy(migrated.database, tmp_path / "prod.sqlite3")
    return shop


def test_a_database_that_was_never_named_is_not_switched(
    migrated: Shop, moving: Moving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = moving.dump()
    moving.elsewhere = tmp_path / "prod.sqlite3"
    said = moving.migwizard("run", "--no-input").stderr
    assert "Database default was not touched" in said
    assert moving.elsewhere.read_bytes() == migrated.database.read_bytes()
    status = moving.lines("status")[-1]
    assert status["switched_elsewhere"] == [{"alias": "default", "database": "db.sqlite3"}]

    # Undo would take away what leads back from the first one.
    refused = moving.migwizard("undo", "--yes", expect=6).stderr
    assert "default was switched when it was db.sqlite3" in refused and "Nothing was changed." in refused
    monkeypatch.setenv("SHOP_DB", str(moving.elsewhere))
    person, _ = sitting(moving, {"resume": ["undo"], "undo:": ["keep"], "switch:default": ["later"]})
    assert [choice.key for choice in person.asked("undo:").choices] == ["keep", "stops"]
    fake = person.asked("switch:default").preview
    assert isinstance(fake, FakePreview) and fake.elsewhere == (LEFT,)
    done = person.asked("review:done").preview
    assert isinstance(done, DonePreview) and done.elsewhere == 1 and ("Undo", LEFT) in done.left
    assert moving.dump() == before
    monkeypatch.delenv("SHOP_DB")
    moving.elsewhere = None
    moving.migwizard("undo", "--yes")
    assert moving.dump() == migrated.dump()


def test_rows_that_went_back_are_not_switched_again_by_the_word_of_before(migrated: Shop, tiny_finished: Shop) -> None:
    sitting(tiny_finished, {"resume": ["undo"], "undo:": ["undo-fake"], "switch:default": ["quit"]})
    tiny_finished.migwizard("run", "--no-input", expect=4)
    assert tiny_finished.dump() == migrated.dump()


def test_the_last_act_of_each_database(tmp_path: Path) -> None:
    """A line of an older version knows no database: there the alias tells."""
    path = Workplace(tmp_path).journal
    path.parent.mkdir()
    for kind, alias, identity in (
        ("switch", "default", ""),
        ("switch", "other", ""),
        ("unswitch", "default", "db.sqlite3"),
        ("switch", "default", "/prod.sqlite3"),
        ("switch", "main", "db.sqlite3"),
    ):
        journal.note(path, Act(kind, "", alias, identity))
    assert [(act.kind, act.alias, act.identity) for act in journal.switches(path)] == [
        ("switch", "other", ""),
        ("switch", "default", "/prod.sqlite3"),
        ("switch", "main", "db.sqlite3"),
    ]


@pytest.mark.parametrize(
    ("settings", "identity"),
    [
        ({"HOST": "db", "PORT": 5433, "NAME": "shop"}, "postgresql://db:5433/shop"),
        ({"NAME": "shop", "USER": "u", "PASSWORD": "p"}, "postgresql://from-pg:5432/shop"),
        (
            {"NAME": "shop", "OPTIONS": {"host": "a", "options": "-c search_path=x,y"}},
            "postgresql://a:5432/shop?schema=x,y",
        ),
        ({"NAME": "", "OPTIONS": {"service": "s", "passfile": "p"}}, "postgresql://from-pg:5432/?service=s"),
    ],
)
def test_a_server_is_told_without_user_and_password(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], identity: str
) -> None:
    for name in ("PGPORT", "PGDATABASE", "PGSERVICE", "PGOPTIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PGHOST", "from-pg")
    assert identity_of(settings, "postgresql", "", "/srv/shop") == identity


def test_a_file_is_told_by_where_it_really_lies(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    for file in (tmp_path / "shop/db.sqlite3", tmp_path / "out.sqlite3"):
        file.touch()
    (tmp_path / "shop/link").symlink_to("db.sqlite3")
    (tmp_path / "shop/away").symlink_to(tmp_path / "out.sqlite3")
    (tmp_path / "here").symlink_to("shop")
    found = [
        identity_of({}, "sqlite", str(tmp_path / name), str(tmp_path / "here"))
        for name in ("shop/link", "here/db.sqlite3", "shop/../shop/db.sqlite3", "shop/away")
    ]
    assert found == [*["db.sqlite3"] * 3, str(tmp_path / "out.sqlite3")]


def test_each_database_of_an_alias_keeps_its_own_copy_of_the_rows(tmp_path: Path) -> None:
    ride: Any = SimpleNamespace(
        workplace=Workplace(tmp_path),
        project=SimpleNamespace(root=tmp_path, interpreter=SimpleNamespace(via=())),
        checkpoint=SimpleNamespace(run_id="0123456789ab"),
        guest=SimpleNamespace(facts={"databases": [{"alias": "default"}]}),
    )
    names = ("db.sqlite3", "/prod.sqlite3")
    for name in names:
        ride.guest.facts["databases"][0]["identity"] = name
        assert not rowcopies.is_kept(ride, "default")
        rowcopies.keep(ride, "default", [["old", 1, "shop", name, ""]])
    for name in names:
        ride.guest.facts["databases"][0]["identity"] = name
        assert rowcopies.load(ride, "default") == [["old", 1, "shop", name, ""]]
    assert (Workplace(tmp_path).folder / "rows/default.json").is_file()

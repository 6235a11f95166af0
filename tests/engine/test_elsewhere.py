"""The proof as further databases: what a router keeps there, and what functions do there alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.engine.layouts import app, migration, settle
from tests.engine.support import Shop

pytestmark = pytest.mark.ride

NAME = "CharField(max_length=20)"
ROUTER = """
class Router:
    def allow_migrate(self, db, app_label, **hints):
        return {"logs": db == "archive", "shop": True}.get(app_label, db == "default")
"""
MORE = """
DATABASES["archive"] = dict(DATABASES["default"], NAME=BASE_DIR / "archive.sqlite3")
DATABASES["copy"] = dict(DATABASES["archive"], TEST={"MIRROR": "archive"})
DATABASE_ROUTERS = ["config.router.Router"]
"""
FUNCTION = """
def {name}(apps, schema_editor):
    db = schema_editor.connection.alias
    if db in {databases!r}:
        apps.get_model({label!r}, {model!r}).objects.using(db).create(name="made")


"""


def seeded(label: str, model: str, *databases: str) -> str:
    """A migration whose function makes a row in these databases alone."""
    code = FUNCTION.format(name="fill", databases=databases, label=label, model=model)
    text = migration("migrations.RunPython(fill, migrations.RunPython.noop)", (label, "0001_initial"))
    return text.replace("class Migration", f"{code}class Migration")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    files: dict[str, str] = {"config/router.py": ROUTER}
    for label, model, database in (("shop", "Item", "archive"), ("logs", "Entry", "archive")):
        files |= app(label, model, name=NAME)
        files[f"{label}/migrations/0002_fill.py"] = seeded(label, model, database)
    return settle(tmp_path_factory.mktemp("site"), files, ["shop", "logs"], more=MORE)


@pytest.fixture
def site(made: Shop, tmp_path: Path) -> Shop:
    shutil.copytree(made.root, tmp_path / "site")
    return Shop(tmp_path / "site")


def proved(shop: Shop) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shop.root / ".migwizard/proof.json").read_text())
    return found


def test_both_histories_are_run_as_every_database(site: Shop) -> None:
    site.migwizard("run", "--yes", "--until", "proof")
    certificate = proved(site)
    assert certificate["equal"]
    (archive,) = certificate["elsewhere"]
    assert (archive["alias"], archive["tables"], archive["rows"]) == (
        "archive",
        {"old": 2, "new": 2},
        {"old": 2, "new": 2},
    )
    assert "Nothing was proved of copy: it is a replica of archive." in certificate["caveats"]
    assert list((site.root / ".migwizard/scratch").glob("on_*")) == []


def test_what_differs_there_stands_in_the_way(site: Shop, tmp_path: Path) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"keep:shop.0002_fill#0": "drop"}))
    refused = site.migwizard("run", "--yes", "--until", "proof", "--answers", str(answers), expect=1)
    assert "On archive: The new history lacks" in refused.stderr
    certificate = proved(site)
    assert (certificate["equal"], certificate["rows_equal"], certificate["schema_equal"]) == (False, False, True)


def test_what_is_loaded_there_alone_is_part_of_what_was_proved(site: Shop) -> None:
    fill = site.root / "shop/migrations/0002_fill.py"
    fill.write_text(
        fill.read_text().replace("        apps.get_model", "        import shop.only\n        apps.get_model")
    )
    (site.root / "shop/only.py").write_text("")
    site.migwizard("run", "--yes", "--until", "proof")
    assert "proof" not in json.loads(site.migwizard("status", "--json").stdout)["stale"]
    (site.root / "shop/only.py").write_text("1 / 0")
    assert "proof" in json.loads(site.migwizard("status", "--json").stdout)["stale"]

"""An app that stays and names one of our old migrations keeps its foothold."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from migwizard.engine.proving.runs import new_result
from migwizard.errors import MigwizardError
from migwizard.project.apps import ProjectApps
from migwizard.project.guest import GuestError
from tests.engine.support import Shop, changed, make_project
from tests.traps.writing import files_of, write_project

pytestmark = pytest.mark.ride

OLD = "SELECT name FROM django_migrations WHERE app = 'things' ORDER BY name"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """`gadgets` is left out and depends on things.0002_extra; `things` needs gadgets for its third migration."""
    return make_project("pinned", tmp_path_factory.mktemp("pinned"), ("INSERT INTO things_thing VALUES (1, 'a', 'b')",))


def test_a_new_migration_stands_in_for_the_named_one(shop: Shop, tmp_path: Path) -> None:
    copy = shop.copy(tmp_path)
    report = copy.lines("run", "--yes", "--exclude", "gadgets")[-1]
    assert report["proof"]["schema_equal"]
    assert {"question": "pin:things.0002_extra", "answer": "pin", "by": "--yes"} in report["answers"]
    assert ("0002_extra",) in copy.query(OLD)
    assert "No planned migration operations" in copy.manage("migrate", "--plan").stdout
    copy.database.unlink()
    assert copy.manage("migrate", "-v0").returncode == 0
    assert copy.manage("migrate", "--check").returncode == 0


def test_a_forgotten_switch_is_stopped_behind_a_stand_in(shop: Shop, tmp_path: Path) -> None:
    # Django takes the stand-in for applied, so the guard in the file after it has to stop.
    copy = shop.copy(tmp_path)
    copy.migwizard("run", "--yes", "--exclude", "gadgets", "--until", "apply")
    before = copy.dump()
    done = copy.manage("migrate", "-v0")
    assert done.returncode != 0
    assert "migwizard_switch.py switch --database default" in done.stderr
    assert copy.dump() == before
    assert copy.migwizard("undo", "--yes").returncode == 0
    assert changed(shop.tree(), copy.tree()) == set()


def written(folder: Path, text: str) -> Shop:
    """A small project whose old history is migrated."""
    shop = Shop(write_project(folder / "small", files_of(text)))
    done = shop.manage("migrate", "-v0")
    assert done.returncode == 0, done.stderr
    return shop


FUSSY = """
== shop/models.py
class A(models.Model):
    name = models.CharField(max_length=9)
== shop/migrations/0001_initial.py
operations = [migrations.CreateModel("A", [ID, ("name", models.CharField(max_length=5))])]
== shop/migrations/0002_longer.py
dependencies = [("shop", "0001_initial")]
operations = [migrations.AlterField("a", "name", models.CharField(max_length=9))]
== legacy/migrations/0001_look.py
from django.db import migrations


def look(apps, schema_editor):
    assert apps.get_model("shop", "A")._meta.get_field("name").max_length == 5, "no short names any more"


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [migrations.RunPython(look, migrations.RunPython.noop)]
"""


def test_a_neighbour_that_fails_on_the_new_tables_is_refused(tmp_path: Path) -> None:
    shop = written(tmp_path, FUSSY)
    before = shop.tree()
    error = shop.lines("run", "--yes", "--exclude", "legacy", expect=1)[-1]
    assert error["code"] == "new-history"
    assert "legacy.0001_look" in error["sentence"]
    assert "no short names any more" in error["sentence"]
    assert error["sentence"].endswith("The project is unchanged.")
    assert error["cures"] == ["Let legacy take part in the reset too, if it is yours."]
    assert changed(before, shop.tree()) == set()


@pytest.mark.parametrize(
    ("app", "labels", "offered"),
    [
        ("legacy", ("shop",), {"take_in": ["legacy"]}),
        ("shop", ("shop", "blog"), {"app": "shop"}),
        ("shop", ("shop",), {}),
        ("sites", ("shop",), {}),
    ],
)
def test_whose_migration_failed_decides_what_is_offered(
    app: str, labels: tuple[str, ...], offered: dict[str, Any]
) -> None:
    """An app that was left out can be taken in, one that takes part left out, and one of somebody else neither."""
    failed: Future[dict[str, Any]] = Future()
    failed.set_exception(GuestError({"kind": "migrate", "sentence": "No.", "details": {"operation": {"app": app}}}))
    with pytest.raises(MigwizardError) as refused:
        new_result(failed, ProjectApps(labels, {}, (), ("legacy",)))
    assert {
        key: refused.value.details.get(key) for key in ("take_in", "app") if key in refused.value.details
    } == offered


def test_a_place_inside_of_django_is_no_place_to_look() -> None:
    error = {
        "kind": "migrate",
        "sentence": "no such column",
        "where": {"file": "/x/site-packages/django/a.py", "line": 3},
    }
    assert GuestError(error).sentence == "no such column"
    assert (
        GuestError(error | {"where": {"file": "/shop/a.py", "line": 3}}).sentence
        == "/shop/a.py, line 3: no such column"
    )


FOOTHOLDS = """
== shop/models.py
class A(models.Model):
    name = models.CharField(max_length=9)
== shop/migrations/0001_initial.py
operations = [migrations.CreateModel("A", [ID, ("name", models.CharField(max_length=9))])]
== facts/migrations/0001_seed.py
dependencies = [("shop", "0001_initial")]
operations = [migrations.RunSQL("INSERT INTO shop_a (name) VALUES ('x')", "DELETE FROM shop_a")]
== gone/migrations/0001_initial.py
operations = [migrations.CreateModel("G", [ID])]
== gone/migrations/0002_delete.py
dependencies = [("gone", "0001_initial")]
operations = [migrations.DeleteModel("G")]
== legacy/models.py
class L(models.Model):
    pass
== legacy/migrations/0001_initial.py
dependencies = [("facts", "0001_seed"), ("gone", "0001_initial"), ("shop", "__latest__")]
operations = [migrations.CreateModel("L", [ID])]
"""


def test_an_app_that_has_nothing_to_make_still_gives_a_foothold(tmp_path: Path) -> None:
    shop = written(tmp_path, FOOTHOLDS)
    report = shop.lines("run", "--yes", "--exclude", "legacy")[-1]
    assert report["proof"]["schema_equal"]
    assert report["proof"]["rows_equal"]
    assert [path.name for path in (shop.root / "gone/migrations").glob("0*.py")] == ["0001_reset_initial.py"]
    assert shop.manage("migrate", "--check").returncode == 0
    shop.database.unlink()
    assert shop.manage("migrate", "-v0").returncode == 0
    assert shop.query("SELECT name FROM shop_a") == [("x",)]

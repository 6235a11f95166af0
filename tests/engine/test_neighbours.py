"""An app that stays and names one of our old migrations keeps its foothold."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from migwizard.engine.previews import GraphPreview
from migwizard.engine.proving.runs import new_result
from migwizard.errors import MigwizardError
from migwizard.project.apps import ProjectApps
from migwizard.project.guest import GuestError
from tests.engine.persons import Act, Person, sit_in
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


CODE = """
== shop/models.py
class A(models.Model):
    name = models.CharField(max_length=9)


class B(models.Model):
    name = models.CharField(max_length=9)
    l = models.ForeignKey("legacy.L", models.CASCADE, null=True)
== shop/migrations/0001_initial.py
operations = [
    migrations.CreateModel("A", [ID, ("name", models.CharField(max_length=9))]),
    migrations.CreateModel("B", [ID, ("name", models.CharField(max_length=9))]),
]
== shop/migrations/0002_l.py
dependencies = [("shop", "0001_initial"), ("legacy", "0001_initial")]
operations = [migrations.AddField("b", "l", models.ForeignKey("legacy.L", models.CASCADE, null=True))]
== legacy/models.py
class L(models.Model):
    a = models.ForeignKey("shop.A", models.CASCADE)
== legacy/migrations/0001_initial.py
dependencies = [("shop", "0001_initial")]
operations = [migrations.CreateModel("L", [ID, ("a", models.ForeignKey("shop.A", models.CASCADE))])]
== legacy/migrations/0002_use.py
from django.db import migrations


def use(apps, schema_editor):
    apps.get_model("shop", "B").objects.filter(l__isnull=False).update(name="y")


class Migration(migrations.Migration):
    dependencies = [("legacy", "0001_initial"), ("shop", "0002_l")]
    operations = [migrations.RunPython(use, migrations.RunPython.noop)]
"""


def test_code_of_a_neighbour_finds_the_models_that_it_depends_on(tmp_path: Path) -> None:
    shop = written(tmp_path, CODE)
    *said, report = shop.lines("run", "--yes", "--exclude", "legacy")
    assert not [each for each in said if "Seeds refuses" in each.get("text", "")], (
        "nothing is foreseen that does not come"
    )
    assert report["proof"]["schema_equal"]
    shop.database.unlink()
    assert shop.manage("migrate", "-v0").returncode == 0


ROWS = """
== shop/models.py
class A(models.Model):
    name = models.CharField(max_length=9)
== shop/migrations/0001_initial.py
operations = [migrations.CreateModel("A", [ID, ("name", models.CharField(max_length=9))])]
== shop/migrations/0002_seed.py
dependencies = [("shop", "0001_initial")]
operations = [migrations.RunSQL("INSERT INTO shop_a (name) VALUES ('x')", "DELETE FROM shop_a")]
== legacy/models.py
class L(models.Model):
    a = models.ForeignKey("shop.A", models.CASCADE)
== legacy/migrations/0001_initial.py
dependencies = [("shop", "0001_initial")]
operations = [migrations.CreateModel("L", [ID, ("a", models.ForeignKey("shop.A", models.CASCADE))])]
== legacy/migrations/0002_copy.py
from django.db import migrations


def copy(apps, schema_editor):
    for a in apps.get_model("shop", "A").objects.all():
        apps.get_model("legacy", "L").objects.create(a_id=a.pk)


class Migration(migrations.Migration):
    dependencies = [("legacy", "0001_initial"), ("shop", "0002_seed")]
    operations = [migrations.RunPython(copy, migrations.RunPython.noop)]
"""


def test_code_of_a_neighbour_finds_the_rows_that_it_depends_on(tmp_path: Path) -> None:
    shop = written(tmp_path, ROWS)
    old, tree = shop.dump(), shop.tree()
    report = shop.lines("run", "--yes", "--exclude", "legacy")[-1]
    assert report["proof"]["rows_equal"]
    folder = shop.root / "shop/migrations"
    assert '("shop", "0002_seed"),' in (folder / "0002_reset_sql.py").read_text().replace("'", '"')
    assert "0002_seed" not in (folder / "0001_reset_initial.py").read_text().partition("def ")[0]
    assert shop.manage("migrate", "--check").returncode == 0
    shop.migwizard("undo", "--yes")
    assert (shop.dump(), changed(tree, shop.tree())) == (old, set())
    shop.migwizard("run", "--yes", "--exclude", "legacy")
    shop.database.unlink()
    assert shop.manage("migrate", "-v0").returncode == 0
    assert shop.query("SELECT a_id FROM legacy_l") == [(1,)]


def test_rows_that_come_after_the_code_which_reads_them_are_refused_by_name(tmp_path: Path) -> None:
    """The seed of shop reads a table of legacy, so that its new file comes after all of legacy."""
    shop = written(
        tmp_path,
        ROWS.replace("VALUES ('x')", "SELECT count(*) FROM legacy_l").replace(
            'dependencies = [("shop", "0001_initial")]\noperations = [migrations.RunSQL',
            'dependencies = [("shop", "0001_initial"), ("legacy", "0001_initial")]\noperations = [migrations.RunSQL',
        ),
    )
    before = shop.tree()
    error = shop.lines("run", "--yes", "--exclude", "legacy", expect=1)[-1]
    assert error["code"] == "neighbour"
    assert "legacy.0002_copy runs code that may read the rows which shop.0002_seed" in error["sentence"]
    assert changed(before, shop.tree()) == set()


def test_an_app_whose_rows_are_needed_can_be_taken_in_again(tmp_path: Path) -> None:
    shop = written(
        tmp_path,
        ROWS.replace("VALUES ('x')", "SELECT count(*) FROM legacy_l").replace(
            'dependencies = [("shop", "0001_initial")]\noperations = [migrations.RunSQL',
            'dependencies = [("shop", "0001_initial"), ("legacy", "0001_initial")]\noperations = [migrations.RunSQL',
        ),
    )
    script: dict[str, list[Act]] = {
        "dirty-elsewhere": ["go-on"],
        "review:preflight": ["continue"] * 3,
        "review:graph": ["out:legacy", "continue", "quit"],
        "refusal:neighbour": ["in"],
        "review:levels": ["continue"],
        "review:generate": ["continue"],
    }
    sat = sit_in(shop, Person(script))
    assert sat.left, sat.error
    asked = sat.person.asked("refusal:neighbour")
    assert "legacy was left out; take legacy into the reset again." in asked.text
    assert (asked.default, {each.key: each.words for each in asked.choices}["in"]) == ("in", "Take legacy in")
    assert sat.person.ids[-1] == "review:graph"
    graph = sat.person.questions[-1].preview
    assert isinstance(graph, GraphPreview)
    assert {app.label for app in graph.apps if app.takes_part} == {"shop", "legacy"}


CYCLE = """
== shop/models.py
class A(models.Model):
    name = models.CharField(max_length=9)
    l = models.ForeignKey("legacy.L", models.SET_NULL, null=True, related_name="+")
== shop/migrations/0001_initial.py
operations = [
    migrations.CreateModel("A", [ID, ("name", models.CharField(max_length=9))]),
    migrations.RunSQL("INSERT INTO shop_a (name) VALUES ('x')", "DELETE FROM shop_a"),
]
== shop/migrations/0002_l.py
dependencies = [("shop", "0001_initial"), ("legacy", "0001_initial")]
operations = [migrations.AddField("a", "l", models.ForeignKey("legacy.L", models.SET_NULL, null=True, related_name="+"))]
== legacy/models.py
class L(models.Model):
    a = models.ForeignKey("shop.A", models.CASCADE, related_name="+")
== legacy/migrations/0001_initial.py
from django.db import migrations, models


def copy(apps, schema_editor):
    for a in apps.get_model("shop", "A").objects.all():
        apps.get_model("legacy", "L").objects.create(a_id=a.pk)


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.CreateModel("L", [("id", models.AutoField(primary_key=True)), ("a", models.ForeignKey("shop.A", models.CASCADE, related_name="+"))]),
        migrations.RunPython(copy, migrations.RunPython.noop),
    ]
"""


def test_a_wall_at_seeds_is_foreseen_at_levels(tmp_path: Path) -> None:
    shop = written(tmp_path, CYCLE)
    said = shop.migwizard("run", "--yes", "--exclude", "legacy", "--until", "levels").stderr
    assert "note: legacy is left out. Its 0001_initial runs code on models of shop" in said
    assert shop.lines("run", "--yes", "--exclude", "legacy", expect=1)[-1]["code"] == "neighbour"


BETWEEN = """
== shop/models.py
class A(models.Model):
    pass


class B(models.Model):
    e = models.ForeignKey("legacy.E", models.CASCADE)
== shop/migrations/0001_initial.py
operations = [migrations.CreateModel("A", [ID])]
== shop/migrations/0002_b.py
dependencies = [("shop", "0001_initial"), ("legacy", "0001_initial")]
operations = [migrations.CreateModel("B", [ID, ("e", models.ForeignKey("legacy.E", models.CASCADE))])]
== legacy/models.py
class E(models.Model):
    a = models.ForeignKey("shop.A", models.CASCADE)
== legacy/migrations/0001_initial.py
dependencies = [("shop", "0001_initial")]
run_before = [("shop", "0002_b")]
operations = [migrations.CreateModel("E", [ID, ("a", models.ForeignKey("shop.A", models.CASCADE))])]
"""


def test_a_neighbour_finds_room_between_two_new_files(tmp_path: Path) -> None:
    shop = written(tmp_path, BETWEEN)
    assert shop.lines("run", "--yes", "--exclude", "legacy")[-1]["proof"]["schema_equal"]
    assert shop.manage("migrate", "--check").returncode == 0
    shop.database.unlink()
    assert shop.manage("migrate", "-v0").returncode == 0


def test_a_neighbour_that_finds_no_room_is_refused_by_name(tmp_path: Path) -> None:
    text = BETWEEN.replace('    e = models.ForeignKey("legacy.E", models.CASCADE)', "    pass")
    text = text.replace(', ("e", models.ForeignKey("legacy.E", models.CASCADE))', "")
    error = written(tmp_path, text).lines("run", "--yes", "--exclude", "legacy", expect=1)[-1]
    assert error["code"] == "neighbour"
    assert "legacy.0001_initial comes after one migration of shop and must run before another one" in error["sentence"]


ANEW = """
== shop/models.py
from django.db import models
from legacy.models import L


class A(models.Model):
    pass


class B(L):
    pass
== shop/migrations/0001_initial.py
operations = [migrations.CreateModel("A", [ID]), migrations.CreateModel("B", [ID])]
== shop/migrations/0002_anew.py
dependencies = [("shop", "0001_initial"), ("legacy", "0001_initial")]
operations = [
    migrations.DeleteModel("B"),
    migrations.CreateModel(
        "B",
        [("l_ptr", models.OneToOneField("legacy.L", models.CASCADE, parent_link=True, primary_key=True, auto_created=True, serialize=False))],
        bases=("legacy.l",),
    ),
]
== legacy/models.py
class L(models.Model):
    pass
== legacy/migrations/0001_initial.py
dependencies = [("shop", "0001_initial")]
operations = [
    migrations.CreateModel("L", [ID]),
    migrations.RunPython(lambda apps, editor: apps.get_model("shop", "B").objects.count(), migrations.RunPython.noop),
]
"""


def test_code_of_a_neighbour_that_cannot_find_its_models_is_refused_by_name(tmp_path: Path) -> None:
    """B was made anew since, upon the model that the same migration makes."""
    shop = written(tmp_path, ANEW)
    before = shop.tree()
    error = shop.lines("run", "--yes", "--exclude", "legacy", expect=1)[-1]
    assert error["code"] == "neighbour"
    assert "legacy.0001_initial runs code that may use what shop.0001_initial had built" in error["sentence"]
    assert error["cures"] == ["Let legacy take part in the reset too, if it is yours."]
    assert changed(before, shop.tree()) == set()

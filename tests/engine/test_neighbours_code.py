"""An app that stays runs code of its own among our migrations: it has to find its models and its rows there."""

from __future__ import annotations

from pathlib import Path

import pytest

from migwizard.engine.previews import GraphPreview
from tests.engine.persons import Act, Person, sit_in
from tests.engine.support import changed
from tests.engine.test_neighbours import written

pytestmark = pytest.mark.ride


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

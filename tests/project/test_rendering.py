"""Models that are rendered only when an operation asks for them: the same database as migrate builds, or none of it counts."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from migwizard.engine.steps.proof import STOCK
from migwizard.project.guest import Guest, GuestError
from migwizard.proof.certificate import Certificate
from migwizard.proof.rows import count_rows
from tests.project.support import Shell, project_at, write

PROJECTS = Path(__file__).parents[1] / "projects"
ON_SQLITE = sorted(
    path.name
    for path in PROJECTS.iterdir()
    if path.name not in ("mysql", "postgresql", "postgresql_objects", "tenants")
)

MODELS = """
    from django.db import models


    class Item(models.Model):
        name = models.CharField(max_length=20)
    """

CHAIN = """
    from django.conf import settings
    from django.db import migrations, models


    def count(apps, schema_editor):
        Thing, Note = apps.get_model("stock", "Thing"), apps.get_model("stock", "Note")
        thing = Thing.objects.create(code="a", name="first")
        Note.objects.create(thing=thing, text="seen")
        assert thing.note.text == "seen"
        assert thing.pages.count() == 0


    def foreign(to, **more):
        return models.ForeignKey(to, models.CASCADE, **more)


    key = ("id", models.AutoField(primary_key=True))


    class Migration(migrations.Migration):
        dependencies = [("stock", "0002_name"), ("kept", "0001_initial")]
        operations = [
            migrations.CreateModel("Part", [key, ("code", models.CharField(max_length=5, unique=True))]),
            migrations.CreateModel("Page", [key, ("number", models.IntegerField())]),
            migrations.CreateModel(
                "Thing",
                [
                    key,
                    ("code", models.CharField(max_length=5)),
                    ("part", foreign("stock.part", to_field="code", null=True)),
                    ("parent", foreign("self", null=True)),
                    ("keeper", foreign("kept.keeper", null=True)),
                ],
            ),
            migrations.CreateModel(
                "Note", [("thing", models.OneToOneField("stock.thing", models.CASCADE, primary_key=True))]
            ),
            migrations.CreateModel("Mark", [key, ("note", foreign("stock.note")), ("item", foreign("stock.item"))]),
            migrations.CreateModel("Big", [("weight", models.IntegerField())], bases=("stock.thing",)),
            migrations.CreateModel("Small", [], options={"proxy": True}, bases=("stock.thing",)),
            migrations.CreateModel("Sheet", [key, ("page", foreign("stock.page")), ("thing", foreign("stock.thing"))]),
            migrations.AddField("thing", "pages", models.ManyToManyField("stock.page", through="stock.Sheet")),
            migrations.AddField("thing", "items", models.ManyToManyField("stock.item", related_name="+")),
            migrations.AddField("thing", "name", models.CharField(max_length=10, default="")),
            migrations.AddField("note", "text", models.TextField(default="")),
            migrations.RunPython(count, migrations.RunPython.noop),
            migrations.AlterField("page", "id", models.BigAutoField(primary_key=True)),
            migrations.AlterField("item", "id", models.BigAutoField(primary_key=True)),
            migrations.AlterField("part", "code", models.CharField(max_length=9, unique=True)),
            migrations.RenameField("part", "code", "label"),
            migrations.AlterUniqueTogether("thing", {("code", "name")}),
            migrations.AddIndex("thing", models.Index(fields=["name"], name="thing_name")),
            migrations.AddConstraint("mark", models.UniqueConstraint(fields=["note", "item"], name="one_mark")),
            migrations.AlterOrderWithRespectTo("mark", "item"),
            migrations.RenameModel("Page", "Leaf"),
            migrations.AlterModelTable("sheet", "stock_sheets"),
            migrations.AlterField("leaf", "number", models.SmallIntegerField(db_index=True)),
            migrations.SeparateDatabaseAndState([migrations.RemoveField("thing", "parent")]),
            migrations.RemoveField("thing", "items"),
            migrations.DeleteModel("Big"),
        ]
    """
KEPT = {
    "kept/__init__.py": "",
    "kept/models.py": """
        from django.db import models


        class Keeper(models.Model):
            name = models.CharField(max_length=20)
        """,
    "kept/migrations/__init__.py": "",
    "kept/migrations/0001_initial.py": """
        from django.db import migrations, models


        class Migration(migrations.Migration):
            operations = [
                migrations.CreateModel(
                    "Keeper", [("id", models.AutoField(primary_key=True)), ("name", models.CharField(max_length=20))]
                )
            ]
        """,
}


def built(root: Path, folder: Path, *, lazy: bool) -> dict[str, Any]:
    """What the old history of a project builds from zero."""
    with Guest(project_at(root)) as guest:
        path = folder / f"{lazy}.sqlite3"
        result: dict[str, Any] = guest.call(
            "migrate", alias="default", path=str(path), labels=[], lazy=lazy, observe=False
        )
    return result


def texts(catalogue: dict[str, Any]) -> str:
    """A catalogue with the order of its columns."""
    return repr(catalogue)


@pytest.mark.parametrize("name", ON_SQLITE)
def test_a_project_is_built_as_migrate_builds_it(name: str, tmp_path: Path) -> None:
    root = Path(shutil.copytree(PROJECTS / name, tmp_path / name))
    stock, lazy = built(root, tmp_path, lazy=False), built(root, tmp_path, lazy=True)
    assert (stock["lazy"], lazy["lazy"]) == (False, True)
    assert texts(lazy["catalogue"]) == texts(stock["catalogue"])
    assert count_rows(lazy["rows"]) == count_rows(stock["rows"])
    assert lazy["rendered"] == stock["rendered"]


def test_whatever_hangs_on_a_key_follows_it(tiny: Path, tmp_path: Path) -> None:
    settings = (tiny / "config/settings.py").read_text().replace('"sales"]', '"sales", "kept"]')
    write(tiny, {"stock/migrations/0004_chain.py": CHAIN.replace('"0002_name"', '"0003_seed"'), **KEPT})
    (tiny / "config/settings.py").write_text(settings)
    stock, lazy = built(tiny, tmp_path, lazy=False), built(tiny, tmp_path, lazy=True)
    assert texts(lazy["catalogue"]) == texts(stock["catalogue"])
    assert lazy["rows"] == stock["rows"]
    assert lazy["rendered"] == pytest.approx(stock["rendered"], rel=0.1)


PROXIED = """
    from django.db import migrations, models


    class Migration(migrations.Migration):
        dependencies = [("stock", "0003_seed")]
        operations = [
            migrations.CreateModel("Small", [], options={"proxy": True}, bases=("stock.item",)),
            migrations.AlterField("item", "id", models.BigAutoField(primary_key=True)),
        ]
    """
WALKING = """
    from django.db import migrations


    def name_them(apps, schema_editor):
        names = [model.__name__ for model in {models}]
        apps.get_model("stock", "Item").objects.create(name=names[0][:20])


    class Migration(migrations.Migration):
        dependencies = [("stock", "0003_seed"), ("sales", "0001_initial")]
        operations = [
            migrations.SeparateDatabaseAndState(
                [],
                [
                    migrations.CreateModel("Note", [("item", models.ForeignKey("stock.item", models.CASCADE))]),
                    migrations.CreateModel("Mark", [("item", models.ForeignKey("stock.item", models.CASCADE))]),
                ],
            ),
            migrations.RunPython(name_them, migrations.RunPython.noop),
        ]
    """.replace("import migrations\n", "import migrations, models\n")
WALKS = {
    "all models": "apps.get_models()",
    "models of an app": 'apps.get_app_config("stock").get_models()',
    "models by name": 'apps.all_models["stock"].values()',
    "apps": "[model for config in apps.app_configs.values() for model in config.models.values()]",
    "relations": '[one.related_model for one in apps.get_model("stock", "Item")._meta.related_objects]',
    "fields": '[one.model for one in apps.get_model("stock", "Item")._meta.get_fields()]',
}
RENAMED = """
    from django.db import migrations, models


    class Migration(migrations.Migration):
        dependencies = [("stock", "0003_seed")]
        operations = [
            migrations.CreateModel("Small", [], options={"proxy": True}, bases=("stock.item",)),
            migrations.CreateModel("Smaller", [], options={"proxy": True}, bases=("stock.small",)),
            migrations.AlterModelTable("item", "items"),
        ]
    """
DOUBTS = {
    "a key below a proxy": PROXIED,
    "a table below a proxy of a proxy": RENAMED,
    **{f"the order of {what}": WALKING.replace("{models}", models) for what, models in WALKS.items()},
}


@pytest.mark.parametrize("text", DOUBTS.values(), ids=DOUBTS)
def test_what_django_may_see_otherwise_is_left_to_it(text: str, tiny: Path, tmp_path: Path) -> None:
    write(tiny, {"stock/migrations/0004_doubt.py": text})
    with pytest.raises(GuestError, match="DoubtError"):
        built(tiny, tmp_path, lazy=True)


SAFE = """
    from django.db import migrations, models


    class SafeAlterField(migrations.AlterField):
        pass


    class Migration(migrations.Migration):
        dependencies = [("stock", "0003_seed")]
        operations = [
            migrations.CreateModel("Part", [("code", models.CharField(max_length=5, primary_key=True))]),
            migrations.CreateModel("Use", [("part", models.ForeignKey("stock.part", models.CASCADE))]),
            SafeAlterField("part", "code", models.CharField(max_length=9, primary_key=True)),
        ]
    """


def test_a_subclass_of_an_operation_is_one(tiny: Path, tmp_path: Path) -> None:
    write(tiny, {"stock/migrations/0004_safe.py": SAFE})
    stock, lazy = built(tiny, tmp_path, lazy=False), built(tiny, tmp_path, lazy=True)
    assert texts(lazy["catalogue"]) == texts(stock["catalogue"])


SEEING = """
    from django.db import migrations


    def see(apps, schema_editor):
        seen = type(apps.all_models).__name__
        apps.get_model("stock", "Item").objects.create(name={what})


    class Migration(migrations.Migration):
        dependencies = [("stock", "0002_name")]
        operations = [migrations.RunPython(see, migrations.RunPython.noop)]
    """


@pytest.mark.parametrize("what", ["seen", "seen if '0003' in __name__ else 'defaultdict'"], ids=["always", "at first"])
def test_seeds_that_were_judged_by_what_is_not_there_are_judged_again(what: str, shell: Shell) -> None:
    write(shell.root, {"stock/migrations/0003_seed.py": SEEING.replace("{what}", what)})
    ended = shell("run", "--yes", "--until", "proof")
    assert ended.exit == 0, ended.err
    assert "are run as migrate runs them" in " ".join(ended.err.split())
    certificate = Certificate.from_json((shell.root / ".migwizard/proof.json").read_text())
    assert (certificate.rows_equal, certificate.rendering) == (True, STOCK)
    staged = "".join(path.read_text() for path in (shell.root / ".migwizard/staging/stock").glob("*.py"))
    assert "def see(" in staged and "_ROWS" not in staged


FORGOTTEN = {
    "shop/__init__.py": "",
    "shop/migrations/__init__.py": "",
    "shop/models.py": """
        from django.db import models


        class Person(models.Model):
            code = models.CharField(max_length=9, primary_key=True)


        class Customer(Person):
            class Meta:
                proxy = True


        class Profile(models.Model):
            customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True)
            note = models.CharField(max_length=9, default="")


        class Order(models.Model):
            profile = models.ForeignKey(Profile, models.CASCADE)
            note = models.CharField(max_length=9, default="")
        """,
    "shop/migrations/0001_initial.py": """
        from django.db import migrations, models


        class Migration(migrations.Migration):
            initial = True
            operations = [
                migrations.CreateModel("Person", [("code", models.CharField(max_length=5, primary_key=True, serialize=False))]),
                migrations.CreateModel("Customer", [], options={"proxy": True}, bases=("shop.person",)),
                migrations.CreateModel(
                    "Profile",
                    [("customer", models.OneToOneField("shop.customer", models.CASCADE, primary_key=True, serialize=False))],
                ),
                migrations.CreateModel(
                    "Order",
                    [
                        ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("profile", models.ForeignKey("shop.profile", models.CASCADE)),
                    ],
                ),
            ]
        """,
    "shop/migrations/0002_big.py": """
        from django.db import migrations, models


        class Migration(migrations.Migration):
            dependencies = [("shop", "0001_initial")]
            operations = [
                migrations.AlterField("person", "code", models.CharField(max_length=9, primary_key=True, serialize=False)),
                migrations.AddField("order", "note", models.CharField(max_length=9, default="")),
                migrations.AddField("profile", "note", models.CharField(max_length=9, default="")),
            ]
        """,
}


def test_a_column_that_django_forgot_is_no_equal_one(shell: Shell) -> None:
    """Rendered late both histories would have the column as the states say, and the databases out there have not."""
    (shell.root / "config/settings.py").write_text(
        (shell.root / "config/settings.py").read_text() + '\nINSTALLED_APPS = ["shop"]\n'
    )
    write(shell.root, FORGOTTEN)
    (shell.root / "db.sqlite3").unlink()
    assert shell("run", "--yes", "--until", "proof").exit == 1
    certificate = Certificate.from_json((shell.root / ".migwizard/proof.json").read_text())
    assert certificate.rendering.startswith(STOCK)
    assert [(item.difference.kind, item.difference.table) for item in certificate.differences] == [
        ("column", "shop_order")
    ]

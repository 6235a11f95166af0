"""Whole resets of projects that lie about in unusual ways; several ways to lie about in each."""

from __future__ import annotations

from pathlib import Path

import pytest

from migwizard.engine.swapping import committed
from tests.engine.layouts import app, create, migration, models, packages, settle
from tests.engine.support import Shop, changed
from tests.project.support import write

pytestmark = pytest.mark.ride

NAME = "CharField(max_length=20)"
ENTRY = 'ForeignKey("ledger.Entry", models.CASCADE)'


def reset(shop: Shop, *arguments: str) -> dict[str, set[str]]:
    """Reset, look at the result with Django's own commands, undo; what came and went, by path."""
    tree, dump = shop.tree(), shop.dump()
    report = shop.lines("run", "--yes", *arguments)[-1]
    assert report["state"] == "done", report
    assert report["proof"]["schema_equal"], report
    assert report["proof"]["rows_equal"], report
    after = shop.tree()
    touched = changed(tree, after)
    assert shop.manage("makemigrations", "--check", "--dry-run").returncode == 0
    assert "No planned migration operations" in shop.manage("migrate", "--plan").stdout
    _fresh(shop)
    _fresh(shop)
    shop.migwizard("undo", "--yes")
    assert shop.tree() == tree
    assert shop.dump() == dump
    return {
        "leftovers": set(report["leftovers"]),
        "gone": {path for path in touched if path not in after},
        "come": {path for path in touched if path in after and path not in tree} - set(committed.NAMES),
        "changed": {path for path in touched if path in after and path in tree},
    }


def _fresh(shop: Shop) -> None:
    """A database from zero can be built."""
    kept = shop.database.rename(shop.root / "kept.sqlite3")
    done = shop.manage("migrate", "-v0", "--run-syncdb")
    assert done.returncode == 0, done.stderr
    shop.database.unlink()
    kept.rename(shop.database)


def test_code_that_names_an_old_migration_is_named(tmp_path: Path) -> None:
    files = app("stock", "Item", name=NAME) | {
        "stock/again.py": "from importlib import import_module\n\n\ndef again():\n"
        "    return import_module('stock.migrations.0001_initial'), 'other.stock.migrations.0001_initial'\n",
        "venv/pyvenv.cfg": "",
        "venv/lib/copy.py": "NAME = 'stock.migrations.0001_initial'\n",
        "stock/unmoved.py": "NAME = 'stock.migrations.0001_initials'\n",
    }
    shop = settle(tmp_path / "site", files, ["stock"])
    lines = shop.lines("run", "--yes")
    assert lines[-1]["callers"] == ["stock/again.py:5"]
    told = [line for line in lines if "stock/again.py:5" in line.get("text", "")]
    assert told[0]["event"] == "warning"


def test_apps_lie_anywhere(tmp_path: Path) -> None:
    """manage.py in a subfolder, src, nested packages, other labels, MIGRATION_MODULES, vendored and linked folders."""
    outside, root = tmp_path / "elsewhere", tmp_path / "repo" / "backend"
    user, person = (f'ForeignKey("{target}", models.CASCADE)' for target in ("auth.User", "staff.Person"))
    files = {
        **packages("src/company", "src/company/hr", "src/history"),
        **app("src/company/hr/people", "Person", label="staff", name=NAME),
        **app("src/company/sites", "Site", label="sites", needs=(("staff", "0001_initial"),), name=NAME, owner=person),
        **app("src/company/auth", "User", label="auth", name=NAME),
        **app("src/ledger", "Entry", text=NAME),
        **app("third_party/widgets", "Widget", text=NAME),
        **app("real/linked", "Knot", needs=(("ledger", "0002_more"),), text=NAME, entry=ENTRY),
        **app("src/boats", "Boat", text=NAME),
        "src/bare/__init__.py": "",
        "src/bare/models.py": models(Bare={"text": NAME}),
    }
    # Their migrations lie elsewhere: in a package of the project, and behind a link.
    for name in ("__init__.py", "0001_initial.py"):
        files[f"src/history/ledger/{name}"] = files.pop(f"src/ledger/migrations/{name}")
        files[f"real/of_boats/{name}"] = files.pop(f"src/boats/migrations/{name}")
    files["src/history/ledger/0002_more.py"] = migration(
        'migrations.AlterField("entry", "text", models.CharField(max_length=20))', ("ledger", "0001_initial")
    )
    # An app of somebody else that waits for the first migration of ours.
    write(outside, app("plugged", "Plug", needs=(("auth", "__first__"),), user=user))
    for folder in ("src/boats", "real"):
        (root / folder).mkdir(parents=True)
    (root / "src" / "linked").symlink_to("../real/linked")
    (root / "src" / "boats" / "migrations").symlink_to("../../real/of_boats")
    own = ["company.hr.people.apps.Config", "company.sites.apps.Config", "company.auth.apps.Config"]
    shop = settle(
        root,
        files,
        [*own, "ledger", "widgets", "linked", "boats", "bare", "plugged"],
        path=f"[{str(root / 'src')!r}, {str(root / 'third_party')!r}, {str(outside)!r}]",
        more='MIGRATION_MODULES = {"ledger": "history.ledger"}\n',
    )
    elsewhere = {path: path.read_bytes() for path in outside.rglob("*.py")}
    found = reset(shop, "-C", str(root.parent))
    assert elsewhere == {path: path.read_bytes() for path in outside.rglob("*.py")}
    assert found["come"] == {
        "src/company/auth/migrations/0001_reset_initial.py",
        "src/company/hr/people/migrations/0001_reset_initial.py",
        "src/company/sites/migrations/0001_reset_initial.py",
        "src/history/ledger/0001_reset_initial.py",
        "third_party/widgets/migrations/0001_reset_initial.py",
        "real/linked/migrations/0001_reset_initial.py",
        "real/of_boats/0001_reset_initial.py",
    }


LIVE = "def upper(value):\n    return value.upper()\n"


LINEAR = {
    "linear/__init__.py": "",
    "linear/apps.py": """
        from pathlib import Path

        from django.apps import AppConfig, apps
        from django.core.checks import Error, register


        def each_names_the_last(app_configs, **kwargs):
            for config in apps.get_app_configs():
                folder = Path(config.path) / "migrations"
                file, names = folder / "max_migration.txt", [path.stem for path in folder.glob("0*.py")]
                if file.exists() and file.read_text().strip() not in names:
                    yield Error(f"{file} names no migration", id="linear.E003", obj=config)
                if file.exists() and any(file.read_text().strip() < name for name in names if "squash" not in name):
                    yield Error(f"{file} does not name the last migration", id="linear.E004", obj=config)


        class Config(AppConfig):
            name = "linear"

            def ready(self):
                register(each_names_the_last)
        """,
    "linear/management/commands/makemigrations.py": """
        from pathlib import Path

        from django.core.management.commands import makemigrations
        from django.db.migrations.loader import MigrationLoader
        from importlib import import_module


        class Command(makemigrations.Command):
            def write_migration_files(self, changes, *args):
                super().write_migration_files(changes, *args)
                for label, migrations in changes.items():
                    folder = Path(import_module(MigrationLoader.migrations_module(label)[0]).__file__).parent
                    (folder / "max_migration.txt").write_text(migrations[-1].name + "\\n")
        """,
}
"""What django-linear-migrations does: a file with the name of each app's last migration, written and checked."""


def test_what_else_lies_in_migrations_folders(tmp_path: Path) -> None:
    """Helpers, sub-packages, data files, seed-only and emptied apps, squashes with and without their originals."""
    files = {
        **app("stock", "Item", name=NAME, code=NAME),
        **app("attic", "Old", name=NAME),
        **app("seeds"),
        **app("joined", "Part", name=NAME),
        **app("squashed", "Thing", name=NAME, size="IntegerField(default=0)"),
    }
    shop_models = files["stock/models.py"]
    files |= {
        # Live code: a module that models.py imports, a sub-package that a view imports, data that a seed reads.
        "stock/models.py": "from stock.migrations._rules import upper\n" + shop_models,
        "stock/migrations/_rules.py": LIVE,
        "stock/migrations/tasks/__init__.py": "from .late import later\n",
        "stock/migrations/tasks/late.py": "def later():\n    return 1\n",
        "stock/views.py": "from stock.migrations.tasks import later\n",
        "stock/migrations/first.csv": "hammer,h\nsaw,s\n",
        "stock/migrations/_dead.py": "def build(apps):\n    return [('nail', 'n')]\n",
        "stock/migrations/0002_rows.py": migration(
            "migrations.RunPython(load, migrations.RunPython.noop)",
            ("stock", "0001_initial"),
            head="""
            import csv
            from pathlib import Path
            from stock.migrations._dead import build
            from stock.migrations._rules import upper


            def load(apps, schema_editor):
                Item = apps.get_model("stock", "Item")
                with open(Path(__file__).parent / "first.csv") as stream:
                    for name, code in csv.reader(stream):
                        Item.objects.create(name=name, code=upper(code))
            """,
        ),
        "stock/migrations/0003_built.py": "from django.db import connection, migrations, models\n"
        """

class Migration(migrations.Migration):
    dependencies = [("stock", "0002_rows")]

    def __init__(self, name, app_label):
        super().__init__(name, app_label)
        self.operations = []
        if connection.vendor == "sqlite":
            self.operations = [migrations.AlterField("item", "code", models.CharField(max_length=20))]
""",
        "attic/migrations/0002_gone.py": migration(
            'migrations.DeleteModel("Old")', ("attic", "0001_initial"), head="from attic.migrations._only_here import X"
        ),
        "attic/migrations/_only_here.py": "X = 1\n",
        "attic/models.py": "",
        "seeds/migrations/0001_rows.py": migration(
            "migrations.RunPython(load, migrations.RunPython.noop)",
            ("stock", "0001_initial"),
            head="""

            def load(apps, schema_editor):
                apps.get_model("stock", "Item").objects.create(name="seeded", code="s")
            """,
        ),
        # One squash beside what it replaces, one whose originals are gone, one that replaces another app's.
        "squashed/migrations/0001_initial.py": migration(create("Thing", name=NAME), more="initial = True"),
        "squashed/migrations/0002_size.py": migration(
            'migrations.AddField("thing", "size", models.IntegerField(default=0))', ("squashed", "0001_initial")
        ),
        "squashed/migrations/0001_squashed_0002_size.py": migration(
            create("Thing", name=NAME, size="IntegerField(default=0)"),
            more='initial = True\n    replaces = [("squashed", "0001_initial"), ("squashed", "0002_size")]',
        ),
        "joined/migrations/0001_squashed_0009_all.py": migration(
            create("Part", name=NAME),
            more='initial = True\n    replaces = [("joined", "0001_first"), ("was_joined", "0002_second")]',
        ),
    }
    del files["joined/migrations/0001_initial.py"]
    files |= LINEAR | {
        "stock/migrations/max_migration.txt": "0003_built\n",
        "attic/migrations/max_migration.txt": "0002_gone\n",
        "squashed/migrations/max_migration.txt": "0002_size\n",
    }
    shop = settle(tmp_path / "site", files, ["linear.apps.Config", "stock", "attic", "seeds", "joined", "squashed"])
    found = reset(shop)
    assert found["come"] == {
        "stock/migrations/0001_reset_initial.py",
        "stock/migrations/0002_reset_seed.py",
        "seeds/migrations/0001_reset_seed.py",
        "joined/migrations/0001_reset_initial.py",
        "squashed/migrations/0001_reset_initial.py",
    }
    gone = {path for path in files if "/migrations/0" in path}
    assert found["gone"] == gone | {"attic/migrations/max_migration.txt"}
    assert found["leftovers"] == {"attic/migrations/_only_here.py", "stock/migrations/_dead.py"}
    assert found["changed"] == {"stock/migrations/max_migration.txt", "squashed/migrations/max_migration.txt"}

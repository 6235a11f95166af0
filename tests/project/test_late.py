"""Where late rendering is given up, or looked at once more, and what the certificate says of it."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from migwizard.engine.proving.late import MARK
from migwizard.engine.steps.proof import CHECKED, LAZY, STOCK
from migwizard.proof.certificate import Certificate
from tests.project.support import SEED, Shell, write
from tests.project.test_rendering import DOUBTS

LOOKING = """
    from django.db import models


    class LookingField(models.Field):
        def db_type(self, connection):
            try:
                self.model._meta.apps.get_model("stock", "Item")
            except LookupError:
                {alone}
            return "varchar(30)"
    """
NOTE = """
    import sales.fields
    from django.db import migrations, models


    class Migration(migrations.Migration):
        dependencies = [("sales", "0001_initial")]
        operations = [
            migrations.CreateModel(
                "Note", [("id", models.AutoField(primary_key=True)), ("looking", sales.fields.LookingField())]
            )
        ]
    """
SALES_MODELS = """
    from django.db import models

    from sales.fields import LookingField


    class Order(models.Model):
        item = models.ForeignKey("stock.Item", models.CASCADE)


    class Note(models.Model):
        looking = LookingField()
    """


@pytest.mark.parametrize("alone", ["raise", "return 'varchar(20)'"], ids=["fails", "differs"])
def test_what_fails_or_differs_is_run_again_as_migrate_runs_it(alone: str, shell: Shell) -> None:
    files = {"sales/fields.py": LOOKING.replace("{alone}", alone), "sales/models.py": SALES_MODELS}
    write(shell.root, {**files, "sales/migrations/0002_note.py": NOTE})
    (shell.root / "db.sqlite3").unlink()
    ended = shell("run", "--yes", "--until", "proof")
    assert ended.exit == 0, ended.err
    certificate = Certificate.from_json((shell.root / ".migwizard/proof.json").read_text())
    assert certificate.schema_equal
    # What differs late and is equal as migrate runs it needs no word.
    assert certificate.rendering.startswith(STOCK)
    assert ("With late rendering it stopped: " in certificate.rendering) == (alone == "raise")


OTHER_DEFAULT = """
    from django.db import migrations, models


    def first_item(apps, schema_editor):
        apps.get_model("stock", "Item").objects.create()


    class Migration(migrations.Migration):
        dependencies = [("stock", "0002_name")]
        operations = [
            migrations.AlterField("item", "name", models.CharField(default="nail", max_length=50)),
            migrations.RunPython(first_item, migrations.RunPython.noop),
            migrations.AlterField("item", "name", models.CharField(default="bolt", max_length=50)),
        ]
    """


@pytest.mark.parametrize("is_misled", [False, True])
def test_where_a_seed_leaves_other_rows_the_old_history_is_run_once_as_migrate_runs_it(
    is_misled: bool, shell: Shell
) -> None:
    models = (shell.root / "stock/models.py").read_text()
    write(
        shell.root,
        {SEED: OTHER_DEFAULT, "stock/models.py": models.replace("max_length=", 'default="bolt", max_length=')},
    )
    if is_misled:
        files = {"sales/fields.py": LOOKING.replace("{alone}", "return 'varchar(20)'"), "sales/models.py": SALES_MODELS}
        write(shell.root, {**files, "sales/migrations/0002_note.py": NOTE})
    (shell.root / "db.sqlite3").unlink()
    ended = shell("run", "--yes", "--json", "--until", "proof")
    assert ended.exit == 0, ended.err
    events = [json.loads(line) for line in ended.out.splitlines()]
    runs = Counter(
        event["data"]["run"] for event in events if event.get("event") == "run" and event["state"] == "seeds"
    )
    assert (runs["checked"], runs["old"], runs["second"]) == ((1, 2, 2) if is_misled else (1, 1, 1))
    certificate = Certificate.from_json((shell.root / ".migwizard/proof.json").read_text())
    assert certificate.rendering == (STOCK if is_misled else f"{LAZY} {CHECKED}")
    assert (shell.root / ".migwizard/work" / MARK).is_file() is is_misled
    assert "nail" in "".join(path.read_text() for path in shell.root.glob(".migwizard/staging/stock/*.py"))


def test_the_certificate_says_why_models_were_not_rendered_late(shell: Shell) -> None:
    write(
        shell.root, {"stock/migrations/0003_seed.py": DOUBTS["a key below a proxy"].replace("0003_seed", "0002_name")}
    )
    assert shell("run", "--yes", "--until", "proof", "--drift", "fold").exit == 0
    why = "Late rendering might build something else here: The key of stock.item changes, and that of stock.small hangs on it."
    certificate = Certificate.from_json((shell.root / ".migwizard/proof.json").read_text())
    assert certificate.rendering == f"{STOCK} {why}"


def test_the_certificate_says_how_models_were_rendered(shell: Shell) -> None:
    assert shell("run", "--yes", "--until", "proof").exit == 0
    assert LAZY in " ".join((shell.root / ".migwizard/proof.txt").read_text().split())
    assert shell("run", "--yes", "--until", "proof", "--stock-proof").exit == 0
    assert STOCK in " ".join((shell.root / ".migwizard/proof.txt").read_text().split())
    assert STOCK in " ".join(shell("verify", "--stock-proof").out.split())

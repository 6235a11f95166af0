"""What `--yes` keeps because nobody decided: the page for the pull request says so, and what was seen of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.support import Shop
from tests.traps.writing import files_of, write_project

pytestmark = pytest.mark.ride

NOTHING_HERE = """
== shop/models.py
class A(models.Model):
    name = models.CharField(max_length=9)
== shop/migrations/0001_initial.py
operations = [migrations.CreateModel("A", [ID, ("name", models.CharField(max_length=9))])]
== shop/migrations/0002_elsewhere.py
from django.db import migrations


def elsewhere(apps, schema_editor):
    if schema_editor.connection.vendor == "oracle":
        apps.get_model("shop", "A").objects.create(name="x")


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [migrations.RunPython(elsewhere, migrations.RunPython.noop)]
"""


@pytest.mark.parametrize("decided", [False, True])
def test_the_summary_has_the_evidence_of_what_nobody_decided(tmp_path: Path, *, decided: bool) -> None:
    shop = Shop(write_project(tmp_path / "small", files_of(NOTHING_HERE)))
    assert shop.manage("migrate", "-v0").returncode == 0
    answers = tmp_path / "answers.json"
    answers.write_text('{"keep:shop.0002_elsewhere#0": "keep"}')
    said = shop.migwizard("run", "--yes", *(["--answers", str(answers)] if decided else ())).stderr
    page = (shop.root / ".migwizard/summary.md").read_text()
    evidence = "- `shop.0002 elsewhere`: Ran no statement here; it may depend on the database, settings or environment."
    assert (evidence in page.splitlines()) is not decided
    assert ("The summary has the evidence." in said) is not decided
    how = "as decided" if decided else "since nobody decided"
    assert f"| `shop.0002 elsewhere` | kept, {how} | moved |" in page.splitlines()

"""Work inside of makemigrations finds its autodetector as the command made it."""

from __future__ import annotations

import shutil
from pathlib import Path

from migwizard.project.guest import Guest
from tests.project.support import project_at

LABELS = ["sales", "stock"]


def test_a_migration_of_an_app_that_has_some_is_no_initial_one(tiny: Path, tmp_path: Path) -> None:
    with (tiny / "stock/models.py").open("a") as stream:
        stream.write("    weight = models.IntegerField(null=True)\n")
    folders = {label: tmp_path / label for label in LABELS}
    for label, folder in folders.items():
        shutil.copytree(tiny / label / "migrations", folder)
    with Guest(project_at(tiny)) as guest:
        written = guest.call(
            "write_drift", labels=LABELS, folders=folders, timestamp="2020-01-01T00:00:00+00:00", tag="reset"
        )
    ((name, dependencies),) = [(each["name"], each["dependencies"]) for each in written]
    assert (name, dependencies) == ("0004_reset_drift", [["stock", "0003_seed"]])
    text = (folders["stock"] / f"{name}.py").read_text()
    assert "AddField" in text
    assert "initial" not in text.replace("0001_initial", "")

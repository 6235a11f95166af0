"""A trial that held decides where it was the same run, and in no other case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from migwizard.engine.proving import deciding, sources
from migwizard.engine.proving.late import MARK
from migwizard.engine.steps import seeds
from migwizard.engine.steps.proof import LAZY
from migwizard.proof.certificate import Certificate
from tests.project.support import SEED, STOCK_SEED, Shell, write


def runs(shell: Shell, *arguments: str) -> list[tuple[str, bool]]:
    """The runs of new files in a sitting, each with whether its result was there already."""
    ended = shell("run", "--yes", "--json", *arguments)
    assert ended.exit == 0, ended.err
    events = [json.loads(line) for line in ended.out.splitlines()]
    told = [event["data"] for event in events if event.get("event") == "run"]
    return [(run["run"], run["kept"]) for run in told if run["run"] in ("bare", "trial", "new")]


OPERATIONS = {
    "rows": "migrations.RunPython(first_item, migrations.RunPython.noop)",
    "nothing": "",
    "an index": "migrations.RunSQL('CREATE INDEX by_name ON stock_item (name)', 'DROP INDEX by_name')",
    "what is gone": "migrations.RunSQL('CREATE TABLE gone (id int)'), migrations.RunSQL('DROP TABLE gone')",
}
SEEN = [("bare", False), ("trial", False), ("new", True)]


def seed(shell: Shell, operations: str) -> None:
    text = STOCK_SEED.replace(OPERATIONS["rows"], operations)
    write(shell.root, {SEED: text})


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("rows", [("trial", False), ("new", True)]),
        ("nothing", [("trial", False), ("new", True)]),
        ("an index", SEEN),
        # The same files again: nobody runs them twice to try them.
        ("what is gone", [("bare", False), ("trial", True), ("new", False)]),
    ],
)
def test_a_trial_that_holds_decides(what: str, told: list[tuple[str, bool]], shell: Shell) -> None:
    seed(shell, OPERATIONS[what])
    assert runs(shell, "--until", "proof") == told
    certificate = Certificate.from_json((shell.root / ".migwizard/proof.json").read_text())
    assert certificate.settled
    assert certificate.rendering == LAZY


LOST = """
    from django.db import migrations, models


    def first_item(apps, schema_editor):
        apps.get_model("stock", "Item").objects.create(name="hammer")
        schema_editor.execute("CREATE INDEX by_name ON stock_item (name)")


    class Migration(migrations.Migration):
        dependencies = [("stock", "0002_name")]
        operations = [
            migrations.RunPython(first_item, migrations.RunPython.noop),
            # SQLite makes the table anew, without the index.
            migrations.AddField("item", "size", models.IntegerField(default=1)),
            migrations.RemoveField("item", "size"),
        ]
    """


def test_what_can_hardly_hold_is_tried_for_little(shell: Shell) -> None:
    write(shell.root, {SEED: LOST})
    assert runs(shell, "--until", "proof") == [("bare", False), ("trial", False), ("trial", False), ("new", True)]


def test_a_schema_that_lacks_what_no_operation_made_is_looked_at(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeds, "any_made", lambda observations: False)
    seed(shell, OPERATIONS["an index"])
    assert runs(shell, "--until", "proof") == [("trial", False), ("bare", True), *SEEN[1:]]


def test_a_schema_that_cannot_be_built_says_so_as_ever(shell: Shell) -> None:
    assert shell("run", "--yes", "--until", "generate").exit == 0
    path = next((shell.root / ".migwizard/staging/sales").glob("0*.py"))
    path.write_text(path.read_text().replace("CreateModel", "DeleteModel"))
    ended = shell("run", "--yes", "--until", "proof")
    assert "The new history cannot build a database from zero" in ended.err


def test_it_does_not_in_another_sitting(shell: Shell) -> None:
    runs(shell, "--until", "seeds")
    assert runs(shell, "--until", "proof") == [("new", False)]


def test_it_decides_once(shell: Shell) -> None:
    runs(shell, "--until", "proof")
    (shell.root / ".migwizard/proof.json").unlink()
    assert runs(shell, "--until", "proof") == [("new", False)]


def test_what_is_tried_is_formatted_as_what_is_proved(shell: Shell) -> None:
    (shell.root / "ruff.toml").write_text("line-length = 60\n")
    assert runs(shell, "--until", "proof") == [("trial", False), ("new", True)]


def test_without_late_rendering_it_decides_too(shell: Shell) -> None:
    assert runs(shell, "--until", "proof", "--stock-proof")[-1] == ("new", True)
    assert (shell.root / ".migwizard/work" / MARK).is_file()


class Project:
    """As much of a ride as the kept run needs."""

    def __init__(self, root: Path) -> None:
        self.facts: dict[str, Any] = {}
        self.project = self
        self.root = root


@pytest.mark.parametrize(
    "what", ["the same", "other files", "other sources", "unknown sources", "rendered late", "a later trial"]
)
def test_only_the_same_run_decides(what: str, tmp_path: Path) -> None:
    ride: Any = Project(tmp_path)
    began = sources.now_at(tmp_path / "mark") if what == "unknown sources" else None
    path = tmp_path / "models.py"
    path.write_text("one")
    loaded = sources.hashes(ride, ["models.py"], began)
    deciding.keep(ride, "files", {"lazy": what == "rendered late", "sources": loaded, "rows": 1})
    if what == "other sources":
        path.write_text("two")
    if what == "a later trial":
        deciding.keep(ride, "other", {"lazy": True, "sources": {}})
    found = deciding.take(ride, "others" if what == "other files" else "files")
    assert (found is not None) == (what == "the same")
    assert deciding.take(ride, "files") is None

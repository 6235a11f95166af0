"""The files that Apply writes beside manage.py for other environments."""

from __future__ import annotations

import json
import shutil
import sys

import pytest

from migwizard.switch import manifest, script
from tests.engine.support import Shop, changed

pytestmark = pytest.mark.ride

NAMES = {manifest.FILE_NAME, script.FILE_NAME}


def test_the_script_switches_and_the_wizard_takes_it_back(migrated: Shop, tiny_proved: Shop) -> None:
    tiny_proved.migwizard("run", "--yes", "--until", "apply")
    stopped = tiny_proved.manage("migrate")
    assert "python migwizard_switch.py switch --database default" in stopped.stderr
    switched = tiny_proved.start(sys.executable, script.FILE_NAME, "switch", "--database", "default")
    assert (switched.returncode, switched.stderr) == (0, "")
    assert "No migrations to apply" in tiny_proved.manage("migrate").stdout
    assert tiny_proved.lines("status")[-1]["databases"] == {"default": "NEW"}
    tiny_proved.migwizard("undo", "--yes")
    assert changed(migrated.tree(), tiny_proved.tree()) == set()
    assert tiny_proved.dump() == migrated.dump()


def test_the_script_refuses_a_database_that_lost_a_column(tiny_proved: Shop) -> None:
    tiny_proved.migwizard("run", "--yes", "--until", "apply")
    tiny_proved.query("ALTER TABLE people_person DROP COLUMN nick")
    refused = tiny_proved.start(sys.executable, script.FILE_NAME, "switch")
    assert (refused.returncode, refused.stdout) == (5, "")
    assert "lacks people_person.nick" in refused.stderr


def test_the_manifest_names_the_last_release(tiny_proved: Shop) -> None:
    for command in (("init", "-q"), ("add", "."), ("-c", "user.name=a", "-c", "user.email=b", "commit", "-qm", "c")):
        assert tiny_proved.start("git", *command).returncode == 0
    tiny_proved.migwizard("run", "--yes", "--until", "apply")
    kept = json.loads((tiny_proved.root / manifest.FILE_NAME).read_text())
    assert kept["release"]["git"] == tiny_proved.start("git", "rev-parse", "HEAD").stdout.strip()


@pytest.mark.parametrize("lost", ["", "journal", "folder"])
def test_those_of_an_earlier_reset_are_given_back(tiny_proved: Shop, lost: str) -> None:
    for name in NAMES:
        (tiny_proved.root / name).write_text("of an earlier reset\n")
    before = tiny_proved.tree()
    tiny_proved.migwizard("run", "--yes", "--until", "apply")
    assert changed(before, tiny_proved.tree()) >= NAMES
    run_id = tiny_proved.lines("status")[-1]["run_id"]
    if lost == "journal":
        for journal in (tiny_proved.root / ".migwizard/journal.jsonl", *tiny_proved.root.parent.rglob("journal.jsonl")):
            journal.unlink(missing_ok=True)
    if lost == "folder":
        shutil.rmtree(tiny_proved.root / ".migwizard")
    tiny_proved.migwizard("undo", "--yes", "--run", run_id)
    assert changed(before, tiny_proved.tree()) == set()

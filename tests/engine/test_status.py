"""`migwizard status` for people; the machine's words stay in --json."""

from __future__ import annotations

import pytest

from migwizard.engine.states import State
from migwizard.engine.surviving import durable, journal
from migwizard.engine.surviving.checkpoint import PREVIOUS, load_checkpoint
from migwizard.engine.surviving.journal import Entry, Step
from migwizard.paths import Workplace
from tests.engine.support import Shop

pytestmark = pytest.mark.ride


def said(shop: Shop) -> list[str]:
    """What status says, without the id of the run."""
    lines = shop.migwizard("status").stderr.splitlines()
    return [line.partition(": ")[2] if line.startswith("Reset ") else line for line in lines]


def test_before_apply_after_a_change_and_at_the_end(tiny_proved: Shop) -> None:
    assert said(tiny_proved) == [
        "the next step is apply, 7 of 9.",
        "Files: your project is unchanged.",
    ]
    tiny_proved.edit("people/models.py", "    club =", "    born = models.DateField(null=True)\n    club =")
    assert (
        "Out of date, since your models or files changed: levels, generate, seeds, proof. They are computed again."
        in said(tiny_proved)
    )


def test_between_apply_and_fake(tiny_proved: Shop) -> None:
    tiny_proved.migwizard("run", "--yes", "--until", "apply")
    place = Workplace(tiny_proved.root)
    found = load_checkpoint(place.checkpoint, place.root)
    assert found is not None
    # Killed before it was noted that the swap was looked at.
    found.state = State.APPLY
    del found.results[State.APPLY]
    found.save(place.checkpoint)
    assert said(tiny_proved) == [
        "the next step is fake, 8 of 9.",
        "Files: the new ones are in your project; the old ones are in two backups.",
        "Database default is at the old head: all old migrations are applied, and it is not switched yet.",
    ]


def test_a_finished_reset(tiny_finished: Shop) -> None:
    assert said(tiny_finished) == [
        "all steps are finished.",
        "Files: the new ones are in your project; the old ones are in two backups.",
        "Database default has the new history.",
    ]
    leaf = max((tiny_finished.root / "clubs/migrations").glob("0*.py")).stem
    later = tiny_finished.root / "clubs/migrations/0009_later.py"
    later.write_text(
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
        f"    dependencies = [('clubs', '{leaf}')]\n"
    )
    assert "On top of it: clubs.0009_later. Undo needs these to come off first." in said(tiny_finished)
    assert tiny_finished.lines("status")[-1]["on_top"] == ["clubs.0009_later"]
    later.unlink()
    tiny_finished.database.write_text("no database")
    assert said(tiny_finished)[-1].startswith("Database default does not answer: file is not a database.")
    assert tiny_finished.migwizard("status", "--json").returncode == 0
    tiny_finished.database.unlink()
    assert said(tiny_finished)[-1].startswith("Database default was switched, and its file is missing; put it back")


def test_without_a_reset(tiny: Shop) -> None:
    assert said(tiny) == ["No reset was begun here."]


@pytest.mark.parametrize("lost", [False, True])
def test_a_journal_that_no_reset_wrote_is_refused_as_run_does(tiny_proved: Shop, lost: bool) -> None:
    place = Workplace(tiny_proved.root)
    found = load_checkpoint(place.checkpoint, place.root)
    assert found is not None
    goes = Step("people/models.py", durable.file_hash(place.root / "people/models.py"), None)
    journal.begin(place.journal, Entry("apply", found.run_id, (goes,)), found.timestamp)
    if lost:
        place.checkpoint.unlink()
        place.checkpoint.with_name(PREVIOUS).unlink()
    refused = tiny_proved.lines("run", "--yes", expect=6)[-1]
    lines = said(tiny_proved)
    told = lines[0 if lost else 1]
    assert told == f"A change of the files is noted that is not carried out. {refused['sentence']}"
    assert refused["cures"][0] in lines
    assert not any("interrupted half way" in line for line in lines)
    data = tiny_proved.lines("status")[-1]
    assert (data["unfinished"], data["refused"]["code"]) == ("apply", refused["code"])


def test_a_switch_is_told_in_words(tiny_finished: Shop) -> None:
    done = tiny_finished.migwizard("fake", "--yes")
    assert "Database default has the new history. Nothing was changed." in done.stderr
    verified = tiny_finished.migwizard("verify")
    assert "Database default has the new history." in verified.stderr
    for output in (done.stderr, verified.stderr):
        assert "NEW" not in output
        assert "NOTHING" not in output
    with (tiny_finished.root / "people/migrations/0001_reset_initial.py").open("a") as stream:
        stream.write("raise RuntimeError\n")
    broken = tiny_finished.migwizard("verify", expect=1).stderr
    assert "Take that file from git" in broken and "--exclude" not in broken, "verify has no such option"

"""`migwizard status` for people; the machine's words stay in --json."""

from __future__ import annotations

import pytest

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
    assert said(tiny_proved) == [
        "the next step is fake, 8 of 9.",
        "Files: the new ones are in your project; the old ones are in two backups.",
        "Database default has all old migrations and is not switched yet.",
    ]


def test_a_finished_reset(tiny_finished: Shop) -> None:
    assert said(tiny_finished) == [
        "all steps are finished.",
        "Files: the new ones are in your project; the old ones are in two backups.",
        "Database default has the new history.",
    ]
    tiny_finished.database.write_text("no database")
    assert said(tiny_finished)[-1].startswith("Database default does not answer: file is not a database.")
    assert tiny_finished.migwizard("status", "--json").returncode == 0
    tiny_finished.database.unlink()
    assert said(tiny_finished)[-1] == "Database default has no file yet; migrate builds it."


def test_without_a_reset(tiny: Shop) -> None:
    assert said(tiny) == ["No reset was begun here."]


def test_a_switch_is_told_in_words(tiny_finished: Shop) -> None:
    done = tiny_finished.migwizard("fake", "--yes")
    assert "Database default has the new history. Nothing was changed." in done.stderr
    verified = tiny_finished.migwizard("verify")
    assert "Database default has the new history." in verified.stderr
    for output in (done.stderr, verified.stderr):
        assert "NEW" not in output
        assert "NOTHING" not in output

"""`migwizard undo` at a terminal: what is offered first, what Enter alone means, and what nobody's answer means."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from migwizard.exit_codes import ExitCode
from tests.engine.support import MIGWIZARD, Shop
from tests.terminal import Terminal

pytestmark = pytest.mark.ride


@contextmanager
def undo(shop: Shop) -> Iterator[Terminal]:
    """The command in a terminal, at its question."""
    command = (*MIGWIZARD, "undo", "--python", sys.executable)
    terminal = Terminal(command, cwd=shop.root, environment=shop.environment())
    try:
        terminal.wait("1 Keep everything as it is (default)")
        yield terminal
    finally:
        terminal.close()


def test_enter_keeps_everything(tiny_finished: Shop) -> None:
    before = tiny_finished.tree(), tiny_finished.dump()
    with undo(tiny_finished) as terminal:
        terminal.wait("2 Undo Fake: 7 rows in default")
        terminal.wait("3 Undo Fake and Apply: 7 rows and 7 files (changes 7 rows and 7 files)")
        terminal.wait("> ")
        terminal.send("\n")
        terminal.wait("The reset is still there.")
    assert (tiny_finished.tree(), tiny_finished.dump()) == before
    assert (tiny_finished.root / ".migwizard").is_dir()


def test_what_writes_is_asked_for_twice(migrated: Shop, tiny_finished: Shop) -> None:
    before = tiny_finished.tree(), tiny_finished.dump()
    with undo(tiny_finished) as terminal:
        terminal.wait("> ")
        terminal.send("3\n")
        terminal.wait("1 Not yet (default)")
        terminal.wait("> ")
        assert (tiny_finished.tree(), tiny_finished.dump()) == before
        terminal.send("2\n")
        terminal.wait("Taken back: 13 files, old and new, and the rows of 1 database.")
    assert (tiny_finished.tree(), tiny_finished.dump()) == (migrated.tree(), migrated.dump())


def test_rows_alone_go_back_and_the_files_stay(migrated: Shop, tiny_finished: Shop) -> None:
    files = tiny_finished.tree()
    with undo(tiny_finished) as terminal:
        terminal.wait("> ")
        terminal.send("2\n")
        terminal.wait("1 Not yet (default)")
        terminal.wait("> ")
        terminal.send("2\n")
        terminal.wait("The rows of default are back; the files stay as they are.")
        terminal.wait("The reset is still there.")
    assert (tiny_finished.tree(), tiny_finished.dump()) == (files, migrated.dump())


def test_before_apply_only_our_own_folder_can_go(tiny_proved: Shop) -> None:
    with undo(tiny_proved) as terminal:
        terminal.wait("2 Remove the reset's own folder (changes the reset's own folder): ")
        # The question is behind the last choice.
        terminal.wait("a new reset begins from the start.\r\n> ")


@pytest.mark.parametrize("broken", ["settings", "app"])
def test_before_apply_it_needs_no_project_that_loads(tiny_proved: Shop, broken: str) -> None:
    edited = next(tiny_proved.staging.glob("*/0001_*.py"))
    edited.write_text(edited.read_text() + "# mine\n")
    path = tiny_proved.root / ("config/settings.py" if broken == "settings" else "clubs/models.py")
    path.write_text("1 / 0\n")
    tree = tiny_proved.tree()
    with undo(tiny_proved) as terminal:
        terminal.wait("2 Remove the reset's own folder")
        terminal.wait("> ")
        terminal.send("1\n")
        terminal.wait("The reset is still there.")
    said = tiny_proved.migwizard("undo", "--yes").stderr
    assert "Removed the reset's own folder; nothing else had to be taken back." in said
    assert not (tiny_proved.root / ".migwizard").exists()
    assert tiny_proved.tree() == tree
    (kept,) = (tiny_proved.root.parent / "state").glob(f"migwizard/*/*-edits/{edited.parent.name}/{edited.name}")
    assert kept.read_text().endswith("# mine\n"), "what a person wrote outlives the folder"


def test_without_a_terminal_nobody_is_taken_to_have_said_yes(tiny_finished: Shop) -> None:
    before = tiny_finished.tree(), tiny_finished.dump()
    refused = tiny_finished.migwizard("undo", expect=ExitCode.UNDECIDED)
    assert "Undo asks a person first, and nobody answered. Nothing was changed." in refused.stderr
    assert "migwizard undo --yes" in refused.stderr
    assert "--answers" not in refused.stderr, "undo has no such option"
    assert (tiny_finished.tree(), tiny_finished.dump()) == before

"""The screen of done: figures as bars, what is left, and the texts to take along."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from migwizard.engine.previews import DonePreview
from migwizard.paths import state_home
from migwizard.tui.widgets.bars import Bar, Chart, drawn_bar, rows
from tests.tui.recording import recorded
from tests.tui.six import APPS
from tests.tui.snapshots import every_picture, same_after_resize, same_picture
from tests.tui.support import drive, settled, text_of
from tests.tui.test_apply import focused


def test_a_bar_is_as_long_as_its_figure() -> None:
    assert drawn_bar(47, 47, 40) == "█" * 40
    assert drawn_bar(11, 44, 40) == "█" * 10
    assert drawn_bar(1, 16, 4) == "▎"
    assert drawn_bar(0, 5, 40) == ""
    assert drawn_bar(1, 100_000, 10) == "▏", "what is there can be seen"
    assert drawn_bar(11, 44, 40, utf8=False) == "#" * 10


@pytest.mark.parametrize("width", [60, 79, 160])
def test_bars_never_leave_their_room(width: int) -> None:
    charts = [Chart("Migration files", (Bar("before", "1,234", 1234), Bar("after", "5", 5)))]
    assert all(len(head + bar) < width for head, bar in rows(charts, width))


def test_apps_share_one_scale() -> None:
    charts = [Chart("a", (Bar("before", "8", 8),), 8), Chart("b", (Bar("before", "2", 2),), 8)]
    (_, long), (_, short) = rows(charts, 60)
    assert len(long) // 4 <= len(short) <= len(long) // 4 + 1


KEPT = "12 old data operations kept, 7 left out as one-time"


def test_figures_and_what_is_left_are_there() -> None:
    app = APPS["done"]()

    async def act(pilot: Pilot[Any]) -> None:
        shown = text_of(app)
        for words in (
            "before    55",
            "after     12",
            "before 1,475",
            "after    754",
            "Files after   7 schema files, 5 seed files",
            "default ✓ switched",
            "1 Commit",
            KEPT,
        ):
            assert words in shown

    drive(app, act)


def test_enter_at_once_reads_and_does_not_end_the_ride() -> None:
    app = APPS["done"]()

    async def act(pilot: Pilot[Any]) -> None:
        assert focused(pilot) == "summary"
        await pilot.press("enter")
        await settled(pilot)
        assert "# Reset migrations: 55 -> 12, proven equal" in text_of(app)
        await pilot.press("escape")
        await settled(pilot)
        assert app.answers == []
        await pilot.press("tab", "tab", "enter")
        await settled(pilot)

    drive(app, act)
    assert app.answers == ["continue"]


def written(name: str) -> str:
    """What went into our own folder: the project of the script is not there."""
    return (state_home() / "migwizard" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("keys", [("y",), ("tab", "enter")])
def test_the_command_that_commits_all_of_it_is_copied_and_its_file_named(keys: tuple[str, ...]) -> None:
    app = APPS["done"]()

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press(*keys)
        await app.workers.wait_for_complete()
        await settled(pilot)

    drive(app, act)
    preview = recorded("review:done").preview
    assert isinstance(preview, DonePreview)
    assert app.clipboard == written("commit-command.txt").rstrip("\n") == preview.commit
    assert preview.commit.startswith("git add -A -- ") and " && git commit -F .migwizard/" in preview.commit
    assert app.answers == []


def test_saving_writes_the_summary() -> None:
    app = APPS["done"]()

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("s")
        await app.workers.wait_for_complete()

    drive(app, act)
    assert written("summary.md").startswith("# Reset migrations: 55 -> 12, proven equal")
    assert app.clipboard == ""


def test_u_leads_to_undo() -> None:
    app = APPS["undo"]()

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("u")
        await settled(pilot)
        assert "What undo does" in text_of(app)

    drive(app, act)
    assert app.answers == ["undo"]


def test_of_200_apps_the_first_ten_have_bars() -> None:
    app = APPS["done-big"]()

    async def act(pilot: Pilot[Any]) -> None:
        shown = text_of(app)
        assert "app_009" in shown
        assert "app_010" not in shown
        assert "the 10 with most; 190 more" in shown
        assert "240 of 240 switched" in shown

    drive(app, act, size=(120, 60))


@every_picture
def test_picture(size: tuple[int, int], theme: str, snap_compare: Any) -> None:
    same_picture(snap_compare, APPS["done"](), size=size, theme=theme)


def test_picture_after_a_resize(snap_compare: Any) -> None:
    same_after_resize(snap_compare, APPS["done"]())

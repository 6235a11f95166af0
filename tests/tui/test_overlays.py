"""What lies over a screen for a while, in every size, dark and light, and after a resize."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from migwizard.engine.states import State
from migwizard.engine.talk import Event
from migwizard.tui.dialogs.confirm import ConfirmDialog
from migwizard.tui.dialogs.explain import ExplainDialog
from migwizard.tui.dialogs.palette import PaletteScreen
from migwizard.tui.dialogs.pick import PickDialog
from migwizard.tui.dialogs.reader import ReaderDialog
from migwizard.tui.dialogs.typed import InputDialog
from migwizard.tui.screens.levels import LevelsScreen
from migwizard.tui.screens.log import LOG, LogScreen
from migwizard.tui.screens.small import SmallScreen
from tests.tui.recording import recorded
from tests.tui.refusing import refusal
from tests.tui.screenshots import before
from tests.tui.snapshots import THEMES, Compare, same_after_resize, same_picture, small_in_both
from tests.tui.support import ScriptedApp, begin, settled, wizard

LINES = [
    "14:31:58  preflight  the project is loaded",
    "14:32:07  graph      31 models of 6 apps",
    "14:32:09  levels     error: orders cannot come before products",
    *(f"14:33:{second:02}  seeds      orders.00{second:02} is applied" for second in range(12)),
]
TINY = ((59, 20), (40, 10))


def levels(folder: Path) -> ScriptedApp:
    question = recorded("review:levels")
    return wizard(*before(question), question)


def swap(folder: Path) -> ScriptedApp:
    question = recorded("apply")
    return wizard(*before(question), question)


def stopped(folder: Path) -> ScriptedApp:
    return wizard(refusal("conflict"))


def logging(folder: Path) -> ScriptedApp:
    path = folder / LOG
    path.parent.mkdir(parents=True)
    path.write_text("".join(f"{line}\n" for line in LINES), encoding="utf-8")
    found = Event("project", State.PREFLIGHT, "shop", {"name": "shop", "root": str(folder)})
    return ScriptedApp([found, begin(State.SEEDS)])


OVERLAYS: dict[str, tuple[Callable[[Path], ScriptedApp], tuple[str, ...], type]] = {
    "confirm": (swap, ("tab", "enter"), ConfirmDialog),
    "explain": (levels, ("question_mark",), ExplainDialog),
    "log": (logging, ("l",), LogScreen),
    "palette": (levels, ("colon",), PaletteScreen),
    "pick": (levels, (), PickDialog),
    "reader": (stopped, ("down", "enter"), ReaderDialog),
    "typed": (levels, ("e",), InputDialog),
}
"""Name -> (what lies below, the keys that open it, what has to be open then)."""


def opening(name: str) -> Callable[[Pilot[Any]], Any]:
    """Press the keys, and see that the overlay is there."""
    _, keys, screen = OVERLAYS[name]

    async def act(pilot: Pilot[Any]) -> None:
        for key in keys:
            await pilot.press(key)
            await settled(pilot)
        if name == "pick":
            # Its button is there in wide windows only, which may become narrow under it.
            assert isinstance(pilot.app.screen, LevelsScreen)
            pilot.app.screen._pick_app()
            await settled(pilot)
        await pilot.pause(0.3 if name == "log" else 0)
        assert isinstance(pilot.app.screen, screen), pilot.app.screen

    return act


@small_in_both
@pytest.mark.parametrize("name", OVERLAYS)
def test_picture(name: str, snap_compare: Compare, size: tuple[int, int], theme: str, tmp_path: Path) -> None:
    same_picture(snap_compare, OVERLAYS[name][0](tmp_path), size=size, theme=theme, act=opening(name))


@pytest.mark.parametrize("name", OVERLAYS)
def test_picture_after_a_resize(name: str, snap_compare: Compare, tmp_path: Path) -> None:
    same_after_resize(snap_compare, OVERLAYS[name][0](tmp_path), act=opening(name))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", TINY, ids=["59x20", "40x10"])
def test_picture_of_a_window_too_small(
    snap_compare: Compare, size: tuple[int, int], theme: str, tmp_path: Path
) -> None:
    async def covered(pilot: Pilot[Any]) -> None:
        assert isinstance(pilot.app.screen, SmallScreen)

    same_picture(snap_compare, levels(tmp_path), size=size, theme=theme, act=covered)

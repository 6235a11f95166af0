"""Pictures of an app in every size and theme, compared with those that are kept.

`pytest --snapshot-update` makes them anew; look at each before it is committed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from migwizard.tui.app import WizardApp
from tests.tui.support import SIZES, settled

Act = Callable[[Pilot[Any]], Awaitable[None]]
Compare = Callable[..., bool]
THEMES = ("migwizard-dark", "migwizard-light")

every_picture = pytest.mark.parametrize(
    ("size", "theme"),
    [(size, theme) for size in SIZES for theme in THEMES],
    ids=[f"{width}x{height}-{theme.partition('-')[2]}" for width, height in SIZES for theme in THEMES],
)
"""Parameters of a test with `size` and `theme`: all sizes, dark and light."""
small_in_both = pytest.mark.parametrize(
    ("size", "theme"),
    [*((size, THEMES[0]) for size in SIZES), *((SIZES[0], theme) for theme in THEMES[1:])],
    ids=lambda value: f"{value[0]}x{value[1]}" if isinstance(value, tuple) else value.partition("-")[2],
)
"""The same where a theme changes colours alone, which one size shows as well as three."""


def same_picture(
    compare: Compare, app: WizardApp, *, size: tuple[int, int], theme: str = THEMES[0], act: Act | None = None
) -> None:
    """Assert that the app looks as it did: `compare` is the fixture `snap_compare`."""

    async def before(pilot: Pilot[Any]) -> None:
        app.theme = theme
        await settled(pilot)
        if act is not None:
            await act(pilot)
        await _still(pilot)

    assert compare(app, terminal_size=size, run_before=before)


def same_after_resize(compare: Compare, app: WizardApp, *, act: Act | None = None) -> None:
    """Assert that a window that was large, then small, looks as a small one should."""

    async def before(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        if act is not None:
            await act(pilot)
        await pilot.resize_terminal(200, 60)
        await settled(pilot)
        await pilot.resize_terminal(80, 24)
        await _still(pilot)

    assert compare(app, terminal_size=(200, 60), run_before=before)


async def _still(pilot: Pilot[Any]) -> None:
    """Wait until nothing moves: a button that was pressed looks so for a moment, also under the dialog that it opened."""
    await settled(pilot)
    while any(below.query("Button.-active") for below in pilot.app.screen_stack):
        await pilot.pause(0.05)
    await settled(pilot)

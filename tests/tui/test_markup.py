"""Brackets in what a project is called and says are no markup: they are shown as they are, and break no screen."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Event
from tests.tui.support import decide, drive, progress, settled, text_of, wizard

pytestmark = pytest.mark.usefixtures("plain_screens")

EVIL = "[/x][bold]b[/bold][@click=app.exit]c[/]"
LATER = Choice("later", EVIL, f"Not {EVIL}")
SWAP = Choice(f"swap:{EVIL}", EVIL, f"Swap {EVIL}", writes=EVIL, typed=EVIL)
SHOW = Choice("show", EVIL, f"Show {EVIL}", shows=EVIL)
WANTS = Choice("wants", EVIL, f"Take {EVIL}", wants=EVIL)


@pytest.mark.parametrize("choice", [SWAP, SHOW, WANTS], ids=["confirm", "reader", "typed"])
def test_dialogs(choice: Choice) -> None:
    app = wizard(decide("apply", State.FAKE, LATER, choice, text=EVIL, details=EVIL))

    async def act(pilot: Pilot[Any]) -> None:
        assert f"Not {EVIL}" in text_of(app)
        await pilot.press("down", "enter")
        await settled(pilot)
        assert len(app.screen_stack) > 2
        assert EVIL in text_of(app)

    drive(app, act, (160, 40))


@pytest.mark.parametrize(
    "state", [State.PREFLIGHT, State.LEVELS, State.GENERATE, State.SEEDS, State.PROOF, State.APPLY]
)
def test_what_is_told_meanwhile(state: State) -> None:
    app = wizard(Event("begin", state, state.value), progress(state, EVIL))

    async def act(pilot: Pilot[Any]) -> None:
        for kind in ("note", "warning", "progress", "finding", "operation"):
            app.script.say(Event(kind, state, EVIL, {"text": EVIL}))
        await settled(pilot)
        app.notify(EVIL)
        await settled(pilot)
        assert EVIL in text_of(app)
        assert app.is_running

    drive(app, act, (160, 40))

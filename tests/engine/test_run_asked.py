"""`migwizard run` at a terminal: its last question before the tree changes can be answered with no."""

from __future__ import annotations

import json
import sys

import pytest

from tests.engine.support import MIGWIZARD, Shop
from tests.terminal import Terminal

pytestmark = pytest.mark.ride


@pytest.mark.parametrize("answer", ["q", "n", ""])
def test_the_swap_can_be_left(tiny_proved: Shop, answer: str) -> None:
    before = tiny_proved.tree(), tiny_proved.dump()
    command = (*MIGWIZARD, "run", "--python", sys.executable)
    terminal = Terminal(command, cwd=tiny_proved.root, environment=tiny_proved.environment())
    try:
        terminal.wait("1 Not yet (default)")
        terminal.wait("`migwizard undo`")
        terminal.wait("> ")
        terminal.send(f"{answer}\n")
        terminal.wait("Stopped at apply, step 7 of 9; nothing is lost. The project is unchanged.")
        terminal.wait("Take it back with: migwizard undo")
    finally:
        terminal.close()
    assert (tiny_proved.tree(), tiny_proved.dump()) == before
    kept = json.loads((tiny_proved.root / ".migwizard/checkpoint.json").read_text())
    assert "apply" not in kept["decisions"]

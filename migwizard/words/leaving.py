"""What is said where somebody leaves before the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from migwizard.engine.states import ORDER, State
from migwizard.words.counting import count

CODE = "left"
CURES = ("Go on with: migwizard", "Take it back with: migwizard undo")


def sentence(state: State, changed: str) -> str:
    """Where it stopped, and what has been changed so far."""
    place = f"step {ORDER.index(state) + 1} of {len(ORDER)}"
    return f"Stopped at {state.value}, {place}; nothing is lost. {changed}."


def taken_back(report: Mapping[str, Any]) -> str:
    """What an undo of everything gave back, in one sentence that is true."""
    gone = [count(report["files"], "file")] if report["files"] else []
    gone += [f"the rows of {count(len(report['databases']), 'database')}"] if report["databases"] else []
    if not gone:
        return "Removed the reset's own folder; nothing of your project had been changed."
    return f"Taken back: {' and '.join(gone)}. The project is as it was before the reset."

"""What is said where somebody leaves before the end."""

from __future__ import annotations

from migwizard.engine.states import ORDER, State

CODE = "left"
CURES = ("Go on with: migwizard", "Take it back with: migwizard undo")


def sentence(state: State, changed: str) -> str:
    """Where it stopped, and what has been changed so far."""
    place = f"step {ORDER.index(state) + 1} of {len(ORDER)}"
    return f"Stopped at {state.value}, {place}; nothing is lost. {changed}."

"""Seeds with the offer of dependencies for the order alone, which the demo project has no use for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from migwizard.engine.planning import precedence
from migwizard.engine.previews import SeedsPreview
from migwizard.engine.talk import Choice, Question
from tests.tui.recording import recorded

FOUND: dict[str, Any] = {
    "dependencies": [["orders.0001_reset_initial", "organizations.0001_reset_initial"]],
    "before": 754,
    "after": 603,
    "written": False,
}
"""What is found, as the result of Seeds has it."""


def offering(*, added: bool = False) -> Question:
    """The review with the offer, or with the way back."""
    question, found = recorded("review:seeds"), FOUND | {"written": added}
    choice = (
        Choice("precedence:no", "each file depends on what it needs", "Remove the dependencies for the order")
        if added
        else Choice("precedence:yes", precedence.price(found), "Add dependencies for the order")
    )
    assert isinstance(question.preview, SeedsPreview)
    faster = precedence.in_words(found)
    return replace(
        question,
        text=f"{question.text} {faster}",
        choices=(*question.choices, choice),
        preview=replace(question.preview, faster=faster),
    )

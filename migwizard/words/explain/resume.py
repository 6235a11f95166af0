"""Explanations of the screen: resume."""

from __future__ import annotations

from migwizard.words.explain.text import Explain

TEXTS: dict[str, Explain] = {
    "resume": Explain(
        "You began a reset and left it; your decisions were saved.",
        "What depends on something that changed since is computed again, and decisions that still fit are kept.",
        "A new beginning, where one is offered, keeps everything that is here under another name.",
        "migwizard status",
    ),
}
"""By topic: "resume" for the screen."""

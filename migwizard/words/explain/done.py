"""Explanations of the screen: done."""

from __future__ import annotations

from migwizard.words.explain.text import Explain

TEXTS: dict[str, Explain] = {
    "done": Explain(
        "The short history is in place, and a certificate says that it builds what the long one built.",
        "What is listed here only you can do: commit, and think of every other copy of the database.",
        "Until migrations are added on top, u or `migwizard undo` brings all of it back. y copies the git command.",
    ),
}
"""By topic: "done" for the screen."""

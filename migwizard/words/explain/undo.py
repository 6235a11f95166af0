"""Explanations of the screen: undo."""

from __future__ import annotations

from migwizard.words.explain.text import Explain

TEXTS: dict[str, Explain] = {
    "undo": Explain(
        "What was done is taken back from its end: the rows of the databases first, the files after them.",
        "Everything is tried before anything is written.",
        "Where a file was edited or a migration was added on top, it stops and names it. In the end all is as before.",
        "migwizard undo",
    ),
}
"""By topic: "undo" for the screen."""

"""Explanations of the screen: apply."""

from __future__ import annotations

from migwizard.words.explain.text import Explain

TEXTS: dict[str, Explain] = {
    "apply": Explain(
        "The old migration files make room for the new ones, all in one go.",
        "Until here everything lay in a folder of our own; from here your colleagues could see it.",
        "Two backups hold each old file. A cut in the middle is finished or taken back at the next start; u returns all.",
        "migwizard run --until apply",
    ),
    "apply.app": Explain(
        "So many files leave this app, and so many come.",
        "Names of old migrations are never used again, so that a database can tell both histories apart.",
        "d lists them by name.",
    ),
    "apply.done": Explain(
        "The new files are in your apps, and the old ones are in the backup.",
        "Your project was loaded with them and built a scratch database from zero once more, as in the proof.",
        "Databases still name the old files; Fake is next. b takes the swap back after a question.",
        "git status",
    ),
}
"""By topic: "apply" for the screen, "apply.app" for something on it."""

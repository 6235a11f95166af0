"""Explanations of the screen: generate."""

from __future__ import annotations

from migwizard.words.explain.text import Explain

TEXTS: dict[str, Explain] = {
    "generate": Explain(
        "These files were written by your project's own makemigrations, into a folder of ours and not into your apps.",
        "Minus is what it would write if it ran alone, plus is what we keep.",
        "Not what you want: change the file, or go back to Levels. Redo writes all of them once more.",
        "manage.py makemigrations",
    ),
    "generate.waiting": Explain(
        "This line points at something that no migration has made yet at this level.",
        "So it is left out here and comes back in the file named below it; t goes there.",
        "A part that came back nowhere would have stopped us before this screen.",
        "manage.py makemigrations",
    ),
    "generate.returning": Explain(
        "The lines above come back in this file, when all that they point at exists.",
        "t takes you to them, t again brings you back.",
    ),
    "generate.in": Explain(
        "This line is only in the file that we keep.",
        "Mostly the same is said at another place: an option inside of its model, or “initial”, so that --fake-initial "
        "knows the file.",
        "Proof compares the finished tables, whatever stands where.",
    ),
    "generate.out": Explain(
        "This line is only in what makemigrations would write alone.",
        "Mostly the same is said at another place, or nothing in this file needs it any more.",
        "Proof compares the finished tables, whatever stands where.",
    ),
    "generate.guard": Explain(
        "We added these lines. They stop a plain migrate on a database that still has the old history.",
        "Such a database has all tables already; it must be switched, not migrated.",
        "New and switched databases pass. The guard goes when the reset is retired.",
        "migwizard fake",
    ),
    "generate.edit": Explain(
        "Your text and the generated one do not fit together as they did.",
        "Keep yours, and Proof shows whether it still builds the same database. Take the new one, and yours stays in a "
        "file beside it.",
        "Nothing of yours is ever thrown away.",
    ),
}
"""By topic: "generate" for the screen, "generate.waiting" for something on it."""

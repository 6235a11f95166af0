"""Explanations of the screen: preflight."""

from __future__ import annotations

from migwizard.words.explain.text import Explain

TEXTS: dict[str, Explain] = {
    "preflight": Explain(
        "We look at your project before anything is touched, and write to our own folder only.",
        "A reset is safe when migrations, models and databases tell the same story. A line with STOP would make it fail "
        "later; its cures stand below.",
        "Mend it and look again.",
        "manage.py check; manage.py makemigrations --check",
    ),
    "preflight.project": Explain("The folder of your manage.py. Everything we write stays below it."),
    "preflight.python": Explain(
        "Your project's own Python runs your code; migwizard runs in another one.",
        "So your packages and ours cannot get in each other's way.",
        "Another one is taken with --python.",
    ),
    "preflight.settings": Explain(
        "The settings module that your project is loaded with.",
        "Apps and databases come from it: another module may see another project.",
        "Name another one with --settings.",
    ),
    "preflight.check": Explain(
        "Django's own system check.",
        "With errors in it makemigrations refuses, so a reset could not write a single file. Warnings do not matter here.",
        command="manage.py check",
    ),
    "preflight.history": Explain(
        "All migrations together form a graph; each app must end in one newest migration.",
        "Only then can a database be told to have everything, which we call the old head.",
        "Two ends are joined by a merge migration.",
        "manage.py makemigrations --merge",
    ),
    "preflight.git": Explain(
        "Migrations that are committed can be found again by anybody, at any time.",
        "We keep two backups of our own as well; git is the third one, and the one your colleagues have.",
        "Files that git ignores are in no commit: then our backups are all there is.",
        command="git status",
    ),
    "preflight.models": Explain(
        "Whether makemigrations would write something already now.",
        "That is called drift. The new files build what your databases have; it can be left for later, or come on top.",
        command="manage.py makemigrations --check --dry-run",
    ),
    "preflight.databases": Explain(
        "Each local database must have applied all old migrations.",
        "After the switch nobody could tell any more what it lacked.",
        "Run migrate there, or go on without it.",
        "manage.py migrate --plan",
    ),
    "preflight.scratch": Explain(
        "Empty databases that we make for the proof, and remove afterwards.",
        "Both histories are built in them, so that yours are never touched.",
        "Where your database user may make none, name another place with --scratch.",
    ),
    "preflight.graphviz": Explain(
        "A program that draws pictures. Without it models are drawn as text and saved as a .dot file."
    ),
    "preflight.drift": Explain(
        "Your models already differ from your migrations.",
        "Leave it: the new files build what your databases have today, and makemigrations finds the same as before. "
        "Fold it in: makemigrations writes a real migration on top of the new files, and every database applies it later.",
        "Leaving is safe; nothing is forgotten.",
        "manage.py makemigrations --dry-run",
    ),
    "preflight.dirty-elsewhere": Explain(
        "Some of your work is not committed, though no migration is.",
        "The reset does not touch it. But git diff will show your changes and ours side by side.",
        "Our backup brings the migrations back in any case.",
        "git status",
    ),
    "preflight.pin": Explain(
        "A package's migration names one of yours, which will go.",
        "The first new migration takes its place under the old name as well, so the package still finds it.",
    ),
    "preflight.nothing": Explain(
        "No app of this project has migrations of its own, so there is nothing to make smaller. Nothing was changed."
    ),
    "preflight.second": Explain(
        "Somebody has reset these migrations before.",
        "Where nothing came on top, another one would only give the files other names. What that one kept on top, another "
        "one folds: some database may need it. The manifest that leads others to it is replaced.",
        "Where your own database still has the old history, switch it: migwizard fake.",
    ),
}
"""By topic: "preflight" for the screen, "preflight.git" for a line of it."""

"""What happened, in at most 60 characters, by the code of the error."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePath

from migwizard.errors import MigwizardError
from migwizard.words.counting import count

LONGEST = 60
MISSING = re.compile(r"No module named '([^']+)'")

Wording = str | Callable[[MigwizardError], str]


def headline(error: MigwizardError) -> str:
    """The headline of a refusal, and the text of its finding."""
    wording = HEADLINES.get(error.code, "This step could not be finished")
    text = wording if isinstance(wording, str) else wording(error)
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def short(path: str, parts: int = 3) -> str:
    """The end of a path, without the folders that everybody knows."""
    return "/".join(PurePath(path).parts[-parts:])


ON_TOP = "Migrations came on top of the new history"


def _place(error: MigwizardError) -> str:
    where = error.details.get("where") or {}
    return short(str(where["file"])) if where.get("file") else ""


def _project(error: MigwizardError) -> str:
    lacks = error.details.get("lacks")
    if lacks == "django":
        return "This Python has no Django"
    if lacks == "settings":
        return "The settings module is not there"
    place = _place(error)
    if error.details.get("exception") == "SystemExit":
        return (
            "Your settings stopped the start" if "settings" in place else f"{place or 'Your project'} stopped the start"
        )
    missing = MISSING.search(error.sentence)
    if error.details.get("exception") == "ModuleNotFoundError" and missing is not None:
        return f"{missing[1]} cannot be imported"
    if error.details.get("exception") in ("ImportError", "ModuleNotFoundError", "SyntaxError") and place:
        return f"{place} cannot be imported"
    return f"{place} stopped the start" if place else "Your project cannot be loaded"


def _history(error: MigwizardError) -> str:
    place = _place(error)
    return f"{place} cannot be imported" if place else "The migration files do not fit together"


def _died(error: MigwizardError) -> str:
    if error.details.get("silent"):
        return "Your project gives no sign of life"
    return "This is no usable Python" if error.details.get("lacks") == "python" else "Your project's process ended"


def _check(error: MigwizardError) -> str:
    return f"Django reports {count(len(error.details.get('messages', ())), 'error')}"


def _conflict(error: MigwizardError) -> str:
    conflicts = error.details.get("conflicts", {})
    if len(conflicts) != 1:
        return f"{len(conflicts)} apps have more than one newest migration"
    (app, names), *_ = conflicts.items()
    return f"{app} has {'two' if len(names) == 2 else len(names)} newest migrations"


def _dirty(error: MigwizardError) -> str:
    number = len(error.details.get("files", ()))
    return f"{count(number, 'migration file')} {'is' if number == 1 else 'are'} not committed"


def _read_only(error: MigwizardError) -> str:
    path = str(error.details.get("path") or "")
    return f"{short(path)} cannot be written" if path else "A file cannot be written"


def alias_of(error: MigwizardError) -> str | None:
    """The database that an error is about, where it is about one."""
    alias = error.details.get("alias")
    return str(alias) if alias else None


def _alias(error: MigwizardError) -> str:
    return alias_of(error) or "A database"


def _moved_on(error: MigwizardError) -> str:
    moved = error.details.get("details") or {}
    return "Rows of the new history are gone" if moved.get("gone") and not moved.get("later") else ON_TOP


def _unreachable(error: MigwizardError) -> str:
    if is_busy(error):
        return f"{_alias(error)} is busy"
    return f"{_alias(error)} does not answer"


def is_busy(error: MigwizardError) -> bool:
    """Whether somebody else holds the database: waiting helps."""
    return error.code == "MW-E20" or bool(error.details.get("busy"))


def _behind(error: MigwizardError) -> str:
    number = len(error.details.get("missing", ()))
    return f"{_alias(error)} is {count(number, 'migration') if number else 'some migrations'} behind"


def _unknown(error: MigwizardError) -> str:
    if error.details.get("other_run"):
        return f"{_alias(error)} is at a reset that is not here"
    number = len(error.details.get("unknown", ()))
    return f"{_alias(error)} names {'a migration' if number == 1 else f'{number} migrations'} nobody has"


def _not_equal(error: MigwizardError) -> str:
    number = len(error.details.get("differences", ()))
    return f"Old and new differ in {count(number, 'place')}" if number else "Old and new are not equal"


HEADLINES: dict[str, Wording] = {
    "no-project": "No Django project here",
    "several-projects": "Which project?",
    "interpreter": "This Python cannot be used",
    "no-environment": "The environment of the project is not there",
    "via": "This command leads to no Python of the project",
    "via-differs": "The command runs other files than these",
    "env-file": "This file of variables cannot be used",
    "variable": "Your settings need a variable",
    "config": "The configuration cannot be used",
    "environment": "The environment holds a value that cannot be used",
    "answers": "The answers file cannot be used",
    "answer": "This answer does not fit the question",
    "app": "There is no app of this name",
    "odd-file": "A migrations folder holds what could not be put back",
    "outside": "The migrations of an app lie outside the project",
    "project": _project,
    "history": _history,
    "died": _died,
    "failed": "Your project's code failed",
    "protocol": "Two versions of migwizard do not understand each other",
    "check": _check,
    "conflict": _conflict,
    "dirty": _dirty,
    "git": "git does not say what is committed",
    "drift": "Let Django write the drift first",
    "drift-write": "The drift cannot be folded in",
    "keep-after": "Your migrations cannot be cut there",
    "kept": "What is to be kept does not fit onto the new files",
    "replaces": "The new files cannot replace the old ones by name",
    "migrations-disabled": "These settings disable your migrations",
    "engine": "This database cannot be used yet",
    "scratch": "No scratch database possible",
    "scratch-where": "Scratch databases cannot be made there",
    "checkpoint-foreign": "This checkpoint belongs to another project",
    "checkpoint-corrupt": "The checkpoint cannot be read",
    "checkpoint-newer": "Made by a newer migwizard",
    "checkpoint-outside": "This checkpoint names a place outside",
    "journal-outside": "The journal names a place outside",
    "journal-corrupt": "The journal cannot be read",
    "own-folder": "The folder of migwizard cannot be used",
    "folder-gone": "The folder .migwizard is gone",
    "locked": "Another migwizard works here",
    "disk-full": "The disk is full",
    "read-only": _read_only,
    "os-error": "The system refused a file",
    "defect": "migwizard itself failed",
    "unreachable": _unreachable,
    "not-switched": lambda error: f"{_alias(error)} is from before the earlier reset",
    "missing": lambda error: f"The file of {_alias(error)} is not there",
    "database": "The settings have no database of this name",
    "switch": lambda error: f"{_alias(error)} cannot be switched",
    "pending": lambda error: f"{_alias(error)} is not complete after the switch",
    "MW-E02": "A file name was used before",
    "MW-E10": "The manifest has another format",
    "MW-E11": lambda error: f"{_alias(error)} cannot be locked for a switch",
    "MW-E12": _behind,
    "MW-E13": _unknown,
    "MW-E14": lambda error: f"{_alias(error)} is half old, half new",
    "MW-E15": lambda error: f"{_alias(error)} has tables but no history",
    "MW-E16": "The result would be inconsistent",
    "MW-E17": lambda error: f"Somebody else wrote to {_alias(error)}",
    "MW-E18": lambda error: f"Somebody else wrote to {_alias(error)}",
    "MW-E20": _unreachable,
    "MW-E30": "There is no backup for this run",
    "MW-E31": "There is no backup for this run",
    "MW-E32": _moved_on,
    "MW-E33": lambda error: f"{_alias(error)} is not the one that was switched",
    "row-copy": "The copy of the rows cannot be used",
    "built-on": ON_TOP,
    "half-swapped": "Your files are half swapped",
    "still-needed": "The backup is still needed",
    "no-backup": "There is no backup of the files",
    "backup": "The backup is not equal to the files",
    "retired": "This reset was retired",
    "finished": "This reset is finished, and migrations came on top",
    "old-history": "The old history cannot build a database",
    "new-history": "The new history cannot build a database",
    "not-equal": _not_equal,
    "staging-changed": "The approval is void",
    "tree-changed": "The approval is void",
    "file-changed": "A file was changed meanwhile",
    "tree": "The new files did not pass the last look",
    "unexplained": "A written file differs in an unexpected way",
    "neighbour": "Migrations that stay need the old history",
    "plan": "No order works for these models",
    "order": "This order cannot be followed",
    "name": "This file name cannot be used",
    "tag": "This tag cannot be used",
}

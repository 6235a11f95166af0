"""What is said where somebody leaves before the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from migwizard.engine.states import ORDER, State
from migwizard.words.counting import count, some

CODE = "left"
CURES = ("Go on with: migwizard", "Take it back with: migwizard undo")
CURES_OF_COMMANDS = ("Go on with the same command.", CURES[1])


def sentence(state: State, changed: str) -> str:
    """Where it stopped, and what has been changed so far."""
    place = f"step {ORDER.index(state) + 1} of {len(ORDER)}"
    return f"Stopped at {state.value}, {place}; nothing is lost. {changed}."


def taken_back(report: Mapping[str, Any]) -> str:
    """What an undo of everything gave back, in one sentence that is true, and what is left to do."""
    gone = [f"{count(report['files'], 'file')}, old and new"] if report["files"] else []
    gone += [f"the rows of {count(len(report['databases']), 'database')}"] if report["databases"] else []
    if not gone:
        return "Removed the reset's own folder; nothing else had to be taken back."
    models = report.get("models")
    what, was = ("Migrations and databases are", "they were") if models else ("The project is", "it was")
    said = [f"Taken back: {', and '.join(gone)}. {what} as {was} before the reset."]
    if models:
        said.append(models_stay(models))
    if report.get("commit"):
        said.append(_still_committed(report["commit"]))
    return "\n".join(said)


def models_stay(apps: Sequence[str]) -> str:
    """What becomes of changes of models that an undo leaves without a migration."""
    return (
        f"The models of {some(apps)} changed since the reset, and undo leaves models as they are: makemigrations then writes that "
        "change on the old history."
    )


def _still_committed(commit: str) -> str:
    """What is left to be done where the reset was committed before it was taken back."""
    return (
        f"Git still has the reset, in {commit}: commit the files as they are now, which does what git revert {commit} would.\n"
        f"Before others get that, databases that were switched elsewhere go back, with the files of {commit}: "
        "python migwizard_switch.py undo --database ALIAS"
    )

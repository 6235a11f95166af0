"""What was built on the new history, and the order in which it comes off: rows, then files, then the reset itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from migwizard.engine.ride import Ride
from migwizard.engine.swapping.swap import built_on
from migwizard.engine.switching import histories
from migwizard.errors import ConflictError, DatabaseError
from migwizard.plan.operations import Node
from migwizard.project.agent.switch.words import said_of
from migwizard.words.counting import some


def check_nothing_on_top(ride: Ride) -> None:
    """Raise ConflictError where a migration was added since the swap."""
    added = built_on(ride)
    if not added:
        return
    cures, unread = _commands(ride, added)
    files = some([_file(ride, node) for node in added])
    last = f"Then remove or set aside {files}, and undo" if cures else f"Remove or set aside {files}, then undo"
    last += "; models.py keeps the change, for the next makemigrations."
    look = f" {some(unread)} could not be read: look whether it is recorded there." if unread else ""
    names = [".".join(node) for node in added]
    was, it = ("was", "it") if len(names) == 1 else ("were", "them")
    raise ConflictError(
        f"{some(names)} {was} added since the reset; undo would orphan {it}.{look} Nothing was changed.",
        code="built-on",
        cures=(*cures, last),
        details={"added": names},
    )


def moved_on(steps: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """What to do about a database whose history moved on since the switch, from the steps of its refusal.

    What was taken back comes again first: with all of it there, nothing but what came on top is taken off. A file that has to
    come back for that goes again in the end.
    """
    cures = _told(steps)
    if any(step["do"] == "file" for step in steps):
        return (*cures, "Then set that file aside again, and undo.")
    return cures


def _commands(ride: Ride, added: Sequence[Node]) -> tuple[list[str], list[str]]:
    """What takes these migrations back in the databases that record some, and the databases that cannot be read."""
    cures: list[str] = []
    unread: list[str] = []
    new = histories.manifest(ride).new_nodes
    for database in ride.guest.facts["databases"]:
        alias = database["alias"]
        if database["vendor"] == "other" or not database["exists"]:
            continue
        try:
            found = histories.read_state(ride, alias)
        except DatabaseError:
            unread.append(alias)
            continue
        rows = {(app, name) for app, name in (*found["extra"], *found["on_top"])}
        if there := [node for node in added if node in rows]:
            gone = [(app, name) for app, name in found["missing"] if (app, name) in new]
            cures += _told(ride.guest.call("steps_back", alias=alias, later=there, gone=gone))
    return cures, unread


def _told(steps: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """The steps in their order, the first of them marked as such."""
    said = [said_of(step) for step in steps]
    if any(step["do"] == "load" for step in steps):
        return tuple(said)
    return tuple(f"{'Then' if number else 'First'} {text[0].lower()}{text[1:]}" for number, text in enumerate(said))


def _file(ride: Ride, node: Node) -> str:
    app, name = node
    return f"{ride.checkpoint.folders[app]}/{name}.py"

"""What was built on the new history, and the order in which it comes off: rows, then files, then the reset itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from migwizard.engine.ride import Ride
from migwizard.engine.swapping.swap import built_on
from migwizard.engine.switching import histories
from migwizard.errors import ConflictError, DatabaseError
from migwizard.plan.operations import Node
from migwizard.words.counting import some


def check_nothing_on_top(ride: Ride) -> None:
    """Raise ConflictError where a migration was added since the swap."""
    added = built_on(ride)
    if not added:
        return
    recorded, unread = _recorded(ride, added)
    files = some([_file(ride, node) for node in added])
    last = f"Then remove or set aside {files}, and undo." if recorded else f"Remove or set aside {files}, then undo."
    look = f" {some(unread)} could not be read: look whether it is recorded there." if unread else ""
    names = [".".join(node) for node in added]
    raise ConflictError(
        f"{some(names)} was added since the reset; undo would orphan it.{look} Nothing was changed.",
        code="built-on",
        cures=(*(take_back for alias in recorded for take_back in _commands(ride, alias, recorded[alias])), last),
        details={"added": names},
    )


def moved_on(ride: Ride, alias: str, later: Sequence[Sequence[str]], gone: Sequence[object]) -> tuple[str, ...]:
    """What to do about a database that records migrations `later` than the new ones, or where rows are `gone`.

    A migration whose file was removed cannot be taken back without it.
    """
    again = (f"Apply again in {alias} what was taken back: manage.py migrate{_database(alias)}",) if gone else ()
    if not later:
        return again
    nodes = [(app, name) for app, name in later]
    known = {(app, name) for app, name, _ in ride.guest.call("history", labels=list(ride.checkpoint.folders))["disk"]}
    lost = [".".join(node) for node in nodes if node not in known]
    if not lost:
        return (*_commands(ride, alias, nodes), *again)
    return (
        f"First put the file of {some(lost)} back where it was: the way back is in it.",
        *_commands(ride, alias, nodes, "Then"),
        *again,
        "Then set that file aside again, and undo.",
    )


def _recorded(ride: Ride, added: Sequence[Node]) -> tuple[dict[str, list[Node]], list[str]]:
    """What of the added migrations each database records, and the databases that cannot be read."""
    recorded, unread = {}, []
    for database in ride.guest.facts["databases"]:
        if database["vendor"] == "other" or not database["exists"]:
            continue
        try:
            found = histories.read_state(ride, database["alias"])
        except DatabaseError:
            unread.append(database["alias"])
            continue
        rows = {(app, name) for app, name in (*found["extra"], *found["on_top"])}
        if there := [node for node in added if node in rows]:
            recorded[database["alias"]] = there
    return recorded, unread


def _commands(ride: Ride, alias: str, later: Sequence[Node], when: str = "First") -> tuple[str, ...]:
    """The commands that take these migrations back in a database, the newest app first."""
    nodes = ride.guest.call("history", labels=list(ride.checkpoint.folders))["nodes"]
    before: dict[str, str] = dict.fromkeys((app for app, _ in later), "zero")
    before |= {node["app"]: node["name"] for node in nodes if _stays(node, before, later)}
    return tuple(
        f"{when} take it back in {alias}, with all that it built there: manage.py migrate{_database(alias)} {app} {name}"
        for app, name in reversed(before.items())
    )


def _database(alias: str) -> str:
    return "" if alias == "default" else f" --database {alias}"


def _stays(node: Mapping[str, str], apps: Mapping[str, str], later: Sequence[Node]) -> bool:
    return node["app"] in apps and (node["app"], node["name"]) not in later


def _file(ride: Ride, node: Node) -> str:
    app, name = node
    return f"{ride.checkpoint.folders[app]}/{name}.py"

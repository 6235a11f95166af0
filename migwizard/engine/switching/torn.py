"""Databases that record a migration without one that it needs: migrate refuses them, so it brings them no further."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from migwizard.engine.ride import PULLED, Ride
from migwizard.plan.operations import Node
from migwizard.switch.manifest import Manifest
from migwizard.words.counting import some


def cures(ride: Ride, alias: str, found: Mapping[str, Any]) -> tuple[str, ...]:
    """What to do about a database whose old history is torn; empty where it is not.

    `found` is its state, or the details of a refusal. `migrate --fake` stops there like every migrate, so the row itself
    is what is left to restore.
    """
    if PULLED in ride.facts:
        return _by_manifest(ride, alias, found)
    lost = ride.guest.call("torn", alias=alias, folders=ride.old_folders())
    return _told(alias, [(app, name) for app, name in lost]) if lost else ()


def _by_manifest(ride: Ride, alias: str, found: Mapping[str, Any]) -> tuple[str, ...]:
    """The same in a checkout without the old files: of the apps that are not reset the files are here, and of the others
    the manifest has the order, and not what needs what.
    """
    manifest: Manifest = ride.facts[PULLED]
    needed = [(app, name) for app, name in ride.guest.call("torn", alias=alias) if app not in manifest.apps]
    if needed:
        return _told(alias, needed)
    passed = _passed_by(manifest, found)
    if not passed:
        return ()
    lost, later = (some([".".join(node) for node in dict.fromkeys(nodes)]) for nodes in (passed, passed.values()))
    torn = (
        f"{alias} records {later}, and not {lost}, which comes before it. Where the one needs the other, migrate stops in the "
        "old release as well, with --fake too (InconsistentMigrationHistory)."
    )
    not_torn = (
        f"Where it does not, the old release brings {alias} on: check it out in another folder, run `manage.py migrate "
        f"--database {alias}` there, then check again."
    )
    return torn, *_restore(alias, list(passed)), not_torn


def _passed_by(manifest: Manifest, found: Mapping[str, Any]) -> dict[Node, Node]:
    """Old migrations that are not recorded, each with the last one of its app that is, where that comes after it."""
    place = {node: number for number, node in enumerate(manifest.old_nodes)}
    place |= {part: place[node] for node, parts in manifest.alt if node in place for part in parts if part not in place}
    last: dict[str, Node] = {}
    for node in sorted(((app, name) for app, name in found.get("old", ())), key=lambda node: place.get(node, -1)):
        last[node[0]] = node
    missing = [(app, name) for app, name in found.get("missing", ())]
    return {
        node: last[node[0]]
        for node in missing
        if node in place and node[0] in last and place[node] < place.get(last[node[0]], -1)
    }


def _told(alias: str, lost: Sequence[Node]) -> tuple[str, ...]:
    names = some(list(dict.fromkeys(".".join(node) for node in lost)))
    what = f"it records migrations that need {names}, and not {names}"
    stops = "There migrate stops, with --fake too (InconsistentMigrationHistory)."
    return f"{alias} was torn before any reset: {what}. {stops}", *_restore(alias, lost)


def _restore(alias: str, lost: Sequence[Node]) -> tuple[str, ...]:
    inserts = " ".join(
        f"INSERT INTO django_migrations (app, name, applied) VALUES ('{app}', '{name}', CURRENT_TIMESTAMP);"
        for app, name in lost
    )
    return (
        f"Restore the row in django_migrations of {alias} from a backup, then check again.",
        f"Or, where what it builds is known to be in {alias}, record it there by SQL: {inserts}",
    )

"""Databases that record a migration without one that it needs: migrate refuses them, so it brings them no further."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from migwizard.engine.ride import PULLED, Ride
from migwizard.engine.swapping import git
from migwizard.engine.switching.takenback import STOPPED
from migwizard.plan.operations import Node
from migwizard.project.agent.switch.words import at_commit
from migwizard.switch.manifest import FILE_NAME, Manifest
from migwizard.words.counting import some


def cures(ride: Ride, alias: str, found: Mapping[str, Any], usual: tuple[str, ...]) -> tuple[str, ...]:
    """What to do about a database that is behind: what is `usual`, which is to migrate it, or else what helps where its old
    history is torn.

    `found` is its state, or the details of a refusal. `migrate --fake` stops there like every migrate, so the row itself
    is what is left to restore.
    """
    if PULLED in ride.facts:
        return _by_manifest(ride, alias, found, usual)
    lost = ride.guest.call("torn", alias=alias, folders=ride.old_folders())
    return told(alias, [(app, name) for app, name in lost]) if lost else usual


def _by_manifest(ride: Ride, alias: str, found: Mapping[str, Any], usual: tuple[str, ...]) -> tuple[str, ...]:
    """The same in a checkout without the old files: of the apps that are not reset the files are here, and of the others
    the manifest has the order, and not what needs what. So a branch that was never applied looks torn as well, and the
    old files come first: a row that is recorded by hand would hide for good what they have not built.
    """
    manifest: Manifest = ride.facts[PULLED]
    needed = [(app, name) for app, name in ride.guest.call("torn", alias=alias) if app not in manifest.apps]
    if needed:
        return told(alias, needed)
    passed = _passed_by(manifest, found)
    usual = _with_old_files(ride.project.root, alias, manifest) or usual
    if not passed:
        return usual
    lost, later = (some([".".join(node) for node in dict.fromkeys(nodes)]) for nodes in (passed, passed.values()))
    torn = (
        f"Only where that migrate stops with InconsistentMigrationHistory, as it does with --fake too: {alias} records {later}, and "
        f"not {lost}, which comes before it."
    )
    restore, record = _restore(alias, list(passed))
    return *usual, torn, f"Then: {restore[0].lower()}{restore[1:]}", record


def _with_old_files(root: Path, alias: str, manifest: Manifest) -> tuple[str, ...]:
    """The line that brings a database of a checkout to the old head; empty where git does not know the old files."""
    before = git.commit_of(root, manifest.release) or git.commit_of(
        root, f"{git.holding(root, FILE_NAME, manifest.run_id)}^"
    )
    if not before:
        return ()
    line = at_commit(before[:12], f"python manage.py migrate --database {shlex.quote(alias)}")
    return f"Commit your own work, then apply what it lacks with the files from before the reset: {line}", STOPPED


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


def told(alias: str, lost: Sequence[Node]) -> tuple[str, ...]:
    names = some(list(dict.fromkeys(".".join(node) for node in lost)))
    what = f"it records migrations that need {names}, and not {names}"
    stops = "There migrate stops, with --fake too (InconsistentMigrationHistory)."
    return f"{alias} was torn before any reset: {what}. {stops}", *_restore(alias, lost)


def _restore(alias: str, lost: Sequence[Node]) -> tuple[str, ...]:
    inserts = " ".join(
        f"INSERT INTO django_migrations (app, name, applied) VALUES ({_literal(app)}, {_literal(name)}, CURRENT_TIMESTAMP);"
        for app, name in lost
    )
    return (
        f"Restore the row in django_migrations of {alias} from a backup, then check again.",
        f"Or, where what it builds is known to be in {alias}, record it there by SQL: {inserts}",
    )


def _literal(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"

"""A reset whose files are in this checkout no more, and a database that was switched to it.

It was taken back, or it is on another branch. Git has its manifest and its script, which lead the database back.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migwizard.engine.swapping import git
from migwizard.project.agent.switch.words import at_commit
from migwizard.switch import script
from migwizard.switch.manifest import FILE_NAME, Manifest, ManifestUnreadableError, from_json, node_name
from migwizard.words.counting import some

ALIAS = "ALIAS"
"""Stands for a database where nobody looks which one it is."""
STOPPED = "Where that stops after the first command, this leads back: git checkout -"
"""Of a line that runs a command with the files of another commit."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A reset that a commit took back."""

    manifest: Manifest
    before: str
    """The commit before that one, which still has the files of the reset."""

    def way_back(self, alias: str = ALIAS) -> str:
        """What leads a database back that was switched to it."""
        return (
            f"A database that was switched to the reset {self.manifest.run_id}, which was taken back, goes back with: "
            f"{_line(self.before, alias)}"
        )


def find(root: Path) -> TakenBack | None:
    """The reset that the newest commit of its kind took back; None where none did.

    One that was retired has left its new files, so nothing has to go back.
    """
    removal = "" if (root / FILE_NAME).is_file() else git.removal(root, FILE_NAME)
    before = git.commit_of(root, f"{removal}^") if removal else ""
    manifest = _manifest_at(root, before)
    if manifest is None:
        return None
    brought = {f"{manifest.folders[app]}/{name}.py" for app, name in manifest.new_nodes if app in manifest.folders}
    if not brought or not brought.isdisjoint(git.files_at(root, removal)):
        return None
    return TakenBack(manifest, before)


def told(root: Path) -> str:
    """What leads a database back, where a commit took a reset back; empty where none did. No database is looked at."""
    found = find(root)
    return found.way_back() if found is not None else ""


def explained(root: Path, alias: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """The state of a database that another reset switched: its run as `other_run`, and a sentence that says so.

    It has rows that nobody knows here, or those of new files that bear the same names. The backup of a switch tells it in the
    database. Where files replaced old ones by name `migrate` recorded them, and git alone knows.
    """
    if found["state"] in ("NEW", "NEW_PARTIAL") and (other := found["other_run"]):
        sentence = f"Database '{alias}' was switched to another reset, {other}, whose files bear the same names."
        return {**found, "state": "OTHER_RESET", "code": "MW-E13", "sentence": sentence}
    unknown = [(app, name) for app, name in found["unknown"]]
    if found["state"] != "UNKNOWN" or found["other_run"] or not unknown:
        return dict(found)
    manifest = _manifest_at(root, git.last_with(root, FILE_NAME, json.dumps(unknown[0][1])))
    if manifest is None or not manifest.replaces or not set(unknown) <= set(manifest.new_nodes):
        return dict(found)
    names = some([node_name(node) for node in unknown])
    sentence = (
        f"Database '{alias}' records files of the reset {manifest.run_id}, which is not in this checkout: {names}."
    )
    return {**found, "other_run": manifest.run_id, "sentence": sentence}


def cures(root: Path, alias: str, run_id: str) -> tuple[str, ...]:
    """How a database that was switched to the reset `run_id` comes back to the old history."""
    commit = git.last_with(root, FILE_NAME, run_id)
    if not commit:
        return (
            f"In a checkout that has the reset {run_id}, which its {FILE_NAME} names, take it back: {_undo(alias)}",
        )
    return (
        f"Commit your own work, then take it back with the files of that reset: {_line(commit, alias)}",
        STOPPED,
    )


def _manifest_at(root: Path, commit: str) -> Manifest | None:
    try:
        return from_json(git.content_at(root, commit, FILE_NAME) or "")
    except (ManifestUnreadableError, ValueError):
        return None


def _line(commit: str, alias: str) -> str:
    return at_commit(commit[:12], _undo(alias))


def _undo(alias: str) -> str:
    return f"python {script.FILE_NAME} undo --database {shlex.quote(alias)}"

"""A reset whose files are in this checkout no more, and a database that was switched to it.

It was taken back, or it is on another branch. Git has its manifest and its script, which lead the database back.
"""

from __future__ import annotations

from pathlib import Path

from migwizard.engine.swapping import git
from migwizard.switch import script
from migwizard.switch.manifest import FILE_NAME, ManifestUnreadableError, from_json

ALIAS = "ALIAS"
"""Stands for a database where nobody looks which one it is."""


def cures(root: Path, alias: str, run_id: str) -> tuple[str, ...]:
    """How a database that was switched to the reset `run_id` comes back to the old history."""
    commit = git.last_with(root, FILE_NAME, run_id)
    if not commit:
        undo = f"python {script.FILE_NAME} undo --database {alias}"
        return (f"In a checkout that has the reset {run_id}, which its {FILE_NAME} names, take it back: {undo}",)
    return (
        f"Commit your own work, then take it back with the files of that reset: {_line(commit, alias)}",
        "Where that stops after the first command, this leads back: git checkout -",
    )


def told(root: Path) -> str:
    """What leads a database back, where a commit before this one took a reset back; empty where none did.

    No database is looked at. A reset that was retired has left its new files, so nothing has to go back.
    """
    removal = "" if (root / FILE_NAME).is_file() else git.removal(root, FILE_NAME)
    before = git.commit_of(root, f"{removal}^") if removal else ""
    try:
        manifest = from_json(git.content_at(root, before, FILE_NAME) or "")
    except (ManifestUnreadableError, ValueError):
        return ""
    brought = {f"{manifest.folders[app]}/{name}.py" for app, name in manifest.new_nodes if app in manifest.folders}
    if not brought or not brought.isdisjoint(git.files_at(root, removal)):
        return ""
    return (
        f"A database that was switched to the reset {manifest.run_id}, which was taken back, goes back with: "
        f"{_line(before, ALIAS)}"
    )


def _line(commit: str, alias: str) -> str:
    return f"git checkout {commit[:12]} && python {script.FILE_NAME} undo --database {alias} && git checkout -"

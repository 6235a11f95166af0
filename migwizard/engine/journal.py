"""The journal of changes to the tree: written before a change, closed after it.

Every change is a list of steps that may be repeated without harm, and each step knows the hash of what it expects and of
what it leaves. So whatever moment a kill hits, the next start finishes what was begun.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from migwizard.engine import durable
from migwizard.errors import ConflictError


@dataclass(frozen=True, slots=True)
class Step:
    """One file of the tree: written from `source` (then `after` is its hash), or removed (then it is None)."""

    path: str
    """Relative to the project's root."""
    before: str | None
    """SHA-256 of what is there before, None where there is nothing."""
    after: str | None
    source: str | None = None
    """Where the content lies, relative to the `.migwizard` folder."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A change that was begun: "apply" or "undo"."""

    kind: str
    run_id: str
    steps: tuple[Step, ...]


def begin(path: Path, entry: Entry) -> None:
    durable.append_line(path, json.dumps({"event": "begin", **asdict(entry)}, sort_keys=True))


def end(path: Path, entry: Entry) -> None:
    durable.append_line(path, json.dumps({"event": "end", "kind": entry.kind, "run_id": entry.run_id}, sort_keys=True))


def unfinished(path: Path) -> Entry | None:
    """The change that was begun and not ended, if there is one. Raises ConflictError for an unreadable journal."""
    current: Entry | None = None
    for event in _events(path):
        if event["event"] == "begin":
            current = Entry(event["kind"], event["run_id"], tuple(Step(**step) for step in event["steps"]))
        else:
            current = None
    return current


def _events(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        return []
    lines = path.read_bytes().split(b"\n")
    # A last line without its newline was cut off while it was written: that change had not begun.
    complete = [line for line in lines[:-1] if line]
    try:
        return [dict(json.loads(line)) for line in complete]
    except (ValueError, TypeError) as error:
        raise ConflictError(
            f"The journal {path} cannot be read: {error}. Nothing was changed.",
            code="journal-corrupt",
            cures=("Compare the migration folders with the backup in .migwizard/backup before anything else.",),
        ) from error


def check(root: Path, steps: Sequence[Step]) -> None:
    """Raise ConflictError where a file is neither as it was nor as it will be, or lies outside of the project."""
    for step in steps:
        if not (root / step.path).parent.resolve().is_relative_to(root.resolve()):
            raise ConflictError(
                f"The journal names a place outside the project: {step.path}. Nothing was written there, or anywhere.",
                code="journal-outside",
                cures=("Compare the migration folders with the backup in .migwizard/backup before anything else.",),
            )
        found = durable.file_hash(root / step.path)
        if found not in (step.before, step.after):
            raise ConflictError(
                f"{step.path} was changed meanwhile. Nothing of it was touched.",
                code="file-changed",
                cures=("Put your change aside (git stash), and start again.",),
                details={"path": step.path},
            )


def carry_out(root: Path, folder: Path, steps: Sequence[Step]) -> None:
    """Bring every file to its `after`; what is there already is left alone. New files come before old ones go."""
    for parent in sorted({(root / step.path).parent for step in steps}):
        durable.sweep_folder(parent)
    for step in sorted(steps, key=lambda step: step.after is None):
        path = root / step.path
        if durable.file_hash(path) == step.after:
            continue
        if step.after is None:
            durable.remove_file(path)
            continue
        assert step.source is not None
        durable.write_file(
            path, (folder / step.source).read_bytes(), mode=(folder / step.source).stat().st_mode & 0o777
        )

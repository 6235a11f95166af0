"""The checkpoint: small, versioned JSON from which an interrupted reset goes on.

It holds the state, every decision, fingerprints and hashes, one timestamp and one run id. Source text, settings and
secrets are not in it; what can be computed again is computed again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from migwizard.engine import durable
from migwizard.engine.states import State
from migwizard.engine.talk import Answer
from migwizard.errors import ConflictError

FORMAT = 1


@dataclass(slots=True)
class Checkpoint:
    """Where a reset stands."""

    run_id: str
    timestamp: str
    """ISO 8601, UTC; headers of new files and the manifest carry it."""
    project: dict[str, Any]
    """Folder name, settings module and labels, to recognise a checkpoint that was copied from elsewhere."""
    state: State = State.PREFLIGHT
    """The state that comes next."""
    tag: str = "reset"
    decisions: dict[str, Answer] = field(default_factory=dict)
    fingerprints: dict[str, str] = field(default_factory=dict)
    """What each finished state was computed from."""
    results: dict[str, Any] = field(default_factory=dict)
    """Short results by state."""
    files: dict[str, str] = field(default_factory=dict)
    """SHA-256 of each staged migration, by path relative to the staging folder."""
    folders: dict[str, str] = field(default_factory=dict)
    """Migrations folder of each label, relative to the project's root."""
    applied: bool = False
    databases: dict[str, str] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write it, keeping the last one beside it."""
        if path.is_file():
            durable.write_file(path.with_name("checkpoint.previous.json"), path.read_bytes())
        data = {"format": FORMAT, **asdict(self)}
        durable.write_file(path, (json.dumps(data, indent=1, sort_keys=True) + "\n").encode())


def load_checkpoint(path: Path, root: Path) -> Checkpoint | None:
    """The checkpoint at `path`, or None. Raises ConflictError where it is broken, newer, or leads out of the project."""
    if not path.is_file():
        return None
    try:
        data = json.loads(path.read_bytes())
        if not isinstance(data, dict) or not isinstance(data.get("format"), int):
            raise ValueError("it is no checkpoint")
        if data["format"] > FORMAT:
            raise ConflictError(
                f"{path} was made by a newer migwizard (format {data['format']}, this version reads up to {FORMAT}). "
                "Nothing was changed.",
                code="checkpoint-newer",
                cures=("Update migwizard.",),
            )
        checkpoint = _parse(data)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ConflictError(
            f"The checkpoint {path} cannot be read: {error}. Nothing was changed.",
            code="checkpoint-corrupt",
            cures=(
                f"Put {path.parent.name}/checkpoint.previous.json in its place, or set the folder aside and start new.",
            ),
        ) from error
    _check_paths(checkpoint, path, root)
    return checkpoint


_KINDS = dict.fromkeys(("fingerprints", "results", "files", "folders", "databases", "project"), dict) | {
    "run_id": str,
    "timestamp": str,
    "tag": str,
    "applied": bool,
}


def _parse(data: Mapping[str, Any]) -> Checkpoint:
    values = {key: value for key, value in data.items() if key != "format"}
    values["state"] = State(values["state"])
    values["decisions"] = {key: Answer(**answer) for key, answer in values["decisions"].items()}
    for name, kind in _KINDS.items():
        if not isinstance(values.get(name), kind):
            raise ValueError(f"{name} is missing, or no {kind.__name__}")
    return Checkpoint(**values)


def _check_paths(checkpoint: Checkpoint, path: Path, root: Path) -> None:
    """Paths in a checkpoint are relative and stay below the project's root, symbolic links followed."""
    own = path.parent
    named = [(own / "staging", name) for name in checkpoint.files]
    named += [(own / "backup", name) for name in (checkpoint.run_id, *checkpoint.folders)]
    named += [(root, name) for name in checkpoint.folders.values()]
    for base, value in named:
        pure = PurePosixPath(str(value))
        inside = (base / pure).resolve().is_relative_to(root.resolve())
        if pure.is_absolute() or ".." in pure.parts or not inside:
            raise ConflictError(
                f"The checkpoint {path} names a place outside the project: {value}. Nothing was written there, or anywhere.",
                code="checkpoint-outside",
                cures=("Set the .migwizard folder aside and start new.",),
            )


def check_owner(checkpoint: Checkpoint, project: Mapping[str, Any], path: Path) -> None:
    """Raise ConflictError where the checkpoint was made for another project."""
    own, other = checkpoint.project, project
    same_labels = set(own.get("labels", ())) & set(other.get("labels", ()))
    if own.get("settings") != other.get("settings") or (own.get("labels") and not same_labels):
        raise ConflictError(
            f"The checkpoint {path} belongs to another project: it was made for {own.get('name')} "
            f"({own.get('settings')}), here is {other.get('name')} ({other.get('settings')}). Nothing was changed.",
            code="checkpoint-foreign",
            cures=("Set the .migwizard folder aside and start new.",),
        )

"""The checkpoint: small, versioned JSON from which an interrupted reset goes on.

It holds the state, every decision, fingerprints and hashes, one timestamp and one run id. Source text, settings and
secrets are not in it; what can be computed again is computed again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from migwizard.engine.states import ORDER, State, before
from migwizard.engine.surviving import durable, journal
from migwizard.engine.talk import Answer
from migwizard.errors import ConflictError
from migwizard.paths import Workplace, lies_inside
from migwizard.stored import printable, read_json

FORMAT = 3
"""1: 0.1.0. 2: approvals and measured seconds. 3: which database each alias led to."""
PREVIOUS = "checkpoint.previous.json"
"""The last checkpoint but one, beside the last one."""
NOT_TOUCHED = "not touched"
ACCEPTED = "accepted"
"""Key in the results: the fingerprint of each generated file as a person accepted it."""
RUN_ID = re.compile(r"[0-9a-f]{12}")
"""The ids that we make; a folder of the second backup is named so, and undo removes it."""


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
    """The state of each database after Fake was there, or NOT_TOUCHED."""
    identities: dict[str, str] = field(default_factory=dict)
    """Which database each of these aliases led to then."""
    approvals: dict[str, str] = field(default_factory=dict)
    """Fingerprint of the preview that a person approved, by state."""
    seconds: dict[str, float] = field(default_factory=dict)
    """How long each state worked when it ran last, waiting for answers left out."""

    def save(self, path: Path) -> None:
        """Write it, keeping the last one beside it; where nothing changed, nothing is written."""
        data, last = self._as_json().encode(), path.read_bytes() if path.is_file() else None
        if data == last:
            return
        if last is not None:
            durable.write_file(path.with_name(PREVIOUS), last)
        durable.write_file(path, data)

    def _as_json(self) -> str:
        """A line for each field: Python indents slowly, and nobody reads the results of a state line by line."""
        facts = {each.name: getattr(self, each.name) for each in fields(self)} | {"format": FORMAT}
        facts["decisions"] = {key: asdict(answer) for key, answer in self.decisions.items()}
        lines = (f" {json.dumps(key)}: {json.dumps(value, sort_keys=True)}" for key, value in sorted(facts.items()))
        return "{\n" + ",\n".join(lines) + "\n}\n"

    def forget_from(self, first: State) -> None:
        """Nothing from this state on counts any more: it comes next again, where the reset was beyond it."""
        for state in ORDER[ORDER.index(first) :]:
            self.results.pop(state, None)
            self.approvals.pop(state, None)
        if before(first, self.state):
            self.state = first


def load_checkpoint(path: Path, root: Path) -> Checkpoint | None:
    """The checkpoint at `path`, or None; what was done to tree and databases it learns from the journal.

    Raises ConflictError where it is broken, newer, or leads out of the project, or where the journal is broken.
    """
    if not path.is_file():
        return None
    try:
        data = read_json(path)
        if not isinstance(data, dict) or not isinstance(data.get("format"), int):
            raise ValueError("it is no checkpoint")
        if data["format"] > FORMAT:
            raise ConflictError(
                f"{path} was made by a newer migwizard (format {data['format']}, this version reads up to {FORMAT}). "
                "Nothing was changed.",
                code="checkpoint-newer",
                cures=("Update migwizard.",),
                details={"format": data["format"], "reads": FORMAT},
            )
        checkpoint = _parse(_migrated(data))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _corrupt(path, str(error), {"byte": _where(error), "previous": _previous(path, root)}) from error
    _check_paths(checkpoint, path, root)
    _correct(checkpoint, Workplace(root).journal)
    _check_labels(checkpoint, path)
    return checkpoint


def _corrupt(path: Path, why: str, details: Mapping[str, Any] = MappingProxyType({})) -> ConflictError:
    return ConflictError(
        f"The checkpoint {path} cannot be read: {printable(why)}. Nothing was changed.",
        code="checkpoint-corrupt",
        cures=(f"Put {path.parent.name}/{PREVIOUS} in its place, or set the folder aside and start new.",),
        details={"byte": None, "previous": None} | dict(details),
    )


def _correct(checkpoint: Checkpoint, acts: Path) -> None:
    """Bring a checkpoint to what the journal says was done: somebody may have put an older one in its place."""
    stands = journal.stands(acts, checkpoint.run_id)
    if stands is not None:
        checkpoint.applied = stands == "apply"
    if not checkpoint.applied:
        checkpoint.forget_from(State.APPLY)
    if stands is None:
        return
    for act in reversed(journal.switches(acts)):
        alias, known = act.alias, checkpoint.databases.get(act.alias)
        if not act.is_of(alias, checkpoint.identities.get(alias, "")):
            # It leads elsewhere since.
            continue
        if act.kind == "switch" and known in (None, NOT_TOUCHED, "OLD_HEAD"):
            checkpoint.databases[alias] = "NEW"
        elif act.kind == "unswitch" and known in ("NEW", "NEW_PARTIAL"):
            checkpoint.databases[alias] = "OLD_HEAD"
        if act.identity:
            checkpoint.identities[alias] = act.identity


def _check_labels(checkpoint: Checkpoint, path: Path) -> None:
    """Raise ConflictError where new files stand in the tree and nothing says in which folder."""
    lost = {name.partition("/")[0] for name in checkpoint.files} - checkpoint.folders.keys()
    if checkpoint.applied and lost:
        raise _corrupt(path, f"it names no folder for {', '.join(sorted(lost))}")


def _where(error: Exception) -> int | None:
    """The byte at which a file stops being JSON, from 0; None where only its content is wrong."""
    if isinstance(error, json.JSONDecodeError):
        return len(error.doc[: error.pos].encode())
    return error.start if isinstance(error, UnicodeDecodeError) else None


def _previous(path: Path, root: Path) -> dict[str, Any] | None:
    """When the copy beside a broken checkpoint was written, and what it knows; None where it is of no use either."""
    copy = path.with_name(PREVIOUS)
    if copy == path:
        return None
    try:
        found = load_checkpoint(copy, root)
    except ConflictError:
        return None
    if found is None:
        return None
    written = datetime.fromtimestamp(copy.stat().st_mtime, UTC).isoformat(timespec="seconds")
    return {"saved": written, "state": found.state.value, "decisions": len(found.decisions)}


def _migrated(data: Mapping[str, Any]) -> dict[str, Any]:
    """The same checkpoint in today's format."""
    migrated = dict(data)
    if data["format"] == 1:
        migrated |= {"approvals": {}, "seconds": {}}
    if data["format"] < 3:
        migrated |= {"identities": {}}
    return migrated


_VALUES: Mapping[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("fingerprints", "files", "folders", "databases", "identities", "approvals"), str),
    "results": dict,
    "seconds": (int, float),
    "project": (str, list, type(None)),
    "decisions": Answer,
}
"""What each dictionary holds."""
_KINDS = dict.fromkeys(_VALUES, dict) | {
    "run_id": str,
    "timestamp": str,
    "tag": str,
    "applied": bool,
}


def _parse(data: Mapping[str, Any]) -> Checkpoint:
    """Raises ValueError, TypeError or KeyError where something is missing, or of a kind that we never wrote."""
    values = {key: value for key, value in data.items() if key != "format"}
    values["state"] = State(values["state"])
    values["decisions"] = {key: _answer(key, **answer) for key, answer in values["decisions"].items()}
    for name, kind in _KINDS.items():
        if not isinstance(values.get(name), kind):
            raise ValueError(f"{name} is missing, or no {kind.__name__}")
    if not RUN_ID.fullmatch(values["run_id"]):
        raise ValueError(f"run_id is {values['run_id']!r}, which is none of ours")
    for name, kinds in _VALUES.items():
        for key, value in values[name].items():
            if not isinstance(value, kinds):
                raise ValueError(f"{name}: {key} is of another kind")
    if wrong := [value for value in (*values["folders"], *values["folders"].values()) if not Path(value).parts]:
        raise ValueError(f"folders: {wrong[0]!r} is the name of none")
    labels = values["project"].get("labels", [])
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise ValueError("project: labels are of another kind")
    return Checkpoint(**values)


def _answer(key: str, choice: object, by: object, about: object = "") -> Answer:
    if not isinstance(choice, str) or not isinstance(by, str) or not isinstance(about, str):
        raise ValueError(f"decisions: {key} is of another kind")
    return Answer(choice, by, about)


def _check_paths(checkpoint: Checkpoint, path: Path, root: Path) -> None:
    """Paths in a checkpoint are relative and stay below the project's root, symbolic links followed."""
    place = Workplace(root)
    named = [(place.staging, name) for name in checkpoint.files]
    named += [(place.backup, name) for name in checkpoint.folders]
    named += [(root, name) for name in checkpoint.folders.values()]
    for base, value in named:
        if not lies_inside(base, value, root):
            raise ConflictError(
                f"The checkpoint {path} names a place outside the project: {printable(value)}. Nothing was written there, or anywhere.",
                code="checkpoint-outside",
                cures=("Set the .migwizard folder aside and start new.",),
                details={"place": printable(value)},
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
            details={"own": dict(own), "here": dict(other)},
        )

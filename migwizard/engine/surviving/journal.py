"""The journal of changes to the tree: written before a change, closed after it.

Every change is a list of steps that may be repeated without harm, and each step knows the hash of what it expects and of
what it leaves. So whatever moment a kill hits, the next start finishes what was begun, or takes it back.
"""

from __future__ import annotations

import errno
import glob
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from migwizard import private
from migwizard.engine.surviving import durable
from migwizard.errors import ConflictError
from migwizard.paths import Workplace, lies_inside
from migwizard.stored import parse, printable, read_bytes


@dataclass(frozen=True, slots=True)
class Step:
    """One file of the tree: written from `source` (then `after` is its hash), or removed (then it is None)."""

    path: str
    """Relative to the project's root."""
    before: str | None
    """SHA-256 of what is there before, None where there is nothing."""
    after: str | None
    source: str | None = None
    """Where the content lies, relative to the `.migwizard` folder, or absolute in the second backup."""


KINDS = ("apply", "undo")
"""What a change of files is."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A change that was begun: "apply" or "undo"."""

    kind: str
    run_id: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """Something that was done to the tree or to a database: "apply", "undo", "switch" or "unswitch"."""

    kind: str
    at: str
    """ISO 8601; empty where an older version wrote the journal."""
    alias: str = ""
    identity: str = ""
    """Which database the alias led to; empty for files, and where an older version wrote the journal."""

    def is_of(self, alias: str, identity: str) -> bool:
        """Whether it was done to this database; where one side does not know which one it was, the alias tells."""
        if self.identity and identity:
            return self.identity == identity
        return self.alias == alias


def begin(path: Path, entry: Entry, at: str = "") -> None:
    durable.append_line(path, json.dumps({"event": "begin", "at": at, **asdict(entry)}, sort_keys=True))


def note(path: Path, act: Act) -> None:
    """Remember that something was done to a database, which keeps itself whole."""
    durable.append_line(path, json.dumps({"event": "act", **asdict(act)}, sort_keys=True))


def acts(path: Path) -> list[Act]:
    """Everything that was begun or done, the oldest first."""
    return [
        Act(event["kind"], *(str(event.get(key, "")) for key in ("at", "alias", "identity")))
        for event in _events(path)
        if event["event"] != "end"
    ]


def end(path: Path, entry: Entry) -> None:
    durable.append_line(path, json.dumps({"event": "end", "kind": entry.kind, "run_id": entry.run_id}, sort_keys=True))


def unfinished(path: Path) -> Entry | None:
    """The change that was begun and not ended, if there is one. Raises ConflictError for an unreadable journal."""
    current: Entry | None = None
    for event in _events(path):
        if event["event"] == "begin":
            current = _entry(path, event)
        elif event["event"] == "end":
            current = None
    return current


def swaps(path: Path) -> list[Entry]:
    """Every swap that was begun, the oldest first."""
    begun = [event for event in _events(path) if (event["event"], event["kind"]) == ("begin", "apply")]
    return [_entry(path, event) for event in begun]


def swap_of(path: Path, run_id: str) -> Entry | None:
    """The last swap that this reset began, with the hash of every old file; None where an older journal lacks it."""
    entries = [entry for entry in swaps(path) if entry.run_id == run_id]
    return entries[-1] if entries else None


def _entry(path: Path, event: dict[str, Any]) -> Entry:
    try:
        entry = Entry(event["kind"], event["run_id"], tuple(Step(**step) for step in event["steps"]))
        if not isinstance(entry.run_id, str) or entry.kind not in KINDS or not all(map(_is_step, entry.steps)):
            raise ValueError("a change is of a kind that was never written")
    except (KeyError, TypeError, ValueError) as error:
        raise _corrupt(path, error) from error
    return entry


def _is_step(step: Step) -> bool:
    hashes = (step.before, step.after, step.source)
    return isinstance(step.path, str) and all(value is None or isinstance(value, str) for value in hashes)


def stands(path: Path, run_id: str | None = None) -> str | None:
    """What the tree holds: the kind of the last change that was ended, "apply" or "undo"; None where there was none.

    With a run id only the changes of that reset count: a journal may be older than the checkpoint beside it.
    """
    ended = [event for event in _events(path) if event["event"] == "end"]
    kinds = [str(event["kind"]) for event in ended if run_id in (None, event.get("run_id"))]
    return kinds[-1] if kinds else None


def switches(path: Path) -> list[Act]:
    """The last act of each database whose rows were switched or put back: "switch" or "unswitch"; the newest last."""
    last: list[Act] = []
    for act in acts(path):
        if act.kind in ("switch", "unswitch"):
            last = [*(other for other in last if not other.is_of(act.alias, act.identity)), act]
    return last


def _events(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        return []
    try:
        lines = read_bytes(path).split(b"\n")
    except ValueError as error:
        raise _corrupt(path, error) from error
    # A last line without its newline was cut off while it was written: that change had not begun.
    complete = [line for line in lines[:-1] if line]
    try:
        events = [dict(parse(line)) for line in complete]
        if not all(isinstance(event.get(key), str) for event in events for key in ("event", "kind")):
            raise ValueError("a line tells of no event")
    except (ValueError, TypeError) as error:
        raise _corrupt(path, error) from error
    return events


def _corrupt(path: Path, error: Exception) -> ConflictError:
    return ConflictError(
        f"The journal {path} cannot be read: {printable(str(error))}. Nothing was changed.",
        code="journal-corrupt",
        cures=("Compare the migration folders with the backup in .migwizard/backup before anything else.",),
    )


def check(root: Path, steps: Sequence[Step]) -> None:
    """Raise ConflictError where a file is neither as it was nor as it will be, or lies outside of the project.

    Other ends of lines, and JSON that says the same, are no change: git and its hooks make them.
    """
    for step in steps:
        if not _stays_inside(root, step):
            raise ConflictError(
                f"The journal names a place outside the project: {printable(step.path)}. Nothing was written there, or anywhere.",
                code="journal-outside",
                cures=("Compare the migration folders with the backup in .migwizard/backup before anything else.",),
            )
        if _found(root / step.path).isdisjoint((step.before, step.after)):
            written = _written(root, step)
            if written is None or not _says_the_same(root / step.path, written):
                raise _changed(root, step, written)


def _changed(root: Path, step: Step, written: Path | None) -> ConflictError:
    out = f"take it out of {step.path} by hand"
    if written is not None:
        out = f"copy {written.relative_to(root)} over {step.path}, which is the file as it was"
    return ConflictError(
        f"{printable(step.path)} was changed meanwhile. Nothing of it was touched.",
        code="file-changed",
        cures=(
            (
                f"Keep your change somewhere else, {out}, and start again; git stash does not know files that were never "
                "committed."
            ),
        ),
        details={"path": step.path},
    )


def _found(path: Path) -> set[str | None]:
    """The hashes of a file, with either end of lines; of a folder in its place, or of what can be no file, one that no text has."""
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return {None}
    except OSError as error:
        if error.errno in (errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP):
            return {"no file"}
        raise
    lines = data.replace(b"\r\n", b"\n")
    return {durable.sha256(text) for text in (data, lines, lines.replace(b"\n", b"\r\n"))}


def _written(root: Path, step: Step) -> Path | None:
    """Where our folder holds the text that a step finds in the tree."""
    place, name = Workplace(root), glob.escape(PurePosixPath(step.path).name)
    folders = (place.staging, place.committed, place.backup)
    paths = (path for folder in folders for path in sorted(folder.rglob(name)) if path.is_file())
    return next((path for path in paths if durable.file_hash(path) == step.before), None)


def _says_the_same(path: Path, written: Path) -> bool:
    """Whether both are JSON of the same content."""
    if path.suffix != ".json":
        return False
    try:
        return bool(parse(path.read_bytes()) == parse(written.read_bytes()))
    except (OSError, ValueError):
        return False


def _stays_inside(root: Path, step: Step) -> bool:
    """Whether a file, and what its content comes from, lies where we put them. The file itself may be a link."""
    pure, place = Path(step.path), Workplace(root)
    if not pure.name or pure.name == ".." or not lies_inside(root, str(pure.parent), root):
        return False
    if not lies_inside(root.resolve(), pure.name, root.resolve()) and not (root / pure).is_symlink():
        return False
    if step.source is None or not Path(step.source).is_absolute():
        return step.source is None or lies_inside(place.folder, step.source, root)
    backups = (place.folder.resolve(), place.second_backup.resolve())
    return any(Path(step.source).resolve().is_relative_to(backup) for backup in backups)


def carry_out(
    root: Path, folder: Path, steps: Sequence[Step], told: Callable[[int, int], None] = lambda number, total: None
) -> None:
    """Bring every file to its `after`; what is there already is left alone. New files come before old ones go.

    `told` hears the number of the file, from 1, and how many there are. Raises ConflictError at a file that somebody changed since
    the steps were checked: it is left as it is, and the next start goes on from there.
    """
    for number, step in enumerate(sorted(steps, key=lambda step: step.after is None), 1):
        told(number, len(steps))
        path = root / step.path
        temporary = durable.beside(path, ".migwizard-swap")
        # A kill may have left it: it is named after the file alone, so that nothing else is taken for ours.
        temporary.unlink(missing_ok=True)
        if durable.file_hash(path) == step.after:
            continue
        check(root, (step,))
        if step.after is None:
            durable.remove_file(path)
            continue
        assert step.source is not None
        source = folder / step.source
        data = source.read_bytes()
        if durable.sha256(data) != step.after:
            raise ConflictError(
                f"{source} does not hold what {step.path} is to become, so it was not written.",
                code="journal-source",
                cures=("Undo: migwizard undo",),
            )
        durable.write_file(path, data, _mode(path, source, step.source), temporary)


def _mode(path: Path, source: Path, named: str) -> int:
    """The mode that the file had or has in the tree; of what we wrote into our own folder nobody else can read a word."""
    if path.is_file():
        return path.stat().st_mode & 0o777
    is_copy = Path(named).is_absolute() or PurePosixPath(named).parts[0] == "backup"
    return source.stat().st_mode & 0o777 if is_copy else private.USUAL

"""What `branch --undo` takes back: one checkout has many branches, and was led in more than one of them."""

from __future__ import annotations

from pathlib import Path

from migwizard.engine.surviving import durable
from migwizard.engine.surviving.acting import Acts
from migwizard.engine.surviving.journal import Entry
from migwizard.engine.swapping import companions, git


def acts_here(acts: Acts) -> tuple[Entry, ...]:
    """The newest act whose files are here, and those before it that no commit has yet; the oldest comes first.

    What was written in another branch is not here, or was merged: then it is committed, and for git to take back. An act of which
    a file was edited is returned alone, for its undo to say so.
    """
    root = acts.place.root
    paths = {step.path for entry in acts.written for step in entry.steps}
    there = {path: durable.file_hash(root / path) for path in paths}
    found: list[Entry] = []
    for entry in reversed(acts.written):
        stands = all(there[step.path] == step.after for step in entry.steps)
        if found and (not stands or _is_committed(root, entry)):
            break
        if stands:
            there |= {step.path: step.before for step in entry.steps}
            found.insert(0, entry)
        elif _is_here(entry, there):
            return (entry,)
    return tuple(found)


def _is_here(entry: Entry, there: dict[str, str | None]) -> bool:
    """Whether a migration of it is here, and was not given its old text back; every branch has companions of the same name."""
    own = (step for step in entry.steps if not companions.is_companion(step.path))
    return any(there[step.path] not in (None, step.before) for step in own)


def _is_committed(root: Path, entry: Entry) -> bool:
    """Whether git has all of it as it stands."""
    paths = {root.resolve() / step.path for step in entry.steps}
    changed = git.changed_files(root, paths)
    return changed is not None and not paths.intersection(changed)

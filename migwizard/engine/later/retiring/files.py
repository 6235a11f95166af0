"""What of a reset's files goes: guards, names that nobody needs any more, and what lies beside manage.py."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migwizard.engine.staging.unified import unified
from migwizard.engine.swapping.committed import NAMES
from migwizard.errors import ConflictError
from migwizard.plan.operations import Node
from migwizard.seeds.guard import CLASS, CannotGuardError, remove_guard
from migwizard.seeds.unreplacing import replaced, without_replaced
from migwizard.switch.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Change:
    """One file as it is and as it will be; None where it goes."""

    path: str
    before: bytes
    after: bytes | None

    @property
    def diff(self) -> str:
        """How it changes; of a file that goes its name is enough."""
        if self.after is None:
            return f"removed: {self.path}\n"
        before, after = (data.decode(errors="replace") for data in (self.before, self.after))
        return unified(before, after, f"a/{self.path}", f"b/{self.path}")


def stripped(root: Path, manifest: Manifest, keep: Collection[Node]) -> list[Change]:
    """The migrations without guard and without the old names that are not in `keep`.

    Raises ConflictError where a file cannot be changed so.
    """
    found = []
    for path in _migrations(root, manifest):
        before = path.read_bytes()
        try:
            text = before.decode()
            after = remove_guard(text) if CLASS in text else text
            if _node(manifest, root, path) in manifest.new_nodes:
                after = without_replaced(after, keep)
        except (CannotGuardError, UnicodeDecodeError) as error:
            raise ConflictError(
                f"{path.relative_to(root)} cannot be retired: {error}. Nothing was changed.",
                code="retire-file",
                cures=("Write it as makemigrations does, or take out the guard by hand, and start again.",),
            ) from error
        if after != text:
            found.append(Change(path.relative_to(root).as_posix(), before, after.encode()))
    return found


def beside(root: Path) -> list[Change]:
    """The files beside manage.py, which go last: as long as the manifest is there, what was cut off goes on."""
    return [Change(name, (root / name).read_bytes(), None) for name in NAMES if (root / name).is_file()]


def replaced_names(root: Path, manifest: Manifest) -> set[Node]:
    """The old names that the new files replace by now."""
    names: set[Node] = set()
    for path in _migrations(root, manifest):
        if _node(manifest, root, path) in manifest.new_nodes:
            try:
                names.update(replaced(path.read_text(encoding="utf-8")))
            except CannotGuardError:
                # Who changes the file says so.
                continue
    return names


def needed(history: Mapping[str, Any], names: Collection[Node]) -> set[Node]:
    """Those of these old names on which a migration of the project as it is now depends by name."""
    found: set[Node] = set()
    for node in history["nodes"]:
        found.update((app, name) for app, name in (*node["dependencies"], *node["run_before"]))
    return found & set(names)


def _migrations(root: Path, manifest: Manifest) -> Iterator[Path]:
    for folder in manifest.folders.values():
        yield from sorted((root / folder).glob("*.py"))


def _node(manifest: Manifest, root: Path, path: Path) -> Node:
    folder = path.parent.relative_to(root).as_posix()
    return next(app for app, place in manifest.folders.items() if place == folder), path.stem

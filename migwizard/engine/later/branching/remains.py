"""What git has left of the old history in a branch: files that a bad merge brought back, and edits that went with them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from migwizard.engine.later.branching.tree import MigrationFile, Tree
from migwizard.engine.swapping import git
from migwizard.errors import UndecidedError
from migwizard.switch.manifest import Manifest
from migwizard.words.counting import count, some


def refuse(root: Path, manifest: Manifest, tree: Tree) -> None:
    """Raise UndecidedError where old files are in the tree, or git still has conflicts in a migrations folder."""
    if tree.old:
        raise _old_files(root, manifest, tree.old)
    folders = tuple(f"{folder}/" for folder in manifest.folders.values())
    if open_ones := [path for path in git.unmerged(root) if path.startswith(folders) and path.endswith(".py")]:
        raise UndecidedError(
            f"Git has conflicts that are not resolved yet: {some(open_ones)}. Nothing was changed.",
            code="unmerged",
            cures=("Resolve them and git add the files, then start again.",),
            details={"files": open_ones},
        )


def _old_files(root: Path, manifest: Manifest, old: list[MigrationFile]) -> UndecidedError:
    """Old files beside the new ones: each that the branch has edited is named, since what it changed is lost with it."""
    paths = [file.path for file in old]
    edited = [
        file.path
        for file in old
        if (before := git.content_at(root, manifest.release, file.path)) is not None
        and before != file.data.decode(errors="replace")
    ]
    sentence = (
        f"{count(len(old), 'old migration is', 'old migrations are')} still in the tree, beside the new files that stand for "
        f"{'it' if len(old) == 1 else 'them'}: {some(paths)}."
    )
    cures = [f"Remove what the reset removed: git rm {shlex.join(paths)}"]
    if edited:
        sentence += f" This branch has edited {some(edited)}."
        cures = [
            f"Write what you changed in {some(edited)} as a new migration: the new files do not have it.",
            *cures,
        ]
    return UndecidedError(
        f"{sentence} Nothing was changed.",
        code="old-files",
        cures=tuple(cures),
        details={"files": paths, "edited": edited},
    )


def lost_edits(root: Path, manifest: Manifest) -> Iterator[str]:
    """A sentence for every old migration that a commit of this branch has edited, and that is gone by now."""
    paths = [f"{manifest.folders[app]}/{name}.py" for app, name in manifest.known if app in manifest.folders]
    for path, commit in sorted(git.edits_since(root, manifest.release, paths).items()):
        yield (
            f"Commit {commit} edited {path}, which the reset has folded: the new files do not have that edit. If it matters, "
            "write it as a new migration."
        )

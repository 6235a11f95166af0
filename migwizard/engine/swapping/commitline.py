"""The command that commits the reset: in each repository that it changed, with what git was told to ignore."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from migwizard.engine.ride import Ride
from migwizard.engine.swapping import committed, git

MESSAGE = "commit-message.txt"
FOLDERS_NAMED = 3
"""Of more migrations folders than these the command for git has a pattern."""


def command(ride: Ride, loose: Sequence[str]) -> str:
    """For a shell in the project; a line for each repository, the inner ones first, since the outer one names their commit.

    `loose` are other files to be committed, relative to the project.
    """
    root = ride.project.root.resolve()
    forced, unwanted = _ignored(ride)
    beside = [root / name for name in (*committed.there(ride), *loose)]
    paths = [*sorted(_folders(ride) - unwanted), *(path for path in beside if path not in forced)]
    added = git.repositories((*paths, *forced)) or {root: paths}
    for top in [top for top in added if not root.is_relative_to(top)]:
        for outer in git.repositories([top.parent]):
            # Where it is no submodule the outer one knows nothing of it.
            if any(git.known(outer, [str(top.relative_to(outer))]).values()):
                added.setdefault(outer, []).append(top)
    return "\n".join(_line(ride, git.Place(root, top), inside, forced) for top, inside in added.items())


def ignored(ride: Ride) -> list[str]:
    """What the reset wrote and git was told to ignore, relative to the project."""
    root = ride.project.root.resolve()
    return [path.relative_to(root).as_posix() for path in _ignored(ride)[0]]


def _ignored(ride: Ride) -> tuple[list[Path], set[Path]]:
    """Such files; and the migrations folders of which git has nothing at all, as somebody wanted it: theirs are left out."""
    root, folders = ride.project.root.resolve(), ride.checkpoint.folders
    names = (name.split("/", 1) for name in sorted(ride.checkpoint.files))
    new = [root / folders[label] / file for label, file in names]
    found = []
    for top, paths in git.repositories((*new, *(root / name for name in committed.there(ride)))).items():
        at = git.Place(root, top)
        said = git.ignored(at.base, [at.name(path) for path in paths]) or ()
        found += [path for path in paths if at.name(path) in said]
    unwanted = {folder for folder in _folders(ride) & {path.parent for path in found} if not git.known(folder, ["."])}
    return [path for path in found if path.parent not in unwanted and path.is_file()], unwanted


def _folders(ride: Ride) -> set[Path]:
    return {ride.project.root.resolve() / folder for folder in ride.checkpoint.folders.values()}


def _line(ride: Ride, at: git.Place, paths: Sequence[Path], forced: Sequence[Path]) -> str:
    """What is added in a repository, and the commit."""
    folders = [path for path in paths if path in _folders(ride)]
    others = [path for path in paths if path not in folders]
    named = [shlex.quote(at.name(path)) for path in folders]
    if len(folders) > FOLDERS_NAMED:
        named = ["'*/migrations/*.py'"]
    named += [shlex.quote(at.name(path)) for path in others if path not in forced]
    against = [shlex.quote(at.name(path)) for path in others if path in forced]
    parts = [f"add -A -- {' '.join(named)}"] * bool(named) + [f"add -f -- {' '.join(against)}"] * bool(against)
    message = shlex.quote(at.name(ride.workplace.folder.resolve() / MESSAGE))
    return " && ".join(f"{at.command} {part}" for part in (*parts, f"commit -F {message}"))

"""What lies in a migrations folder and could not be put back as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from migwizard.engine.ride import Ride
from migwizard.engine.surviving import durable
from migwizard.errors import UsageError
from migwizard.paths import COMPANION


def refuse(ride: Ride) -> None:
    """Raise UsageError where the swap would replace a link, or where a backup of the folder is not possible."""
    for label, folder in ride.apps.folders.items():
        # Before any is imported: a pipe of the name of a migration would be waited for.
        for path in _never_copied(folder, folder):
            why = "is neither a file nor a folder, or a link that leads nowhere or in a ring: no backup could hold it"
            raise _error(ride, label, path, why, "Remove it, or move it elsewhere")
    migrations = [(app, f"{name}.py") for app, name, _ in ride.whole_history()["disk"]]
    for label, folder in ride.apps.folders.items():
        for path in (*(folder / name for app, name in migrations if app == label), folder / COMPANION):
            if path.is_symlink():
                why = "is a link: the swap would take it away, and undo would bring a file in its place"
                raise _error(ride, label, path, why, "Put the file itself there, and commit it")


def _never_copied(folder: Path, top: Path) -> Iterator[Path]:
    """What `copy_folder` cannot copy: links that lead nowhere or back to where they are, pipes, sockets, devices."""
    for path in sorted(folder.iterdir()):
        if path.name == "__pycache__" or path.suffix == ".pyc":
            continue
        if path.is_dir() and not durable.leads_round(path, top):
            yield from _never_copied(path, top)
        elif not path.is_file():
            yield path


def _error(ride: Ride, label: str, path: Path, why: str, cure: str) -> UsageError:
    root = ride.project.root.resolve()
    shown = path.relative_to(root) if path.is_relative_to(root) else path
    return UsageError(
        f"{shown} {why}. Nothing was changed.",
        code="odd-file",
        cures=(f"{cure}; then start again.", f"Or leave the app out: --exclude {label}."),
        details={"app": label, "path": str(path)},
    )

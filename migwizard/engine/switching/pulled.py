"""A reset that was made in another checkout and came with its commit: only the new files and their manifest are here.

Databases are switched by that manifest. Nothing of it is kept in this checkout, neither a checkpoint nor a copy of the
rows, and what an earlier reset of its own has left here stays as it is: what the backup table of a database holds is taken back by the script beside the manifest, as everywhere else.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from migwizard.engine.opening import look_ride
from migwizard.engine.options import Options
from migwizard.engine.ride import PULLED, Ride
from migwizard.engine.surviving import journal, recovery
from migwizard.engine.surviving.checkpoint import Checkpoint
from migwizard.engine.swapping import git
from migwizard.engine.talk import Face
from migwizard.errors import ConflictError
from migwizard.paths import Workplace
from migwizard.project.discovery import Project
from migwizard.switch import script
from migwizard.switch.manifest import FILE_NAME, Manifest, ManifestUnreadableError, from_json


def take_back(alias: str = "ALIAS") -> str:
    """What takes back a switch that was made without a reset of this checkout's own."""
    return f"python {script.FILE_NAME} undo --database {shlex.quote(alias)}"


def find(root: Path) -> Manifest | None:
    """The manifest in the tree; None where no reset stands here, or where one left the files half swapped.

    Raises ConflictError where it cannot be read.
    """
    place = Workplace(root)
    half = journal.unfinished(place.journal) is not None or any(one.half for one in recovery.earlier(place))
    if half or not (root / FILE_NAME).is_file():
        return None
    try:
        return from_json((root / FILE_NAME).read_text(encoding="utf-8"))
    except (ManifestUnreadableError, OSError, ValueError) as error:
        raise ConflictError(
            f"{FILE_NAME} cannot be used: {error} Nothing was changed.",
            code="manifest",
            cures=_from_git(root),
        ) from error


def _from_git(root: Path) -> tuple[str, ...]:
    """How git gives the manifest back; while a conflict is open it has to be told of which side."""
    if FILE_NAME not in git.unmerged(root):
        return (f"Take it from git: git checkout -- {FILE_NAME}",)
    return (
        f"Two resets were merged. Take the manifest of the branch that you are on: git checkout --ours -- {FILE_NAME}",
        f"Or that of the branch that is merged in: git checkout --theirs -- {FILE_NAME}",
    )


def foreign(root: Path, found: Checkpoint | None) -> Manifest | None:
    """The manifest in the tree, where it is of another reset than the one that was begun or applied here.

    A commit with somebody else's may be checked out, or a second reset was begun on top of it. Raises ConflictError where it
    cannot be read.
    """
    manifest = find(root) if found is not None else None
    return manifest if manifest is not None and found is not None and manifest.run_id != found.run_id else None


@contextmanager
def pulled_ride(project: Project, face: Face, options: Options, manifest: Manifest) -> Iterator[Ride]:
    """The project, whose databases are held against that manifest."""
    with look_ride(project, face, options, None) as ride:
        ride.facts[PULLED] = manifest
        yield ride


def missing(root: Path, manifest: Manifest) -> list[str]:
    """The new migrations that are not here; what is left of a reset, or belongs to another project, may lack all.

    Those of an app whose code is gone are not meant: it was removed since.
    """
    folders = {app: root / folder for app, folder in manifest.folders.items()}
    removed = {app for app, folder in folders.items() if not any((*folder.glob("*.py"), *folder.parent.glob("*.py")))}
    here = folders.keys() - removed or folders.keys()
    return [
        f"{app}.{name}"
        for app, name in manifest.new_nodes
        if app in here and not (folders[app] / f"{name}.py").is_file()
    ]


def check_files(root: Path, manifest: Manifest) -> None:
    """Raise ConflictError where a file of the new history is not here: a switched database would then lack it."""
    lost = missing(root, manifest)
    if lost:
        raise ConflictError(
            f"{FILE_NAME} names {lost[0]}, and this checkout has no such file, so no database is switched. Nothing was "
            "changed.",
            code="not-applied",
            cures=("Check out a commit with the whole reset: the manifest, the script and the new migrations.",),
            details={"missing": lost},
        )

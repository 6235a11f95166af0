"""Files beside the migrations that name one of them, and go along with a swap: max_migration.txt of django-linear-migrations."""

from __future__ import annotations

from migwizard.engine.planning import keeping
from migwizard.engine.ride import Ride
from migwizard.engine.staging import drift
from migwizard.engine.surviving import durable
from migwizard.engine.surviving.journal import Step
from migwizard.paths import COMPANION

FOLDER = "companions"


def steps(ride: Ride) -> list[Step]:
    """How each such file changes with the swap; their new texts are written to our own folder.

    An app that has no file gets none; where an app is left without a migration, its file goes.
    """
    root, found = ride.project.root.resolve(), []
    for label, folder in ride.checkpoint.folders.items():
        path = f"{folder}/{COMPANION}"
        if (digest := durable.file_hash(root / path)) is None:
            continue
        text, source = _text(ride, label), f"{FOLDER}/{label}/{COMPANION}"
        if text is None:
            found.append(Step(path, digest, None))
            continue
        durable.write_file(ride.workplace.folder / source, text)
        found.append(Step(path, digest, durable.sha256(text), source))
    return found


def made_steps(ride: Ride) -> list[Step]:
    """The same of a swap that was made and of which no journal tells: the old texts are those of the backups."""
    found = []
    for label, folder in ride.checkpoint.folders.items():
        old = next(
            (
                digest
                for backup in (ride.workplace.backup, ride.second)
                if (digest := durable.file_hash(backup / label / COMPANION)) is not None
            ),
            None,
        )
        if old is not None:
            text = _text(ride, label)
            after = None if text is None else durable.sha256(text)
            found.append(Step(f"{folder}/{COMPANION}", old, after, f"{FOLDER}/{label}/{COMPANION}" if text else None))
    return found


def is_companion(path: str) -> bool:
    """Whether a path leads to such a file."""
    return path.rpartition("/")[2] == COMPANION


def _text(ride: Ride, label: str) -> bytes | None:
    """The last of the app's migrations: new ones, whose numbers rise in the order of the graph, kept ones, drift."""
    new = [node for node in map(drift.node_of, drift.migration_files(ride.checkpoint.files)) if node[0] == label]
    kept = [node for node in keeping.kept(ride).nodes if node[0] == label]
    on_top = [node for node in drift.nodes(ride) if node[0] == label]
    last = max(on_top, default=None) or (kept[-1] if kept else max(new, default=None))
    return f"{last[1]}\n".encode() if last else None

"""Files beside manage.py that come with a swap, to be committed: the manifest, and the script that switches elsewhere."""

from __future__ import annotations

from pathlib import Path

from migwizard.engine.ride import Ride
from migwizard.engine.surviving import durable
from migwizard.engine.surviving.journal import Step
from migwizard.engine.switching.manifests import load_manifest
from migwizard.switch import manifest, script
from migwizard.switch.manifest import Manifest

NAMES = (manifest.FILE_NAME, script.FILE_NAME)
BACKUP = "beside-manage"
"""Folder of a backup that keeps those of an earlier reset; no app is called so, since labels have no hyphen."""


def texts(made: Manifest) -> dict[str, bytes]:
    """What stands in each of them."""
    return {manifest.FILE_NAME: made.to_json().encode(), script.FILE_NAME: script.script(made).encode()}


def steps(ride: Ride, made: Manifest) -> list[Step]:
    """How they change with the swap; their texts are written to our own folder."""
    found = []
    for name, text in texts(made).items():
        source = f"{ride.workplace.committed.name}/{name}"
        durable.write_file(ride.workplace.folder / source, text)
        found.append(Step(name, durable.file_hash(_root(ride) / name), durable.sha256(text), source))
    return found


def made_steps(ride: Ride) -> list[Step]:
    """The same of a swap that was made and of which no journal tells: earlier ones are those of the backups."""
    found = []
    for name, text in texts(load_manifest(ride)).items():
        source, backups = (
            f"{ride.workplace.committed.name}/{name}",
            (backup / BACKUP / name for backup in _backups(ride)),
        )
        before = next((digest for path in backups if (digest := durable.file_hash(path)) is not None), None)
        after = durable.file_hash(ride.workplace.folder / source) or durable.sha256(text)
        found.append(Step(name, before, after, source))
    return found


def back_up(ride: Ride) -> None:
    """Keep those of an earlier reset in both backups."""
    for name in NAMES:
        if (path := _root(ride) / name).is_file():
            for backup in _backups(ride):
                durable.write_file(backup / BACKUP / name, path.read_bytes(), path.stat().st_mode & 0o777)


def unlike(ride: Ride, backup: Path) -> list[str]:
    """Those that a backup does not hold as they stand in the tree."""
    hashes = ((name, durable.file_hash(_root(ride) / name)) for name in NAMES)
    return [name for name, there in hashes if there not in (None, durable.file_hash(backup / BACKUP / name))]


def there(ride: Ride) -> list[str]:
    """Those that lie in the tree."""
    return [name for name in NAMES if (_root(ride) / name).is_file()]


def is_committed(path: str) -> bool:
    """Whether a path, relative to the project, is one of them."""
    return path in NAMES


def _backups(ride: Ride) -> tuple[Path, Path]:
    return ride.workplace.backup, ride.second


def _root(ride: Ride) -> Path:
    return ride.project.root.resolve()

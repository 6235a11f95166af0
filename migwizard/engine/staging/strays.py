"""Strays: what lies in staging and is not ours, so files that somebody added there, and helpers that somebody changed.

Apply takes the generated migrations only, and staging is written anew whenever a state before it is. So a stray goes into
`edits/` before it can get lost, or can be proved without being applied. `work/staged.json` has the hash of everything
that was copied from the project, and the names of what we generate, noted before the first of them is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from migwizard.engine.ride import Ride
from migwizard.engine.staging import edits
from migwizard.engine.surviving import durable

STAGED = "staged.json"


def note(ride: Ride, names: Iterable[str]) -> None:
    """Staging holds nothing but what was copied from the project; `names` will be generated."""
    hashes = {name: durable.file_hash(ride.workplace.staging / name) for name in _files(ride.workplace.staging)}
    edits.write_facts(ride.workplace.work / STAGED, hashes | dict.fromkeys(names))


def expect(ride: Ride, names: Iterable[str]) -> None:
    """More files that we are about to write: whatever is in them, they are no strays."""
    path = ride.workplace.work / STAGED
    edits.write_facts(path, edits.read_facts(path) | dict.fromkeys(names))


def find(ride: Ride) -> list[str]:
    """Paths of the strays, relative to staging; none where nothing is noted, or the tree holds the new history."""
    noted, found = edits.read_facts(ride.workplace.work / STAGED), []
    for name in _files(ride.workplace.staging) if noted and not ride.checkpoint.applied else ():
        if name in noted and noted[name] is None:
            continue
        source, digest = _source(ride, name), durable.file_hash(ride.workplace.staging / name)
        known = noted.get(name), durable.file_hash(source) if source else None
        if digest not in (None, *known) and _stays_inside(ride, name):
            found.append(name)
    return found


def set_aside(ride: Ride) -> None:
    """Keep each stray in `edits/`, say so, and give staging back what it had there."""
    for name in find(ride):
        path, source = ride.workplace.staging / name, _source(ride, name)
        kept = edits.keep_previous(ride, name, path.read_bytes())
        if source is not None:
            durable.write_file(path, source.read_bytes())
        elif path.name == "__init__.py":
            # Where the project has none, we made an empty one.
            durable.write_file(path, b"")
        else:
            durable.remove_file(path)
        place = kept.relative_to(ride.project.root)
        ride.tell("note", f"{name} is no generated migration, so Apply would leave it behind. It is kept in {place}.")


def _source(ride: Ride, name: str) -> Path | None:
    """The project's own file that a staged one is a copy of."""
    label, _, rest = name.partition("/")
    folder = ride.apps.folders.get(label)
    return folder / rest if folder is not None and (folder / rest).is_file() else None


def _files(folder: Path) -> Iterator[str]:
    """All files but byte code, and what a kill left of our own writing."""
    for path in sorted(folder.rglob("*")):
        written = path.is_file() and path.suffix != ".pyc" and "__pycache__" not in path.parts
        if written and not durable.is_temporary(path):
            yield path.relative_to(folder).as_posix()


def _stays_inside(ride: Ride, name: str) -> bool:
    """Whether it would be kept below the project, symbolic links followed; a copied folder may hold anything."""
    return edits.previous_file(ride, name).resolve().is_relative_to(ride.project.root.resolve())

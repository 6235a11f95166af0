"""What a run of a history was made from: the project's files that it loaded or read, and what these held then.

A run takes minutes, and an editor is open meanwhile. A file that was written after the run began may have been loaded as it
was before or as it is now, so nobody says what it held: the run is not one of the project as it is, whatever that is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from migwizard.engine.ride import Ride, fingerprint
from migwizard.engine.surviving import durable
from migwizard.stored import parse

NAME = "sources.json"
"""In the name of a work file: what the first run of a history had loaded."""
PROVED = f"proof.{NAME}"
"""The work file with what the proof was made from."""
UNKNOWN = ""
"""In the place of a hash: what was loaded is not known; no file has it."""


def now_at(mark: Path) -> int:
    """The time in nanoseconds by the clock that stamps files where `mark` is, a file that nobody has; it may be another machine's."""
    mark.write_bytes(b"")
    stamp = mark.stat().st_ctime_ns
    mark.unlink()
    return stamp


def hashes(ride: Ride, names: Iterable[str], began: int | None = None) -> dict[str, str | None]:
    """What the files hold; UNKNOWN for those that were written since `began`, in the nanoseconds of `now_at`."""
    found: dict[str, str | None] = {}
    for name in names:
        path = ride.project.root / name
        found[name] = UNKNOWN if began is not None and _stamp(path) >= began else durable.file_hash(path)
    return found


def _stamp(path: Path) -> int:
    """When the file, or what its name leads to, became what it is; an editor cannot set this back."""
    try:
        return path.stat().st_ctime_ns
    except OSError:
        return 0


def keep_names(ride: Ride, name: str, found: Iterable[str]) -> None:
    """Note what the run of an old history, of that name, had loaded."""
    durable.write_file(_names_file(ride, name), json.dumps(sorted(found)).encode())


def of_old(ride: Ride, *, below: bool = False) -> str:
    """A hash over the project's modules that the last run of the old history had loaded; seeds may use any of them.

    With `below` those of what lies below the cut, where there is one.
    """
    path = _names_file(ride, "folded" if below and ride.without else "old")
    try:
        return fingerprint(hashes(ride, parse(path.read_bytes())))
    except (FileNotFoundError, ValueError, TypeError):
        return ""


def _names_file(ride: Ride, name: str) -> Path:
    return ride.work / (NAME if name == "old" else f"{name}.{NAME}")


def keep_proved(ride: Ride, results: Iterable[Mapping[str, Any]]) -> None:
    """Note what the runs of a proof were made from; what two of them loaded differently is not known."""
    _note_proved(ride, {}, results)


def add_proved(ride: Ride, results: Iterable[Mapping[str, Any]]) -> None:
    """Note what further runs of the same proof were made from: as other databases, in other schemas."""
    _note_proved(ride, parse((ride.work / PROVED).read_bytes()), results)


def _note_proved(ride: Ride, found: dict[str, str | None], results: Iterable[Mapping[str, Any]]) -> None:
    for result in results:
        for name, digest in result["sources"].items():
            found[name] = digest if found.get(name, digest) == digest else UNKNOWN
    durable.write_file(ride.work / PROVED, json.dumps(found, sort_keys=True).encode())


def of_proof(ride: Ride) -> list[str]:
    """The project's files that the proof was made from; none where that is not known."""
    try:
        return sorted(parse((ride.work / PROVED).read_bytes()))
    except (OSError, ValueError, TypeError):
        return []


def changed_since_proof(ride: Ride) -> list[str]:
    """The project's files that do not hold what the proof was made from; all of them where that is not known any more."""
    path = ride.work / PROVED
    try:
        known = parse(path.read_bytes())
        return sorted(name for name, digest in hashes(ride, known).items() if digest != known[name])
    except (OSError, ValueError, TypeError, KeyError):
        return [path.relative_to(ride.project.root).as_posix()]

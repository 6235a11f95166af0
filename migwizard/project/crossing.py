"""What crosses between this machine and the guest: paths are told as the guest knows them, and files go along.

A request names files by `Path`; text is never a path. For a guest on this file system that is all there is to it. One that
runs elsewhere gets every file and folder that a request names, as it is at that moment, in a folder of the request; what the
request made of it comes back before the result. So the host always holds everything, and the guest keeps nothing.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from migwizard import private
from migwizard.errors import MigwizardError
from migwizard.paths import Workplace

CHUNK = 192 * 1024
"""Bytes in one message."""
PART = ".migwizard-part"
"""Suffix of a file of which not everything has come yet."""

Message = dict[str, Any]


class Crossing:
    """To a guest on this file system."""

    patience = 2.0
    """Seconds that the guest gets to end by itself."""

    def messages(
        self, number: int, method: str, params: Mapping[str, Any], histories: Mapping[str, Path]
    ) -> Iterator[Message]:
        """A request as the guest understands it, after the files that it names; `histories` as `Guest.histories`."""
        yield {"id": number, "method": method, "params": _with_paths(params, str)}

    def unpack(self, number: int, file: Mapping[str, Any]) -> None:
        """Take what a request made of a file. Raises MigwizardError where the guest has no business there."""
        raise NotImplementedError

    def home(self, number: int, path: str) -> str:
        """A path of the guest as this machine knows it; its own where this machine has none."""
        return path

    def arrived(self, number: int, result: Any) -> Any:
        """The result of a request, with the paths of this machine."""
        return result


@dataclass(frozen=True, slots=True)
class _Area:
    """One file or folder that a request names."""

    here: Path
    there: str


@dataclass(frozen=True, slots=True)
class _Trip:
    """One request on its way."""

    method: str
    areas: list[_Area] = field(default_factory=list)


class Elsewhere(Crossing):
    """To a guest with a file system of its own: its project lies in `there`, what it is sent in `folder`."""

    # It ends an agent that hangs, and removes what it was sent.
    patience = 6.0

    def __init__(self, here: Path, there: str, folder: str) -> None:
        self._here = here.resolve()
        self._there = there
        self._folder = folder
        self._trips: dict[int, _Trip] = {}

    def messages(
        self, number: int, method: str, params: Mapping[str, Any], histories: Mapping[str, Path]
    ) -> Iterator[Message]:
        trip = self._trips[number] = _Trip(method)

        def cross(path: Path) -> str:
            trip.areas.append(_Area(path, f"{self._folder}/{number}/{len(trip.areas)}/{path.name}"))
            return trip.areas[-1].there

        self._refuse_texts(params)
        request = {"params": _with_paths(params, cross), "histories": _with_paths(histories, cross)}
        for place, area in enumerate(trip.areas):
            for file in _files(area.here):
                yield {"file": {"request": number, **file, "name": f"{place}/{file['name']}"}}
        yield {"id": number, "method": method, **request}

    def _refuse_texts(self, value: Any) -> None:
        """A path that is told as text would arrive as it is, and mean nothing there."""
        if isinstance(value, Mapping):
            for item in value.values():
                self._refuse_texts(item)
        elif isinstance(value, list | tuple):
            for item in value:
                self._refuse_texts(item)
        elif isinstance(value, str) and value.startswith(f"{Workplace(self._here).folder}{os.sep}"):
            raise AssertionError(f"a path is told as text: {value}")

    def unpack(self, number: int, file: Mapping[str, Any]) -> None:
        target = self._target(self._trips[number], str(file["name"]))
        if file.get("gone"):
            target.unlink(missing_ok=True)
            return
        part = target.with_name(target.name + PART)
        private.make_folder(target.parent)
        with open(part, "wb" if file["first"] else "ab", opener=private.opener) as stream:
            stream.write(base64.b64decode(file["data"]))
        if file["last"]:
            part.replace(target)

    def _target(self, trip: _Trip, name: str) -> Path:
        """Where a file of the guest goes: below what its request named, and never among the person's own files."""
        place, *inner = PurePosixPath(name).parts
        area = trip.areas[int(place)] if place.isdecimal() and int(place) < len(trip.areas) else None
        target = area.here.parent.joinpath(*inner) if area else None
        if area is None or target is None or not _may_write(self._here, area.here, target):
            raise MigwizardError(
                f"The guest wants to write {name}, which it was not asked for. Nothing was written.", code="protocol"
            )
        return target

    def home(self, number: int, path: str) -> str:
        areas = self._trips[number].areas if number in self._trips else []
        for here, there in ((self._here, self._there), *((area.here, area.there) for area in areas)):
            if path == there or path.startswith(f"{there}/"):
                return str(here) + path[len(there) :]
        return path

    def arrived(self, number: int, result: Any) -> Any:
        if number == 0:
            return self._facts(result)
        trip = self._trips[number]
        if trip.method == "registry":
            for app in result["apps"]:
                self._translate(number, app, "path", "migrations_folder")
        if trip.method == "history":
            for migration in (*result["nodes"], *result["external"].values()):
                self._translate(number, migration, "file")
            result["disk"] = [[app, name, file and self.home(number, file)] for app, name, file in result["disk"]]
        return result

    def _facts(self, facts: dict[str, Any]) -> dict[str, Any]:
        facts["there"] = facts["root"]
        self._translate(0, facts, "root", "prefix", "settings_file")
        for database in facts["databases"]:
            self._translate(0, database, "path")
        return facts

    def _translate(self, number: int, facts: dict[str, Any], *keys: str) -> None:
        for key in keys:
            if facts.get(key):
                facts[key] = self.home(number, facts[key])


def _with_paths(value: Any, tell: Any) -> Any:
    """The value with every path in it as `tell` says it."""
    if isinstance(value, Path):
        return tell(value)
    if isinstance(value, Mapping):
        return {key: _with_paths(item, tell) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_paths(item, tell) for item in value]
    return value


def _files(path: Path) -> Iterator[Message]:
    """A file or a folder in messages: {name, folder} or {name, data}, names relative to its parent."""
    if path.is_dir():
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            yield {"name": Path(folder).relative_to(path.parent).as_posix(), "folder": True}
            for name in sorted(names):
                yield from _parts(Path(folder) / name, path.parent)
        return
    # Where nothing is yet the guest may want to write.
    yield {"name": ".", "folder": True}
    yield from _parts(path, path.parent)


def _parts(path: Path, base: Path) -> Iterator[Message]:
    if not path.is_file():
        return
    name = path.relative_to(base).as_posix()
    with path.open("rb") as stream:
        part = stream.read(CHUNK)
        yield {"name": name, "data": base64.b64encode(part).decode()}
        while part := stream.read(CHUNK):
            yield {"name": name, "data": base64.b64encode(part).decode()}


def _may_write(root: Path, asked: Path, target: Path) -> bool:
    """Whether a target is what was asked for, or below it, or a side file of it; and no file of the project's tree."""
    if ".." in target.parts:
        return False
    real = target.parent.resolve() / target.name
    ours = real.is_relative_to(Workplace(root).folder) or not real.is_relative_to(root)
    base = asked.parent.resolve() / asked.name
    beside = real.parent == base.parent and real.name.startswith(base.name) and not asked.is_dir()
    return ours and (beside or real.is_relative_to(base))

"""Files of the host for a guest that shares no file system with it: they come before a request and go back after it.

Each request has a folder of its own, which holds what the host sent for it and is gone when it was answered. So no request
sees what another one writes, and nothing is left over from one that was cut off.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
from typing import Any, Iterator

CHUNK = 192 * 1024
"""Bytes in one message: a line should not be so long that others wait for it."""


class Exchange:
    """The folder of this process and the requests' folders in it."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def of(self, request: int) -> str:
        """The folder of one request."""
        return os.path.join(self.folder, str(request))

    def take(self, sent: dict[str, Any]) -> None:
        """Write what the host sent for a request: a folder, or the next part of a file."""
        path = os.path.join(self.of(sent["request"]), sent["name"])
        if sent.get("folder"):
            os.makedirs(path, exist_ok=True)
            return
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "ab") as stream:
            stream.write(base64.b64decode(sent["data"]))

    def drop(self, request: int) -> None:
        shutil.rmtree(self.of(request), ignore_errors=True)

    def state(self, request: int) -> dict[str, str]:
        """SHA-256 of every file of a request, by its name in the folder."""
        return {name: _hash(path) for name, path in _files(self.of(request))}

    def changes(self, request: int, before: dict[str, str]) -> Iterator[dict[str, Any]]:
        """What became of the files since `before`: {name, data, first, last} for each part of one, or {name, gone}."""
        after = self.state(request)
        for name in sorted(before.keys() - after.keys()):
            yield {"name": name, "gone": True}
        for name, path in _files(self.of(request)):
            if after[name] != before.get(name):
                for part in _parts(path):
                    yield dict(part, name=name)


def _files(folder: str) -> list[tuple[str, str]]:
    """Name and path of every file below a folder, without byte code; links are none of the host's."""
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            path = os.path.join(place, name)
            if os.path.isfile(path) and not os.path.islink(path):
                found.append((os.path.relpath(path, folder), path))
    return found


def _hash(path: str) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        for part in iter(lambda: stream.read(1 << 20), b""):
            digest.update(part)
    return digest.hexdigest()


def _parts(path: str) -> Iterator[dict[str, Any]]:
    """The parts of a file; the last one is shorter than the others, and may be empty."""
    first, last = True, False
    with open(path, "rb") as stream:
        while not last:
            part = stream.read(CHUNK)
            last = len(part) < CHUNK
            yield {"data": base64.b64encode(part).decode("ascii"), "first": first, "last": last}
            first = False

"""A fork that has read the history in the project's tree, and answers each request about it in a fork of its own.

So that history is read once, as long as its files are what they were, and still nothing that a request does outlives it.
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import Any

from . import command, kept

ABOUT_HISTORY = ("history", "rendered")
"""Requests that read a history: the tree's, where they name no other one."""
IN_MAKEMIGRATIONS = ("check_changes", "drift", "operations", "generate")
"""Those that read it inside of the project's makemigrations, which may change Django first where it is not Django's own."""
_OVER = ("result", "error", "ended")
"""What a message about a request holds that is the last one of any length."""


def is_about_tree(request: dict[str, Any]) -> bool:
    """Whether a request needs all of the history in the tree, and nothing but that."""
    method, params = request.get("method"), request.get("params", {})
    if params.get("folders") or params.get("without") or request.get("histories"):
        return False
    return method in ABOUT_HISTORY or (method in IN_MAKEMIGRATIONS and command.is_stock())


class Reader:
    """The parent's view of such a fork, which takes one request after the other: what it waits for may not wait for it."""

    def __init__(self, requests: int, first: dict[str, Any]) -> None:
        self.requests = requests
        """The descriptor on which it hears them."""
        self.waiting: dict[str, Any] | None = first
        """The request that it was made for, until it has read the history."""
        self.number: int | None = first["id"]
        """The request at which it is."""
        self._seen: kept.Signature | None = None

    def hears(self, line: bytes) -> bool:
        """Take note of a line that it wrote; returns whether that is for the host."""
        if self.waiting is not None:
            message = json.loads(line)
            if "seen" in message:
                self._seen = message["seen"]
                self.waiting = self.waiting if self._seen is None else None
                return False
        if any(line.startswith('{{"id": {}, "{}"'.format(self.number, key).encode("ascii")) for key in _OVER):
            self.number = None
        return True

    def is_free(self) -> bool:
        return self.number is None

    def is_current(self) -> bool:
        """Whether what it has read is what the tree holds now."""
        return self._seen is not None and kept.signature(self._seen) == self._seen

    def send(self, message: dict[str, Any]) -> None:
        """Tell it something; one that is gone will be noticed by its silence."""
        self.number = message.get("id", self.number)
        data = json.dumps(message).encode("utf-8") + b"\n"
        with contextlib.suppress(OSError):
            while data:
                data = data[os.write(self.requests, data) :]

"""JSON Lines on a descriptor that nobody else in the process knows.

A project may print, read standard input, or replace sys.stdout while it loads. Before any of its code runs the agent
moves the real descriptors away: 0 becomes the null device, 1 becomes standard error.
"""

from __future__ import annotations

import json
import os
import threading
from typing import Any, Iterator

LONGEST = 256 << 20
"""Bytes of the longest line that may be a message; more is what ran wild, and must not fill the memory."""


class Channel:
    """Writes one JSON object a line; safe to use from several threads."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._lock = threading.Lock()

    def send(self, message: dict[str, Any]) -> None:
        """Write one message; a host that is gone ends this process, since nobody is left to work for."""
        self.forward(json.dumps(message, default=str).encode("utf-8"))

    def forward(self, line: bytes) -> None:
        """Write one line that is a message already."""
        data = line + b"\n"
        with self._lock:
            try:
                while data:
                    data = data[os.write(self.descriptor, data) :]
            except OSError:
                os._exit(1)


class Heartbeat:
    """Says once a second that this interpreter still runs, until the block ends."""

    def __init__(self, channel: Channel, request: int, interval: float = 1.0) -> None:
        self._channel = channel
        self._request = request
        self._interval = interval
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="migwizard-heartbeat", daemon=True)

    def _beat(self) -> None:
        while not self._stop.wait(self._interval):
            self._channel.send({"id": self._request, "beat": True})

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


class Lines:
    """Splits what arrives on a descriptor into lines."""

    def __init__(self, descriptor: int, longest: int = LONGEST) -> None:
        self.descriptor = descriptor
        self._longest = longest
        self._begun: list[bytes] = []
        self._length = 0

    def read(self) -> list[bytes] | None:
        """The lines that are complete after one read, or None at the end of the stream. Raises OverflowError."""
        chunk = os.read(self.descriptor, 1 << 16)
        if not chunk:
            return None
        lines: list[bytes] = []
        self._begun.append(chunk)
        if b"\n" in chunk:
            *lines, rest = b"".join(self._begun).split(b"\n")
            self._begun, self._length = [rest], 0
        self._length += len(self._begun[-1])
        if self._length > self._longest:
            raise OverflowError("a line of more than {} MB".format(self._longest >> 20))
        return lines

    def __iter__(self) -> Iterator[bytes]:
        while True:
            lines = self.read()
            if lines is None:
                return
            for line in lines:
                yield line


def take_descriptors() -> tuple[int, int]:
    """Move standard input and output to private descriptors and return them as (requests, replies)."""
    requests, replies = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    for descriptor in (requests, replies):
        os.set_inheritable(descriptor, False)
    return requests, replies

"""The agent's process on this end: messages go in, replies come out, and whatever ends it becomes a sentence."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from migwizard import logfile
from migwizard.errors import MigwizardError
from migwizard.exit_codes import ExitCode
from migwizard.project.crossing import Crossing

# A heartbeat comes every second; an interpreter that is silent for so long hangs.
SILENCE_SECONDS = 60.0
PARTS = 12
"""In so many parts it is waited for. Whoever stopped us (Ctrl-Z, a machine that sleeps) lets the time of one pass at once."""

LONGEST_MESSAGE = 256 << 20
"""Bytes; a longer line on the private descriptor is no answer."""
LAST_LINES = 200
"""So many lines of standard error are kept beside a failure: more than Python writes of two threads that crash."""
LONGEST_LINE = 1 << 16
LOGGED = 8 << 20
"""So many bytes of what the project prints get into the log; what comes after them is read, and left out."""

DJANGO = re.compile(r"-packages[/\\]django[/\\]")
"""Files of Django: they stand in the traceback, but nobody looks there for a mistake in a project."""

FATAL = "Fatal Python error: "
CRASH = re.compile(r'^Current thread .+\n  File "(?P<file>.+)", line (?P<line>\d+) in ', re.MULTILINE)
"""What Python's faulthandler begins with, and what it writes of the thread in which it crashed."""

NO_ROOM = re.compile(
    r"disk is full|disk I/O error|No space left on device|could not extend file|Disk full", re.IGNORECASE
)
"""What engines say where a scratch database cannot grow: no fault of the migration that wrote to it."""

EventHandler = Callable[[Mapping[str, Any]], None]


class GuestError(MigwizardError):
    """The project's code failed, with the place to blame and the last lines of its standard error."""

    def __init__(self, error: Mapping[str, Any], stderr: str = "") -> None:
        sentence = str(error["sentence"])
        where = error.get("where")
        if where and not DJANGO.search(where["file"]):
            sentence = f"{where['file']}, line {where['line']}: {sentence}"
        details = dict(error.get("details") or {}, where=where, stderr=stderr, exception=error.get("exception"))
        kind = str(error.get("kind", "failed"))
        cures: tuple[str, ...] = ()
        if kind == "migrate" and NO_ROOM.search(sentence):
            kind, cures = "disk-full", ("Make room where the scratch databases are made, and start again.",)
        super().__init__(sentence, code=kind, cures=cures, details=details)
        self.kind = self.code
        self.traceback = str(error.get("traceback", ""))
        if self.kind in ("project", "history", "died", "via"):
            self.exit_code = ExitCode.PROJECT
        elif self.kind in ("unreachable", "switch"):
            self.exit_code = ExitCode.DATABASE
        elif self.kind == "usage":
            self.exit_code = ExitCode.USAGE


class Process:
    """A process that speaks the protocol, with a thread each for its replies and its standard error."""

    def __init__(
        self,
        command: Sequence[str],
        cwd: Path,
        environment: Mapping[str, str],
        *,
        named: str,
        log: Path | None,
        hide: Callable[[str], str],
    ) -> None:
        """`named` is what messages call it; `hide` takes out of a text what nobody may read. Raises OSError."""
        self._named = named
        self._hide = hide
        self._popen = subprocess.Popen(
            list(command),
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Ctrl-C is for us; we end the guest.
            start_new_session=True,
        )
        self.crossing = Crossing()
        self._replies: dict[int, queue.SimpleQueue[dict[str, Any] | None]] = {0: queue.SimpleQueue()}
        self._number = 0
        self._dead = False
        self._noise: bytes | None = None
        self._stderr: deque[str] = deque(maxlen=LAST_LINES)
        self._log = log
        self._readers = [
            threading.Thread(target=self._read_replies, daemon=True),
            threading.Thread(target=self._read_stderr, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    @property
    def noise(self) -> bytes | None:
        """A line that is no message, if one came; nothing after it counts."""
        return self._noise

    @staticmethod
    def _stream(stream: IO[bytes] | None) -> IO[bytes]:
        assert stream is not None
        return stream

    def send(self, message: Mapping[str, Any]) -> None:
        self.send_bytes(json.dumps(message).encode() + b"\n")

    def send_bytes(self, data: bytes) -> None:
        stream = self._stream(self._popen.stdin)
        try:
            stream.write(data)
            stream.flush()
        except OSError:
            # The reader of the replies finds out and says how it ended.
            return

    def request(
        self,
        method: str,
        params: Mapping[str, Any],
        histories: Mapping[str, Path],
        scratch: Mapping[str, Any] | None = None,
    ) -> int:
        """Send a request with the files that it names; `histories` are those that the guest does not see by itself.

        `scratch` is where it makes scratch databases, if not on the server of the default database.
        """
        self._number += 1
        self._replies[self._number] = queue.SimpleQueue()
        if self._dead:
            self._replies[self._number].put(None)
        for message in self.crossing.messages(self._number, method, params, histories):
            self.send({**message, "scratch": scratch} if scratch and "method" in message else message)
        return self._number

    def cancel(self, number: int) -> None:
        self.send({"cancel": number})

    def kill(self) -> None:
        """End the guest; closing its input lets it end its forks first."""
        with contextlib.suppress(OSError):
            self._stream(self._popen.stdin).close()
        try:
            self._popen.wait(timeout=self.crossing.patience)
        except subprocess.TimeoutExpired:
            self._end_group()
            self._popen.wait()
        for reader in self._readers:
            reader.join(timeout=2)

    def _end_group(self) -> None:
        """End the guest and its forks, also those that were stopped; the guest leads a session of its own."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._popen.pid, signal.SIGKILL)

    def wait(self, number: int, on_event: EventHandler | None = None) -> Any:
        """The result of one request; its events go to `on_event`. Raises GuestError."""
        replies = self._replies[number]
        doing = ""
        while True:
            try:
                reply = _next(replies)
            except queue.Empty:
                self._trace()
                self.kill()
                how = f"gave no sign of life for {SILENCE_SECONDS:.0f} seconds{doing}"
                raise self._died(how, silent=SILENCE_SECONDS) from None
            if reply is None:
                if self._noise is not None:
                    raise self._died(f"is no Python, or no agent runs in it: it said {self._noise!r}", lacks="python")
                raise self._died(f"ended with {_ending(self._popen.wait())}{doing}")
            if "ended" in reply:
                raise self._died(f"ended with {reply['ended']}{doing}")
            if "error" in reply:
                raise self._failed(number, reply["error"])
            if "result" in reply:
                return self.crossing.arrived(number, reply["result"])
            if "file" in reply:
                self.crossing.unpack(number, reply["file"])
            if "event" in reply:
                doing = _doing(reply["event"]) or doing
                if on_event is not None:
                    on_event(reply["event"])

    def stderr_tail(self) -> str:
        return "\n".join(self._stderr)

    def _failed(self, number: int, error: Mapping[str, Any]) -> GuestError:
        error = {**error, "sentence": self._hide(error["sentence"]), "traceback": self._hide(error["traceback"])}
        if where := error.get("where"):
            error["where"] = {**where, "file": self.crossing.home(number, where["file"])}
        self._write_log(error["traceback"])
        return GuestError(error, self.stderr_tail())

    def _trace(self) -> None:
        """Have the lines at which its forks hang written to the log: they are ended next, and nobody can find out later."""
        self.send({"trace": True})
        self._readers[1].join(timeout=1)

    def _died(self, how: str, **details: Any) -> GuestError:
        self._readers[1].join(timeout=1)
        sentence = f"The project's process ({self._named}) {how}."
        sentence += _last_words("\n".join(self._stderr))
        return GuestError({"kind": "died", "sentence": sentence, "details": details}, self.stderr_tail())

    def _read_replies(self) -> None:
        stream = self._stream(self._popen.stdout)
        for line in iter(lambda: stream.readline(LONGEST_MESSAGE), b""):
            try:
                reply = json.loads(line)
                number = -1 if "hello" in reply else int(reply["id"])
            except (ValueError, TypeError, LookupError):
                self._noise = line[:60]
                self._popen.kill()
                break
            if (replies := self._replies.get(number)) is not None:
                replies.put(reply)
        self._dead = True
        for replies in list(self._replies.values()):
            replies.put(None)

    def _read_stderr(self) -> None:
        """Keep the last lines, and log the first ones: a project may print without an end, but not fill memory or disk."""
        stream, left = self._stream(self._popen.stderr), LOGGED
        for raw in iter(lambda: stream.readline(LONGEST_LINE), b""):
            line = self._hide(raw.decode("utf-8", "replace").rstrip("\n"))
            self._stderr.append(line)
            if left > 0:
                left -= len(raw)
                more = "" if left > 0 else "What the project prints from here on is left out.\n"
                self._write_log(f"{line}\n{more}")

    def _write_log(self, text: str) -> None:
        if self._log is not None:
            logfile.append(self._log, text)


def _next(replies: queue.SimpleQueue[dict[str, Any] | None]) -> dict[str, Any] | None:
    """What comes next. Raises queue.Empty after SILENCE_SECONDS in which this process was there to listen."""
    for _ in range(PARTS):
        with contextlib.suppress(queue.Empty):
            return replies.get(timeout=SILENCE_SECONDS / PARTS)
    raise queue.Empty


def _last_words(stderr: str) -> str:
    """The line at which the interpreter crashed, if it did, and the last one that it wrote before, as sentences."""
    crash = CRASH.search(stderr)
    written = stderr.partition(FATAL)[0].strip().splitlines()
    at = f" It crashed in {crash['file']}, line {crash['line']}." if crash else ""
    return at + (f" It last wrote: {written[-1]}" if written else "")


def _doing(event: Mapping[str, Any]) -> str:
    """What the guest began, as the end of a sentence."""
    if "stage" in event:
        return f" while {event['stage']}"
    return f" while migrating {event['migration']}" if "migration" in event else ""


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"

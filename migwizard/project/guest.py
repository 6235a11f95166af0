"""The guest: the project's own interpreter at work for us, spoken to in JSON Lines."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import signal
import socket
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from migwizard import logfile
from migwizard.errors import MigwizardError, ProjectError
from migwizard.exit_codes import ExitCode
from migwizard.project.discovery import Project

PROTOCOL = 1
# A heartbeat comes every second; an interpreter that is silent for so long hangs.
SILENCE_SECONDS = 60.0
AGENT = Path(__file__).parent / "agent" / "__main__.py"

DJANGO = re.compile(r"-packages[/\\]django[/\\]")
"""Files of Django: they stand in the traceback, but nobody looks there for a mistake in a project."""

EventHandler = Callable[[Mapping[str, Any]], None]


class GuestError(MigwizardError):
    """The project's code failed, with the place to blame and the last lines of its standard error."""

    def __init__(self, error: Mapping[str, Any], stderr: str = "") -> None:
        sentence = str(error["sentence"])
        where = error.get("where")
        if where and not DJANGO.search(where["file"]):
            sentence = f"{where['file']}, line {where['line']}: {sentence}"
        details = dict(error.get("details") or {}, where=where, stderr=stderr, exception=error.get("exception"))
        super().__init__(sentence, code=str(error.get("kind", "failed")), details=details)
        self.kind = self.code
        self.traceback = str(error.get("traceback", ""))
        if self.kind in ("project", "history", "died"):
            self.exit_code = ExitCode.PROJECT
        elif self.kind in ("unreachable", "switch"):
            self.exit_code = ExitCode.DATABASE
        elif self.kind == "usage":
            self.exit_code = ExitCode.USAGE


class Guest:
    """One loaded project. Requests run side by side, each in a fork, where the platform and the project allow it."""

    def __init__(
        self,
        project: Project,
        *,
        hash_seed: int = 0,
        clock_shift: float = 0.0,
        log: Path | None = None,
        fork: bool = True,
    ) -> None:
        self._project = project
        self._hash_seed = hash_seed
        self._clock_shift = clock_shift
        self._log_path = log
        self._fork = fork
        self._lock = threading.Lock()
        self._process: _Process | None = None
        self._working: set[_Process] = set()
        self._cancelled = False
        self.facts: dict[str, Any] = {}
        self.sources: dict[str, str] = {}
        """SHA-256 of the project's files that were loaded when it started, by path relative to the project."""

    def __enter__(self) -> Guest:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> dict[str, Any]:
        """Load the project; returns the facts of its settings. Raises GuestError, ProjectError."""
        self._process = self._launch()
        self.sources = self.facts["sources"]
        return self.facts

    def _launch(self) -> _Process:
        self._check_cancelled()
        process = _Process(self._project.interpreter.path, self._project.root, self._hash_seed, self._log_path)
        start = {
            "root": str(self._project.root),
            "manage": str(self._project.manage) if self._project.manage else None,
            "settings": self._project.settings,
            "clock_shift": self._clock_shift,
            "fork": self._fork,
            # Whose scratch databases are on a server: made by this process, for this project, on this machine.
            "owner": {
                "root": str(self._project.root.resolve()),
                "host": socket.gethostname(),
                "pid": os.getpid(),
            },
        }
        try:
            process.send(start)
            self.facts = process.wait(0, None)
        except BaseException:
            process.kill()
            raise
        return process

    def call(self, method: str, on_event: EventHandler | None = None, **params: Any) -> Any:
        """Send one request and wait for its result. Raises GuestError; cancels the request when interrupted."""
        with self._lock:
            process = self._process
            if process is None:
                process = self._launch()
            # Without forks a process answers one request and ends.
            self._process = process if self.facts["fork"] else None
            self._working.add(process)
            number = process.request(method, params)
        try:
            self._check_cancelled()
            return process.wait(number, on_event)
        except GuestError:
            raise
        except BaseException:
            process.cancel(number)
            raise
        finally:
            if process is not self._process:
                self._working.discard(process)
                process.kill()

    def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            self._working.discard(process)
            process.kill()

    def cancel(self) -> None:
        """End the guest for good, from another thread too: whatever waits for it fails, and only `revive` starts it again."""
        self._cancelled = True
        for process in list(self._working):
            process.kill()
        self.close()

    def revive(self) -> None:
        """Start it again after a cancel, when nobody waits for the work any more that was cut off."""
        self._cancelled = False
        self.start()

    def _check_cancelled(self) -> None:
        if self._cancelled:
            raise GuestError({"kind": "died", "sentence": "The work was cut off.", "details": {}})


class _Process:
    """The agent's process, with a thread each for its replies and its standard error."""

    def __init__(self, python: Path, cwd: Path, hash_seed: int, log: Path | None) -> None:
        self._python = python
        environment = dict(
            os.environ, PYTHONHASHSEED=str(hash_seed), PYTHONDONTWRITEBYTECODE="1", PYTHONIOENCODING="utf-8"
        )
        # These would lead the project's interpreter to modules of ours.
        for name in ("PYTHONHOME", "__PYVENV_LAUNCHER__"):
            environment.pop(name, None)
        try:
            self._popen = subprocess.Popen(
                [str(python), str(AGENT)],
                cwd=cwd,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                # Ctrl-C is for us; we end the guest.
                start_new_session=True,
            )
        except OSError as error:
            raise ProjectError(f"{python} cannot be started: {error}", code="interpreter") from error
        self._replies: dict[int, queue.SimpleQueue[dict[str, Any] | None]] = {0: queue.SimpleQueue()}
        self._number = 0
        self._dead = False
        self._noise = ""
        self._stderr: deque[str] = deque(maxlen=50)
        self._log = log
        self._readers = [
            threading.Thread(target=self._read_replies, daemon=True),
            threading.Thread(target=self._read_stderr, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    @staticmethod
    def _stream(stream: IO[bytes] | None) -> IO[bytes]:
        assert stream is not None
        return stream

    def send(self, message: Mapping[str, Any]) -> None:
        stream = self._stream(self._popen.stdin)
        try:
            stream.write(json.dumps(message).encode() + b"\n")
            stream.flush()
        except OSError:
            # The reader of the replies finds out and says how it ended.
            return

    def request(self, method: str, params: Mapping[str, Any]) -> int:
        self._number += 1
        self._replies[self._number] = queue.SimpleQueue()
        if self._dead:
            self._replies[self._number].put(None)
        self.send({"id": self._number, "method": method, "params": params})
        return self._number

    def cancel(self, number: int) -> None:
        self.send({"cancel": number})

    def kill(self) -> None:
        """End the guest; closing its input lets it end its forks first."""
        with contextlib.suppress(OSError):
            self._stream(self._popen.stdin).close()
        try:
            self._popen.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._end_group()
            self._popen.wait()
        for reader in self._readers:
            reader.join(timeout=2)

    def _end_group(self) -> None:
        """End the guest and its forks, also those that were stopped; the guest leads a session of its own."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._popen.pid, signal.SIGKILL)

    def wait(self, number: int, on_event: EventHandler | None) -> Any:
        """The result of one request; its events go to `on_event`. Raises GuestError."""
        replies = self._replies[number]
        doing = ""
        while True:
            try:
                reply = replies.get(timeout=SILENCE_SECONDS)
            except queue.Empty:
                self._end_group()
                how = f"gave no sign of life for {SILENCE_SECONDS:.0f} seconds{doing}"
                raise self._died(how, silent=SILENCE_SECONDS) from None
            if reply is None:
                if self._noise:
                    raise self._died(self._noise, lacks="python")
                raise self._died(f"ended with {_ending(self._popen.wait())}{doing}")
            if "ended" in reply:
                raise self._died(f"ended with {reply['ended']}{doing}")
            if "error" in reply:
                self._write_log(reply["error"].get("traceback", ""))
                raise GuestError(reply["error"], self.stderr_tail())
            if "result" in reply:
                return reply["result"]
            if "event" in reply:
                doing = _doing(reply["event"]) or doing
                if on_event is not None:
                    on_event(reply["event"])

    def stderr_tail(self) -> str:
        return "\n".join(self._stderr)

    def _died(self, how: str, **details: Any) -> GuestError:
        self._readers[1].join(timeout=1)
        tail = self.stderr_tail()
        sentence = f"The project's process ({self._python}) {how}."
        if self._stderr:
            sentence += f" It last wrote: {self._stderr[-1]}"
        return GuestError({"kind": "died", "sentence": sentence, "details": details}, tail)

    def _read_replies(self) -> None:
        for line in self._stream(self._popen.stdout):
            try:
                reply = json.loads(line)
            except ValueError:
                self._noise = f"is no Python, or no agent runs in it: it said {line[:60]!r}"
                self._popen.kill()
                break
            if "hello" in reply:
                continue
            if (replies := self._replies.get(reply["id"])) is not None:
                replies.put(reply)
        self._dead = True
        for replies in list(self._replies.values()):
            replies.put(None)

    def _read_stderr(self) -> None:
        for raw in self._stream(self._popen.stderr):
            line = raw.decode("utf-8", "replace").rstrip("\n")
            self._stderr.append(line)
            self._write_log(line + "\n")

    def _write_log(self, text: str) -> None:
        if self._log is not None:
            logfile.append(self._log, text)


def _doing(event: Mapping[str, Any]) -> str:
    """What the guest began, as the end of a sentence."""
    if "stage" in event:
        return f" while {event['stage']}"
    return f" while migrating {event['migration']}" if "migration" in event else ""


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"

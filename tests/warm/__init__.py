"""Commands in forks of processes that have imported what these need: a start costs more than most of what they do."""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


class Warm:
    """A process that has what it needs imported, and becomes whatever command it is given, one after the other."""

    def __init__(self, *started: str) -> None:
        self.process = subprocess.Popen(started, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        atexit.register(self.process.kill)

    def run(
        self, command: Sequence[str], cwd: Path, environment: Mapping[str, str], timeout: float = 300.0
    ) -> subprocess.CompletedProcess[str]:
        """Run a command line without the interpreter's name. Raises subprocess.TimeoutExpired; it is ended then."""
        assert self.process.stdin and self.process.stdout
        request = {"command": [*command], "cwd": str(cwd), "environment": {**environment}, "timeout": timeout}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if answer["code"] is None:
            raise subprocess.TimeoutExpired([*command], timeout, answer["out"], answer["err"])
        return subprocess.CompletedProcess(command, answer["code"], answer["out"], answer["err"])


@cache
def django(python: str = sys.executable) -> Warm:
    """The one that has Django."""
    return Warm(python, "-B", str(HERE / "forks.py"))


@cache
def wizard() -> Warm:
    """The one that has migwizard."""
    return Warm(sys.executable, "-B", "-m", "tests.warm.wizard")


def run(
    command: Sequence[str], cwd: Path, environment: Mapping[str, str], timeout: float = 300.0
) -> subprocess.CompletedProcess[str]:
    """What subprocess.run would make of a command line, quicker where it is one of migwizard or of a manage.py.

    Raises subprocess.TimeoutExpired.
    """
    if [*command[:3]] == [sys.executable, "-m", "migwizard"]:
        return wizard().run(command[1:], cwd, environment, timeout)
    if [*command[:2]] == [sys.executable, "manage.py"]:
        return django().run(command[1:], cwd, environment, timeout)
    return subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )

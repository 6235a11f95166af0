"""The project's own tests, run once the new files are in the tree: only where somebody asks for it, and only to be told."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from typing import Any

from migwizard import logfile, private
from migwizard.engine.ride import Ride
from migwizard.engine.states import State
from migwizard.project.owntests import OwnTests, find_tests

KEY = "tests"
EVERY = 0.5
"""Seconds between two looks at what they have printed."""


def tests_of(ride: Ride) -> OwnTests:
    """How this project runs its tests; looked for once a sitting."""
    if KEY not in ride.facts:
        ride.facts[KEY] = find_tests(ride.project)
    found: OwnTests = ride.facts[KEY]
    return found


def run(ride: Ride) -> dict[str, Any]:
    """Run them, with their output in the log; returns {command, exit, seconds, said}, kept in the result of Apply.

    Whatever comes of them changes nothing in the reset. They use the settings and the databases that they use always.
    """
    tests, began = tests_of(ride), time.monotonic()
    ride.tell("progress", f"running your tests: {tests.words}")
    lines, code = _output(ride, tests)
    logfile.append(ride.workplace.log, f"--- {tests.words}\n" + "".join(f"{line}\n" for line in lines))
    result = {
        "command": tests.words,
        "exit": code,
        "seconds": round(time.monotonic() - began, 1),
        "said": next((line.strip() for line in reversed(lines) if line.strip()), ""),
    }
    if State.APPLY in ride.checkpoint.results:
        ride.checkpoint.results[State.APPLY][KEY] = result
        ride.save()
    ride.tell("note", sentence(result))
    return result


def sentence(result: dict[str, Any]) -> str:
    """What came of them."""
    said = f": {result['said']}" if result["said"] else ""
    if result["exit"] == 0:
        return f"Your tests passed in {result['seconds']:g} s ({result['command']}){said}"
    return (
        f"Your tests failed with exit code {result['exit']} ({result['command']}){said}. The new files stay where they are; "
        "the log has the whole output. Did they pass before the reset?"
    )


def _output(ride: Ride, tests: OwnTests) -> tuple[list[str], int]:
    """What they printed, line by line, and their exit code; they end with us, whatever happens."""
    settings = {"DJANGO_SETTINGS_MODULE": ride.project.settings} if ride.project.settings else {}
    variables = {**ride.project.environ, "PYTHONDONTWRITEBYTECODE": "1", **settings}
    path = ride.workplace.work / "tests.txt"
    private.make_folder(path.parent)
    with private.open_new(path) as stream:
        try:
            process = subprocess.Popen(
                tests.command,
                cwd=tests.folder,
                env=dict(os.environ, **({} if tests.elsewhere else variables)),
                stdin=subprocess.PIPE if tests.elsewhere else subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            return [f"{tests.command[0]} cannot be started: {error}"], 127
        try:
            if process.stdin is not None:
                with contextlib.suppress(OSError), process.stdin as told:
                    told.write(json.dumps(variables).encode() + b"\n")
            while process.poll() is None:
                time.sleep(EVERY)
                ride.tell("progress", f"your tests: {ride.project.hide(_last(path.read_bytes())) or tests.words}")
        finally:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    said = ride.project.hide(path.read_text(encoding="utf-8", errors="replace"))
    # The log keeps it, without what is hidden.
    path.unlink()
    return said.splitlines(), process.returncode


def _last(output: bytes) -> str:
    """The last line that is not empty, as far as a status line shows it."""
    lines = output[-400:].decode(errors="replace").split("\n")
    return next((line.strip()[-100:] for line in reversed(lines) if line.strip()), "")

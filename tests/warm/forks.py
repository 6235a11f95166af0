"""Runs scripts and modules in forks of a process that has Django imported already: a start costs more than most commands.

JSON lines in, JSON lines out. Standard library and Django only; what runs is the same code as in a process of its own.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

MODULES: tuple[str, ...] = (
    "django.apps.registry",
    "django.core.management",
    "django.core.management.commands.migrate",
    "django.core.management.commands.makemigrations",
    "django.core.checks.registry",
    "django.db.backends.sqlite3.base",
    "django.db.backends.postgresql.base",
    "django.db.migrations.autodetector",
    "django.db.migrations.executor",
    "pymysql",
)


def become(command: list[str], cwd: str, environment: dict[str, str]) -> int:
    """Run a command line, without the interpreter's own name, as that would; returns its exit code."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    module = command[1] if command[0] == "-m" else None
    sys.argv = command[1:] if module else command
    places = [
        cwd if module else str(Path(command[0]).resolve().parent),
        *environment.get("PYTHONPATH", "").split(":"),
    ]
    sys.path[:0] = [place for place in places if place]
    try:
        if module:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(command[0], run_name="__main__")
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Let a fork become the command; what it printed and how it ended, with None for a code where it took too long."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            os.setsid()
            for target, descriptor in enumerate((os.open(os.devnull, os.O_RDONLY), out.fileno(), err.fileno())):
                os.dup2(descriptor, target)
            sys.stdin = os.fdopen(0)
            code = become(request["command"], request["cwd"], request["environment"])
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        status = wait(child, request["timeout"])
        out.seek(0)
        err.seek(0)
        ended = None if status is None else os.waitstatus_to_exitcode(status)
        return {"code": ended, "out": out.read().decode(), "err": err.read().decode()}


def wait(child: int, seconds: float) -> int | None:
    """The status in which a fork ends; None where it does not within so many seconds, and is ended with all that it started."""
    descriptor = os.pidfd_open(child)
    ended, _, _ = select.select([descriptor], [], [], seconds)
    os.close(descriptor)
    if not ended:
        os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return status if ended else None


def main() -> None:
    for name in MODULES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    # The folder of this file is on the path of no project.
    del sys.path[0]
    gc.freeze()
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        replies.write(json.dumps(answer(json.loads(line))) + "\n")
        replies.flush()


if __name__ == "__main__":
    main()

"""migwizard in forks of this process, which has it imported already: a start costs more than most of what it does."""

from __future__ import annotations

import compileall
import importlib
import os
import re
import select
import signal
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.killer import Killer, Order
from tests.subjects import ROOT
from tests.warm.modules import MODULES

PATIENCE_SECONDS = 900
"""No command takes so long; one that does hangs."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code, or minus the signal that ended it, and what it said."""

    code: int
    out: str
    err: str


def prepare() -> None:
    """Import what every command imports, and give guests their bytecode, which they do not write themselves."""
    compileall.compile_dir(ROOT / "migwizard", quiet=2, rx=re.compile("/demo/template/"))
    for name in MODULES:
        importlib.import_module(name)


def run(
    arguments: Sequence[str],
    root: Path,
    environment: Mapping[str, str],
    order: Order | None = None,
    trace: Path | None = None,
) -> Ended:
    """Run one command of migwizard in a session of its own, with a killer in it where there is an order.

    Raises TimeoutError where it hangs; it is ended then.
    """
    out, err = (root.parent / name for name in ("stdout", "stderr"))
    pid = os.fork()
    if pid == 0:
        code = 70
        try:
            _become(root, environment, out, err)
            if order is not None and trace is not None:
                Killer(order, trace).install()
            from migwizard.cli import main

            code = main([*arguments])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    descriptor = os.pidfd_open(pid)
    try:
        ended, _, _ = select.select([descriptor], [], [], PATIENCE_SECONDS)
        if not ended:
            os.killpg(pid, signal.SIGKILL)
    finally:
        os.close(descriptor)
    _, status = os.waitpid(pid, 0)
    if not ended:
        raise TimeoutError(f"{' '.join(arguments)} did not end within {PATIENCE_SECONDS} seconds")
    return Ended(os.waitstatus_to_exitcode(status), *(path.read_text(errors="replace") for path in (out, err)))


def _become(root: Path, environment: Mapping[str, str], out: Path, err: Path) -> None:
    """What a process that was started in the usual way would be."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.chdir(root)
    os.environ.clear()
    os.environ.update(environment)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for target, descriptor in enumerate((os.open(os.devnull, os.O_RDONLY), os.open(out, flags), os.open(err, flags))):
        os.dup2(descriptor, target)
        os.close(descriptor)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode) for number, mode in ((0, "r"), (1, "w"), (2, "w")))

"""Guests of migwizard without the cost of starting them: forks of an interpreter that has Django and the agent imported.

A guest that is started in the usual way spends more on its imports than on a small project. Here a process does the
imports once and waits at a socket; each guest that is wanted is a fork of it, with the descriptors, the folder and the
environment that the new process would have had. What runs in it is the same agent.
"""

from __future__ import annotations

import array
import contextlib
import gc
import importlib
import importlib.util
import json
import os
import select
import signal
import socket
import subprocess
import sys
import types
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from migwizard.project import guest, process
from tests.fuzz.history import cpu_of
from tests.fuzz.worker import preload

HASH_SEEDS = ("0", "4711")
"""With these migwizard starts guests."""
_AGENT = ("history", "makemigrations", "operations", "migrate", "databases", "facts", "seed_rows", "load", "serve")


class Zygote:
    """The waiting interpreter, with the hash seed that its guests are to have, for projects of one engine."""

    def __init__(self, seed: str, engine: str = "sqlite") -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.zygote", str(theirs.fileno()), engine],
            env=environment,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()

    @property
    def cpu(self) -> float:
        """CPU seconds of all its guests that ended."""
        return cpu_of(self._process.pid)

    def close(self) -> None:
        """End it; guests that live go on."""
        self._ours.close()
        self._process.wait()

    def spawn(self, cwd: str, env: Mapping[str, str]) -> Guest:
        """A new guest."""
        pipes = [os.pipe() for _ in range(4)]
        theirs = [pipes[0][0], pipes[1][1], pipes[2][1], pipes[3][1]]
        message = json.dumps({"cwd": cwd, "env": dict(env)}).encode()
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", theirs))
        self._ours.sendmsg([message], [rights])
        for descriptor in theirs:
            os.close(descriptor)
        # On a pipe of its own: who is killed before it reads leaves no answer to whoever asks next.
        with os.fdopen(pipes[3][0], "rb") as reply:
            pid = int(reply.read())
        return Guest(pid, pipes[0][1], pipes[1][0], pipes[2][0])


class Guest:
    """What migwizard uses of subprocess.Popen."""

    def __init__(self, pid: int, stdin: int, stdout: int, stderr: int) -> None:
        self.pid = pid
        self._descriptor = os.pidfd_open(pid)
        self.stdin = os.fdopen(stdin, "wb", buffering=0)
        self.stdout = os.fdopen(stdout, "rb")
        self.stderr = os.fdopen(stderr, "rb")

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; the code is not known here. Raises subprocess.TimeoutExpired."""
        found, _, _ = select.select([self._descriptor], [], [], timeout)
        if not found:
            raise subprocess.TimeoutExpired("guest", timeout or 0)
        return 0

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


def install(started: Mapping[str, Zygote]) -> None:
    """Let the guests of this process come from there."""

    def popen(command: Sequence[str], *, cwd: Path, env: Mapping[str, str], **more: Any) -> Any:
        if env["PYTHONHASHSEED"] in started and command[0] == sys.executable:
            return started[env["PYTHONHASHSEED"]].spawn(str(cwd), env)
        return subprocess.Popen(command, cwd=cwd, env=env, **more)

    shim = types.SimpleNamespace(Popen=popen, PIPE=subprocess.PIPE, TimeoutExpired=subprocess.TimeoutExpired)
    # It has to be where guests are started, or everything still works, and takes twice as long.
    assert "subprocess" in vars(process)
    vars(process)["subprocess"] = shim


def main(descriptor: int, engine: str) -> None:
    """Wait for orders until the other end closes."""
    here = str(guest.AGENT.parent)
    spec = importlib.util.spec_from_file_location("entry", guest.AGENT)
    assert spec is not None
    assert spec.loader is not None
    entry = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(entry)
    entry._become_package()
    for name in _AGENT:
        importlib.import_module(f"{entry.NAME}.{name}")
    preload(engine)
    # What the project must not see, as in a guest that was started by its path.
    sys.path[:] = [one for one in sys.path if one not in ("", here, str(Path.cwd()))]
    for name in [name for name in sys.modules if name.partition(".")[0] in ("migwizard", "tests")]:
        del sys.modules[name]
    signal.signal(signal.SIGCHLD, _reap)
    gc.collect()
    gc.freeze()
    orders = socket.socket(fileno=descriptor)
    while True:
        message, descriptors, _, _ = socket.recv_fds(orders, 1 << 20, 4)
        if not message:
            return
        pid = os.fork()
        if pid == 0:
            orders.close()
            os.close(descriptors.pop())
            _be_guest(json.loads(message), descriptors, entry)
        with contextlib.suppress(BrokenPipeError):
            os.write(descriptors[-1], str(pid).encode())
        for one in descriptors:
            os.close(one)


def _reap(*_: object) -> None:
    """Let go of guests that ended, so that what they used counts."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _be_guest(order: dict[str, Any], descriptors: Sequence[int], entry: Any) -> None:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for target, descriptor in enumerate(descriptors):
        os.dup2(descriptor, target)
        os.close(descriptor)
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["env"])
    sys.argv = [str(guest.AGENT)]
    gc.disable()
    sys.modules[f"{entry.NAME}.serve"].main()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])

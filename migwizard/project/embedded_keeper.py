"""Holds a PostgreSQL as long as whoever started it lives: `python embedded_keeper.py PROGRAMS FOLDER`.

Standard input brings the password and then nothing; its end, which no kill can prevent, is the end of the server. Standard
output says the port, or why there is none. Nothing of migwizard is imported, so that it starts at once.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PATIENCE_SECONDS = 60.0
TRIES = 5
"""Between the choice of a port and its use somebody else may take it."""
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "logging_collector": "off",
}
"""Nothing in it has to survive a power cut; a socket file would have to have a short path."""


class CannotError(Exception):
    """The server does not start, with the reason as a sentence."""


def main(programs: Path, folder: Path) -> None:
    # Ctrl-C and the end of a terminal are for the others; what ends this one is the end of its input.
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    (folder / "keeper.pid").write_text(str(os.getpid()))
    server = None
    try:
        user = _user(folder)
        _make(programs, folder, sys.stdin.readline().strip(), user)
        server, port = _start(programs, folder, user)
        print(port, flush=True)
        sys.stdin.read()
    except CannotError as error:
        print(" ".join(str(error).split()), flush=True)
    finally:
        if server is not None:
            server.send_signal(signal.SIGQUIT)
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _user(folder: Path) -> dict[str, Any]:
    """As whom it runs: as this user, or, since PostgreSQL refuses root, as another one of this machine."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        folder.chmod(0o711)
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise CannotError("PostgreSQL does not run as root, and there is no user postgres or nobody")


def _make(programs: Path, folder: Path, password: str, user: dict[str, Any]) -> None:
    data, secret = folder / "data", folder / "password"
    data.mkdir(mode=0o700)
    secret.touch(mode=0o600)
    secret.write_text(password)
    if user:
        for path in (data, secret):
            os.chown(path, user["user"], user["group"])
    command = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={secret}"]
    command += ["-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync"]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=folder, **user)
    except OSError as error:
        raise CannotError(f"{command[0]}: {error.strerror}") from error
    secret.unlink()
    if done.returncode:
        raise CannotError(f"initdb says {done.stderr.strip().splitlines()[-1:]}")


def _start(programs: Path, folder: Path, user: dict[str, Any]) -> tuple[subprocess.Popen[bytes], int]:
    data, log = folder / "data", folder / "log"
    for _ in range(TRIES):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [str(programs / "postgres"), "-D", str(data), "-p", str(port)]
        command += [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        with log.open("wb") as stream:
            server = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, cwd=folder, **user
            )
        if _answers(server, data / "postmaster.pid"):
            return server, port
        server.kill()
        server.wait()
    raise CannotError(f"it says {log.read_text(errors='replace').strip().splitlines()[-1:]}")


def _answers(server: subprocess.Popen[bytes], state: Path) -> bool:
    """Whether it says that it is ready, in the file in which pg_ctl looks for it too."""
    until = time.monotonic() + PATIENCE_SECONDS
    while server.poll() is None and time.monotonic() < until:
        if state.exists() and state.read_text().rstrip().endswith("ready"):
            return True
        time.sleep(0.02)
    return False


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""A place where a project runs that is not this one: another folder, user mask, environment, and temporary folder."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PATIENCE = 20.0


def wait_until(what: str, done: Callable[[], Any]) -> None:
    """Poll until `done()`; a bound only for the case that it never becomes true."""
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end, f"{what} did not happen in {PATIENCE:.0f} s"
        time.sleep(0.02)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the project runs, and the command that leads there."""

    root: Path
    """Its folder, as this machine sees it."""
    there: str
    """The same, as the place itself sees it."""
    temporary: Path
    """Where the place keeps temporary files."""
    command: str

    @property
    def is_clean(self) -> bool:
        return not list(self.temporary.iterdir())


def image_of(project: Path, folder: Path) -> Place:
    """A copy of a project in another folder, as an image has it: it sees nothing of what changes here.

    HOME is not set, the mask keeps everything from others, and the variables of the tests are not there.
    """
    root, temporary = folder / "image" / "srv", folder / "image" / "tmp"
    shutil.copytree(project, root, ignore=shutil.ignore_patterns(".migwizard", "__pycache__"))
    temporary.mkdir()
    script = folder / "run-in-image"
    kept = f"env -i PATH={shlex.quote(os.environ['PATH'])} TMPDIR={shlex.quote(str(temporary))}"
    script.write_text(
        f'#!/bin/sh\numask 077\ncd {shlex.quote(str(root))}\nexec {kept} {shlex.quote(sys.executable)} "$@"\n',
        encoding="utf-8",
    )
    script.chmod(0o755)
    return Place(root, str(root.resolve()), temporary, str(script))


MOUNTED = """#!/bin/sh
exec unshare -rm sh -c '
    jail=$0 project=$1 temporary=$2; shift 2
    mount -t tmpfs none "$jail"
    for top in /*; do
        case "$top" in /app|/tmp|/proc) continue ;; esac
        if [ -L "$top" ]; then cp -P "$top" "$jail$top"; elif [ -d "$top" ]; then mkdir "$jail$top"; mount --rbind "$top" "$jail$top"; fi
    done
    mkdir "$jail/app" "$jail/tmp" "$jail/proc"
    mount --bind "$project" "$jail/app"
    mount --bind "$temporary" "$jail/tmp"
    exec chroot "$jail" env -i PATH="$PATH" sh -c "cd /app && exec \\"\\$0\\" \\"\\$@\\"" "$@"
' {jail} {project} {temporary} {python} "$@"
"""
"""Another root, in which the project is /app and everything else of /tmp is not there."""


def mounted(project: Path, folder: Path) -> Place:
    """A container whose /app is the project's own folder; needs `why_not_mounted` to be empty."""
    jail, temporary, script = folder / "jail", folder / "temporary", folder / "run-in-container"
    jail.mkdir()
    temporary.mkdir()
    places = {"jail": jail, "project": project, "temporary": temporary, "python": sys.executable}
    quoted = {name: shlex.quote(str(path)) for name, path in places.items()}
    script.write_text(MOUNTED.format_map(quoted), encoding="utf-8")
    script.chmod(0o755)
    return Place(project, "/app", temporary, str(script))


@cache
def why_not_mounted() -> str:
    """Why no container can be made here without privileges; empty where it can."""
    if shutil.which("unshare") is None:
        return "there is no unshare here"
    done = subprocess.run(
        [
            "unshare",
            "-rm",
            "sh",
            "-c",
            "mount -t tmpfs none /mnt && mkdir /mnt/usr && mount --rbind /usr /mnt/usr",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stderr.strip().splitlines()
    return f"no file system may be mounted here: {said[-1] if said else 'unshare failed'}" if done.returncode else ""


def gone(pid: int) -> bool:
    """Whether a process is over."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    try:
        # A zombie whose parent is gone too waits for the system only.
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        # It ended just now, or there is no /proc: the next look tells.
        return False

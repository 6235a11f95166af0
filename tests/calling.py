"""Calls of the command line, in a process of their own or as it was read."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from migwizard import cli


def run(
    *arguments: str, cwd: Path | None = None, typed: str = "", state: Path | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "TEXTUAL_DRIVER")}
    return subprocess.run(
        [sys.executable, "-m", "migwizard", *arguments],
        cwd=cwd,
        env=environment | ({"XDG_STATE_HOME": str(state)} if state else {}),
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def arguments(*words: str) -> argparse.Namespace:
    parsed = cli.parser().parse_args(words)
    for name in ("project", "python", "via", "via_root", "env_file", "settings", "scratch", "no_input", "verbose"):
        if not hasattr(parsed, name):
            setattr(parsed, name, None)
    return parsed

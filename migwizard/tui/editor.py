"""The person's own editor, for a file that they want to change by hand."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Callable, Mapping

FALLBACK = ("vi", "nano")


def find_editor(
    environ: Mapping[str, str] | None = None, which: Callable[[str], str | None] = shutil.which
) -> list[str]:
    """The command of $VISUAL or $EDITOR, else one that is usually there; empty where there is none."""
    env = os.environ if environ is None else environ
    for name in ("VISUAL", "EDITOR"):
        try:
            command = shlex.split(env.get(name, ""))
        except ValueError:
            continue
        if command and which(command[0]):
            return command
    return next(([name] for name in FALLBACK if which(name)), [])

"""The person's own editor, for a file that they want to change by hand."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from textual.app import App, SuspendNotSupported

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


def edit(app: App[Any], path: str, answer: str) -> bool:
    """Let the person's editor have the terminal; returns whether they changed the file, and says why where they did not.

    `answer` is what they can give themselves after they changed it elsewhere.
    """
    editor = find_editor()
    if not editor:
        app.notify(f"No editor is set in $VISUAL or $EDITOR. Change {path}, then take “{answer}” under :")
        return False
    before = _stamp(path)
    try:
        with app.suspend():
            failed = subprocess.run([*editor, path], check=False).returncode
    except (SuspendNotSupported, OSError) as error:
        app.notify(f"{shlex.join(editor)} cannot be opened here: {error or 'this is no terminal'}.")
        return False
    app.refresh()
    if _stamp(path) != before:
        return True
    said = f" (it ended with {failed})" if failed else ""
    app.notify(f"You changed nothing{said}.")
    return False


def _stamp(path: str) -> tuple[int, int] | None:
    """Changes when a file is written."""
    try:
        facts = Path(path).stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size

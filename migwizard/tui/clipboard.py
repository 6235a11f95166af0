"""Copying, honestly: the terminal never says whether it took the text, so the text also goes into a file."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from migwizard import private

TOOLS = (
    ("pbcopy", ("pbcopy",), ""),
    ("wl-copy", ("wl-copy",), "WAYLAND_DISPLAY"),
    ("xclip", ("xclip", "-selection", "clipboard"), "DISPLAY"),
)
"""Program, command, and the variable that must be set for it to work."""
TOOL_SECONDS = 2.0


def local_tool() -> tuple[str, ...] | None:
    """The command that copies on this machine; None over SSH and where there is none."""
    if os.environ.get("SSH_CONNECTION"):
        return None
    for program, command, needs in TOOLS:
        if (not needs or os.environ.get(needs)) and shutil.which(program):
            return command
    return None


def hand_over(text: str) -> bool:
    """Give the text to the machine's own clipboard too; True where a program took it."""
    command = local_tool()
    if command is None:
        return False
    try:
        subprocess.run(command, input=text.encode(), check=True, timeout=TOOL_SECONDS, capture_output=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def file_name(name: str) -> str:
    """A name for a file, from a few words."""
    plain = re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-.") or "text"
    return plain if Path(plain).suffix in (".txt", ".md", ".diff", ".json", ".log") else f"{plain}.txt"


def write(folder: Path, name: str, text: str) -> Path:
    """Write the text into our own folder; returns where. Raises OSError."""
    private.make_folder(folder)
    path = folder / file_name(name)
    with private.open_new(path) as stream:
        stream.write((text if text.endswith("\n") else f"{text}\n").encode())
    return path

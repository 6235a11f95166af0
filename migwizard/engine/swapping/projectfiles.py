"""The sources of a project: what people wrote, without what was installed or made."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

SUFFIXES = (".py", ".toml", ".cfg", ".ini", ".yml", ".yaml", ".sh", ".html")
LARGEST = 1_000_000
"""Bytes; a larger file is no source."""
_NO_SOURCES = {"node_modules", "site-packages", "__pycache__"}


def sources(root: Path, suffixes: tuple[str, ...] = SUFFIXES) -> Iterator[Path]:
    """Every source below a folder; virtual environments and hidden folders are left out."""
    for folder, folders, files in os.walk(root):
        folders[:] = [
            name
            for name in folders
            if name not in _NO_SOURCES and name[0] != "." and not (Path(folder) / name / "pyvenv.cfg").is_file()
        ]
        for file in files:
            path = Path(folder) / file
            if file.endswith(suffixes) and path.is_file() and path.stat().st_size <= LARGEST:
                yield path

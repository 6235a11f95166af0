"""What git says of the project; a project without git is normal."""

from __future__ import annotations

import subprocess
from pathlib import Path


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            # Without optional locks git status only reads; else it would renew the index.
            ["git", "--no-optional-locks", "-C", str(root), *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def changed_files(root: Path) -> list[Path] | None:
    """Files below `root` that differ from the last commit, untracked ones included; None where there is no git."""
    top = _git(root, "rev-parse", "--show-toplevel")
    listing = _git(root, "status", "--porcelain", "-z", "--untracked-files=all", "--no-renames", "--", ".")
    if top is None or listing is None:
        return None
    return [Path(top.strip()) / entry[3:] for entry in listing.split("\0") if entry]


def head(root: Path) -> str:
    """The commit that is checked out, or an empty text."""
    return (_git(root, "rev-parse", "HEAD") or "").strip()


def diff_stat(root: Path) -> str:
    """`git diff --stat` of the working tree."""
    return (_git(root, "diff", "--stat", "--", ".") or "").rstrip()

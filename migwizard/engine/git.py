"""What git says of the project; a project without git is normal."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from migwizard.engine.stat import Change, count_lines


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


def changes(root: Path, folders: Sequence[str]) -> list[Change] | None:
    """Lines that came and went in `folders` since the last commit, new files included; None where there is no commit.

    Paths are relative to `root`. Reads only: `git diff` alone leaves new files out until somebody adds them.
    """
    if not folders:
        return []
    numbers = _git(root, "diff", "HEAD", "--numstat", "-z", "--no-renames", "--relative", "--", *folders)
    new = _git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", *folders)
    if numbers is None or new is None:
        return None
    found = []
    for entry in filter(None, numbers.split("\0")):
        added, removed, path = entry.split("\t", 2)
        # Git counts no lines in a binary file.
        found.append(Change(path, int(added) if added != "-" else 0, int(removed) if removed != "-" else 0))
    for path in filter(None, new.split("\0")):
        if (root / path).is_file():
            found.append(Change(path, count_lines((root / path).read_bytes()), 0))
    return found


def log_since(root: Path, commit: str) -> list[str]:
    """The commits that came after one, a line each, the newest first; none where git does not know it."""
    return (_git(root, "log", "--oneline", "--no-decorate", f"{commit}..HEAD") or "").splitlines()

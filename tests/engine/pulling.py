"""A reset that git holds: the commit before it, the one that makes it, and the line that leads a database back."""

from __future__ import annotations

import subprocess
import sys

from migwizard.engine.swapping.committed import NAMES
from tests.engine.refusing import git
from tests.engine.support import Shop

IGNORED = "db.sqlite3\n.migwizard/\n__pycache__/\n"


def keep_in_git(shop: Shop, before: Shop, reset: Shop) -> None:
    """Let a checkout have two commits, of the files before a reset and of those with it; its database stays as it is."""
    git(shop.root, "init", "-q")
    for message, other in (("before", before), ("reset", reset)):
        become(shop, other)
        (shop.root / ".gitignore").write_text(IGNORED)
        commit(shop, message)


def commit(shop: Shop, message: str) -> None:
    git(shop.root, "add", "-A")
    git(shop.root, "commit", "-qm", message)


def become(shop: Shop, other: Shop) -> None:
    """Let the files of a checkout be those of another one."""
    there = other.tree()
    for path in shop.tree().keys() - there.keys():
        if not path.startswith(".git/"):
            (shop.root / path).unlink()
    for path, text in there.items():
        (shop.root / path).write_bytes(text)


def way_back(said: str) -> str:
    """The line that leads back, as it is printed."""
    (line,) = {part for part in said.splitlines() if "git checkout" in part and NAMES[1] in part}
    return line[line.index("git checkout") :]


def run_line(shop: Shop, line: str) -> None:
    """Run what a command printed, in a shell."""
    line = line.replace("python ", f"{sys.executable} ")
    subprocess.run(["sh", "-c", line], cwd=shop.root, check=True, capture_output=True, env=shop.environment())

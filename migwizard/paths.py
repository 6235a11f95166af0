"""Every place that migwizard writes to."""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from migwizard import private
from migwizard.errors import ConflictError

COMPANION = "max_migration.txt"
"""Beside migrations: holds the name of the app's last one; two branches that both add one then conflict in git."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """The `.migwizard` folder of a project, and a second place for backups that `git clean` does not reach."""

    root: Path
    """The project's root, the folder of manage.py."""

    @property
    def folder(self) -> Path:
        return self.root / ".migwizard"

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.json"

    @property
    def journal(self) -> Path:
        return self.folder / "journal.jsonl"

    @property
    def lock(self) -> Path:
        return self.folder / "lock"

    @property
    def log(self) -> Path:
        return self.folder / "migwizard.log"

    @property
    def staging(self) -> Path:
        """New migrations by app label until Apply."""
        return self.folder / "staging"

    @property
    def scratch(self) -> Path:
        """Scratch databases; swept at every start."""
        return self.folder / "scratch"

    @property
    def work(self) -> Path:
        """What was computed and can be computed again."""
        return self.folder / "work"

    @property
    def backup(self) -> Path:
        """Whole migrations folders by app label, as they were before Apply."""
        return self.folder / "backup"

    @property
    def committed(self) -> Path:
        """What comes beside manage.py with a swap, as it is written there."""
        return self.folder / "committed"

    @property
    def certificate(self) -> Path:
        return self.folder / "proof.json"

    @property
    def report(self) -> Path:
        return self.folder / "proof.txt"

    @property
    def second_backup(self) -> Path:
        """In the user's state folder, named after the project and a hash of its path."""
        digest = hashlib.sha256(str(self.root.resolve()).encode()).hexdigest()[:8]
        # A name can be as long as names may be.
        name = self.root.resolve().name.encode()[:240].decode(errors="ignore")
        return state_home() / "migwizard" / f"{name}-{digest}"

    def create(self) -> None:
        """Make the folder, with a .gitignore of its own so that it never gets into a commit.

        Raises ConflictError as `refuse_links`.
        """
        self.refuse_links()
        private.make_folder(self.folder)
        if self.folder.stat().st_mode & 0o077:
            # Of an older migwizard, or of a copy. That of another user stays as it is.
            with suppress(PermissionError):
                self.folder.chmod(private.FOLDER)
        ignore = self.folder / ".gitignore"
        if not ignore.exists():
            with open(ignore, "w", encoding="utf-8", opener=private.opener) as stream:
                stream.write("*\n")

    def refuse_links(self) -> None:
        """Raise ConflictError where the folder, or anything in it, is a link: what is written and removed would be elsewhere."""
        inside = (Path(folder, name) for folder, folders, files in os.walk(self.folder) for name in (*folders, *files))
        for path in (self.folder, *inside):
            if path.is_symlink():
                raise ConflictError(
                    f"{path} is a link, and nothing is written or removed through it. Nothing was changed.",
                    code="own-folder",
                    cures=(
                        "Put what it leads to in its place, or remove the link if you need none of it; then start again.",
                    ),
                    details={"path": str(path)},
                )


def lies_inside(base: Path, name: str, root: Path) -> bool:
    """Whether a relative path that somebody wrote down leads from `base` to a place below `root`, links followed."""
    pure = Path(name)
    try:
        name.encode()
        return not (pure.is_absolute() or ".." in pure.parts) and (base / pure).resolve().is_relative_to(root.resolve())
    except (OSError, ValueError, RuntimeError):
        # It is no path at all, as with a NUL or half a character, or it leads in a ring.
        return False


def file_name_of(alias: str) -> str:
    """The name of a file about one database: an alias may hold slashes, and lead out of our folder."""
    return re.sub(r"[^\w.@ -]", lambda found: quote(found[0], safe=""), alias)


def state_home() -> Path:
    """The user's state folder. The XDG Base Directory Specification has a relative one ignored: it would move along."""
    named = Path(os.environ.get("XDG_STATE_HOME", ""))
    return named if named.is_absolute() else Path.home() / ".local" / "state"

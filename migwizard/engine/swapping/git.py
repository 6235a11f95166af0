"""What git says of the project; a project without git is normal."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from migwizard.engine.swapping.stat import Change, count_lines

LEADING_ELSEWHERE = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
)
"""Variables that lead git to another repository than that of the folder; git sets them for its hooks."""
PATIENCE = 60.0
"""Seconds that git may take."""
TOP = ("rev-parse", "--show-toplevel")
STATUS = ("status", "--porcelain", "-z", "--untracked-files=all", "--no-renames", "--", ".")


def _git(root: Path, *arguments: str, told: str | None = None, fine: Sequence[int] = (0,)) -> str | None:
    try:
        done = _run(root, arguments, told)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode in fine else None


def _run(root: Path, arguments: Sequence[str], told: str | None = None) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if name not in LEADING_ELSEWHERE}
    return subprocess.run(
        # Without optional locks git status only reads; else it would renew the index.
        ["git", "--no-optional-locks", "-C", str(root), *arguments],
        # What it says of a failure is told apart by its words.
        env=own | {"LC_ALL": "C"},
        input=told,
        capture_output=True,
        # A name is bytes: what no text can hold goes back to the file system as it came.
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
        timeout=PATIENCE,
    )


def in_words(name: object) -> str:
    """The name of a file as it can be printed and stored: bytes that are no text stand there as `\\xff`."""
    return os.fsencode(str(name)).decode("utf-8", "backslashreplace")


def repositories(paths: Iterable[Path]) -> dict[Path, list[Path]]:
    """The repository that each of some files and folders lies in, as submodules have it too; the inner ones first.

    What lies in none is left out. Paths have to be absolute, without links.
    """
    found: dict[Path, list[Path]] = {}
    for path in paths:
        if top := next((each for each in (path, *path.parents) if (each / ".git").exists()), None):
            found.setdefault(top, []).append(path)
    return dict(sorted(found.items(), key=lambda item: (-len(item[0].parts), item[0])))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a shell in the folder `root` speaks to a repository, be it the one around that folder or a submodule."""

    root: Path
    top: Path

    @property
    def base(self) -> Path:
        """The folder that names are relative to."""
        return self.root if self.root.is_relative_to(self.top) else self.top

    @property
    def command(self) -> str:
        return "git" if self.base == self.root else f"git -C {shlex.quote(self.name(self.top, self.root))}"

    def name(self, path: Path, base: Path | None = None) -> str:
        return os.path.relpath(path, base or self.base)


def refusal(root: Path) -> str:
    """What git says where it tells nothing of a repository that is there; empty where it tells, and where none is there."""
    for arguments in (TOP, STATUS):
        try:
            done = _run(root, arguments)
        except subprocess.TimeoutExpired:
            return f"git {arguments[0]} took longer than {PATIENCE:g} seconds"
        except OSError:
            return ""
        # It says which folders it looked into where it found no repository, and names that which it cannot take.
        if done.returncode != 0 and "not a git repository (or any " not in done.stderr:
            return done.stderr.strip() or f"git {arguments[0]} ended with {done.returncode}"
    return ""


def changed_files(root: Path, paths: Iterable[Path] = ()) -> list[Path] | None:
    """Files below `root` that differ from the last commit, untracked ones included; None where there is no git.

    Of a submodule git tells its own files only there: those of `paths`, as `repositories` takes them, are asked too.
    """
    found = [changed for place in places(root, paths) if (changed := changed_at(place)) is not None]
    return [path for changed in found for path in changed] if found else None


def places(root: Path, paths: Iterable[Path]) -> list[Path]:
    """`root`, and the repositories below it that hold some of `paths`."""
    outer = root.resolve()
    return [root, *(top for top in repositories(paths) if top != outer and top.is_relative_to(outer))]


def changed_at(root: Path) -> list[Path] | None:
    """As `changed_files`, without those of submodules."""
    top, listing = _git(root, *TOP), _git(root, *STATUS)
    if top is None or listing is None:
        return None
    return [Path(top.strip()) / entry[3:] for entry in listing.split("\0") if entry]


def ignored(root: Path, names: Sequence[str]) -> set[str] | None:
    """Those of some names, relative to `root`, that git does not want to know; None where it cannot tell of all of them."""
    if not names:
        return set()
    # It ends with 1 where it ignores none of them.
    said = _git(root, "check-ignore", "-z", "--stdin", told="".join(f"{name}\0" for name in names), fine=(0, 1))
    return None if said is None else set(filter(None, said.split("\0")))


def known(root: Path, names: Sequence[str]) -> dict[str, bool]:
    """The files that git has in some places, relative to `root`; a submodule is one, and marked as such."""
    listing = _git(root, "ls-files", "--stage", "-z", "--", *names) if names else None
    entries = (entry.split("\t", 1) for entry in (listing or "").split("\0") if entry)
    return {name: facts.startswith("160000") for facts, name in entries}


def prefix(root: Path) -> str:
    """The folder in its repository, without a slash at the end; empty for the top, or where there is no git."""
    return (_git(root, "rev-parse", "--show-prefix") or "").strip().rstrip("/")


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
        found.append(Change(in_words(path), int(added) if added != "-" else 0, int(removed) if removed != "-" else 0))
    for path in filter(None, new.split("\0")):
        if (root / path).is_file():
            found.append(Change(in_words(path), count_lines((root / path).read_bytes()), 0))
    return found


def log_since(root: Path, commit: str) -> list[str]:
    """The commits that came after one, a line each, the newest first; none where git does not know it."""
    return (_git(root, "log", "--oneline", "--no-decorate", f"{commit}..HEAD") or "").splitlines()


SIMILAR = "90%"
"""A file that is so much like one that went in the same commit was renamed; a new migration may be a little like an old one."""


@dataclass(frozen=True, slots=True)
class Added:
    """The commit that brought a file, under whatever name it had then."""

    commit: str
    when: datetime
    """With the zone of whoever committed."""


def additions(root: Path, paths: Iterable[str]) -> dict[str, Added]:
    """For each of `paths`, relative to `root`, the commit that added it; renames are followed.

    Empty where there is no git. A file is missing that was never committed, or that a shallow clone knows only as having
    been there.
    """
    wanted, found = {path: path for path in paths}, dict[str, Added]()
    patterns = sorted({f":(glob)**/{path.split('/')[-2]}/*" if "/" in path else path for path in wanted})
    if not patterns:
        return {}
    arguments = ("-c", "core.quotepath=off", "log", "--relative", f"-M{SIMILAR}", "--diff-filter=AR", "--name-status")
    listing = _git(root, *arguments, "--format=%x01%H%x09%cI", "--", *patterns) or ""
    border = _shallow(root)
    for entry in filter(None, listing.split("\x01")):
        first, *lines = entry.splitlines()
        commit, when = first.split("\t")
        for kind, *names in (line.split("\t") for line in lines if line):
            if names[-1] not in wanted:
                continue
            path = wanted.pop(names[-1])
            if kind.startswith("R"):
                wanted[names[0]] = path
            elif commit not in border:
                found[path] = Added(commit, datetime.fromisoformat(when))
    return found


def _shallow(root: Path) -> set[str]:
    """The oldest commits of a shallow clone, which seem to add all that was there."""
    name = (_git(root, "rev-parse", "--git-path", "shallow") or "").strip()
    path = root / name
    return set(path.read_text(encoding="ascii").split()) if name and path.is_file() else set()


def commit_of(root: Path, ref: str) -> str:
    """The commit that a branch, a tag or another name of git leads to; empty where git knows none."""
    if ref.startswith("-"):
        return ""
    return (_git(root, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}") or "").strip()


def reaches(root: Path, commit: str) -> set[str]:
    """A commit and all that came before it."""
    return set((_git(root, "rev-list", commit) or "").split())


def unmerged(root: Path) -> list[str]:
    """Files below `root` with conflicts that nobody has resolved yet, relative to it."""
    listing = _git(root, "ls-files", "--unmerged", "-z", "--", ".") or ""
    return sorted({entry.partition("\t")[2] for entry in listing.split("\0") if entry})


def content_at(root: Path, commit: str, path: str) -> str | None:
    """The text of a file, relative to `root`, in a commit; None where it was not there, or where there is no such commit."""
    return _git(root, "show", f"{commit}:./{path}") if commit else None


def removal(root: Path, path: str) -> str:
    """The newest commit before what is checked out that removed a file; empty where git knows none."""
    # Without the full history git does not go down into a branch whose merge left the file out.
    return (_git(root, "log", "-1", "--full-history", "--diff-filter=D", "--format=%H", "--", path) or "").strip()


def last_with(root: Path, path: str, text: str) -> str:
    """A commit of any branch in which a file, relative to `root`, holds a text, the newest; empty where git knows none."""
    touched = (_git(root, "log", "-1", "--all", "--full-history", "--format=%H", f"-S{text}", "--", path) or "").strip()
    # It brought the text, or took it away.
    candidates = (touched, f"{touched}^") if touched else ()
    return next((commit_of(root, one) for one in candidates if text in (content_at(root, one, path) or "")), "")


def holding(root: Path, path: str, text: str) -> str:
    """The commit that brought a text into a file, relative to `root`, where what is checked out holds it; short, else empty."""
    if text not in (content_at(root, "HEAD", path) or ""):
        return ""
    return (_git(root, "log", "-1", "--full-history", "--format=%h", f"-S{text}", "--", path) or "").strip()


def edits_since(root: Path, commit: str, paths: Sequence[str]) -> dict[str, str]:
    """Of `paths`, relative to `root`, those that commits changed which came after another one: each with the newest."""
    found: dict[str, str] = {}
    if not commit or not paths:
        return found
    # Without the full history git does not go down to where a file that a merge removed was edited.
    arguments = ("-c", "core.quotepath=off", "log", "--full-history", "--relative", "--no-renames", "--diff-filter=M")
    listing = _git(root, *arguments, "--name-only", "--format=%x01%h", f"{commit}..HEAD", "--", *paths) or ""
    for entry in filter(None, listing.split("\x01")):
        first, *names = filter(None, entry.splitlines())
        for name in names:
            found.setdefault(name, first)
    return found


def branches_with(root: Path, path: str) -> list[str]:
    """The branches, remote ones too, on which some commit has added a file that is not here."""
    added = (_git(root, "log", "--all", "--diff-filter=A", "-1", "--format=%H", "--", path) or "").strip()
    listing = _git(root, "branch", "--all", "--format=%(refname:short)", "--contains", added) if added else None
    return [name for name in (listing or "").splitlines() if name and "HEAD" not in name]


def files_at(root: Path, commit: str) -> set[str]:
    """The files below `root` as they were in a commit, relative to it."""
    return set(filter(None, (_git(root, "ls-tree", "-r", "--name-only", "-z", commit) or "").split("\0")))

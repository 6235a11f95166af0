"""What git keeps of the old files: what is not committed, and what it was told to ignore."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from migwizard.engine.findings import Status
from migwizard.engine.ride import Ride
from migwizard.engine.steps.seen import Seen
from migwizard.engine.swapping import git
from migwizard.errors import UndecidedError
from migwizard.words.counting import count, some


def look(ride: Ride, seen: Seen) -> tuple[Status, str, str]:
    """Whether the old files can be found in git later; raises UndecidedError where some wait for a commit."""
    folders = sorted({folder.resolve() for folder in ride.apps.folders.values()})
    found = {place: git.changed_at(place) for place in git.places(ride.project.root, folders)}
    for place in (place for place, changed in found.items() if changed is None):
        _refuse_silence(place)
    changed = [path for paths in found.values() for path in paths or ()]
    if all(paths is None for paths in found.values()):
        seen.elsewhere = None
        ride.tell("note", "No git here: migwizard's own backup keeps the old files.")
        return "note", "no git here: our own backup keeps the old files", ""
    root = ride.project.root.resolve()
    changed = [path for path in changed if "__pycache__" not in path.parts]
    _refuse_dirty([path for path in changed if any(path.resolve().is_relative_to(folder) for folder in folders)], root)
    seen.elsewhere = tuple(
        git.in_words(path.relative_to(root) if path.is_relative_to(root) else path)
        for path in changed
        if ".migwizard" not in path.parts
    )
    others = count(len(seen.elsewhere), "other file")
    if ignored := _ignored(folders, root):
        ride.tell("note", f"Ignored by git: {some(ignored)}. migwizard's own backup keeps the old files.")
        text = count(len(ignored), "migration folder is", "migration folders are")
        text = f"{text} ignored by git: our own backup keeps the old files"
        text += f"; {others} not committed" if seen.elsewhere else ""
        return "note", text, "\n".join([*ignored, *seen.elsewhere])
    if seen.elsewhere:
        return "note", f"migrations are committed; {others} not", "\n".join(seen.elsewhere)
    return "ok", "everything is committed", ""


def _refuse_silence(place: Path) -> None:
    """Raise UndecidedError where git does not say what is committed: what is not would go without a word."""
    if not (said := git.refusal(place)):
        return
    lines = [line.strip() for line in said.splitlines()]
    own = tuple(line for line in lines if line.startswith("git config"))
    raise UndecidedError(
        f"git does not say what is committed in {place}: {lines[0].removeprefix('fatal: ').rstrip('.:')}. Nothing was changed.",
        code="git",
        cures=(
            *own,
            "Then start again." if own else "Mend what git names, until `git status` answers there; then start again.",
        ),
        details={"path": str(place), "commands": own},
    )


def _refuse_dirty(dirty: Sequence[Path], root: Path) -> None:
    if not dirty:
        return
    shown = ", ".join(git.in_words(path.relative_to(root)) for path in dirty[:5])
    raise UndecidedError(
        f"{count(len(dirty), 'file in a migration folder is', 'files in migration folders are')} not committed: {shown}. Commit them first, so that the old "
        "history can be found in git later. Nothing was changed.",
        code="dirty",
        cures=("git add and git commit them, or git stash them; then start again.",),
        details={"files": [git.in_words(path) for path in dirty]},
    )


def _ignored(folders: Sequence[Path], root: Path) -> list[str]:
    """Those with files that git was told to ignore, so that no commit has them.

    Git is asked once for each repository: some may lie in another one than manage.py.
    """
    ignored = {folder for top, inside in git.repositories(folders).items() for folder in _with_ignored(top, inside)}
    return [str(each.relative_to(root)) if each.is_relative_to(root) else str(each) for each in sorted(ignored)]


def _with_ignored(top: Path, folders: Sequence[Path]) -> list[Path]:
    names = {str(path.relative_to(top)): folder for folder in folders for path in folder.glob("*.py")}
    found = git.ignored(top, list(names))
    if found is not None or folders == [top]:
        return list(dict.fromkeys(names[name] for name in found or ()))
    # One of which git cannot tell must not hide the others.
    return [folder for folder in folders if git.ignored(folder, [path.name for path in folder.glob("*.py")])]

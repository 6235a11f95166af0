"""The texts that a refusal offers to read: what failed, which files, which commands."""

from __future__ import annotations

import json
import os
import shlex
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from migwizard.engine.refusals.case import Refused
from migwizard.engine.refusals.files import sizes
from migwizard.engine.swapping import git
from migwizard.errors import MigwizardError
from migwizard.project.guest import GuestError
from migwizard.stored import parse

DEPTH = 4
"""How many folders below the start manage.py files are looked for."""
SKIPPED = ("node_modules", "site-packages", "__pycache__")
MOST = 20


def more(error: MigwizardError) -> str:
    """Everything there is to read about an error: Django's messages, tracebacks, the last lines of standard error."""
    parts = []
    if messages := error.details.get("messages"):
        from migwizard.engine.steps.looking import said

        parts.append("\n".join(said(message) for message in messages))
    guest = next((item for item in _chain(error) if isinstance(item, GuestError)), None)
    if guest is not None:
        parts.append(guest.traceback.rstrip())
        if stderr := guest.details.get("stderr"):
            parts.append(f"The last lines that the project wrote to standard error:\n\n{stderr}")
    elif error.code == "defect" and error.__cause__ is not None:
        parts.append("".join(traceback.format_exception(error.__cause__)).rstrip())
    return "\n\n".join(part for part in parts if part)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def projects_below(start: Path) -> list[Path]:
    """Folders with a manage.py below `start`, hidden ones and packages left out; the first few."""
    found: list[Path] = []
    base = len(start.parts)
    for folder, names, files in os.walk(start):
        names[:] = sorted(name for name in names if not name.startswith(".") and name not in SKIPPED)
        if len(Path(folder).parts) - base >= DEPTH:
            names.clear()
        if "manage.py" in files:
            found.append(Path(folder))
            if len(found) == MOST:
                break
    return found


def named_files(case: Refused) -> list[str]:
    """The files that an error names, relative to the project."""
    root = case.project.root.resolve() if case.project else None
    one = (case.details["path"],) if case.details.get("path") else ()
    files = [Path(name) for name in case.details.get("files", one)]
    return [str(path.relative_to(root)) if root and path.is_relative_to(root) else str(path) for path in files]


def git_commands(case: Refused) -> str:
    root = case.project.root.resolve() if case.project else Path()
    lines = []
    for top, paths in git.repositories(root / name for name in named_files(case)).items():
        at = git.Place(root, top)
        names = " ".join(shlex.quote(at.name(path)) for path in paths)
        lines += [f"{at.command} add -- {names}", f"{at.command} commit -m 'Migrations as they are before the reset'"]
    return "\n".join(lines) + "\n"


def git_cure(case: Refused) -> str:
    return "\n".join((*case.details.get("commands", ()), "git status")) + "\n"


def conflict_text(case: Refused) -> str:
    lines = []
    for app, names in case.details.get("conflicts", {}).items():
        lines.append(f"{app} ends in:")
        lines += [f"  {name}" for name in names]
    return "\n".join(lines)


def drift_commands(case: Refused) -> str:
    from migwizard.engine.steps.looking import drift_lines

    return (
        f"{drift_lines(case.details.get('drift', {}))}\n\npython manage.py makemigrations\npython manage.py migrate\n"
    )


def behind_text(case: Refused) -> str:
    names = [".".join(key) for key in case.details.get("missing", ())]
    lines = [*(f"lacks {name}" for name in names), "", *case.error.cures]
    return "\n".join(lines)


def rows_text(case: Refused) -> str:
    """What a database records, as far as it is in the way."""
    lines = []
    for field, words in (("old", "old rows"), ("new", "new rows"), ("unknown", "nobody knows"), ("missing", "missing")):
        if keys := case.details.get(field):
            lines.append(f"{words}:")
            lines += [f"  {'.'.join(map(str, key))}" for key in keys]
    return "\n".join(lines)


def way_back_text(case: Refused) -> str:
    """How a database comes back that was switched to a reset which is not here; empty where it was not."""
    return "\n".join(case.error.cures) if case.details.get("other_run") else ""


def git_search(case: Refused) -> str:
    """How to find out where a recorded migration comes from; empty where a reset put it in."""
    if case.details.get("other_run"):
        return ""
    names = [str(key[1]) for key in case.details.get("unknown", ())]
    return "\n".join(f"git log --all --oneline -- '*/migrations/{name}.py'" for name in names)


def undo_order(case: Refused) -> str:
    """How to take back what was built on the new files, in this order."""
    steps = (*case.error.cures, "Afterwards put the files back, and let them depend on the last old migration.")
    numbered = [f"  {number}. {step}" for number, step in enumerate(steps, 1)]
    return "\n".join(("Migrations that came later need the new files, so they come off first:", "", *numbered))


def usage_text(case: Refused) -> str:
    if case.place is None:
        return ""
    lines = [f"{_megabytes(size):>10}  {name}" for name, size in sizes(case.place)]
    return "\n".join(lines) or "Nothing yet."


def _megabytes(size: int) -> str:
    return f"{size / 1024**2:.1f} MB"


def own_text(case: Refused) -> str:
    """What a checkpoint says of itself, and where it lies."""
    if case.place is None:
        return ""
    path = case.place.checkpoint
    try:
        text = path.read_bytes()[:20000].decode("utf-8", "replace")
    except OSError as error:
        text = str(error)
    try:
        data: dict[str, Any] = parse(text)
        shown = {key: data.get(key) for key in ("format", "run_id", "timestamp", "project", "state", "applied")}
        text = json.dumps(shown, indent=1)
    except (ValueError, AttributeError):
        pass
    return f"{path}\n\n{text}"


def report_text(case: Refused) -> str:
    if case.place is None or not case.place.report.is_file():
        return ""
    return case.place.report.read_text(encoding="utf-8", errors="replace")


def journal_text(case: Refused) -> str:
    if case.place is None or not case.place.journal.is_file():
        return ""
    return case.place.journal.read_text(encoding="utf-8", errors="replace")[-20000:]


UPDATE = """Update migwizard, then start it again; the checkpoint waits.

  pipx upgrade migwizard
  uv tool upgrade migwizard
  python -m pip install --upgrade migwizard
"""
GIT_FILES = """Both backups are gone, but git may have the old files:

  git log --oneline -- '*/migrations/*'
  git checkout COMMIT -- PATH/migrations
"""

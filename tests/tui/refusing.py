"""Refusals as the engine asks them, without an engine."""

from __future__ import annotations

import os
import tempfile
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from migwizard.engine.findings import Finding
from migwizard.engine.options import Opening
from migwizard.engine.previews import PreflightPreview
from migwizard.engine.refusals import question_of
from migwizard.engine.surviving import durable, journal
from migwizard.engine.surviving.checkpoint import Checkpoint
from migwizard.engine.surviving.journal import Entry, Step
from migwizard.engine.talk import Question
from migwizard.errors import ConflictError, DatabaseError, MigwizardError, ProjectError, UndecidedError
from migwizard.paths import Workplace
from migwizard.project.guest import GuestError
from tests.project.support import project_at
from tests.tui.recording import as_json, from_json, recorded
from tests.tui.refusals import EXAMPLES, HERE, Example

PLACE = "/home/ada/shop"
RUN_ID = "7d44e8a01c5b"
CUT_OFF = ("journal-outside", "file-changed")
"""What is found when a swap that was cut off is to be finished."""

FILES = ["apps/orders/migrations/0011_auto_20240117.py", "apps/products/migrations/0014_x.py"]


def findings(*stops: tuple[str, str, str]) -> tuple[Finding, ...]:
    """The demo's findings, some of them STOPs: (name, text, detail)."""
    preview = recorded("review:preflight").preview
    assert isinstance(preview, PreflightPreview)
    stopped = {name: Finding(name, "stop", text, detail) for name, text, detail in stops}
    return tuple(stopped.get(finding.name, finding) for finding in preview.findings)


def two_stops() -> Question:
    """Migrations that are not committed, and a database that is behind."""
    dirty = UndecidedError(
        f"2 files in migration folders are not committed: {', '.join(FILES)}. Commit them first. Nothing was changed.",
        code="dirty",
        details={"files": FILES},
    )
    behind = DatabaseError(
        "Database 'default' is behind: it lacks orders.0011_auto. Nothing was changed.",
        code="MW-E12",
        details={"alias": "default", "missing": [["orders", "0011_auto"]]},
    )
    found = findings(
        ("Git", "2 migration files are not committed", dirty.sentence),
        ("Databases", "default is 1 migration behind", behind.sentence),
    )
    dirty.details.update(findings=[asdict(item) for item in found], stops={"Git": dirty, "Databases": behind})
    return asked(dirty)


def asked(error: MigwizardError, **details: Any) -> Question:
    """The question that a refusal becomes before there is a project."""
    error.details.update(details)
    return question_of(error, Opening(), None)


def not_loaded() -> Question:
    return asked(
        ProjectError(
            "config/settings/dev.py, line 41: called sys.exit(1). Nothing was changed.",
            code="project",
            details={"where": {"file": "/home/ada/shop/config/settings/dev.py", "line": 41}, "exception": "SystemExit"},
        )
    )


def failed() -> Question:
    """One with something to read."""
    error = MigwizardError("migwizard itself failed. Nothing is lost.", code="defect")
    try:
        raise ValueError("the fault")
    except ValueError as fault:
        error.__cause__ = fault
    return asked(error)


def locked() -> Question:
    return asked(ConflictError("Another migwizard works in this project: process 4711.", code="locked"))


@cache
def refusal(code: str) -> Question:
    """The question that this refusal becomes."""
    example = EXAMPLES[code]
    with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, XDG_STATE_HOME=f"{folder}/state"):
        root = Path(folder).resolve() / "shop"
        _prepare(root, example)
        details = _placed(dict(example.details), root)
        error = _raised(example, _placed(example.sentence, root), details)
        error.details["stopped_at"] = example.state.value
        project = project_at(root, settings="config.settings") if example.found else None
        question = question_of(error, Opening(), project)
    return from_json(as_json(question).replace(str(root), PLACE))


def _raised(example: Example, sentence: str, details: dict[str, Any]) -> MigwizardError:
    if example.kind is not GuestError:
        return example.kind(sentence, code=example.code, details=details)
    said = {key: details.pop(key, None) for key in ("where", "traceback", "exception")}
    return GuestError({"kind": example.code, "sentence": sentence, "details": details, **said})


def _placed(value: Any, root: Path) -> Any:
    if isinstance(value, str):
        return value.replace(HERE, str(root))
    if isinstance(value, dict):
        return {key: _placed(item, root) for key, item in value.items()}
    return [_placed(item, root) for item in value] if isinstance(value, list) else value


def _cut_off(place: Workplace) -> None:
    """A swap of which only the second backup is left, with its first file in the tree."""
    (place.root / "0001_reset_initial.py").touch()
    second = place.second_backup / RUN_ID
    step = Step("0001_reset_initial.py", None, durable.sha256(b""))
    journal.begin(second / place.journal.name, Entry("apply", RUN_ID, (step,)))
    Checkpoint(RUN_ID, "2024-05-17T11:28:00+00:00", {}).save(second / place.checkpoint.name)


def _prepare(root: Path, example: Example) -> None:
    """What cures look at: the reset's folder with a checkpoint, the texts that can be read, a log."""
    place = Workplace(root)
    root.mkdir()
    if example.code == "half-swapped":
        _cut_off(place)
        return
    place.create()
    for path, text in ((place.log, "preflight\n"), (place.report, "D1\n")):
        path.write_text(text)
    if example.applied or example.code in CUT_OFF:
        entry = Entry("apply", RUN_ID, ())
        journal.begin(place.journal, entry, "2024-05-17T11:28:00+00:00")
        if example.code not in CUT_OFF:
            journal.end(place.journal, entry)
    elif example.code == "journal-corrupt":
        place.journal.write_text("no journal\n")
    checkpoint = Checkpoint(RUN_ID, "2024-05-17T11:28:00+00:00", {}, state=example.state, applied=example.applied)
    checkpoint.save(place.checkpoint)
    if example.code == "checkpoint-corrupt":
        place.checkpoint.write_text("{")

"""What lies in the reset's own folder and cannot be gone on with."""

from __future__ import annotations

from migwizard.engine.states import State
from migwizard.errors import ConflictError, MigwizardError
from tests.tui.refusals.example import HERE, UNCHANGED, Example

CHECKPOINT = (
    Example(
        "checkpoint-foreign",
        ConflictError,
        f"The checkpoint {HERE}/.migwizard/checkpoint.json belongs to another project: it was "
        "made for warehouse (warehouse.settings), here is shop (config.settings)." + UNCHANGED,
    ),
    Example(
        "checkpoint-corrupt",
        ConflictError,
        f"The checkpoint {HERE}/.migwizard/checkpoint.json cannot be read: Unterminated string "
        "starting at: line 18 column 4 (char 611)." + UNCHANGED,
        {"byte": 611, "previous": {"saved": "2024-05-17T11:28:00", "state": "seeds"}},
    ),
    Example(
        "checkpoint-newer",
        ConflictError,
        f"{HERE}/.migwizard/checkpoint.json was made by a newer migwizard (format 9, this version "
        "reads up to 1)." + UNCHANGED,
    ),
    Example(
        "checkpoint-outside",
        ConflictError,
        f"The checkpoint {HERE}/.migwizard/checkpoint.json names a place outside the project: "
        "../../other. Nothing was written there, or anywhere.",
    ),
    Example(
        "journal-outside",
        ConflictError,
        "The journal names a place outside the project: ../other/0001_initial.py. Nothing was "
        "written there, or anywhere.",
        state=State.APPLY,
    ),
    Example(
        "journal-corrupt",
        ConflictError,
        f"The journal {HERE}/.migwizard/journal.jsonl cannot be read: Expecting value: line 1 column "
        "1 (char 0)." + UNCHANGED,
        state=State.APPLY,
    ),
    Example(
        "own-folder",
        ConflictError,
        f"{HERE}/.migwizard/backup is a link, and nothing is written or removed through it." + UNCHANGED,
    ),
    Example(
        "folder-gone",
        ConflictError,
        f"The folder {HERE}/.migwizard was removed while migwizard worked with it, so the reset begins anew at the next start. Your "
        "project is unchanged.",
        state=State.GENERATE,
    ),
    Example("locked", ConflictError, "Another migwizard works in this project: process 4711." + UNCHANGED),
    Example(
        "finished",
        ConflictError,
        "The reset 7d44e8a01c5b is finished, and orders.0003_discount came after it." + UNCHANGED,
        state=State.DONE,
        applied=True,
    ),
    Example(
        "retired",
        ConflictError,
        "This reset was retired: guards and manifest are gone from your files, so nothing of it is taken back or done again."
        + UNCHANGED,
        state=State.DONE,
        applied=True,
    ),
    Example(
        "disk-full",
        MigwizardError,
        f"{HERE}/.migwizard/checkpoint.json: No space left on device. The checkpoint is whole; what was "
        "begun is finished or taken back at the next start.",
        state=State.GENERATE,
    ),
    Example(
        "read-only",
        MigwizardError,
        f"{HERE}/.migwizard/checkpoint.json: Read-only file system. The checkpoint is whole; what was "
        "begun is finished or taken back at the next start.",
        {"path": f"{HERE}/.migwizard/checkpoint.json"},
        State.GENERATE,
    ),
    Example(
        "os-error",
        MigwizardError,
        f"{HERE}/.migwizard/staging: Input/output error. The checkpoint is whole; what was begun is "
        "finished or taken back at the next start.",
        state=State.GENERATE,
    ),
    Example(
        "defect",
        MigwizardError,
        "migwizard itself failed, which is a defect of it: ValueError: the fault. Nothing is lost; what was "
        "begun is finished or taken back at the next start.",
        state=State.SEEDS,
    ),
)

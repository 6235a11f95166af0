"""The swap, its undo, and the switch of databases."""

from __future__ import annotations

from typing import Any

from migwizard.engine.states import State
from migwizard.errors import ConflictError, DatabaseError, MigwizardError
from tests.tui.refusals.example import DEFAULT, FILES, HOTFIX, OLD_ROW, UNCHANGED, Example

APPLY = (
    Example(
        "staging-changed",
        ConflictError,
        "The staged file orders/0001_reset_initial.py is not the one that was proved. Nothing was swapped.",
        {"files": ["orders/0001_reset_initial.py"]},
        State.APPLY,
    ),
    Example(
        "tree-changed",
        ConflictError,
        "A migration file in the tree was changed since the proof. Nothing was swapped.",
        state=State.APPLY,
    ),
    Example(
        "backup",
        MigwizardError,
        f"The backup of {FILES[0]} in .migwizard/backup does not read back as it was written. Nothing was swapped.",
        state=State.APPLY,
    ),
    Example(
        "file-changed",
        ConflictError,
        "apps/orders/migrations/0001_reset_initial.py was changed meanwhile. Nothing of it was touched.",
        {"files": ["apps/orders/migrations/0001_reset_initial.py"]},
        State.APPLY,
        True,
    ),
    Example(
        "tree",
        MigwizardError,
        "The tree does not hold the proved files alone: orders.0013_later. The old files were put back.",
        state=State.APPLY,
    ),
    Example(
        "built-on",
        ConflictError,
        "orders.0003_discount was added since the reset; undo would orphan it." + UNCHANGED,
        state=State.DONE,
        applied=True,
    ),
    Example(
        "half-swapped",
        ConflictError,
        "The files are half swapped: the reset 7d44e8a01c5b of 2024-05-17 was cut off, and its checkpoint in .migwizard is "
        "gone. The old files lie in /home/ada/.local/state/migwizard/shop-1a2b3c4d/7d44e8a01c5b." + UNCHANGED,
        {"run_id": "7d44e8a01c5b"},
    ),
    Example(
        "still-needed",
        ConflictError,
        "apps/orders/migrations/0003_items.py is in the backup, and not in your project, so the backup is still needed. No "
        "backup was touched.",
        {"files": ["apps/orders/migrations/0003_items.py"]},
        State.APPLY,
    ),
    Example(
        "no-backup",
        MigwizardError,
        "The backup of apps/orders/migrations/0003_items.py is gone or was changed, here and in "
        "/home/ada/.local/state/migwizard/shop-1a2b3c4d/7d44e8a01c5b." + UNCHANGED,
        state=State.DONE,
        applied=True,
    ),
)


def _at_fake(code: str, sentence: str, **details: Any) -> Example:
    return Example(code, DatabaseError, f"{sentence} No row was changed.", {**DEFAULT, **details}, State.FAKE, True)


FAKE = (
    _at_fake("switch", "Database 'default' cannot be switched: disk I/O error."),
    Example(
        "pending",
        DatabaseError,
        "default was switched, yet migrate would still apply orders.0002_reset_links_to_shipment. The rows of "
        "default are backed up. The switch of default stands; u takes it back.",
        DEFAULT,
        State.FAKE,
        True,
    ),
    Example(
        "MW-E10",
        ConflictError,
        "The manifest has format 3, this script reads format 1. No row was changed.",
        DEFAULT,
        State.FAKE,
        True,
    ),
    _at_fake("MW-E11", "Database 'default' keeps django_migrations in an engine without transactions; make it InnoDB."),
    _at_fake("MW-E12", "Database 'default' is behind: it lacks orders.0011_auto_20240117.", missing=[OLD_ROW]),
    _at_fake(
        "MW-E13",
        "Database 'default' records orders.0012_hotfix, for which no file was known. Find out where that comes from, or tolerate "
        "it by name.",
        unknown=[HOTFIX],
    ),
    _at_fake(
        "MW-E14",
        "Database 'default' holds 54 old and 1 new rows of the project. Some were recorded by hand.",
        old=[OLD_ROW],
        new=[["orders", "0001_reset_initial"]],
    ),
    _at_fake(
        "MW-E15",
        "Database 'default' has tables of the project (orders_order), but no row tells how they came to be. Restore django_migrations from a backup of this database.",
    ),
    _at_fake(
        "MW-E16",
        "Database 'default' is not switched. billing.0004_due would be applied before orders.0011_auto, which it needs. "
        "Are the new migration files in place?",
        unknown=[],
    ),
    _at_fake("MW-E17", "Database 'default' lost rows to somebody else while they were exchanged."),
    _at_fake("MW-E18", "Database 'default' was written to by somebody else during the switch."),
    _at_fake(
        "MW-E20", "Database 'default' is busy: somebody else held django_migrations for 10 s. Try again.", agreed=True
    ),
    _at_fake(
        "MW-E30", "Database 'default' has no table migwizard_history_backup, so there is nothing to undo from.", copy=""
    ),
    _at_fake("MW-E31", "Database 'default' keeps no backup of the run 7d44e8a01c5b.", copy=""),
    _at_fake(
        "MW-E32",
        "Database 'default' moved on since the switch: orders.0003_discount was recorded.",
        new=[["orders", "0003_discount"]],
    ),
    _at_fake("MW-E33", "Database 'default' is not the one that was switched: its new rows are other ones."),
    Example(
        "row-copy",
        DatabaseError,
        "The JSON copy of the rows of default cannot be used: .migwizard/rows/default.json was changed after it was written. "
        "Nothing was changed.",
        DEFAULT,
        State.FAKE,
        True,
    ),
)

"""One example of every refusal, with the words in which the engine raises it: for the pictures and for docs/refusals.md.

Most of them are really caused in tests/engine/test_refusals_*.py and their neighbours; refusing.py makes questions of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from migwizard.engine.states import State
from migwizard.errors import ConflictError, DatabaseError, MigwizardError, ProjectError, UndecidedError, UsageError
from migwizard.project.guest import GuestError

HERE = "{here}"
"""Stands for the project's folder."""


@dataclass(frozen=True, slots=True)
class Example:
    """What is raised, and where the ride stood."""

    code: str
    kind: type[MigwizardError]
    sentence: str
    details: Mapping[str, Any] = field(default_factory=dict)
    state: State = State.PREFLIGHT
    applied: bool = False
    found: bool = True
    """Whether there is a project yet."""


DEFAULT = {"alias": "default"}
OLD_ROW, HOTFIX = ["orders", "0011_auto_20240117"], ["orders", "0012_hotfix"]
FILES = ["apps/orders/migrations/0011_auto_20240117.py", "apps/products/migrations/0014_x.py"]
UNCHANGED = " Nothing was changed."

BEGINNING = (
    Example(
        "no-project",
        UsageError,
        "No Django project here: there is no manage.py in /home/ada, above it or just below it.",
        {"start": "/home/ada/shop/docs"},
        found=False,
    ),
    Example(
        "several-projects",
        UsageError,
        "Which project? There are several manage.py below /home/ada: shop, blog.",
        {"start": "/home/ada", "folders": ["/home/ada/blog", "/home/ada/shop"]},
        found=False,
    ),
    Example("interpreter", UsageError, "--python names /opt/old/bin/python, which is no program.", found=False),
    Example(
        "no-environment",
        UsageError,
        f"This project is kept by uv ({HERE}/uv.lock), and has no environment of it yet." + UNCHANGED,
        found=False,
    ),
    Example(
        "via",
        ProjectError,
        "'docker compose exec -T web python' leads to no Python. Nothing was changed. The project's process (docker compose exec "
        '-T web python) ended with exit code 1. It last wrote: service "web" is not running',
    ),
    Example(
        "via-differs",
        ProjectError,
        "'docker compose exec -T web python' runs other files than this checkout has: orders/models.py differs. Migrations are "
        "read here and run there, so both must be the same." + UNCHANGED,
        {"files": ["orders/models.py"]},
    ),
    Example(
        "env-file",
        UsageError,
        f"{HERE}/.env, line 7: this is no NAME=value, or a quote is not closed." + UNCHANGED,
        found=False,
    ),
    Example(
        "variable",
        ProjectError,
        f"{HERE}/config/settings/dev.py, line 12: KeyError: 'DATABASE_URL'. The variable DATABASE_URL stands in .env beside "
        "manage.py, which nobody reads by itself: give it to the project with --env-file .env." + UNCHANGED,
        {
            "where": {"file": f"{HERE}/config/settings/dev.py", "line": 12},
            "exception": "KeyError",
            "traceback": "KeyError: 'DATABASE_URL'",
            "env_file": f"{HERE}/.env",
        },
    ),
    Example(
        "config",
        UsageError,
        f"[tool.migwizard] in {HERE}/pyproject.toml has no setting 'exlude'; did you mean 'exclude'; it "
        "knows env_files, exclude, include, python, scratch, settings, tag, via, via_root.",
        found=False,
    ),
    Example("environment", UsageError, "SOURCE_DATE_EPOCH is no number of seconds: 'yesterday'."),
    Example("answers", UsageError, "The answers file answers.json must hold one JSON object of texts.", found=False),
    Example("answer", UsageError, "'perhaps' is no answer to drift; choose one of fold, leave."),
    Example("app", UsageError, "There is no app with the label 'oders'; there are orders, products, shipment, user."),
    Example(
        "outside",
        UsageError,
        "The migrations of orders lie outside the project, in /srv/shared/orders/migrations." + UNCHANGED,
        {"app": "orders"},
    ),
    Example(
        "odd-file",
        UsageError,
        "orders/migrations/0002_price.py is a link: the swap would take it away, and undo would bring a file in its place."
        + UNCHANGED,
        {"app": "orders"},
    ),
    Example(
        "project",
        GuestError,
        "called sys.exit(1)." + UNCHANGED,
        {
            "where": {"file": f"{HERE}/config/settings/dev.py", "line": 41},
            "exception": "SystemExit",
            "traceback": "SystemExit: 1",
        },
    ),
    Example(
        "history",
        GuestError,
        "ModuleNotFoundError: No module named 'legacy'." + UNCHANGED,
        {
            "where": {"file": f"{HERE}/apps/orders/migrations/0009_broken.py", "line": 1},
            "traceback": "ModuleNotFoundError",
        },
    ),
    Example(
        "died",
        GuestError,
        "The project's process ended with signal 6." + UNCHANGED,
        {"traceback": "Fatal Python error: Aborted"},
    ),
    Example(
        "failed",
        GuestError,
        "KeyError: 'PLAN'." + UNCHANGED,
        {"where": {"file": f"{HERE}/apps/user/models.py", "line": 88}, "traceback": "KeyError: 'PLAN'"},
        state=State.GENERATE,
    ),
    Example("protocol", MigwizardError, "The agent knows no request 'operations'." + UNCHANGED),
)

PREFLIGHT = (
    Example(
        "check",
        ProjectError,
        "Django's system check reports 2 errors, so makemigrations would refuse too: orders.Order.total: "
        "(fields.E130) DecimalFields must define a 'decimal_places' attribute." + UNCHANGED,
        {
            "messages": [
                {
                    "level": 40,
                    "id": "fields.E130",
                    "text": "DecimalFields must define it.",
                    "object": "orders.Order.total",
                    "hint": None,
                }
            ]
            * 2
        },
    ),
    Example(
        "conflict",
        UndecidedError,
        "There is more than one newest migration: orders (0011_auto, 0011_discount). Without one old "
        "head no database can be told to have everything." + UNCHANGED,
        {"conflicts": {"orders": ["0011_auto", "0011_discount"]}},
    ),
    Example(
        "dirty",
        UndecidedError,
        f"2 files in migration folders are not committed: {', '.join(FILES)}. Commit them first, so that "
        "the old history can be found in git later." + UNCHANGED,
        {"files": FILES},
    ),
    Example(
        "drift",
        UndecidedError,
        "To fold the drift in, makemigrations has to ask you first: a value of the new field order.note for rows that "
        "exist. The drift is: orders: Add field note to order." + UNCHANGED,
        {"drift": {"orders": ["Add field note to order"]}},
    ),
    Example(
        "drift-write",
        MigwizardError,
        "The drift cannot be folded in. LookupError: No installed app with label 'products'." + UNCHANGED,
        state=State.SEEDS,
    ),
    Example(
        "keep-after",
        UsageError,
        "orders.0012_squashed joins migrations of both sides of the cut: orders.0009_invoice is older, "
        "orders.0011_order_line_count younger." + UNCHANGED,
    ),
    Example(
        "replaces",
        MigwizardError,
        "The new files cannot replace the old ones by name: shipment has 2 old migrations and 3 new files, and each new file "
        "has to replace at least one of its own app." + UNCHANGED,
        {"apps": ["shipment"]},
        state=State.SEEDS,
    ),
    Example(
        "migrations-disabled",
        UsageError,
        "config.settings.test gives no migrations to orders, products and 4 more." + UNCHANGED,
        {"apps": ["orders", "products"], "settings": "config.settings.test"},
    ),
    Example(
        "engine",
        UsageError,
        "The database default runs on oracle; migwizard proves on SQLite, PostgreSQL, MySQL and MariaDB only."
        + UNCHANGED,
        DEFAULT,
    ),
    Example(
        "scratch",
        DatabaseError,
        "The user shop cannot make a scratch database on db:5432: permission denied to create database. Without a scratch database "
        "there is no proof, so no Apply." + UNCHANGED,
        {"alias": "default", "scratch": True, "vendor": "postgresql"},
    ),
    Example(
        "scratch-where",
        UsageError,
        "--scratch names prof, and the settings have no such database; they have default, proofs." + UNCHANGED,
    ),
    Example("database", UsageError, "The settings have no database 'archiv'; they have default, archive."),
    Example(
        "not-switched",
        DatabaseError,
        "Database default is still at the history from before the reset 7d44e8a01c5b of 2024-05-17, which stands in this checkout, "
        "so it has to be switched to that one before a second reset is made." + UNCHANGED,
        DEFAULT,
    ),
    Example(
        "missing",
        DatabaseError,
        "Database archive: the file /srv/archive.sqlite3 does not exist." + UNCHANGED,
        {"alias": "archive"},
    ),
    Example(
        "unreachable", DatabaseError, "Database default cannot be opened: file is not a database." + UNCHANGED, DEFAULT
    ),
)

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

PLAN = (
    Example(
        "plan",
        MigwizardError,
        "The operations cannot be ordered. orders.Order and shipment.Shipment inherit from each other." + UNCHANGED,
        state=State.LEVELS,
    ),
    Example(
        "neighbour",
        MigwizardError,
        "Migrations that stay need the old history: shipment.0003_load_carriers runs code that may read the rows which "
        "orders.0004_rates and those before it had left, and the new file with these rows cannot come before it. shipment was "
        "left out; take shipment into the reset again." + UNCHANGED,
        {"take_in": ["shipment"]},
        state=State.SEEDS,
    ),
    Example(
        "order",
        UsageError,
        "shipment cannot come before products, which it inherits from." + UNCHANGED,
        state=State.LEVELS,
    ),
    Example("name", UsageError, "0001_initial was used by an old migration of orders." + UNCHANGED, state=State.LEVELS),
    Example(
        "tag",
        UsageError,
        "'2024-reset' is no tag; use letters, digits and underscores." + UNCHANGED,
        state=State.LEVELS,
    ),
    Example(
        "unexplained",
        MigwizardError,
        "orders/0001_reset_initial: what makemigrations would write and what was written differ by more "
        "than what was deferred: AddField order.note." + UNCHANGED,
        state=State.GENERATE,
    ),
    Example(
        "kept",
        MigwizardError,
        "orders.0013_count_lines cannot be kept on top: it does not spell out that it depends on orders.0012_open_orders."
        + UNCHANGED,
        {"where": {"file": f"{HERE}/apps/orders/migrations/0013_count_lines.py"}},
        state=State.SEEDS,
    ),
    Example(
        "old-history",
        MigwizardError,
        "The old history cannot build a database from zero, so there is nothing to compare with. "
        "apps/orders/migrations/0004_fill.py, line 12: KeyError: 'EUR'." + UNCHANGED,
        {"failing": "orders/0004_fill.py", "file": f"{HERE}/apps/orders/migrations/0004_fill.py"},
        state=State.SEEDS,
    ),
    Example(
        "new-history",
        MigwizardError,
        "The new history cannot build a database from zero. orders/0003_reset_seed, operation 2: "
        "IntegrityError. The project is unchanged.",
        {"app": "orders"},
        state=State.SEEDS,
    ),
    Example(
        "not-equal",
        MigwizardError,
        "Old and new differ in 2 places. The index orders_ord_placed_5f is missing. The table "
        "shop_rate has 11 rows instead of 12. The project is unchanged; the whole report is in .migwizard/proof.txt.",
        {"differences": [1, 2]},
        State.PROOF,
    ),
    Example(
        "MW-E02",
        MigwizardError,
        "orders.0001_reset_initial was used before, so a database could not tell which history it is at." + UNCHANGED,
        state=State.PROOF,
    ),
)

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
    _at_fake("MW-E13", "Database 'default' records orders.0012_hotfix, which neither history knows.", unknown=[HOTFIX]),
    _at_fake(
        "MW-E14",
        "Database 'default' holds 54 old and 1 new rows of the project. Some were recorded by hand.",
        old=[OLD_ROW],
        new=[["orders", "0001_reset_initial"]],
    ),
    _at_fake("MW-E15", "Database 'default' has tables of the project, but no rows of it in django_migrations."),
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
        "Database 'default' moved on since the switch: orders.0003_discount was applied.",
        new=[["orders", "0003_discount"]],
    ),
    _at_fake("MW-E33", "Database 'default' is not the one that was switched: its new rows are other ones."),
    _at_fake(
        "row-copy",
        "The JSON copy of the rows of default cannot be used: .migwizard/rows/default.json was changed after it was written.",
    ),
)

SECTIONS = {
    "Finding and loading the project": BEGINNING,
    "Preflight": PREFLIGHT,
    "The reset's own folder, and the system": CHECKPOINT,
    "Planning, writing, proving": PLAN,
    "The files": APPLY,
    "The databases": FAKE,
}
EXAMPLES = {example.code: example for examples in SECTIONS.values() for example in examples}

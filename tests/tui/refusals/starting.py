"""Before there is a project, and what preflight finds."""

from __future__ import annotations

from migwizard.engine.states import State
from migwizard.errors import DatabaseError, MigwizardError, ProjectError, UndecidedError, UsageError
from migwizard.project.guest import GuestError
from tests.tui.refusals.example import DEFAULT, FILES, HERE, UNCHANGED, Example

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
        f"The migrations of orders lie in /srv/shared/orders/migrations, outside of the project {HERE}." + UNCHANGED,
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
        "git",
        UndecidedError,
        "git does not say what is committed in /srv/shop: detected dubious ownership in repository at '/srv/shop'."
        + UNCHANGED,
        {"path": "/srv/shop", "commands": ("git config --global --add safe.directory /srv/shop",)},
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
        "The settings config.settings.test disable migrations of orders, products (MIGRATION_MODULES)." + UNCHANGED,
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

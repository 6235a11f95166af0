"""How a database stands to the two histories, in words; the machine's word for it is in the JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from migwizard.words.counting import count, some

GONE = "its file is missing; put it back, or undo cannot give it its rows"
"""Of a database that was switched."""
STANDS = {
    "OLD_HEAD": "is at the old head: all old migrations are applied, and it is not switched yet",
    "NEW": "has the new history",
    "NEW_PARTIAL": "has a part of the new history; migrate applies the rest",
    "EMPTY": "is empty; migrate builds it",
    "missing": "has no file yet; migrate builds it",
    "gone": f"was switched, and {GONE}",
    "not touched": "was not touched",
    "not looked at": "was not looked at, since it is on a server",
    "BEHIND": "is behind the old head: it lacks migrations that the new files need, and is not switched",
    "UNKNOWN": "lists migrations that no file has, and is not switched",
    "OTHER_RESET": "was switched to another reset, whose files bear the same names, and not to the one here",
    "MIXED": "lists old and new migrations: half switched, by hand",
    "TABLES_WITHOUT_ROWS": "has the tables, but does not list the migrations that made them",
    "WITHOUT_TRANSACTIONS": "has its list of migrations in a table without transactions (MyISAM), and is not switched",
}
"""What is said about a database by the word that `--json` has for its state."""


ENGINES = "SQLite, PostgreSQL, MySQL and MariaDB"
"""Those that are proved and switched; every other one is refused with a sentence."""


def engine_name(engine: str, version: str = "") -> str:
    """An engine as its makers write it; the two that are one to Django are told apart by what the server calls itself."""
    if engine == "mysql":
        return "MariaDB" if "mariadb" in version.lower() else "MySQL" if version else "MySQL or MariaDB"
    return {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(engine, engine)


def told(alias: str, state: str) -> str:
    """ "Database default has the new history."; where it could not be looked at, what was said about that."""
    return f"Database {alias} {STANDS[state]}." if state in STANDS else state


def told_switch(alias: str, result: Mapping[str, Any]) -> str:
    """What a switch did to a database, or would do, by the result that `migwizard fake --json` has for it."""
    out = f"{count(result['deleted'], 'row')} of django_migrations"
    if schemas := result.get("schemas"):
        done = [one["schema"] for one in schemas if one["result"] in ("SWITCHED", "WOULD_SWITCH")]
        out = f"{count(len(done), 'schema')} of {len(schemas)} ({some(done)}), {out}"
    if result["result"] == "SWITCHED":
        return f"Database {alias} is switched: {out} went out, {result['inserted']:,} came in. A copy is kept."
    if result["result"] == "WOULD_SWITCH":
        return f"Database {alias}: {out} would go out, {result['inserted']:,} would come in. Nothing was changed."
    return f"{told(alias, result['state'])} Nothing was changed."

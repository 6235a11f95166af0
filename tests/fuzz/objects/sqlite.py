"""SQLite's own words for what only SQL makes."""

from __future__ import annotations

from collections.abc import Callable

from tests.fuzz.objects.over import Maker, Over, Statements, index, joined, lower, partial, unique, view
from tests.fuzz.state import SqlObject


def table(one: Over) -> Statements:
    name = one.name
    make = f"CREATE TABLE {name} (id integer PRIMARY KEY, note varchar(20) NOT NULL)"
    return [(make, f"DROP TABLE {name}"), (f"INSERT INTO {name} (note) VALUES ('first')", "")]


def log(one: Over) -> Statements:
    name = one.name
    rows = f"CREATE TABLE {name}_rows (what varchar(80), at integer DEFAULT 0)"
    body = f"INSERT INTO {name}_rows (what) VALUES (NEW.{one.key});"
    trigger = f"CREATE TRIGGER {name} AFTER INSERT ON {one.table} BEGIN {body} END"
    return [(rows, f"DROP TABLE {name}_rows"), (trigger, f"DROP TRIGGER {name}")]


def trigger(one: Over) -> Statements:
    number = one.number()
    body = f"UPDATE {one.table} SET {number} = {number} + 1 WHERE rowid = NEW.rowid;"
    make = f"CREATE TRIGGER {one.name} AFTER INSERT ON {one.table} BEGIN {body} END"
    return [(make, f"DROP TRIGGER {one.name}")]


def counter(one: Over) -> Statements:
    body = f"SELECT RAISE(ABORT, 'negative') WHERE NEW.{one.number()} < -1000;"
    make = f"CREATE TRIGGER {one.name} BEFORE UPDATE ON {one.table} BEGIN {body} END"
    return [(make, f"DROP TRIGGER {one.name}")]


MAKERS: dict[str, Maker] = {
    maker.__name__: maker for maker in (view, joined, trigger, counter, log, index, lower, partial, unique, table)
}
FREE = {"table"}
STAYS = {"index", "lower", "partial", "unique"}
"""SQLite forgets an index with its table, and nobody notices."""
FOLLOWS: set[str] = set()


def drops(found: SqlObject, made: Callable[[], Statements]) -> list[str]:
    """What a person writes to be rid of an object before its table is made anew."""
    what = {"view": "VIEW", "joined": "VIEW", "table": "TABLE"}.get(found.kind)
    what = what or ("INDEX" if found.kind in STAYS else "TRIGGER")
    return [f"DROP {what} IF EXISTS {found.name}"] + ([f"DROP TABLE {found.name}_rows"] if found.kind == "log" else [])

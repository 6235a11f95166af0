"""MariaDB's own words for what only SQL makes, and what only it has; most of it is MySQL's too."""

from __future__ import annotations

from collections.abc import Callable

from tests.fuzz.objects.over import Maker, Over, Statements, joined, view
from tests.fuzz.objects.over import index as _index
from tests.fuzz.objects.over import unique as _unique
from tests.fuzz.state import SqlObject

_DROP = "DROP INDEX {name} ON {table}"


def trigger(one: Over) -> Statements:
    number = one.number()
    body = f"SET NEW.{number} = NEW.{number} + 1"
    make = f"CREATE TRIGGER {one.name} BEFORE INSERT ON {one.table} FOR EACH ROW {body}"
    return [(make, f"DROP TRIGGER {one.name}")]


def counter(one: Over) -> Statements:
    refuse = "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'negative'"
    body = f"BEGIN IF NEW.{one.number()} < -1000 THEN {refuse}; END IF; END"
    make = f"CREATE TRIGGER {one.name} BEFORE UPDATE ON {one.table} FOR EACH ROW {body}"
    return [(make, f"DROP TRIGGER {one.name}")]


def log(one: Over) -> Statements:
    rows = f"{one.name}_rows"
    body = f"INSERT INTO {rows} (what) VALUES (NEW.{one.key})"
    trigger = f"CREATE TRIGGER {one.name} AFTER INSERT ON {one.table} FOR EACH ROW {body}"
    make = f"CREATE TABLE {rows} (what varchar(200), at integer DEFAULT 0)"
    return [(make, f"DROP TABLE {rows}"), (trigger, f"DROP TRIGGER {one.name}")]


def table(one: Over) -> Statements:
    kind = one.rng.choice(("", " ENGINE=MyISAM", " CHARACTER SET latin1", " COLLATE utf8mb4_bin COMMENT 'by hand'"))
    make = f"CREATE TABLE {one.name} (id integer AUTO_INCREMENT PRIMARY KEY, note varchar(20) NOT NULL){kind}"
    return [(make, f"DROP TABLE {one.name}"), (f"INSERT INTO {one.name} (note) VALUES ('first')", "")]


def index(one: Over) -> Statements:
    return _index(one, drop=_DROP)


def unique(one: Over) -> Statements:
    return _unique(one, drop=_DROP)


def prefix(one: Over) -> Statements:
    make = f"CREATE INDEX {one.name} ON {one.table} ({one.key}(10))"
    return [(make, _DROP.format(name=one.name, table=one.table))]


def fulltext(one: Over) -> Statements:
    make = f"CREATE FULLTEXT INDEX {one.name} ON {one.table} ({one.key})"
    return [(make, _DROP.format(name=one.name, table=one.table))]


def function(one: Over) -> Statements:
    make = f"CREATE FUNCTION {one.name}(x integer) RETURNS integer DETERMINISTIC RETURN x * 2"
    return [(make, f"DROP FUNCTION {one.name}")]


def procedure(one: Over) -> Statements:
    make = f"CREATE PROCEDURE {one.name}() DELETE FROM {one.table} WHERE {one.key} = 'gone'"
    return [(make, f"DROP PROCEDURE {one.name}")]


def event(one: Over) -> Statements:
    when = "ON SCHEDULE EVERY 1 DAY STARTS '2035-01-01 00:00:00'"
    make = f"CREATE EVENT {one.name} {when} DO DELETE FROM {one.table} WHERE {one.key} = 'gone'"
    return [(make, f"DROP EVENT {one.name}")]


def sequence(one: Over) -> Statements:
    return [(f"CREATE SEQUENCE {one.name} START WITH 100 INCREMENT BY 5", f"DROP SEQUENCE {one.name}")]


def comment(one: Over) -> Statements:
    return [(f"ALTER TABLE {one.table} COMMENT = 'about {one.name}'", f"ALTER TABLE {one.table} COMMENT = ''")]


def check(one: Over) -> Statements:
    make = f"ALTER TABLE {one.table} ADD CONSTRAINT {one.name} CHECK (char_length({one.key}) > 0)"
    return [(make, f"ALTER TABLE {one.table} DROP CONSTRAINT {one.name}")]


def default(one: Over) -> Statements:
    alter = f"ALTER TABLE {one.table} ALTER COLUMN {one.key} {{}} DEFAULT"
    return [(f"{alter.format('SET')} 'unnamed'", alter.format("DROP"))]


def column(one: Over) -> Statements:
    """A column that no model knows."""
    make = f"ALTER TABLE {one.table} ADD COLUMN {one.name} integer DEFAULT 5"
    return [(make, f"ALTER TABLE {one.table} DROP COLUMN {one.name}")]


_FREE = (table, function, sequence)
MAKERS: dict[str, Maker] = {
    maker.__name__: maker
    for maker in (
        *(view, joined, trigger, counter, log, index, unique, prefix, fulltext),
        *(procedure, event, comment, check, default, column, *_FREE),
    )
}
FREE = {maker.__name__ for maker in _FREE}
STAYS = {"index", "unique", "prefix", "fulltext", "comment", "default", "column"}
FOLLOWS = {"index", "unique", "prefix", "fulltext", "comment", "column"}


def drops(found: SqlObject, made: Callable[[], Statements]) -> list[str]:
    """The reverses, the last first."""
    return [reverse for _, reverse in reversed(made()) if reverse]

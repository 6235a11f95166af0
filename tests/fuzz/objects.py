"""Objects that only SQL makes: views, triggers, indexes, tables without a model."""

from __future__ import annotations

from random import Random

from tests.fuzz.data import Text
from tests.fuzz.models import Field, World
from tests.fuzz.schema import require
from tests.fuzz.state import SqlObject, State

KINDS = ("view", "joined", "trigger", "counter", "log", "index", "lower", "partial", "unique", "table")


def statements(world: World, found: SqlObject) -> list[tuple[str, str]]:
    """SQL that makes an object over today's tables, each with its reverse. Raises DoesNotFitError where there are none."""
    rng = Random(found.salt)
    require(all(label in world.models for label in found.labels), "its tables are gone")
    if found.kind == "table":
        make = f"CREATE TABLE {found.name} (id integer PRIMARY KEY, note varchar(20) NOT NULL)"
        return [(make, f"DROP TABLE {found.name}"), (f"INSERT INTO {found.name} (note) VALUES ('first')", "")]
    label = found.labels[0]
    model, key = world.models[label], world.key_of(label)
    own = own_columns(world, label)
    require(model.kind == "concrete" and key in {one.name for one in own}, "no table to be made over")
    numbers = [one.name for one in own if one.kind in ("integer", "positive")]
    table, name = model.table, found.name
    if found.kind in ("index", "lower", "partial", "unique"):
        what = {"lower": f"lower({key})", "index": f"{key}, {rng.choice(own).column}"}.get(found.kind, key)
        where = f" WHERE {key} <> ''" if found.kind == "partial" else ""
        unique = "UNIQUE " if found.kind == "unique" else ""
        return [(f"CREATE {unique}INDEX {name} ON {table} ({what}){where}", f"DROP INDEX {name}")]
    if found.kind == "view":
        body = f"SELECT {key} AS what, length({key}) AS size FROM {table} WHERE {key} <> ''"
        return [(f"CREATE VIEW {name} AS {body}", f"DROP VIEW {name}")]
    if found.kind == "joined":
        other = world.models[found.labels[-1]].table
        body = f"SELECT one.{key} AS what, (SELECT count(*) FROM {other}) AS others FROM {table} AS one"
        return [(f"CREATE VIEW {name} AS\n{body}", f"DROP VIEW IF EXISTS {name}")]
    if found.kind == "log":
        log = f"CREATE TABLE {name}_rows (what varchar(80), at integer DEFAULT 0)"
        body = f"INSERT INTO {name}_rows (what) VALUES (NEW.{key});"
        trigger = f"CREATE TRIGGER {name} AFTER INSERT ON {table} BEGIN {body} END"
        return [(log, f"DROP TABLE {name}_rows"), (trigger, f"DROP TRIGGER {name}")]
    require(numbers, "nothing to count with")
    number = rng.choice(numbers)
    if found.kind == "trigger":
        body = f"UPDATE {table} SET {number} = {number} + 1 WHERE rowid = NEW.rowid;"
        return [(f"CREATE TRIGGER {name} AFTER INSERT ON {table} BEGIN {body} END", f"DROP TRIGGER {name}")]
    body = f"SELECT RAISE(ABORT, 'negative') WHERE NEW.{number} < -1000;"
    return [(f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} BEGIN {body} END", f"DROP TRIGGER {name}")]


def own_columns(world: World, label: str) -> list[Field]:
    """The fields whose columns lie in the model's own table."""
    inherited = [base for base in world.ancestors(label) if base.kind == "abstract"]
    fields = [one for model in (world.models[label], *inherited) for one in model.fields]
    return [one for one in fields if one.kind not in ("m2m", "generated")]


def made(state: State, found: SqlObject) -> Text:
    """The migration that makes an object."""
    rng = Random(found.salt + 1)
    operations = []
    for sql, reverse in statements(state.world, found):
        back = rng.choice((repr(reverse), "migrations.RunSQL.noop")) if reverse else "migrations.RunSQL.noop"
        shape = rng.random()
        if shape < 0.15:
            operations.append(f"migrations.SeparateDatabaseAndState([migrations.RunSQL({sql!r}, {back})])")
        elif shape < 0.3:
            operations.append(f"migrations.RunSQL([{sql!r}], reverse_sql={back})")
        else:
            operations.append(f"migrations.RunSQL({sql!r}, {back})")
    return Text(operations, apps={label.partition(".")[0] for label in found.labels})


def dropped(found: SqlObject) -> Text:
    """The migration that takes an object away before its tables change, as SQLite wants it."""
    what = {"view": "VIEW", "joined": "VIEW", "table": "TABLE"}.get(found.kind)
    what = what or ("INDEX" if found.kind in ("index", "lower", "partial", "unique") else "TRIGGER")
    operations = [f'migrations.RunSQL("DROP {what} IF EXISTS {found.name}", migrations.RunSQL.noop)']
    if found.kind == "log":
        operations.append(f'migrations.RunSQL("DROP TABLE {found.name}_rows", migrations.RunSQL.noop)')
    return Text(operations, apps={label.partition(".")[0] for label in found.labels})

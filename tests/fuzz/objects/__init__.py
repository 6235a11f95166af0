"""Objects that only SQL makes: views, triggers, indexes, tables without a model, and what else an engine has."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from tests.fuzz.data import Text
from tests.fuzz.models import World
from tests.fuzz.objects import mysql, postgresql, sqlite
from tests.fuzz.objects.over import Maker, Statements, over
from tests.fuzz.schema import DoesNotFitError
from tests.fuzz.state import SqlObject, State

_ENGINES = {"sqlite": sqlite, "postgresql": postgresql, "mysql": mysql}
KINDS: Mapping[str, tuple[str, ...]] = {name: tuple(module.MAKERS) for name, module in _ENGINES.items()}
"""What there is by engine."""


def free(engine: str, kind: str) -> bool:
    """Whether objects of this kind are made over no table of a model."""
    return kind in _ENGINES[engine].FREE


def stays(engine: str, kind: str) -> bool:
    """Whether such an object outlives changes of its table, other columns apart."""
    return kind in _ENGINES[engine].STAYS


def follows(engine: str, kind: str) -> bool:
    """Whether it also outlives that its columns get other names."""
    return kind in _ENGINES[engine].FOLLOWS


def statements(world: World, found: SqlObject) -> Statements:
    """SQL that makes an object over today's tables, each with its reverse. Raises DoesNotFitError where there are none."""
    maker: Maker = _ENGINES[world.engine].MAKERS[found.kind]
    return maker(over(world, found, free=free(world.engine, found.kind)))


def made(state: State, found: SqlObject) -> Text:
    """The migration that makes an object."""
    rng = Random(found.salt + 1)
    operations, imports = [], []
    for sql, reverse in statements(state.world, found):
        back = rng.choice((repr(reverse), "migrations.RunSQL.noop")) if reverse else "migrations.RunSQL.noop"
        shape = rng.random()
        if shape < 0.3 and (named := postgresql.operation(sql)):
            operations.append(f"{named}()")
            imports.append(f"from django.contrib.postgres.operations import {named}")
        elif shape < 0.15:
            operations.append(f"migrations.SeparateDatabaseAndState([migrations.RunSQL({_sql(sql)}, {back})])")
        elif shape < 0.3 or _compound(sql):
            operations.append(f"migrations.RunSQL([{sql!r}], reverse_sql={back})")
        else:
            operations.append(f"migrations.RunSQL({sql!r}, {back})")
    return Text(operations, imports=imports, apps={label.partition(".")[0] for label in found.labels})


def dropped(world: World, found: SqlObject) -> Text:
    """The migration that takes an object away before its tables change."""
    try:
        drops = _ENGINES[world.engine].drops(found, lambda: statements(world, found))
    except DoesNotFitError:
        drops = []
    operations = [f"migrations.RunSQL({_quoted(drop)}, migrations.RunSQL.noop)" for drop in drops]
    return Text(operations, apps={label.partition(".")[0] for label in found.labels})


def _quoted(text: str) -> str:
    return f'"{text}"' if '"' not in text else repr(text)


def _compound(sql: str) -> bool:
    """Whether Django would cut it in pieces where it must not, as it does before it hands SQL to MariaDB."""
    return "SIGNAL" in sql


def _sql(sql: str) -> str:
    return f"[{sql!r}]" if _compound(sql) else repr(sql)

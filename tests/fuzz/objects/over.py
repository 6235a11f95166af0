"""The table that an SQL object is made over, and what can be said of it on every engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.fuzz.models import Field, World
from tests.fuzz.schema import require
from tests.fuzz.state import SqlObject

Statements = list[tuple[str, str]]
"""SQL, each with what takes it back; an empty text where nothing does."""


@dataclass(frozen=True, slots=True)
class Over:
    """What the SQL of one object can be made of."""

    name: str
    rng: Random
    table: str = ""
    key: str = ""
    own: tuple[Field, ...] = ()
    """The fields whose columns lie in the table."""
    other: str = ""
    """One more table, where the object has two."""

    def number(self) -> str:
        """A column with a number. Raises DoesNotFitError where there is none."""
        numbers = [one.name for one in self.own if one.kind in ("integer", "positive")]
        require(numbers, "nothing to count with")
        return self.rng.choice(numbers)


Maker = Callable[[Over], Statements]
"""Raises DoesNotFitError where such an object cannot be made."""


def over(world: World, found: SqlObject, *, free: bool) -> Over:
    """What an object of today is made over. Raises DoesNotFitError where it is gone."""
    rng = Random(found.salt)
    require(all(label in world.models for label in found.labels), "its tables are gone")
    if free:
        return Over(found.name, rng)
    label = found.labels[0]
    model, key = world.models[label], world.key_of(label)
    own = own_columns(world, label)
    require(model.kind == "concrete" and key in {one.name for one in own}, "no table to be made over")
    return Over(found.name, rng, model.table, key, tuple(own), world.models[found.labels[-1]].table)


def own_columns(world: World, label: str) -> list[Field]:
    """The fields whose columns lie in the model's own table."""
    inherited = [base for base in world.ancestors(label) if base.kind == "abstract"]
    fields = [one for model in (world.models[label], *inherited) for one in model.fields]
    return [one for one in fields if one.kind not in ("m2m", "generated")]


def index(one: Over, *, drop: str = "DROP INDEX {name}") -> Statements:
    return _index(one, f"{one.key}, {one.rng.choice(one.own).column}", drop)


def unique(one: Over, *, drop: str = "DROP INDEX {name}") -> Statements:
    return _index(one, one.key, drop, unique="UNIQUE ")


def lower(one: Over) -> Statements:
    return _index(one, f"lower({one.key})")


def partial(one: Over) -> Statements:
    return _index(one, one.key, where=f" WHERE {one.key} <> ''")


def _index(one: Over, what: str, drop: str = "DROP INDEX {name}", *, unique: str = "", where: str = "") -> Statements:
    make = f"CREATE {unique}INDEX {one.name} ON {one.table} ({what}){where}"
    return [(make, drop.format(name=one.name, table=one.table))]


def view(one: Over) -> Statements:
    body = f"SELECT {one.key} AS what, length({one.key}) AS size FROM {one.table} WHERE {one.key} <> ''"
    return [(f"CREATE VIEW {one.name} AS {body}", f"DROP VIEW {one.name}")]


def joined(one: Over) -> Statements:
    body = f"SELECT one.{one.key} AS what, (SELECT count(*) FROM {one.other}) AS others FROM {one.table} AS one"
    return [(f"CREATE VIEW {one.name} AS\n{body}", f"DROP VIEW IF EXISTS {one.name}")]

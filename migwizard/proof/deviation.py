"""What a real database has otherwise than the histories build it, and whether that was so before the reset.

Nobody but the migrations should change a schema, yet somebody does: an index made by hand on a slow day, a column that
was dropped to try something. The switch would not notice, and the next migration that touches the object would fail.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from migwizard.proof.catalogue import HISTORIES, EmptyDatabaseError, Sides, compare_catalogues
from migwizard.proof.difference import Difference
from migwizard.proof.ownschema import without_own_schemas
from migwizard.proof.sql_text import lower

Weight = Literal["stop", "warn", "info"]

REAL = Sides(
    first="old history",
    second="database",
    lacks="The database lacks {what}, which the old history builds.",
    has="The database has {what}, which no migration builds.",
    differs="differs from the old history to the database ({pairs})",
    # Serial or identity column of PostgreSQL, and the collation that a server gave where nobody named one.
    aged=(
        frozenset({"identity", "default"}),
        frozenset({"counts", "identity"}),
        frozenset({"character set", "collation"}),
        *HISTORIES.aged,
    ),
    names=False,
)
RIGHTS = ("comment", "owner", "grant", "default privileges", "setting")
"""Kinds that belong to whoever runs a database rather than to the project."""
BEFORE = "It was so before the reset, which changes nothing about it."
AS_NEW = "The new history builds it as the database has it."
OLDER = "An older version of Django or of the database made it so."


@dataclass(frozen=True, slots=True)
class Deviation:
    """One object that the real database has otherwise."""

    weight: Weight
    """`stop`: a table or a column is missing, so that the project cannot work; `warn`: a later migration that touches the
    object may fail, or a guarantee is gone; `info`: only told."""

    kind: str
    table: str | None
    name: str
    expected: str | None
    """The definition in the old history; None for what the database has beyond it."""

    found: str | None
    """The definition in the database; None for what it lacks."""

    sentence: str


def deviations(
    real: Mapping[str, Any],
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    *,
    explicit_names: Collection[str],
    foreign: Collection[str] = (),
    partial: bool = False,
) -> tuple[Deviation, ...]:
    """How the catalogue `real` deviates from `old`, with what `new` has to say of it; the gravest first.

    `foreign` are tables of apps that take no part in the reset: they may be behind or ahead. `partial`: a router may keep
    tables out of this database, so that a table which is not there says nothing. Names that Django or the database made
    up, the name of the schema in which tables are made, and the order of columns, do not count. Raises ValueError where the engines are not the same.
    """
    others = {lower(table) for table in foreign}

    def compared(history: Mapping[str, Any]) -> list[Difference]:
        try:
            found = compare_catalogues(*without_own_schemas(history, real), explicit_names=explicit_names, sides=REAL)
        except EmptyDatabaseError as error:
            return [Difference("error", "table", None, "", "", None, str(error))]
        return [
            item
            for item in found
            if lower(_table(item)) not in others
            and not (partial and item.kind == "table" and (item.old is None or item.new is None))
        ]

    by_new = {_key(item): item for item in compared(new)}
    told = [_deviation(item, by_new) for item in compared(old)]
    return tuple(sorted(told, key=lambda item: ("stop", "warn", "info").index(item.weight)))


def _table(item: Difference) -> str:
    return item.name if item.kind == "table" else item.table or ""


def _key(item: Difference) -> tuple[str, str | None, str]:
    return item.kind, item.table, item.name


def _deviation(item: Difference, by_new: Mapping[tuple[str, str | None, str], Difference]) -> Deviation:
    weight, since = _weight(item), BEFORE
    if _key(item) not in by_new:
        weight, since = "info", AS_NEW
    elif weight == "info" and item.old is not None and item.kind not in RIGHTS:
        since = OLDER
    return Deviation(weight, item.kind, item.table, item.name, item.old, item.new, f"{item.sentence} {since}")


def _weight(item: Difference) -> Weight:
    if item.old is None or item.kind in RIGHTS:
        return "info"
    if item.new is None:
        return "stop" if item.kind in ("table", "column") else "warn"
    return "info" if item.severity == "info" else "warn"

"""Rows that a person leaves out on purpose: told as one difference an operation and table, not row by row.

Nothing is hidden by it: what is taken out of the comparison is listed in that difference, which stands in the way like
any other until it is accepted by name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from migwizard.engine.ride import fingerprint
from migwizard.engine.seeding.references import plain
from migwizard.proof.difference import Difference
from migwizard.proof.rows import compare_rows, volatile_cells
from migwizard.proof.rowset import show
from migwizard.proof.volatile import Volatile
from migwizard.seeds.verdicts import Key
from migwizard.words.counting import count

Labels = Collection[tuple[str, str]]
"""Permissions, as `compare_rows` takes them."""
SHOWN = 20
"""So many rows are written out; all of them are in the fingerprint."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The rows of one table that went with the operations that a person left out."""

    table: str
    operation: str
    columns: tuple[str, ...]
    pk: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def makers(observations: Mapping[str, Any]) -> dict[Key, str]:
    """The operation that made each row, as observed; rows that were there before it belong to nobody."""
    before = {(table, tuple(key)) for table, key in observations["found"]}
    made = {(table, tuple(key)): owners[0] for table, key, owners in observations["rows"] if owners}
    return {key: owner for key, owner in made.items() if key not in before}


def left_out(
    old: Mapping[str, Any], new: Mapping[str, Any], made: Mapping[Key, str], dropped: Collection[str]
) -> tuple[dict[str, Any], list[Gone]]:
    """The rows that the new history should have when `dropped` operations are left out, and those that go with them.

    `old` and `new` are as `read_rows` gives them, `made` is what `makers` gives. Where the number of rows says that
    they did not go, the table is compared as it is.
    """
    tables, gone = dict(old["tables"]), []
    wanted = {key: owner for key, owner in made.items() if owner in dropped}
    for table in sorted({table for table, _ in wanted}):
        facts = tables.get(table)
        if facts is None or not facts["pk"] or table not in new["tables"]:
            continue
        places = [facts["columns"].index(column) for column in facts["pk"]]
        told = [
            (tuple(row), wanted.get((table, tuple(plain(row[place]) for place in places)))) for row in facts["rows"]
        ]
        kept = [list(row) for row, owner in told if owner is None]
        if len(new["tables"][table]["rows"]) != len(kept) or len(kept) == len(told):
            continue
        tables[table] = {**facts, "rows": kept}
        for owner in dict.fromkeys(owner for _, owner in told if owner):
            rows = tuple(row for row, by in told if by == owner)
            gone.append(Gone(table, owner, tuple(facts["columns"]), tuple(facts["pk"]), rows))
    return {**old, "tables": tables}, gone


def volatile_rows(old: Mapping[str, Any], second: Mapping[str, Any]) -> Volatile:
    """What two runs of the old history do not agree on."""
    return volatile_cells(old["rows"], second["rows"], old["catalogue"])


def differing_rows(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    volatile: Volatile,
    dropped: Collection[str],
    *,
    labels: Labels,
) -> tuple[tuple[Difference, ...], list[Gone]]:
    """How the rows of a new run differ from those of the old one, apart from those that went with `dropped` operations.

    `volatile` is what two runs of the old history do not agree on.
    """
    expected, gone = left_out(old["rows"], new["rows"], makers(old["observations"]), dropped)
    found = compare_rows(
        expected,
        new["rows"],
        catalogue_old=old["catalogue"],
        catalogue_new=new["catalogue"],
        volatile=volatile,
        labels=labels,
        set_counters=[name for kind, name, _ in old["observations"]["objects"] if kind == "counter"],
    )
    return found, gone


def differing_runs(one: Mapping[str, Any], other: Mapping[str, Any], volatile: Volatile, labels: Labels) -> str:
    """What two runs of the old history built in another way, as a sentence; empty where that is nothing.

    What differs each time does not count.
    """
    if one["catalogue"] != other["catalogue"]:
        return "Its tables or objects differ."
    found, _ = differing_rows(one, other, volatile, (), labels=labels)
    return found[0].sentence if found else ""


def as_difference(gone: Gone, volatile: Volatile) -> Difference:
    """One difference for all rows that went with an operation."""
    rows = [_told(gone, row, volatile) for row in gone.rows]
    name, number = gone.operation, len(rows)
    what = f"{count(number, 'row')} of {gone.table}"
    more = [f"and {number - SHOWN} more, all together {fingerprint(rows)[:8]}"] if number > SHOWN else []
    sentence = f"The new history lacks {what} that {name} left, because it was decided to leave that out."
    return Difference("error", "row", gone.table, f"rows of {name}", "\n".join([*rows[:SHOWN], *more]), None, sentence)


def _told(gone: Gone, row: tuple[Any, ...], volatile: Volatile) -> str:
    """A row in words, without what differs at each run: the answer to it must hold tomorrow."""
    table, cells = gone.table.lower(), dict(zip(gone.columns, map(_hashable, row), strict=True))
    key = tuple(cells[column] for column in gone.pk)
    steady = [
        f"{column}={show(value)}"
        for column, value in cells.items()
        if (table, column.lower()) not in volatile.columns and (table, key, column.lower()) not in volatile.cells
    ]
    return ", ".join(steady)


def _hashable(value: Any) -> Any:
    return next(iter(value.items())) if isinstance(value, dict) else value

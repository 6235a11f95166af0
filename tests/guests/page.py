"""docs/guests.md: a row for every pair of Python and Django."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.guests.environments import PAIRS, Pair
from tests.realworld import table
from tests.traps.table import cells

PAGE = Path(__file__).parents[2] / "docs" / "guests.md"

_HEAD = """\
# Projects of every age: `make guests`

migwizard runs the project in the project's own interpreter. For each pair of Python and Django the demo, and every one of the
[traps](traps.md) that this Django can express, goes through the whole reset and its undo. The demo is judged as `make realworld` does:
proof equal, `makemigrations --check` says what it said, the same tables and numbers of rows from zero, undo exact to the byte.
What a cell of the table of traps claims of migwizard is asserted here as well, in every pair.

The virtual environments are made once from the package index, below `build/guests`. A Python that is not there is named.

"""
_COLUMNS = ("pair", "files of the demo", "demo", "traps")


def row(pair: Pair, *found: str) -> tuple[str, ...]:
    return (pair.name, *found)


def write(rows: Mapping[Pair, Sequence[str]]) -> None:
    """Put these rows into the page; those of other pairs stay, or say that they were not tried yet."""
    old = cells(PAGE.read_text(encoding="utf-8")) if PAGE.is_file() else {}
    found = [rows.get(pair) or old.get(pair.name) or row(pair, "", "not tried yet", "") for pair in PAIRS]
    PAGE.write_text(f"{_HEAD}{table(_COLUMNS, found)}\n", encoding="utf-8")

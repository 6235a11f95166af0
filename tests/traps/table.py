"""docs/traps.md: a row for every trap, each cell as a test has measured it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.traps.trap import Trap, registered

PAGE = Path(__file__).parents[2] / "docs" / "traps.md"

_HEAD = """\
# Traps

What goes wrong when migrations are made anew, and what becomes of it here. Each row is a small project in `tests/traps/projects`.
The third column says what Django's own commands do with it. Where these are right, it says what becomes of the usual recipes: all files
deleted and `makemigrations` run again, or parts of generated files stripped by hand. The last column says what `migwizard run`
does. Each cell is checked by `make test`; this page is written by `make traps`, which resets every project by itself.

After each reset `makemigrations --check` says what it said before, `migrate` has nothing to do, `migrate` from zero goes through, and
the proof found schema and rows equal; where the wizard stops, nothing has changed.

"""
ON_POSTGRESQL = "; on PostgreSQL: "
_COLUMNS = ("", "since Django", "trap", "Django alone", "migwizard")


def cells(text: str) -> dict[str, tuple[str, ...]]:
    """The rows of a Markdown table by their first cell."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    rows = [tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in lines[1:]]
    return {row[0]: row for row in rows if set(row[0]) != {"-"}}


def row(trap: Trap, alone: str, wizard: str) -> tuple[str, ...]:
    return (trap.number, "{}.{}".format(*trap.since), trap.title, alone, wizard)


def write(rows: Mapping[Trap, Sequence[str]]) -> None:
    """Put these rows into the page; those of other traps stay, those of traps that are gone do not."""
    old = cells(PAGE.read_text(encoding="utf-8")) if PAGE.is_file() else {}
    found = [rows.get(trap) or old.get(trap.number) for trap in registered()]
    PAGE.write_text(_page([row for row in found if row]), encoding="utf-8")


def _page(rows: Sequence[Sequence[str]]) -> str:
    lines = [_COLUMNS, ["---"] * len(_COLUMNS), *rows]
    return _HEAD + "".join(f"| {' | '.join(line)} |\n" for line in lines)

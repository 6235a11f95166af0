"""docs/switch-tried.md: a row for every environment, with a cell for every trial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.environments.trials import TRIALS
from tests.realworld import table
from tests.traps.table import cells

PAGE = Path(__file__).parents[2] / "docs" / "switch-tried.md"

_HEAD = """\
# The script in every environment: `make environments`

[The script of the switch](switch.md) runs where migwizard is not installed. So each row is a virtual environment with Django and the
driver of the database, and nothing else; a small project was reset, and its new files, manifest and script are all that came along.
Every cell is asserted, on a real database of its own:

| trial | what has to be |
|---|---|
| fresh | an empty database needs no switch; plain `migrate` builds it from the new files |
| behind, unknown, mixed | refused with MW-E12, E13, E14, and nothing is written; what is unknown is let go by name |
| forgotten | plain `migrate` stops before it writes a row, and names the command |
| dry run | says what would happen, and writes nothing |
| kill -9 | between the old rows' end and the new rows' coming: every row is as it was |
| there and back | switched; a second run and `migrate` have nothing to do; undo gives ids and times back, and the old release goes on |
| two at once | of two scripts one switches, and the other has nothing to do |
| undo too late | refused with MW-E32 once a migration was applied on top |

The environments are made once from the package index, below `build/guests`. A Python or a server that is not there is named, and so is a
server that a Django does not support.

"""
_COLUMNS = ("environment", "versions", *TRIALS)


def write(rows: Mapping[str, Sequence[str]], order: Sequence[str]) -> None:
    """Put these rows into the page; those of other environments stay, or say that they were not tried yet."""
    old = cells(PAGE.read_text(encoding="utf-8")) if PAGE.is_file() else {}
    empty = [""] * len(TRIALS)
    found = [rows.get(name) or old.get(name) or (name, "not tried yet", *empty) for name in order]
    PAGE.write_text(f"{_HEAD}{table(_COLUMNS, found)}\n", encoding="utf-8")

"""Values that each database made for itself and that literal rows would make the same for all of them.

What differs between two runs of the old history came from chance or from the clock: a code, a number, an identifier.
Moments are no such values: a database is none the worse for the date of a reset.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from migwizard.proof.sql_text import lower
from migwizard.proof.volatile import Volatile

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d.*)?|\d\d:\d\d(:\d\d.*)?")


def frozen_columns(facts: Mapping[str, Any], volatile: Volatile, catalogue: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns of the rows in `facts`, as the guest gives them, that hold such values; keys are none."""
    table = catalogue["tables"][facts["table"]]
    primary = [lower(column["name"]) for column in table["columns"] if column["pk"]]
    keys = {*primary, *(lower(key["from"]) for key in table["foreign_keys"])}
    found = []
    for place, column in enumerate(map(lower, facts["columns"])):
        if column not in keys and any(
            _is_of_chance(row[place][1]) for row in _differing(facts, primary, column, volatile)
        ):
            found.append(facts["rows"][0][place][0])
    return tuple(found)


def _differing(
    facts: Mapping[str, Any], primary: Sequence[str], column: str, volatile: Volatile
) -> Iterator[Sequence[tuple[str, Any]]]:
    """The rows whose value in a column is another one in the second run."""
    table, columns = lower(facts["table"]), [lower(name) for name in facts["columns"]]
    if (table, column) in volatile.columns:
        yield from facts["rows"]
        return
    keys = {tuple(map(repr, key)) for name, key, other in volatile.cells if (name, other) == (table, column)}
    places = [columns.index(name) for name in primary if name in columns]
    yield from (row for row in facts["rows"] if tuple(row[place][1] for place in places) in keys)


def _is_of_chance(value: Any) -> bool:
    """Whether a value, as Python source, is more than a moment, and opens something or names it."""
    if not isinstance(value, str) or value == "None" or value.startswith("datetime."):
        return False
    try:
        text = ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return True
    # An unusable password begins with "!" in Django.
    return not (isinstance(text, str) and (_MOMENT.fullmatch(text) or text.startswith("!")))

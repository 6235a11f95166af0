"""Values of rows as Python source, with all that it needs imported."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import psycopg.types.range
import pytest
from psycopg.types.range import Range

from migwizard.project.agent.seed_rows import _source


@pytest.mark.parametrize(
    "value",
    [
        Range(datetime.date(2020, 1, 6), datetime.date(2021, 1, 1), "[)"),
        Range(Decimal("1.5"), None, "(]"),
        Range(None, None, "()"),
        Range(empty=True),
        [Range(1, 5, "[]"), Range(datetime.datetime(2020, 1, 6, tzinfo=datetime.UTC), None, "[)")],
    ],
)
def test_a_range_comes_with_what_its_ends_need(value: Any) -> None:
    imports: set[str] = set()
    text = _source(value, imports)
    names: dict[str, Any] = {}
    exec("\n".join(sorted(imports)), names)
    assert eval(text, names) == value
    assert psycopg.types.range.__name__ in text

"""What a database holds at one moment, in the form that is the same for every engine."""

from __future__ import annotations

from typing import Any, Iterator


class Snapshot:
    """Rows by table and key, and objects."""

    def __init__(
        self,
        objects: dict[tuple[str, str], tuple[str, str | None]],
        rows: dict[str, dict[tuple[Any, ...], tuple[Any, ...]]],
        counters: dict[str, int] | None = None,
    ) -> None:
        self.objects = objects
        """(kind, name) -> (the table that it belongs to, its definition)"""
        self.rows = rows
        """table -> key -> values; the table of applied migrations is left out"""
        self.counters = counters or {}
        """table -> the greatest key that its sequence gave, where the engine lets one be set"""


def row_changes(before: Snapshot, after: Snapshot) -> Iterator[tuple[str, tuple[Any, ...], str]]:
    """(table, key, "inserted", "updated" or "deleted") of every row that is not the same."""
    for table in sorted(before.rows.keys() | after.rows.keys()):
        old, new = before.rows.get(table, {}), after.rows.get(table, {})
        if old is new or old == new:
            continue
        for key in sorted(old.keys() | new.keys(), key=repr):
            if key not in new:
                yield table, key, "deleted"
            elif key not in old:
                yield table, key, "inserted"
            elif old[key] != new[key]:
                yield table, key, "updated"

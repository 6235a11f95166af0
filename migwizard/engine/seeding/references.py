"""Which rows lead to which others by their foreign keys, in what was read of a database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from migwizard.seeds.verdicts import Key


class References:
    """The rows that foreign keys of one column lead to; `old` is a run with its "catalogue" and "rows"."""

    def __init__(self, old: Mapping[str, Any]) -> None:
        self._catalogue, self._rows = old["catalogue"]["tables"], old["rows"]["tables"]
        self._found: dict[tuple[str, str], dict[str, tuple[Any, ...]]] = {}

    def of(self, wanted: Mapping[str, Sequence[Sequence[Any]]]) -> Iterator[Key]:
        """What the rows `wanted`, keys by table, lead to; those of the same table among them."""
        for table, keys in wanted.items():
            facts = self._rows.get(table)
            if facts is None:
                continue
            chosen = {tuple(key) for key in keys}
            places = [facts["columns"].index(column) for column in facts["pk"]]
            ours = [row for row in facts["rows"] if tuple(plain(row[place]) for place in places) in chosen]
            for foreign in self._catalogue[table]["foreign_keys"]:
                there = self._by_value(foreign["table"], foreign["to"])
                place = facts["columns"].index(foreign["from"])
                for row in ours:
                    if (key := there.get(repr(row[place]))) is not None:
                        yield foreign["table"], key

    def _by_value(self, table: str, column: str | None) -> dict[str, tuple[Any, ...]]:
        """The keys of the rows of a table, by what a column holds; without a name, by their key itself."""
        if (table, column or "") not in self._found:
            facts = self._rows.get(table) or {"columns": [], "pk": [], "rows": []}
            places = [facts["columns"].index(name) for name in facts["pk"]]
            led_to = facts["columns"].index(column) if column else next(iter(places), None)
            self._found[table, column or ""] = {
                repr(row[led_to]): tuple(plain(row[place]) for place in places)
                for row in (facts["rows"] if led_to is not None else ())
            }
        return self._found[table, column or ""]


def plain(value: Any) -> Any:
    """A stored value as it stands in a key: bytes as SQL writes them."""
    return f"x'{value['$bytes']}'" if isinstance(value, dict) and "$bytes" in value else value

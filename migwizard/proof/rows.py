"""Compares the rows that the old history leaves with those that the new history leaves.

Strict, primary keys included, wherever that holds; where only the numbering differs, the rows are the same and an `info`
says so. What two runs of the old history do not agree on cannot be asked of the new one: there only NULL counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from migwizard.proof.difference import Difference, digest_of, shorten
from migwizard.proof.least import Least
from migwizard.proof.rank import cell
from migwizard.proof.rowset import Column, Database, Key, Row, Table, read_database, show
from migwizard.proof.settle import Settled, by_key, changed_columns, settle, shapes
from migwizard.proof.sql_text import lower
from migwizard.proof.volatile import Volatile
from migwizard.words.counting import count

__all__ = ["SPELLED_OUT", "Volatile", "ahead", "compare_rows", "count_rows", "volatile_cells"]

PERMISSION_NAME = ("auth_permission", "name")
NUMBER = "number of rows"
MORE = "more"
"""Name of the difference that stands for all that are not spelled out; nobody has seen those, so none may accept them."""
SPELLED_OUT = 20
"""So many differences of a table are told one by one; the others are counted."""


def count_rows(rows: Mapping[str, Any]) -> int:
    """The rows of all tables."""
    return sum(len(table["rows"]) for table in rows["tables"].values())


def volatile_cells(first: Mapping[str, Any], second: Mapping[str, Any], catalogue: Mapping[str, Any]) -> Volatile:
    """What differs between two runs of the old history, the second with another clock and other random seeds.

    `first` and `second` are as `read_rows` gives them, `catalogue` is that of either run. Rows are matched by key. Where
    only the keys differ, the keys are volatile; where rows cannot be matched, every column with other values is.
    """
    old, new = read_database(first, catalogue), read_database(second, catalogue)
    unsteady = frozenset(name for name in old.tables if len(old.tables[name].rows) != len(_rows_of(new, name)))
    settled = settle(old, new, Volatile(tables=unsteady))
    cells: set[tuple[str, Key, str]] = set()
    columns: set[Column] = set()
    for table in settled.renumbered:
        columns.update((table, column) for column in old.tables[table].key)
    for table in settled.different:
        pairs = by_key(settled.frame, table)
        matched = [(left, right) for _, left, right in pairs or () if left is not None and right is not None]
        if pairs is None or len(matched) < len(pairs):
            columns.update((table, column) for column in _unsteady_columns(settled, table))
            continue
        for column, keys in _unsteady_cells(settled, table, matched).items():
            # Where no steady value is left, the column is volatile as a whole.
            if len(keys) == sum(left.cells[column] is not None or left.key in keys for left, _ in matched):
                columns.add((table, column))
            else:
                cells.update((table, key, column) for key in keys)
    seconds = {name: new.tables[name] for name in unsteady if name in new.tables}
    counters = frozenset(
        name for name, number in _free_counters(first).items() if number != second["sequences"].get(name)
    )
    return Volatile(frozenset(cells), frozenset(columns), unsteady, counters, seconds)


def compare_rows(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    *,
    catalogue_old: Mapping[str, Any],
    catalogue_new: Mapping[str, Any],
    volatile: Volatile,
    labels: Collection[tuple[str, str]] = (),
    set_counters: Collection[str] = (),
) -> tuple[Difference, ...]:
    """What differs between the rows `old` and `new` (as `read_rows` gives them), by table.

    `set_counters` are the tables whose counter an old operation set on purpose: it must be the same.

    `labels` are the permissions ("app.model", codename) that Django makes after every migrate. It writes their names
    once, from whatever the model was called then, and never again: there another name is only told.

    A table or column that only one side has is left to the comparison of the catalogues. At most `SPELLED_OUT`
    differences of a table are spelled out, then follows their count.
    """
    sides = read_database(old, catalogue_old), read_database(new, catalogue_new)
    settled = settle(*sides, volatile)
    found: list[Difference] = []
    for table in sorted(settled.frame.sides[0].tables):
        found.extend(_compare_readable(settled, table))
        if table in settled.renumbered:
            sentence = f"The rows of {table} are the same in both histories, but their primary keys differ."
            found.append(Difference("info", "row", table, "primary keys", None, None, sentence))
        elif table in settled.different:
            found.extend(_limited(table, list(_differences(settled, table, labels))))
    for table in sorted(volatile.tables):
        found.extend(_compare_unsteady(settled, sides, table))
    both = catalogue_old.get("sequences", {}).keys() & catalogue_new.get("sequences", {}).keys()
    owned = {
        f"{facts['table']}.{facts['column']}"
        for facts in catalogue_old.get("sequences", {}).values()
        if facts.get("table") is not None
    }
    free = _compare_free_counters(old, new, (both | owned) - volatile.counters)
    return (*found, *_compare_counters(old, new, set_counters), *free)


def _rows_of(database: Database, table: str) -> tuple[Row, ...]:
    return database.tables[table].rows if table in database.tables else ()


def _unsteady_cells(settled: Settled, table: str, matched: Sequence[tuple[Row, Row]]) -> dict[str, set[Key]]:
    """The keys of the rows with another value in the second run, by column."""
    found: dict[str, set[Key]] = defaultdict(set)
    for left, right in matched:
        for column in changed_columns(settled.frame, settled.colours, table, left, right):
            found[column].add(left.key)
    return found


def _unsteady_columns(settled: Settled, table: str) -> Iterator[str]:
    """The columns that have other values in the second run; all, where each has the same but in other rows."""
    found = []
    for column in settled.frame.columns(table):
        first, second = (
            Counter(cell(settled.frame, settled.colours, side, table, row, column, keyed=False) for row in rows)
            for side, rows in enumerate(database.tables[table].rows for database in settled.frame.sides)
        )
        if first != second:
            found.append(column)
    yield from found or settled.frame.columns(table)


def _compare_readable(settled: Settled, table: str) -> Iterator[Difference]:
    """A virtual table that could not be read: told, and an error where only one side could be."""
    old, new = (side.tables[table].unreadable for side in settled.frame.sides)
    if old is None and new is None:
        return
    sentence = f"The rows of {table} could not be read ({old or new}); they were not compared."
    one_sided = old is None or new is None
    yield Difference("error" if one_sided else "info", "row", table, "readable", old, new, sentence)


def _differences(settled: Settled, table: str, labels: Collection[tuple[str, str]]) -> Iterator[Difference]:
    """Row by row where keys tell rows apart, else the rows that have no equal on the other side."""
    pairs = by_key(settled.frame, table)
    if pairs is None:
        yield from _unmatched(settled, table)
        return
    for key, left, right in pairs:
        name = _name(settled.frame.sides[0].tables[table], key)
        if left is None or right is None:
            yield from _one_sided(table, name, left, right)
            continue
        for column in changed_columns(settled.frame, settled.colours, table, left, right):
            difference = _changed(table, name, column, left.cells[column], right.cells[column])
            label = (table, column) == PERMISSION_NAME and (str(key[0]), str(key[1])) in labels
            yield replace(difference, severity="info") if label else difference


def _unmatched(settled: Settled, table: str) -> Iterator[Difference]:
    """The rows of each side that remain when equal ones are taken away in pairs."""
    olds, news = shapes(settled.frame, settled.colours, table)
    waiting: dict[object, list[Row]] = defaultdict(list)
    for told, row in news:
        waiting[told].append(row)
    for told, row in olds:
        if waiting[told]:
            waiting[told].pop()
        else:
            yield from _one_sided(table, "a row", row, None)
    for rows in waiting.values():
        for row in rows:
            yield from _one_sided(table, "a row", None, row)


def _one_sided(table: str, name: str, old: Row | None, new: Row | None) -> Iterator[Difference]:
    if old is not None:
        whole = _told(old)
        text, _ = shorten(whole, "")
        sentence = f"The new history lacks a row of {table}, {name}: {text}."
        yield Difference("error", "row", table, name, text, None, sentence, digest_of(whole))
    if new is not None:
        whole = _told(new)
        _, text = shorten("", whole)
        sentence = f"The new history has a row of {table} that the old one does not have, {name}: {text}."
        yield Difference("error", "row", table, name, None, text, sentence, digest_of(whole))


def _name(table: Table, key: Key) -> str:
    """A row by its key, where it is known by one."""
    columns = table.key if key else ()
    return ", ".join(f"{column}={show(value)}" for column, value in zip(columns, key, strict=True)) or "a row"


def _told(row: Row) -> str:
    return ", ".join(f"{column}={show(value)}" for column, value in sorted(row.cells.items()))


def _changed(table: str, name: str, column: str, old: Hashable, new: Hashable) -> Difference:
    whole = show(old), show(new)
    before, after = shorten(*whole)
    if old == new:
        what = f"is {before} in both histories, but refers to another row"
    else:
        what = f"is {before} in the old history and {after} in the new one"
    sentence = f"In {table}, {name}, the column {column} {what}."
    return Difference("error", "row", table, f"{name}: {column}", before, after, sentence, digest_of(*whole))


def _compare_unsteady(settled: Settled, sides: Sequence[Database], table: str) -> Iterator[Difference]:
    """What is lost of a table that two runs of the old history fill with other numbers of rows."""
    what = f"Two runs of the old history leave another number of rows in {table}"
    volatile = settled.frame.volatile
    if table not in volatile.second or any(table not in side.tables for side in sides):
        yield Difference("info", "row", table, NUMBER, None, None, f"{what}; it was not compared.")
        return
    first, new = (side.tables[table] for side in sides)
    moving = settled.renumbered | settled.different | settled.frame.free | volatile.tables
    loose = frozenset(column for column, target in first.references.items() if target[0] in moving)
    least = Least(first, volatile.second[table], new, loose)
    lacking = least.lacking()
    yield from _limited(table, [one for row in lacking for one in _one_sided(table, _name(first, row.key), row, None)])
    if not lacking and least.is_nearly_empty:
        sentence = (
            f"{what}, but the new history leaves only {count(len(new.rows), 'row')} there, less than half of either."
        )
        yield Difference("error", "row", table, NUMBER, None, None, sentence)
        return
    sentence = f"{what}; the new history was only asked for the rows that both leave."
    yield Difference("info", "row", table, NUMBER, None, None, sentence)


def _limited(table: str, differences: list[Difference]) -> Iterator[Difference]:
    yield from differences[:SPELLED_OUT]
    rest = len(differences) - SPELLED_OUT
    if rest > 0:
        sentence = f"Not spelled out: {count(rest, 'more difference')} in the rows of {table}."
        yield Difference("error", "row", table, MORE, None, None, sentence)


def ahead(rows: Mapping[str, Any]) -> set[str]:
    """The tables whose counter is beyond the greatest key: keys were given up, or the counter was set."""
    tables, counters = rows["tables"], rows["sequences"]
    return {name for name, number in counters.items() if name in tables and number > _greatest_key(tables[name])}


def _compare_counters(
    old: Mapping[str, Any], new: Mapping[str, Any], set_counters: Collection[str]
) -> Iterator[Difference]:
    """How far tables have numbered their rows: harmless, unless the new one would hand out a key that is taken.

    A counter that was never set counts as 0: SQLite writes it at the first row, or when a table is made anew.
    """
    for table in sorted(old["sequences"].keys() | new["sequences"].keys()):
        if table not in old["tables"] or table not in new["tables"]:
            continue
        before, after = old["sequences"].get(table), new["sequences"].get(table)
        if (before or 0) == (after or 0):
            continue
        greatest = _greatest_key(new["tables"][table])
        left, right = ("not set" if value is None else str(value) for value in (before, after))
        if greatest > (after or 0) and (after is not None or before is not None):
            sentence = f"{table} has numbered {_rows_up_to(after)} in the new history, although keys up to {greatest} are taken."
            yield Difference("error", "counter", table, table, left, right, sentence)
            continue
        numbered = f"{_rows_up_to(before)} in the old history and {_rows_up_to(after)} in the new one"
        sentence = f"{table} has numbered {numbered}"
        if table in set_counters and table in ahead(old):
            yield Difference(
                "error", "counter", table, table, left, right, f"{sentence}; the old history sets this on purpose."
            )
        else:
            yield Difference(
                "info", "counter", table, table, left, right, f"{sentence}: only its next number is another one."
            )


def _rows_up_to(counter: int | None) -> str:
    return "no row yet" if counter is None else f"rows up to {counter}"


def _free_counters(rows: Mapping[str, Any]) -> dict[str, int]:
    """How far the sequences have counted that are not those of primary keys."""
    return {name: number for name, number in rows["sequences"].items() if name not in rows["tables"]}


def _compare_free_counters(
    old: Mapping[str, Any], new: Mapping[str, Any], asked: Collection[str]
) -> Iterator[Difference]:
    """Nobody but the sequence itself knows what it has handed out: another number is another database."""
    olds, news = _free_counters(old), _free_counters(new)
    for name in sorted((olds.keys() | news.keys()) & set(asked)):
        if olds.get(name) != news.get(name):
            left, right = (str(numbers.get(name, "not used")) for numbers in (olds, news))
            sentence = f"The sequence {name} has counted to {left} in the old history and to {right} in the new one."
            yield Difference("error", "counter", None, name, left, right, sentence)


def _greatest_key(table: Mapping[str, Any]) -> int:
    """The greatest key that is a single integer; 0 where there is none."""
    if len(table["pk"]) != 1:
        return 0
    place = [lower(column) for column in table["columns"]].index(lower(table["pk"][0]))
    return max((row[place] for row in table["rows"] if isinstance(row[place], int)), default=0)

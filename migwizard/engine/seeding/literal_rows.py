"""Literal rows: what materialised operations left, read from the old run and written as blocks of a seed."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from migwizard.engine.ride import Ride
from migwizard.engine.seeding.placing import altered_tables
from migwizard.engine.seeding.references import References
from migwizard.proof.rowset import CONTENT_TYPES, PERMISSIONS
from migwizard.seeds.compose import Content, rows_content
from migwizard.seeds.groups import Item
from migwizard.seeds.materialise import ContentTypeRef, Permission, SeedRow, SeedTable, Value, materialise
from migwizard.seeds.moving import has_way_back
from migwizard.seeds.rawrows import RawTable, raw_rows
from migwizard.seeds.rungs import AS_CODE, Rung
from migwizard.seeds.verdicts import Judged, Key

MANY = 1000
"""Above so many rows of a table, a migration that holds them is no reading for people."""

_NAMED = (PERMISSIONS, CONTENT_TYPES)
"""Tables whose rows are named by what they stand for, and not read."""

Wanted = dict[str, list[list[Any]]]
"""Keys of rows by table."""


@dataclass(frozen=True, slots=True)
class RowsBlock:
    """The literal rows of one app, and the place in the old order at which they can stand."""

    item: Item
    content: Content
    position: int
    targets: frozenset[str]
    """Tables of other blocks, or of nobody, that its rows point to."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Data files beside the migration, by name."""


@dataclass(slots=True)
class _Share:
    """Rows of one table, or of tables that need each other, that operations of one app made; and their place."""

    app: str
    wanted: Wanted
    ids: list[str]
    position: int

    def add(self, other: _Share) -> None:
        """Take the rows of another share in."""
        for table, keys in other.wanted.items():
            self.wanted.setdefault(table, []).extend(keys)
        self.ids += [id for id in other.ids if id not in self.ids]


def rows_blocks(
    ride: Ride,
    database: Path,
    judged: Sequence[Judged],
    rungs: Mapping[str, Rung],
    old: Mapping[str, Any],
    in_file: Callable[[Mapping[str, Any], Sequence[str]], str],
    stored: Collection[str] = (),
) -> list[RowsBlock]:
    """The literal rows of every app that has materialised operations, by the app of the operation that made them.

    Rows stand where the first operation that made rows of their table stood, so that functions which come along find what
    they found; but after the rows that their foreign keys lead to. Tables that need each other stand together. `in_file`
    names the data file for the rows of a table, which are as the guest gives them, and the operations behind them; empty
    for rows in the migration, as rows without a model always are. Tables in `stored` are written as they are stored, since
    their models would store them in another way; so are those with values in columns that no model knows.
    """
    made = {key: number for number, operation in reversed(list(enumerate(judged))) for key in operation.keys}
    shares = _joined(_shares(judged, rungs), old["catalogue"])
    references, stored = References(old), {*stored, *_behind_columns(shares, judged, rungs, stored)}
    _after_targets(shares, made, references)
    staying = _staying(shares, judged, rungs, references)
    blocks: dict[tuple[str, int], _Share] = {}
    for share in shares:
        block = blocks.setdefault((share.app, share.position), _Share(share.app, {}, [], share.position))
        block.add(share)
    shared = [blocks[key] for key in sorted(blocks)]
    wanted = [{table: keys for table, keys in share.wanted.items() if table not in _NAMED} for share in shared]
    found = _read(ride, database, wanted, old, stored)
    read = zip(shared, wanted, found, strict=True)
    return [_rows_block(share, keys, facts, old, in_file, staying) for share, keys, facts in read]


def _read(
    ride: Ride, database: Path, blocks: Sequence[Wanted], old: Mapping[str, Any], stored: Collection[str]
) -> list[dict[str, Any]]:
    """The rows of all blocks, which the guest reads in one go."""
    found: list[dict[str, Any]] = []
    if blocks:
        found = ride.guest.call(
            "seed_rows",
            alias="default",
            path=database,
            blocks=blocks,
            found=old["observations"]["found"],
            folders=ride.new_folders() or {},
            many=MANY,
            stored=sorted(stored),
            without=ride.without,
        )
    return found


def _shares(judged: Sequence[Judged], rungs: Mapping[str, Rung]) -> list[_Share]:
    """One share for each table and app that made rows of it."""
    owner: dict[Key, str] = {}
    shares: dict[tuple[str, str], _Share] = {}
    for number, operation in enumerate(judged):
        if rungs.get(operation.id) is not Rung.MATERIALISE:
            continue
        for table, key in operation.keys:
            is_new = (table, key) not in owner
            app = owner.setdefault((table, key), operation.app)
            share = shares.setdefault((app, table), _Share(app, {}, [], number))
            if is_new:
                share.wanted.setdefault(table, []).append(list(key))
            if operation.id not in share.ids:
                share.ids.append(operation.id)
    return list(shares.values())


def _joined(shares: Sequence[_Share], catalogue: Mapping[str, Any]) -> list[_Share]:
    """Shares whose tables need each other made one, since foreign keys are checked at the end of each migration."""
    edges = []
    for number, share in enumerate(shares):
        targets = _targets(share.wanted, catalogue)
        edges += [(number, other) for other, each in enumerate(shares) if targets & set(each.wanted)]
    if all(number == other for number, other in edges):
        return list(shares)
    import networkx as nx

    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(len(shares)))
    graph.add_edges_from(edges)
    joined = []
    for circle in nx.strongly_connected_components(graph):
        first, *others = sorted(circle, key=lambda number: (shares[number].position, number))
        for number in others:
            shares[first].add(shares[number])
        joined.append(shares[first])
    return joined


def _targets(wanted: Wanted, catalogue: Mapping[str, Any]) -> set[str]:
    """The tables that foreign keys of the rows lead to."""
    return {key["table"] for table in wanted for key in catalogue["tables"][table]["foreign_keys"]}


def _behind_columns(
    shares: Sequence[_Share], judged: Sequence[Judged], rungs: Mapping[str, Rung], stored: Collection[str]
) -> set[str]:
    """Move rows behind the SQL that adds columns to their table, where they have values for these; returns such tables.

    That is, where rows are written as they are stored, or were written to after the column was there.
    """
    added: dict[str, int] = {}
    filled: set[str] = set()
    for number, operation in enumerate(judged):
        if rungs.get(operation.id) in AS_CODE:
            added.update(dict.fromkeys(altered_tables(operation), number))
        elif rungs.get(operation.id) is Rung.MATERIALISE:
            filled |= {table for table, _ in operation.keys if table in added}
    late = {table: number for table, number in added.items() if table in filled or table in stored}
    for share in shares:
        share.position = max([share.position, *(late[table] for table in share.wanted if table in late)])
    return set(late)


def _after_targets(shares: Sequence[_Share], made: Mapping[Key, int], references: References) -> None:
    """Move shares behind the rows that theirs lead to, whether these are literal too or come from code."""
    holding = {(table, tuple(key)): share for share in shares for table, keys in share.wanted.items() for key in keys}
    for share in shares:
        share.position = max(
            [share.position, *(made[key] for key in references.of(share.wanted) if key in made and key not in holding)]
        )
    for _ in shares:
        for share in shares:
            behind = [holding[key].position for key in references.of(share.wanted) if key in holding]
            share.position = max([share.position, *behind])


def _staying(
    shares: Sequence[_Share], judged: Sequence[Judged], rungs: Mapping[str, Rung], references: References
) -> set[str]:
    """Tables whose literal rows have to stay when somebody goes back, since rows without a way back point to them."""
    literal = {(table, tuple(key)) for share in shares for table, keys in share.wanted.items() for key in keys}
    stuck = [op for op in judged if rungs.get(op.id) in AS_CODE and not has_way_back(op)]
    rows, found = _by_table(key for operation in stuck for key in operation.keys), set[str]()
    while more := {key[0] for key in references.of(rows) if key in literal} - found:
        found |= more
        rows = _by_table(key for key in literal if key[0] in more)
    return found


def _by_table(keys: Iterable[Key]) -> Wanted:
    found: Wanted = {}
    for table, key in keys:
        found.setdefault(table, []).append(list(key))
    return found


def _rows_block(
    share: _Share,
    wanted: Wanted,
    facts: Mapping[str, Any],
    old: Mapping[str, Any],
    in_file: Callable[[Mapping[str, Any], Sequence[str]], str],
    staying: Collection[str],
) -> RowsBlock:
    app, targets = share.app, _targets(share.wanted, old["catalogue"])
    natural = _natural(old, share.wanted.get(PERMISSIONS, []), share.wanted.get(CONTENT_TYPES, []))
    tables = [_table(item, in_file(item, share.ids), item["table"] in staying) for item in facts["tables"]]
    for item in facts["raw"]:
        in_file(_named(item), share.ids)
    any_order = _any_order(wanted, old["catalogue"], raw=bool(facts["raw"]))
    rows = materialise(tables, natural=natural, any_order=any_order) if tables or natural else None
    raw = [_raw_table(item, item["table"] in staying, old["catalogue"]) for item in facts["raw"]]
    content = replace(
        rows_content(
            rows,
            [raw_rows(replace(table, any_order=any_order)) for table in raw],
            f"{app}_rows_{share.position}",
        ),
        imports=tuple(sorted({line for item in facts["raw"] for line in item["imports"]})),
    )
    touches = frozenset(wanted) | _looked_up(natural, facts["tables"]) | targets
    writes = frozenset(wanted) | ({PERMISSIONS, CONTENT_TYPES} if natural else set())
    return RowsBlock(
        Item(app, touches, writes, tuple(share.ids)),
        content,
        share.position,
        frozenset(targets - set(wanted)),
        {table.file: "".join(f"{line}\n" for line in table.lines) for table in tables if table.file},
    )


def _any_order(wanted: Wanted, catalogue: Mapping[str, Any], *, raw: bool) -> bool:
    """Whether rows may have to point to rows behind them, where the engine looks at once and not at the end.

    Tables are written so that rows follow those that they point to, but for raw ones, and where they need each other.
    """
    if catalogue["engine"] != "mysql":
        return False
    inside = {table: _targets({table: []}, catalogue) & wanted.keys() for table in wanted}
    try:
        TopologicalSorter(inside).prepare()
    except CycleError:
        return True
    return raw and any(inside.values())


def _looked_up(natural: Sequence[Permission | ContentTypeRef], tables: Sequence[Mapping[str, Any]]) -> set[str]:
    """The tables in which the rows of a seed look something up by its natural key."""
    kinds = {
        key for table in tables for row in table["rows"] for _, value in row if isinstance(value, dict) for key in value
    }
    permissions = "permission" in kinds or any(isinstance(item, Permission) for item in natural)
    types = permissions or "content_type" in kinds or bool(natural)
    return ({PERMISSIONS} if permissions else set()) | ({CONTENT_TYPES} if types else set())


def _table(facts: Mapping[str, Any], file: str, stays: bool) -> SeedTable:
    rows = tuple(SeedRow(tuple((name, _value(value)) for name, value in row)) for row in facts["rows"])
    lines = tuple(json.dumps(row, ensure_ascii=False) for row in facts["texts"]) if file else ()
    return SeedTable(
        facts["app"],
        facts["model"],
        facts["pk"],
        rows,
        frozenset() if file else frozenset(facts["imports"]),
        facts["kind"],
        file,
        lines,
        stays,
    )


def _named(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Raw rows as the guest gives those of a model: each value with its column."""
    rows = [list(zip(facts["columns"], row, strict=True)) for row in facts["rows"]]
    return {**facts, "rows": rows, "texts": None}


def _raw_table(facts: Mapping[str, Any], stays: bool, catalogue: Mapping[str, Any]) -> RawTable:
    rows, table = tuple(map(tuple, facts["rows"])), facts["table"]
    counters = catalogue["sequences"].values() if catalogue["engine"] == "postgresql" else ()
    counted = tuple(each["column"] for each in counters if each["table"] == table and each["column"] in facts["pk"])
    mark = "`" if catalogue["engine"] == "mysql" else '"'
    return RawTable(table, tuple(facts["columns"]), tuple(facts["pk"]), rows, stays, counted, mark=mark)


def _value(value: Any) -> Value:
    if isinstance(value, str):
        return value
    if "permission" in value:
        return Permission(*value["permission"])
    return ContentTypeRef(*value["content_type"])


def _natural(
    old: Mapping[str, Any], permissions: list[list[Any]], types: list[list[Any]]
) -> list[Permission | ContentTypeRef]:
    """Permissions and content types that only migrations make, by their natural keys."""
    content_types = {row["id"]: row for row in table_rows(old["rows"], CONTENT_TYPES)}
    found: list[Permission | ContentTypeRef] = []
    for row in table_rows(old["rows"], PERMISSIONS):
        if [row["id"]] in permissions:
            kind = content_types[row["content_type_id"]]
            found.append(Permission(kind["app_label"], kind["model"], row["codename"], row["name"], custom=True))
    found += [ContentTypeRef(row["app_label"], row["model"]) for key, row in content_types.items() if [key] in types]
    return found


def table_rows(rows: Mapping[str, Any], table: str) -> list[dict[str, Any]]:
    """The rows of one table of `read_rows` as mappings."""
    facts = rows["tables"].get(table)
    return [dict(zip(facts["columns"], row, strict=True)) for row in facts["rows"]] if facts else []


def blocks_at(blocks: Iterable[RowsBlock], position: int) -> list[tuple[Item, Content]]:
    """The blocks of one place, those that others point to first."""
    waiting = [block for block in blocks if block.position == position]
    placed: list[RowsBlock] = []
    while waiting:
        free = [b for b in waiting if not any(b.targets & other.item.writes for other in waiting if other is not b)]
        placed += free or waiting[:1]
        waiting = [block for block in waiting if block not in placed]
    return [(block.item, block.content) for block in placed]

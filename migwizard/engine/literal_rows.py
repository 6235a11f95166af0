"""Literal rows: what materialised operations left, read from the old run and written as blocks of a seed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from migwizard.engine.ride import Ride
from migwizard.seeds.compose import Content, rows_content
from migwizard.seeds.groups import Item
from migwizard.seeds.materialise import ContentTypeRef, Permission, SeedRow, SeedTable, Value, materialise
from migwizard.seeds.rawrows import RawTable, raw_rows
from migwizard.seeds.rungs import Rung
from migwizard.seeds.verdicts import Judged, Key

CONTENT_TYPES = "django_content_type"
PERMISSIONS = "auth_permission"
MANY = 1000
"""Above so many rows of a table, a migration that holds them is no reading for people."""

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
    """The rows that go into the block of one app, and the operations that made them."""

    wanted: Wanted
    ids: list[str]
    position: int

    def targets(self, catalogue: Mapping[str, Any]) -> set[str]:
        """The tables that foreign keys of its rows lead to."""
        return {key["table"] for table in self.wanted for key in catalogue["tables"][table]["foreign_keys"]}


def rows_blocks(
    ride: Ride,
    database: Path,
    judged: Sequence[Judged],
    rungs: Mapping[str, Rung],
    old: Mapping[str, Any],
    in_file: Callable[[Mapping[str, Any], Sequence[str]], str],
) -> list[RowsBlock]:
    """The literal rows of every app that has materialised operations, by the app of the operation that made them.

    Rows carry their last values, so a block stands where the last operation behind it stood, and after the blocks that
    its foreign keys lead to. Apps whose rows point to each other share one block. `in_file` names the data file for the
    rows of a table, which are as the guest gives them, and the operations behind them; empty for rows in the migration.
    """
    shares = _shares(judged, rungs)
    _join_circles(shares, old["catalogue"])
    _after_targets(shares, old["catalogue"])
    return [_rows_block(ride, database, app, shares[app], old, in_file) for app in sorted(shares)]


def _shares(judged: Sequence[Judged], rungs: Mapping[str, Rung]) -> dict[str, _Share]:
    owner: dict[Key, str] = {}
    shares: dict[str, _Share] = {}
    for number, operation in enumerate(judged):
        if rungs.get(operation.id) is not Rung.MATERIALISE:
            continue
        for table, key in operation.keys:
            is_new = (table, key) not in owner
            share = shares.setdefault(owner.setdefault((table, key), operation.app), _Share({}, [], number))
            share.position = number
            if is_new:
                share.wanted.setdefault(table, []).append(list(key))
            if operation.id not in share.ids:
                share.ids.append(operation.id)
    return shares


def _join_circles(shares: dict[str, _Share], catalogue: Mapping[str, Any]) -> None:
    """Give apps whose rows need each other one block, since foreign keys are checked at the end of each migration."""
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(shares)
    for app, share in shares.items():
        targets = share.targets(catalogue)
        graph.add_edges_from((app, other) for other in shares if other != app and targets & set(shares[other].wanted))
    for circle in list(nx.strongly_connected_components(graph)):
        home = max(circle, key=lambda app: (shares[app].position, app))
        for app in sorted(circle - {home}):
            joined = shares.pop(app)
            for table, keys in joined.wanted.items():
                shares[home].wanted.setdefault(table, []).extend(keys)
            shares[home].ids += [id for id in joined.ids if id not in shares[home].ids]


def _after_targets(shares: Mapping[str, _Share], catalogue: Mapping[str, Any]) -> None:
    """Move blocks behind those that they point to."""
    for _ in shares:
        for app, share in shares.items():
            targets = share.targets(catalogue)
            behind = [each.position for other, each in shares.items() if other != app and targets & set(each.wanted)]
            share.position = max([share.position, *behind])


def _rows_block(
    ride: Ride,
    database: Path,
    app: str,
    share: _Share,
    old: Mapping[str, Any],
    in_file: Callable[[Mapping[str, Any], Sequence[str]], str],
) -> RowsBlock:
    wanted, targets = dict(share.wanted), share.targets(old["catalogue"])
    natural = _natural(old, wanted.pop(PERMISSIONS, []), wanted.pop(CONTENT_TYPES, []))
    facts = ride.guest.call(
        "seed_rows",
        alias="default",
        path=str(database),
        wanted=wanted,
        found=old["observations"]["found"],
        folders=ride.new_folders() or {},
        many=MANY,
    )
    tables = [_table(item, in_file(item, share.ids)) for item in facts["tables"]]
    rows = materialise(tables, natural=natural) if tables or natural else None
    content = replace(
        rows_content(rows, [raw_rows(_raw_table(item)) for item in facts["raw"]], app),
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


def _looked_up(natural: Sequence[Permission | ContentTypeRef], tables: Sequence[Mapping[str, Any]]) -> set[str]:
    """The tables in which the rows of a seed look something up by its natural key."""
    kinds = {
        key for table in tables for row in table["rows"] for _, value in row if isinstance(value, dict) for key in value
    }
    permissions = "permission" in kinds or any(isinstance(item, Permission) for item in natural)
    types = permissions or "content_type" in kinds or bool(natural)
    return ({PERMISSIONS} if permissions else set()) | ({CONTENT_TYPES} if types else set())


def _table(facts: Mapping[str, Any], file: str) -> SeedTable:
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
    )


def _raw_table(facts: Mapping[str, Any]) -> RawTable:
    return RawTable(facts["table"], tuple(facts["columns"]), tuple(facts["pk"]), tuple(map(tuple, facts["rows"])))


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

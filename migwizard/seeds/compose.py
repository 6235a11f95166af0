"""Write the seed migrations: items in order, grouped into files, with what each file depends on."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from migwizard.plan.naming import numbered
from migwizard.seeds.extract import CannotMove, Extract
from migwizard.seeds.groups import Group, Item, group
from migwizard.seeds.materialise import Materialised
from migwizard.seeds.merge import merge
from migwizard.seeds.seedfile import SeedOperation, SeedPart, seed_file

Node = tuple[str, str]


class CannotJoinError(Exception):
    """Operations `ids` cannot stand in one file; ``reason`` says why in a plain sentence."""

    def __init__(self, ids: Sequence[str], reason: str) -> None:
        super().__init__(reason)
        self.ids = tuple(ids)
        self.reason = reason


_GET_MODEL = re.compile(r"""get_model\(\s*["'](\w+)["'.]|get_model\(\s*["'](\w+)\.""")


@dataclass(frozen=True, slots=True)
class Content:
    """The text of one item: moved functions or generated code with its names, and operations that use them.

    In an operation's source, `{name}` of `names` stands for a global of `extract`, which merging may rename.
    """

    key: str
    """Migration that the extract comes from; items of one migration share one extract."""
    origin: str
    operations: tuple[str, ...]
    names: tuple[str, ...] = ()
    extract: Extract | None = None
    imports: tuple[str, ...] = ()
    """Import lines that the operations need under just these names."""
    apps: frozenset[str] = frozenset()
    """Apps that have to be there besides those whose tables it touches and whose models it gets by name."""
    borrowed: tuple[tuple[str, str], ...] = ()
    """(module, function) that the operations name as `{module:function}`; functions of two modules may share a name."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where tables and apps are made: the node to depend on."""

    by_table: Mapping[str, Node]
    by_app: Mapping[str, Node]
    """Last schema migration of each project app; leaf of each third-party app."""


@dataclass(frozen=True, slots=True)
class SeedMigration:
    """One new migration with the items in it; `ids[n]` are the old operations behind its n-th operation."""

    app: str
    name: str
    text: str
    depends_on: tuple[Node, ...]
    ids: tuple[tuple[str, ...], ...]
    stands_for: tuple[Node, ...] = ()
    """Old migrations that others name, and that it replaces."""


@dataclass(slots=True)
class _Writer:
    contents: Mapping[int, Content]
    home: Home
    tag: str
    header: str
    counts: dict[str, int]
    highest: Mapping[str, int]
    carriers: dict[Node, int]
    """Old migrations that seed files stand in for, and which file does."""
    names: dict[int, Node] = field(default_factory=dict)


def compose(
    items: Sequence[tuple[Item, Content]],
    *,
    home: Home,
    tag: str,
    header: str,
    counts: Mapping[str, int],
    highest: Mapping[str, int] = MappingProxyType({}),
    pins: Mapping[Node, Collection[str]] = MappingProxyType({}),
) -> tuple[SeedMigration, ...]:
    """The seed migrations for `items`. `counts` are the schema migrations of each app. Raises CannotJoinError.

    `highest` are the numbers of apps that no file may exceed, since others stay on top.

    `pins` are old migrations that others name, each with the operations of its app that have to be there by then.
    """
    contents = {id(item): content for item, content in items}
    groups = group([item for item, _ in items])
    carriers = {
        node: id(each)
        for each in groups
        for node, ids in pins.items()
        if each.app == node[0] and any(not set(ids).isdisjoint(item.ids) for item in each.items)
    }
    writer = _Writer(contents, home, tag, header, dict(counts), highest, carriers)
    return tuple(_write(each, writer) for each in groups)


def _write(group: Group, writer: _Writer) -> SeedMigration:
    contents = [writer.contents[id(item)] for item in group.items]
    writer.counts[group.app] = writer.counts.get(group.app, 0) + 1
    extracts: dict[str, Extract] = {}
    for content in contents:
        if content.extract is not None:
            extracts[content.key] = content.extract
    borrowed = sorted({each for content in contents for each in content.borrowed})
    for module in dict.fromkeys(module for module, _ in borrowed):
        lines = [f"from {module} import {name}" for other, name in borrowed if other == module]
        extracts[_module_key(module)] = Extract(tuple(lines))
    imports = sorted({line for content in contents for line in content.imports})
    try:
        merged = merge(list(extracts.items()), imports=imports)
    except CannotMove as error:
        named = [item for item, content in zip(group.items, contents, strict=True) if content.names or content.borrowed]
        raise CannotJoinError([id for item in named for id in item.ids], error.reason) from error
    operations, ids = [], []
    for item, content in zip(group.items, contents, strict=True):
        for source in content.operations:
            renamed = {old: merged.names.get((content.key, old), old) for old in content.names}
            renamed |= {
                f"{module}:{each}": merged.names[_module_key(module), each] for module, each in content.borrowed
            }
            for old, new in renamed.items():
                source = source.replace(f"{{{old}}}", new)
            operations.append(SeedOperation(source, content.origin))
            ids.append(item.ids)
    only_sql = all("RunPython" not in operation.source for operation in operations)
    what = "sql" if only_sql else "seed"
    name = numbered(writer.counts[group.app], writer.tag, what, writer.highest.get(group.app))
    code = "\n".join([merged.body, *(operation.source for operation in operations)])
    depends_on = _dependencies(group, code, writer, (group.app, name))
    stands_for = tuple(sorted(node for node, carrier in writer.carriers.items() if carrier == id(group)))
    text = seed_file(
        header=writer.header,
        dependencies=[f'("{app}", "{migration}")' for app, migration in depends_on],
        parts=[SeedPart(merged.imports, merged.body, tuple(operations))],
        atomic=group.atomic,
        replaces=stands_for,
    )
    writer.names[id(group)] = (group.app, name)
    return SeedMigration(group.app, name, text, depends_on, tuple(ids), stands_for)


def _module_key(module: str) -> str:
    """A key that no migration has: their names hold no dot."""
    return module if "." in module else f"{module}."


def _dependencies(group: Group, body: str, writer: _Writer, own: Node) -> tuple[Node, ...]:
    """The last schema migration of every app whose tables the file touches or whose models it gets, and earlier files."""
    found = {
        writer.home.by_table[table] for item in group.items for table in item.touches if table in writer.home.by_table
    }
    labels = {first or second for first, second in _GET_MODEL.findall(body)} | {group.app}
    labels = labels.union(*(writer.contents[id(item)].apps for item in group.items))
    found |= {writer.home.by_app[label] for label in labels if label in writer.home.by_app}
    found |= {writer.names[id(other)] for other in group.after}
    newest: dict[str, Node] = {}
    for node in found - {own}:
        if node[0] not in newest or node[1] > newest[node[0]][1]:
            newest[node[0]] = node
    return tuple(sorted(newest.values()))


def rows_content(rows: Materialised | None, raw: Sequence[str], key: str) -> Content:
    """The content of an item that holds literal rows: through models, and `raw` operations for what has no model."""
    if rows is None:
        return Content(key, "", tuple(raw))
    return Content(
        key,
        "",
        operations=(f"migrations.RunPython({_slot(rows.forwards)}, {_slot(rows.backwards)})", *raw),
        names=tuple(name for name in (rows.forwards, rows.backwards) if "." not in name),
        extract=rows.extract,
    )


def _slot(name: str) -> str:
    return name if "." in name else f"{{{name}}}"

"""From verdicts and rungs to seed items: the functions, the SQL and the rows that seed migrations are made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migwizard.engine.planning import Node, Planned
from migwizard.engine.ride import Ride
from migwizard.seeds.compose import Content, Home, rows_content
from migwizard.seeds.extract import Extract, extract
from migwizard.seeds.groups import Item
from migwizard.seeds.materialise import ContentTypeRef, Permission, SeedRow, SeedTable, Value, materialise
from migwizard.seeds.objects import SchemaObject, as_it_was
from migwizard.seeds.rungs import Rung, movable
from migwizard.seeds.sqlliteral import sql_literal
from migwizard.seeds.verdicts import Judged, Key, Thing, Verdict

CONTENT_TYPES = "django_content_type"
PERMISSIONS = "auth_permission"


class Sources:
    """The old migration modules as text."""

    def __init__(self, ride: Ride) -> None:
        history = ride.history()
        self._files = {(app, name): file for app, name, file in history["disk"]}
        modules = {app["label"]: app["migrations_module"] for app in ride.registry()["apps"]}
        self._packages = modules
        self.vanishing = {f"{modules[app]}.{name}" for app, name, _ in history["disk"] if app in ride.apps.labels}

    def text(self, node: Node) -> str:
        return Path(self._files[node]).read_text(encoding="utf-8")

    def package(self, app: str) -> str:
        return str(self._packages[app])

    def check(self, judged: Judged) -> Extract | None:
        """Raise CannotMove where the function of a RunPython cannot be moved."""
        return movable(judged, self.text((judged.app, judged.migration)), self.package(judged.app), self.vanishing)

    def together(self, moved: Sequence[Judged]) -> Extract:
        """All functions that several operations of one migration need, in one extract. Raises CannotMove."""
        first = moved[0]
        names = [name for judged in moved for name in own_names(judged, self.package(first.app))]
        text = self.text((first.app, first.migration))
        return extract(
            text, list(dict.fromkeys(names)), package=self.package(first.app), project_migrations=self.vanishing
        )


def own_names(judged: Judged, package: str) -> list[str]:
    """The functions of the operation that stand in its own module: forwards and, where there is one, backwards."""
    module = f"{package}.{judged.migration}"
    codes = (judged.facts.get("code"), judged.facts.get("reverse"))
    return [code["qualname"] for code in codes if code and code["module"] == module and "." not in code["qualname"]]


def python_content(judged: Judged, sources: Sources, shared: Extract | None) -> Content:
    """A RunPython moved: with its functions, or importing them from a module that stays."""
    package = sources.package(judged.app)
    own = own_names(judged, package)
    imports, arguments = [], []
    for code in (judged.facts["code"], judged.facts.get("reverse")):
        if code is None:
            arguments.append("migrations.RunPython.noop")
        elif code["qualname"] in own:
            arguments.append(f"{{{code['qualname']}}}")
        elif "." in code["qualname"] or code["module"] in sources.vanishing:
            arguments.append("migrations.RunPython.noop")
        else:
            imports.append(f"from {code['module']} import {code['qualname']}")
            arguments.append(code["qualname"])
    return Content(
        key=judged.migration,
        origin=f"{judged.app}.{judged.migration}",
        operations=(f"migrations.RunPython({', '.join(arguments)})",),
        names=tuple(own),
        extract=shared if own else None,
        imports=tuple(imports),
    )


def sql_content(judged: Judged) -> Content:
    """A RunSQL unchanged."""
    reverse = judged.facts["reverse_sql"]
    arguments = [f"sql={_sql(judged.facts['sql'])}"]
    arguments.append(f"reverse_sql={_sql(reverse)}" if reverse is not None else "reverse_sql=migrations.RunSQL.noop")
    return Content(judged.migration, f"{judged.app}.{judged.migration}", (_call("migrations.RunSQL", arguments),))


def object_content(thing: SchemaObject, origin: str) -> Content:
    """An object by its definition in the old database."""
    arguments = [f"sql={sql_literal(thing.sql)}", f"reverse_sql={sql_literal(thing.drop_sql)}"]
    return Content(thing.name, origin, (_call("migrations.RunSQL", arguments),))


def custom_content(judged: Judged) -> Content:
    """A custom operation as it deconstructs."""
    written = judged.facts["written"]
    return Content(
        judged.migration, f"{judged.app}.{judged.migration}", (written["source"],), imports=tuple(written["imports"])
    )


def _sql(statements: Sequence[str]) -> str:
    if len(statements) == 1:
        return sql_literal(statements[0])
    return "[\n" + "".join(f"    {sql_literal(statement)},\n" for statement in statements) + "]"


def _call(function: str, arguments: Sequence[str]) -> str:
    return f"{function}(\n" + "".join(f"    {argument},\n" for argument in arguments) + ")"


def home_of(ride: Ride, planned: Planned) -> Home:
    """Which node makes each table and completes each app."""
    by_app = {label: (label, item.leaf) for label, item in planned.externals.items() if item.leaf}
    by_app |= {batch.app: (batch.app, batch.name) for batch in planned.plan.batches}
    by_table = {}
    for model in ride.registry()["models"]:
        if model["app"] in by_app:
            by_table[model["table"]] = by_app[model["app"]]
    for table, label in ride.registry()["auto_tables"].items():
        if label in by_app:
            by_table[table] = by_app[label]
    return Home(by_table, by_app)


@dataclass(frozen=True, slots=True)
class RowsBlock:
    """The literal rows of one app, and the place in the old order at which they can stand."""

    item: Item
    content: Content
    position: int
    targets: frozenset[str]
    """Tables of other blocks, or of nobody, that its rows point to."""


def rows_blocks(
    ride: Ride, database: Path, judged: Sequence[Judged], rungs: Mapping[str, Rung], old: Mapping[str, Any]
) -> list[RowsBlock]:
    """The literal rows of every app that has materialised operations, by the app of the operation that made them.

    Rows carry their last values, so a block stands where the last operation behind it stood, and after the blocks that
    its foreign keys lead to.
    """
    owner: dict[Key, Judged] = {}
    positions: dict[str, int] = {}
    for number, operation in enumerate(judged):
        if rungs.get(operation.id) is Rung.MATERIALISE:
            for key in operation.keys:
                positions[owner.setdefault(key, operation).app] = number
    wanted: dict[str, dict[str, list[list[Any]]]] = {}
    for (table, key), operation in owner.items():
        wanted.setdefault(operation.app, {}).setdefault(table, []).append(list(key))
    _after_targets(positions, wanted, old["catalogue"])
    return [_rows_block(ride, database, app, wanted[app], positions[app], old, judged, rungs) for app in sorted(wanted)]


def _after_targets(
    positions: dict[str, int], wanted: Mapping[str, Collection[str]], catalogue: Mapping[str, Any]
) -> None:
    """Move blocks behind those that they point to; a circle keeps the order of its last operations."""
    for _ in wanted:
        for app, tables in wanted.items():
            targets = _targets(tables, catalogue) - set(tables)
            behind = [positions[other] for other in wanted if other != app and targets & set(wanted[other])]
            positions[app] = max([positions[app], *behind])


def _targets(tables: Collection[str], catalogue: Mapping[str, Any]) -> set[str]:
    return {key["table"] for table in tables for key in catalogue["tables"][table]["foreign_keys"]}


def _rows_block(
    ride: Ride,
    database: Path,
    app: str,
    tables: dict[str, list[list[Any]]],
    position: int,
    old: Mapping[str, Any],
    judged: Sequence[Judged],
    rungs: Mapping[str, Rung],
) -> RowsBlock:
    natural = _natural(old, tables.pop(PERMISSIONS, []), tables.pop(CONTENT_TYPES, []))
    facts = ride.guest.call(
        "seed_rows", alias="default", path=str(database), wanted=tables, folders=ride.new_folders() or {}
    )
    content = rows_content(materialise([_table(item) for item in facts["tables"]], natural=natural), app)
    ids = tuple(op.id for op in judged if op.app == app and rungs.get(op.id) is Rung.MATERIALISE)
    touches = set(tables) | _looked_up(natural, facts["tables"]) | _targets(tables, old["catalogue"])
    writes = frozenset(tables) | ({PERMISSIONS, CONTENT_TYPES} if natural else set())
    targets = frozenset(_targets(tables, old["catalogue"]) - set(tables))
    return RowsBlock(Item(app, frozenset(touches), writes, ids), content, position, targets)


def _looked_up(natural: Sequence[Permission | ContentTypeRef], tables: Sequence[Mapping[str, Any]]) -> set[str]:
    """The tables in which the rows of a seed look something up by its natural key."""
    kinds = {
        key for table in tables for row in table["rows"] for _, value in row if isinstance(value, dict) for key in value
    }
    permissions = "permission" in kinds or any(isinstance(item, Permission) for item in natural)
    types = permissions or "content_type" in kinds or bool(natural)
    return ({PERMISSIONS} if permissions else set()) | ({CONTENT_TYPES} if types else set())


def _table(facts: Mapping[str, Any]) -> SeedTable:
    rows = tuple(SeedRow(tuple((name, _value(value)) for name, value in row)) for row in facts["rows"])
    return SeedTable(facts["app"], facts["model"], facts["pk"], rows, frozenset(facts["imports"]))


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


def declared_permissions(ride: Ride) -> set[tuple[str, str]]:
    """The permissions that Django makes after every migrate, as ("app.model", codename)."""
    return {(f"{app}.{model}", codename) for app, model, codename, _ in ride.registry()["permissions"]}


def made_anyway(ride: Ride, old: Mapping[str, Any]) -> Any:
    """Tells the permissions and content types that Django makes in every database after migrate."""
    declared = {tuple(item) for item in ride.registry()["permissions"]}
    models = {(model["app"], model["model"].lower()) for model in ride.registry()["models"]}
    types = {row["id"]: (row["app_label"], row["model"]) for row in table_rows(old["rows"], CONTENT_TYPES)}
    anyway = {(CONTENT_TYPES, (key,)) for key, name in types.items() if name in models}
    for row in table_rows(old["rows"], PERMISSIONS):
        if (*types[row["content_type_id"]], row["codename"], row["name"]) in declared:
            anyway.add((PERMISSIONS, (row["id"],)))
    return anyway.__contains__


def seed_items(
    judged: Sequence[Judged],
    rungs: Mapping[str, Rung],
    sources: Sources,
    blocks: Sequence[RowsBlock],
    objects: Mapping[Thing, tuple[SchemaObject, str, str]],
    final: Mapping[Thing, SchemaObject],
) -> list[tuple[Item, Content]]:
    """All items in order: objects, seeds as they ran, triggers.

    Triggers come last, or the rows that they write would be written twice. `objects` are those to bring, each with the
    app that keeps it and the migration it stems from.
    """
    extracts = _extracts(judged, rungs, sources)
    seeds: list[tuple[Item, Content]] = []
    whole: dict[Thing, tuple[Item, Content]] = {}
    for number, operation in enumerate(judged):
        rung = rungs.get(operation.id)
        if rung not in (Rung.MOVE, Rung.CARRY):
            seeds += _blocks_at(blocks, number)
            continue
        if operation.facts["kind"] == "RunPython":
            content = python_content(operation, sources, extracts.get((operation.app, operation.migration)))
        elif operation.facts["kind"] == "RunSQL":
            content = sql_content(operation)
        else:
            content = custom_content(operation)
        item = Item(
            operation.app,
            frozenset(operation.facts["tables"]),
            frozenset(operation.facts["rows"])
            | {objects[thing][0].table for thing in operation.things if thing in objects},
            (operation.id,),
            not operation.facts.get("not_atomic", False),
        )
        if operation.verdict is Verdict.SCHEMA and as_it_was(operation, final):
            whole.update(dict.fromkeys(operation.things, (item, content)))
        else:
            seeds.append((item, content))
    covered = {
        thing for op in judged if rungs.get(op.id) is Rung.MOVE and op.facts["kind"] == "RunSQL" for thing in op.things
    }
    single = {
        thing: (
            Item(app, frozenset({item.table}) | _mentioned(item, final), frozenset({item.table})),
            object_content(item, origin),
        )
        for thing, (item, app, origin) in objects.items()
        if thing not in covered
    }
    placed = _in_order({**single, **whole})
    first = [pair for thing, pair in placed if thing[0] != "trigger"]
    last = [pair for thing, pair in placed if thing[0] == "trigger"]
    return [*_once(first), *seeds, *_once(last)]


def _blocks_at(blocks: Sequence[RowsBlock], position: int) -> list[tuple[Item, Content]]:
    """The blocks of one place, those that others point to first."""
    waiting = [block for block in blocks if block.position == position]
    placed: list[RowsBlock] = []
    while waiting:
        free = [b for b in waiting if not any(b.targets & other.item.writes for other in waiting if other is not b)]
        # In a circle of apps nobody is free; the constraint check then says which rows stand in the way.
        placed += free or waiting[:1]
        waiting = [block for block in waiting if block not in placed]
    return [(block.item, block.content) for block in placed]


def _in_order(things: Mapping[Thing, tuple[Item, Content]]) -> list[tuple[Thing, tuple[Item, Content]]]:
    kinds = ("table", "index", "view", "trigger")
    return sorted(things.items(), key=lambda entry: (kinds.index(entry[0][0]), entry[0][1]))


def _once(pairs: Sequence[tuple[Item, Content]]) -> list[tuple[Item, Content]]:
    """Without repetitions: a RunSQL that makes several objects stands for all of them."""
    return list({id(item): (item, content) for item, content in pairs}.values())


def _mentioned(thing: SchemaObject, final: Mapping[Thing, SchemaObject]) -> frozenset[str]:
    import re

    words = set(re.findall(r"\w+", thing.sql))
    return frozenset(name for kind, name in final if kind in ("table", "view") and name in words)


def _extracts(judged: Sequence[Judged], rungs: Mapping[str, Rung], sources: Sources) -> dict[Node, Extract]:
    moved: dict[Node, list[Judged]] = {}
    for operation in judged:
        python = rungs.get(operation.id) is Rung.MOVE and operation.facts["kind"] == "RunPython"
        if python and own_names(operation, sources.package(operation.app)):
            moved.setdefault((operation.app, operation.migration), []).append(operation)
    return {node: sources.together(operations) for node, operations in moved.items()}

"""From verdicts and rungs to seed items: the functions, the SQL and the rows that seed migrations are made of."""

from __future__ import annotations

import re
import tokenize
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from migwizard.engine.planning.plans import Planned
from migwizard.engine.proving import scratchcopies
from migwizard.engine.ride import Ride
from migwizard.engine.seeding.literal_rows import RowsBlock, blocks_at, table_rows
from migwizard.engine.seeding.placing import Alteration, Pair, altered_tables, placed, tables_before
from migwizard.plan.operations import Node
from migwizard.proof.rowset import CONTENT_TYPES, PERMISSIONS
from migwizard.seeds.compose import Content, Home
from migwizard.seeds.extract import CannotMove, Extract
from migwizard.seeds.groups import Item
from migwizard.seeds.lift import NONE
from migwizard.seeds.moving import Move, Old, OldModule, lost, plan_move, take
from migwizard.seeds.objects import SchemaObject, as_it_was, is_own_operation, made_stands
from migwizard.seeds.order import is_ahead, needed, unchecked
from migwizard.seeds.renames import Fates, fates
from migwizard.seeds.rungs import AS_CODE, Rung
from migwizard.seeds.sqlliteral import sql_literal
from migwizard.seeds.verdicts import Judged, Thing, Verdict, own_source

SCHEMA = "schema"
_IN_THE_WAY = ("view", "trigger")
"""Kinds without data of their own: left behind, they keep the tables that they read from being changed or dropped."""

_COMPUTED_MODEL = re.compile(r"""get_model\(\s*(?!["'])\S""")
"""A model that is asked for by a name which only shows when the code runs."""


class Sources:
    """The old migration modules as text."""

    def __init__(self, ride: Ride) -> None:
        history = ride.history()
        self._files = {(app, name): file for app, name, file in history["disk"]}
        # What the old run did is in the text that it ran.
        for copy in scratchcopies.usable(ride):
            self._files[copy.path.parent.name, copy.path.stem] = str(copy.path)
        modules = {app["label"]: app["migrations_module"] for app in ride.registry()["apps"]}
        self._packages = modules
        self._stars: Mapping[str, Mapping[str, Sequence[str]]] = history["stars"]
        self._counts = {(node["app"], node["name"]): node["count"] for node in history["nodes"]}
        self._order = {(node["app"], node["name"]): place for place, node in enumerate(history["nodes"])}
        self._waits = {(node["app"], node["name"]): node["dependencies"] for node in history["nodes"]}
        self._renames = history["renames"]
        models = ride.built()["models"]
        self._known = {(model["app"], model["model"].lower()) for model in models}
        self._relations = {
            (model["app"], model["model"].lower(), edge["field"]): tuple(edge["to"].split(".", 1))
            for model in models
            for edge in model["relations"]
        }
        self._modules: dict[Node, OldModule] = {}
        self._moves: dict[str, Move] = {}
        self._extracts: dict[tuple[str, ...], Extract] = {}
        self._nodes = {
            f"{modules[app]}.{name}": (app, name) for app, name, _ in history["disk"] if app in ride.apps.labels
        }
        self._old = Old(self._nodes.keys(), self._read)

    def module(self, node: Node) -> OldModule:
        """An old migration, read in the encoding that it declares."""
        if node not in self._modules:
            app, name = node
            with tokenize.open(self._files[node]) as file:
                text = file.read()
            stars = self._stars.get(f"{app}.{name}", {})
            self._modules[node] = OldModule(str(self._packages[app]), name, text, self._counts.get(node, -1), stars)
        return self._modules[node]

    def _read(self, dotted: str) -> OldModule | None:
        node = self._nodes.get(dotted)
        return self.module(node) if node and self._files.get(node) else None

    def move(self, judged: Judged) -> Move:
        """How an operation that runs code can be written elsewhere. Raises CannotMove with the reason."""
        if judged.id not in self._moves:
            self._moves[judged.id] = plan_move(judged, self.module((judged.app, judged.migration)), self._old)
        return self._moves[judged.id]

    def code_of(self, facts: Mapping[str, Any]) -> str:
        """What an operation runs, with the helpers of its own file; its function alone where more cannot be told."""
        node = (facts["app"], facts["migration"])
        if node not in self._files:
            return own_source(facts)
        judged = Judged(facts["id"], *node, facts, Verdict.ASK, "")
        try:
            return self.together([judged]).body if self.move(judged).names else own_source(facts)
        except CannotMove:
            return own_source(facts)

    def together(self, moved: Sequence[Judged], fates: Fates | None = None) -> Extract:
        """All that several operations of one migration need, in one extract. Raises CannotMove."""
        node, ids = (moved[0].app, moved[0].migration), tuple(judged.id for judged in moved)
        if fates is None and ids in self._extracts:
            return self._extracts[ids]
        found = take([self.move(judged) for judged in moved], self.module(node), self._old, fates)
        if fates is None:
            self._extracts[ids] = found
        return found

    def apps_before(self, judged: Judged) -> frozenset[str]:
        """The apps that an operation's old migration waited for, where what it uses of them cannot be seen here.

        It can be seen where it ran, and asked for models by their names; but nobody saw its way back run, which may delete
        rows with all that points to them.
        """
        code = f"{self.code_of(judged.facts)}\n{judged.facts.get('reaches', '')}"
        seen = judged.verdict is not Verdict.ASK and not _COMPUTED_MODEL.search(code)
        if seen and judged.facts.get("reverse") is None:
            return frozenset()
        return frozenset(app for app, _ in self._waits[judged.app, judged.migration])

    def fates(self, judged: Judged) -> Fates:
        """What became of the models and fields that an operation knew."""
        return fates(self._renames, self._order, (judged.app, judged.migration), judged.facts["path"], self._relations)

    def can_be_rewritten(self, judged: Judged) -> bool:
        """Whether an operation that can be moved reads otherwise with the names of today."""
        found = self.fates(judged)
        try:
            return bool(found and self.move(judged).names) and self.together([judged]) != self.together([judged], found)
        except CannotMove:
            return False

    def lost(self, judged: Judged) -> str:
        """Why an operation cannot do what it did as it is: it asks for a model that has another name today."""
        found = self.fates(judged)
        if not found or not self.move(judged).names:
            return ""
        module = self.module((judged.app, judged.migration))
        gone = lost([self.move(judged)], module, self._old, found, self._known)
        return "; ".join(f"The model {'.'.join(old)} is called {'.'.join(new)} today" for old, new in gone)


def moved_content(judged: Judged, sources: Sources, shared: tuple[str, Extract | None]) -> Content:
    """An operation moved: with what it needs of its module, or importing its functions from a module that stays.

    `shared` is the extract that it has in common with others, under the key by which it is known.
    """
    move = sources.move(judged)
    key, extract = shared
    return Content(
        key=key,
        origin=_origin(judged, move.no_way_back),
        operations=(move.source,),
        names=move.names,
        extract=extract,
        borrowed=move.borrowed,
    )


def _origin(judged: Judged, no_way_back: str) -> str:
    """Where an operation stems from, for the comment above it."""
    origin = f"{judged.app}.{judged.migration}"
    return f"{origin}; {no_way_back}, so going back does nothing" if no_way_back else origin


def sql_content(judged: Judged, final: Mapping[Thing, SchemaObject]) -> Content:
    """A RunSQL unchanged; but one that goes back without a statement drops what would keep tables from being dropped."""
    reverse = judged.facts["reverse_sql"]
    listed, reverse_listed = judged.facts.get("listed", (False, False))
    arguments = [f"sql={_sql(judged.facts['sql'], listed=listed)}"]
    back, origin = reverse or (), _origin(judged, NONE if reverse is None else "")
    in_the_way = [final[thing] for thing in judged.things if thing[0] in _IN_THE_WAY and thing in final]
    if in_the_way and not any(back):
        back, reverse_listed = [thing.drop_sql for thing in reversed(in_the_way)], False
        origin = f"{_origin(judged, '')}; going back drops what it made, which reads tables that go too"
    arguments.append(
        f"reverse_sql={_sql(back, listed=reverse_listed)}" if any(back) else "reverse_sql=migrations.RunSQL.noop"
    )
    arguments += ["elidable=True"] * bool(judged.facts["elidable"])
    return Content(judged.migration, origin, (_call("migrations.RunSQL", arguments),))


def object_content(thing: SchemaObject, origin: str, *, ahead: bool = False) -> Content:
    """An object by its definition in the old database; `ahead` is a function that stands before what it names."""
    # A number that was passed over is not given back, and what fills a view goes with it.
    reverse = "migrations.RunSQL.noop" if thing.kind in ("counter", "contents") else sql_literal(thing.drop_sql)
    arguments = [
        f"sql={_sql([unchecked(thing.sql) if ahead else thing.sql], listed=thing.whole)}",
        f"reverse_sql={reverse}",
    ]
    return Content(thing.name, origin, (_call("migrations.RunSQL", arguments),))


def custom_content(judged: Judged) -> Content:
    """A custom operation, or SQL with parameters, as it deconstructs; SQL without a way back gets one that does nothing."""
    written = judged.facts["written"]
    source, no_way_back = written["source"], ""
    if judged.facts["kind"] == "RunSQL" and not judged.facts["reversible"]:
        source = f"{source.rstrip().removesuffix(')')}    reverse_sql=migrations.RunSQL.noop,\n)"
        no_way_back = NONE
    return Content(judged.migration, _origin(judged, no_way_back), (source,), imports=tuple(written["imports"]))


def _sql(statements: Sequence[str], *, listed: bool) -> str:
    """The statements as a list, or a single text that Django takes apart, as they were."""
    if len(statements) == 1:
        text = sql_literal(statements[0])
        return f"[{text}]" if listed else text
    return "[\n" + "".join(f"    {sql_literal(statement)},\n" for statement in statements) + "]"


def _call(function: str, arguments: Sequence[str]) -> str:
    return f"{function}(\n" + "".join(f"    {argument},\n" for argument in arguments) + ")"


def home_of(ride: Ride, planned: Planned) -> Home:
    """Which node makes each table and completes each app."""
    by_app = {label: (label, item.leaf) for label, item in planned.externals.items() if item.leaf}
    by_app |= {batch.app: (batch.app, batch.name) for batch in planned.plan.batches}
    by_table = {}
    for model in ride.built()["models"]:
        if model["app"] in by_app and not model["proxy"]:
            by_table[model["table"]] = by_app[model["app"]]
    for table, label in ride.built()["auto_tables"].items():
        if label in by_app:
            by_table[table] = by_app[label]
    return Home(by_table, by_app)


def declared_permissions(registry: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The permissions that Django makes after every migrate, as ("app.model", codename)."""
    return {(f"{app}.{model}", codename) for app, model, codename, _ in registry["permissions"]}


def made_anyway(ride: Ride, old: Mapping[str, Any]) -> Any:
    """Tells the permissions and content types that Django makes in every database after migrate."""
    declared = {tuple(item) for item in ride.built()["permissions"]}
    models = {(model["app"], model["model"].lower()) for model in ride.built()["models"]}
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
    *,
    apart: bool,
) -> list[tuple[Item, Content]]:
    """All items in order: objects, seeds as they ran, triggers and counters.

    Objects that need what an operation among the seeds changes in a table come behind it. Triggers come last, or the rows
    that they write would be written twice; counters, since rows move them. `objects` are those to bring, each with the app
    that keeps it and the migration it stems from. With `apart` rows and objects stand in different files.
    """
    extracts = _extracts(judged, rungs, sources)
    seeds: list[Pair] = []
    alterations: list[Alteration] = []
    whole: dict[Thing, Pair] = {}
    made_at: dict[Thing, int] = {}
    late: set[Thing] = set()
    for number, operation in enumerate(judged):
        if (rung := rungs.get(operation.id)) in AS_CODE:
            shared = extracts.get(operation.id, (operation.migration, None))
            content = _code_content(operation, rung, sources, shared, final)
            content = replace(content, apps=sources.apps_before(operation))
            item = _code_item(operation, objects, final, apart=apart), content
            stands = as_it_was(operation, final) or is_own_operation(operation, final)
            if stands and _of_its_own(operation):
                whole.update(dict.fromkeys(operation.things, item))
                made_at.update(dict.fromkeys(operation.things, number))
            else:
                late.update(operation.things)
                if changed := altered_tables(operation):
                    alterations.append(Alteration(number, changed, len(seeds)))
                seeds.append(item)
        seeds += blocks_at(blocks, number)
    covered = {thing for op in judged if _makes_objects(op, rungs.get(op.id), final) for thing in op.things}
    single = {
        thing: (
            _object_item(item, app, final, apart=apart),
            object_content(item, origin, ahead=is_ahead(item, final, final.keys() - late)),
        )
        for thing, (item, app, origin) in objects.items()
        if thing not in covered
    }
    return placed({**single, **whole}, seeds, alterations, made_at, final)


def _of_its_own(operation: Judged) -> bool:
    """Whether an operation makes objects, and no rows but those of tables that it makes itself."""
    made = {name for action, kind, name, _ in operation.facts["schema"] if (action, kind) == ("created", "table")}
    return bool(operation.things) and operation.facts["rows"].keys() <= made


def _code_item(
    operation: Judged,
    objects: Mapping[Thing, tuple[SchemaObject, str, str]],
    final: Mapping[Thing, SchemaObject],
    *,
    apart: bool,
) -> Item:
    """An operation that comes along with its logic."""
    made = {objects[thing][0].table for thing in operation.things if thing in objects}
    made.update(altered_tables(operation), operation.facts.get("virtual", ()))
    before = {table for thing in operation.things if thing in final for table in tables_before(final[thing], final)}
    return Item(
        operation.app,
        frozenset({*operation.facts["tables"], *before}),
        frozenset(operation.facts["rows"]) | made,
        (operation.id,),
        not operation.facts.get("not_atomic", False),
        SCHEMA if apart and _of_its_own(operation) else "",
    )


def _code_content(
    operation: Judged,
    rung: Rung | None,
    sources: Sources,
    shared: tuple[str, Extract | None],
    final: Mapping[Thing, SchemaObject],
) -> Content:
    """Its text."""
    if rung is Rung.CARRY:
        return custom_content(operation)
    if operation.facts["kind"] == "RunSQL":
        return sql_content(operation, final)
    return moved_content(operation, sources, shared)


def _object_item(thing: SchemaObject, app: str, final: Mapping[Thing, SchemaObject], *, apart: bool) -> Item:
    """An object after all that it needs; a counter only after the rows of its table, whoever reads them."""
    if thing.kind == "counter":
        return Item(app, frozenset({thing.table}), frozenset())
    if thing.kind == "contents":
        read = {final[other].table for other in needed(thing.needs, final)}
        return Item(app, frozenset({thing.table, *read}), frozenset({thing.table}))
    touches = frozenset({thing.table}) | tables_before(thing, final)
    return Item(app, touches, frozenset({thing.table}), part=SCHEMA if apart else "")


def _makes_objects(judged: Judged, rung: Rung | None, final: Mapping[Thing, SchemaObject]) -> bool:
    """Whether an operation that comes along brings its objects itself."""
    if rung is Rung.MOVE and judged.facts["kind"] == "RunSQL":
        return True
    return rung in AS_CODE and made_stands(judged, final)


def _extracts(judged: Sequence[Judged], rungs: Mapping[str, Rung], sources: Sources) -> dict[str, tuple[str, Extract]]:
    """The extract of each moved operation, and its key; those of one migration that are written alike share one."""
    alike: list[tuple[Node, Fates | None, list[Judged]]] = []
    for operation in judged:
        rung, node = rungs.get(operation.id), (operation.app, operation.migration)
        moves = rung in (Rung.MOVE, Rung.REWRITE) and operation.facts["kind"] != "RunSQL"
        if not moves or not sources.move(operation).names:
            continue
        names = sources.fates(operation) if rung is Rung.REWRITE else None
        shared = next((each for each in alike if each[:2] == (node, names)), None)
        if shared is None:
            alike.append(shared := (node, names, []))
        shared[2].append(operation)
    found: dict[str, tuple[str, Extract]] = {}
    keys: set[tuple[str, str]] = set()
    for (app, migration), names, operations in alike:
        key = migration
        while (app, key) in keys:
            key += "_again"
        keys.add((app, key))
        extract = sources.together(operations, names)
        found |= {operation.id: (key, extract) for operation in operations}
    return found

"""Which schema migrations need an extension, a type or the like before their first table, and get it in front.

An engine such as PostgreSQL keeps what a column, a default, an index or a constraint is built on as an object of its own,
and says which table needs it. Seeds come after all tables, so that these objects cannot wait for them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from migwizard.engine.planning.plans import Planned
from migwizard.engine.ride import Ride
from migwizard.plan.operations import Node
from migwizard.plan.plan import first_nodes
from migwizard.seeds.objects import SchemaObject, read_objects
from migwizard.seeds.order import in_order, is_ahead, needed, unchecked
from migwizard.seeds.prelude import Prelude
from migwizard.seeds.seedfile import SeedOperation
from migwizard.seeds.sqlliteral import sql_literal
from migwizard.seeds.verdicts import Thing

_PARTS = ("table", "index", "constraint")
"""A table and what comes with it."""


@dataclass(slots=True)
class Preludes:
    """What is put in front of which schema migration."""

    by_node: dict[Node, Prelude] = field(default_factory=dict)
    homes: dict[Thing, Node] = field(default_factory=dict)
    """Where each object is made."""


def find(ride: Ride, planned: Planned, old: Mapping[str, Any]) -> Preludes:
    """The objects that migrations of ours make and that tables of ours need, each at the first file that needs it.

    What such an object needs in turn is there before it. An index or a constraint that SQL of ours makes is not its
    table's: what it alone needs can wait for the seeds.

    Files of other apps that need it too depend on that one, which comes earlier in the plan, so that no circle arises.
    """
    found = Preludes()
    final, makers = read_objects(old["catalogue"]), _makers(old["observations"])
    firsts = first_nodes(planned.plan.batches)
    early = _movable(final, makers)
    needing: dict[Thing, set[str]] = {}
    for table, app in _apps_by_table(ride).items():
        for thing in _before(table, final, early) if app in firsts else ():
            needing.setdefault(thing, set()).add(app)
    order = list(firsts.values())
    for thing, apps in needing.items():
        found.homes[thing] = min((firsts[app] for app in apps), key=order.index)
    groups = _groups(found.homes, makers)
    for key in in_order(groups, final):
        things = groups[key]
        home = found.homes[things[0]]
        _add(found, home, _as_prelude(things, final, makers[things[0]], found.homes))
        for node in {firsts[app] for thing in things for app in needing[thing]} - {home}:
            _add(found, node, Prelude(dependencies=(home,)))
    return found


def _groups(homes: Mapping[Thing, Node], makers: Mapping[Thing, Mapping[str, Any]]) -> dict[str, list[Thing]]:
    """What stands in front, together where one operation made nothing else and can be written again."""
    found: dict[str, list[Thing]] = {}
    for thing, home in sorted(homes.items()):
        made = [(kind, name) for _, kind, name, _ in makers[thing]["schema"]]
        alone = all(action == "created" for action, *_ in makers[thing]["schema"])
        whole = makers[thing].get("written") and alone and all(homes.get(other) == home for other in made)
        found.setdefault(makers[thing]["id"] if whole else " ".join(thing), []).append(thing)
    return found


def _before(table: str, final: Mapping[Thing, SchemaObject], early: Mapping[Thing, SchemaObject]) -> set[Thing]:
    """What has to be there before a table with its own indexes and constraints, out of what `early` can be."""
    own = {
        thing: item
        for thing, item in final.items()
        if item.table == table and thing not in early and item.kind in _PARTS
    }
    found = needed(own, {**own, **early}) - own.keys()
    tables = {name for kind, name in found if kind == "table"}
    parts = {thing for thing, item in early.items() if item.table in tables and item.kind in _PARTS}
    return set(found | needed(parts, early))


def _movable(final: Mapping[Thing, SchemaObject], makers: Collection[Thing]) -> dict[Thing, SchemaObject]:
    """What migrations of ours make, and needs nothing else than such things: it can stand in front of all tables."""
    found = {thing: final[thing] for thing in makers if thing in final}
    while late := [thing for thing, item in found.items() if not (item.needs & final.keys()) <= found.keys()]:
        for thing in late:
            del found[thing]
    return found


def _makers(observations: Mapping[str, Any]) -> dict[Thing, Mapping[str, Any]]:
    """The operation behind each object that one of them made, as was observed; what they merely changed others make."""
    by_id = {facts["id"]: facts for facts in observations["operations"]}
    made = {
        (kind, name)
        for facts in observations["operations"]
        for action, kind, name, _ in facts["schema"]
        if action == "created"
    }
    return {(kind, name): by_id[owner] for kind, name, owner in observations["objects"] if (kind, name) in made}


def _apps_by_table(ride: Ride) -> dict[str, str]:
    registry = ride.built()
    return {model["table"]: model["app"] for model in registry["models"] if not model["proxy"]} | dict(
        registry["auto_tables"]
    )


def _as_prelude(
    things: Sequence[Thing],
    final: Mapping[Thing, SchemaObject],
    maker: Mapping[str, Any],
    early: Collection[Thing],
) -> Prelude:
    """The old operation itself, where it made these objects alone and can be written again; else their definitions.

    What the text of a function names may come after it; then it must not be looked at.
    """
    origin = f"{maker['app']}.{maker['migration']}"
    ahead = [thing for thing in things if is_ahead(final[thing], final, early)]
    made = [(action, kind, name) for action, kind, name, _ in maker["schema"]]
    if not ahead and maker.get("written") and sorted(made) == sorted(("created", *thing) for thing in things):
        written = maker["written"]
        return Prelude((SeedOperation(written["source"], origin),), tuple(written["imports"]))
    operations = []
    for thing in things:
        sql = unchecked(final[thing].sql) if thing in ahead else final[thing].sql
        arguments = f"    sql={sql_literal(sql)},\n    reverse_sql={sql_literal(final[thing].drop_sql)},\n"
        operations.append(SeedOperation(f"migrations.RunSQL(\n{arguments})", origin))
    return Prelude(tuple(operations))


def _add(found: Preludes, node: Node, more: Prelude) -> None:
    before = found.by_node.get(node, Prelude())
    found.by_node[node] = Prelude(
        (*before.operations, *more.operations),
        tuple(sorted({*before.imports, *more.imports})),
        tuple(dict.fromkeys((*before.dependencies, *more.dependencies))),
    )

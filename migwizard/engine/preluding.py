"""Which schema migrations need an extension, a type or the like before their first table, and get it in front.

An engine such as PostgreSQL keeps what a column, a default, an index or a constraint is built on as an object of its own,
and says which table needs it. Seeds come after all tables, so that these objects cannot wait for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from migwizard.engine.planning import Planned
from migwizard.engine.ride import Ride
from migwizard.plan.operations import Node
from migwizard.plan.plan import first_nodes
from migwizard.seeds.objects import KINDS, SchemaObject, read_objects
from migwizard.seeds.prelude import Prelude
from migwizard.seeds.seedfile import SeedOperation
from migwizard.seeds.sqlliteral import sql_literal
from migwizard.seeds.verdicts import Thing


@dataclass(slots=True)
class Preludes:
    """What is put in front of which schema migration."""

    by_node: dict[Node, Prelude] = field(default_factory=dict)
    homes: dict[Thing, Node] = field(default_factory=dict)
    """Where each object is made."""


def find(ride: Ride, planned: Planned, old: Mapping[str, Any]) -> Preludes:
    """The objects that migrations of ours make and that tables of ours need, each at the first file that needs it.

    Files of other apps that need it too depend on that one, which comes earlier in the plan, so that no circle arises.
    """
    found = Preludes()
    final, makers = read_objects(old["catalogue"]), _makers(old["observations"])
    firsts = first_nodes(planned.plan.batches)
    apps = _apps_by_table(ride)
    needing: dict[Thing, set[str]] = {}
    for kind, name, table in old["catalogue"].get("needed", ()):
        if (kind, name) in final and (kind, name) in makers and apps.get(table) in firsts:
            needing.setdefault((kind, name), set()).add(apps[table])
    for thing in sorted(needing, key=lambda thing: (KINDS.index(thing[0]), final[thing].order, thing[1])):
        nodes = sorted((firsts[app] for app in needing[thing]), key=list(firsts.values()).index)
        found.homes[thing] = nodes[0]
        _add(found, nodes[0], _as_prelude(final[thing], makers[thing]))
        for node in nodes[1:]:
            _add(found, node, Prelude(dependencies=(nodes[0],)))
    return found


def _makers(observations: Mapping[str, Any]) -> dict[Thing, Mapping[str, Any]]:
    """The operation that made each object, as it was observed."""
    by_id = {facts["id"]: facts for facts in observations["operations"]}
    return {(kind, name): by_id[owner] for kind, name, owner in observations["objects"]}


def _apps_by_table(ride: Ride) -> dict[str, str]:
    registry = ride.built()
    return {model["table"]: model["app"] for model in registry["models"] if not model["proxy"]} | dict(
        registry["auto_tables"]
    )


def _as_prelude(thing: SchemaObject, maker: Mapping[str, Any]) -> Prelude:
    """The old operation itself, where it made this object alone and can be written again; else the definition."""
    origin = f"{maker['app']}.{maker['migration']}"
    if maker.get("written") and [change[:3] for change in maker["schema"]] == [["created", *thing.thing]]:
        written = maker["written"]
        return Prelude((SeedOperation(written["source"], origin),), tuple(written["imports"]))
    arguments = f"    sql={sql_literal(thing.sql)},\n    reverse_sql={sql_literal(thing.drop_sql)},\n"
    return Prelude((SeedOperation(f"migrations.RunSQL(\n{arguments})", origin),))


def _add(found: Preludes, node: Node, more: Prelude) -> None:
    before = found.by_node.get(node, Prelude())
    found.by_node[node] = Prelude(
        (*before.operations, *more.operations),
        tuple(sorted({*before.imports, *more.imports})),
        tuple(dict.fromkeys((*before.dependencies, *more.dependencies))),
    )

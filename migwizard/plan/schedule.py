"""Pack operations into batches: one batch is one migration of one app.

Model levels explain, but they schedule badly: makemigrations works on apps. So apps are ordered by the strongly
connected components of what their operations need; a batch takes everything of its app that is possible at that
moment, and only inside a cycle of apps, or where a third party waits, something has to wait for a second batch.

What is best is decided in this order: fewest files, fewest relations that come in a later file than their model, fewest
things that wait at all, fewest model classes to render in a migrate from zero.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial

from migwizard.graph.components import ordered_components
from migwizard.plan.files import Files
from migwizard.plan.neighbours import Neighbours
from migwizard.plan.operations import External, Node, Operation
from migwizard.plan.packing import Board, OrderError, PlanError
from migwizard.plan.plan import Batch, Cycle, Deferred, Order, Plan
from migwizard.plan.postpone import File
from migwizard.plan.ways import Search, Way, find_ways

__all__ = ["Batch", "Cycle", "Deferred", "Order", "OrderError", "Plan", "PlanError", "schedule"]


def schedule(
    operations: Sequence[Operation],
    externals: Mapping[str, External],
    swappable_targets: Collection[str] = (),
    tag: str = "reset",
    order: Sequence[str] = (),
    run_before: Collection[tuple[str, Node]] = (),
) -> Plan:
    """Order the operations. `swappable_targets` are models ("app.model") that must be in their app's first batch.

    Inside a cycle of apps, those in `order` have their first files in that order; the others follow as it costs least.
    `run_before` are wishes of the old history: (project app, third-party migration that must come after it). Raises
    PlanError where operations wait for each other in a circle that no cut between files can open, OrderError where
    `order` asks for an app before what it needs.
    """
    operations = sorted(operations, key=lambda op: op.app)
    neighbours = Neighbours(operations, externals, run_before)
    targets = {neighbours.makers[key.lower()] for key in swappable_targets if key.lower() in neighbours.makers}
    by_app: dict[str, list[Operation]] = {}
    for op in operations:
        by_app.setdefault(op.app, []).append(op)
    files = [File(app, ()) for app in neighbours.bare]
    components: list[tuple[str, ...]] = []
    searched: list[tuple[tuple[str, ...], Search, Way, int]] = []
    for members in _components(by_app, neighbours):
        board = Board(members, [op for app in members for op in by_app[app]], neighbours.requirement, targets)
        stated = [app for app in dict.fromkeys(order) if app in members]
        search, chosen = find_ways(board, stated if len(members) > 1 else ())
        if len(members) > 1:
            components.append(members)
            searched.append((members, search, chosen, len(files)))
        files += chosen.files
    maker = Files(operations, neighbours, targets, tag)
    batches, rendered = maker.batches(files)
    cycles = [
        Cycle(members, partial(_orders, search, chosen, begin, maker=maker), search.complete)
        for members, search, chosen, begin in searched
    ]
    return Plan(batches, tuple(components), tuple(sorted(cycles, key=lambda cycle: cycle.apps)), rendered)


def _components(by_app: Mapping[str, Sequence[Operation]], neighbours: Neighbours) -> Iterator[tuple[str, ...]]:
    """Apps that need each other, directly or through third parties, each component after those that it needs."""
    app_of = {op.id: op.app for found in by_app.values() for op in found}
    targets: dict[str, set[str]] = {}
    for app, found in by_app.items():
        others = {app_of[need] for op in found for need in op.needs}
        for op in found:
            requirement = neighbours.requirement(op.id)
            others |= requirement.apps | {app_of[key] for key in requirement.operations}
        targets[app] = others & by_app.keys()
    return ordered_components(targets)


def _orders(search: Search, chosen: Way, begin: int, *, maker: Files) -> tuple[Order, ...]:
    """The orders to choose from, a stated one among them although nobody would have offered it."""
    ways = list(search.ways)
    if chosen.apps not in [way.apps for way in ways]:
        ways.append(chosen)
    return tuple(
        Order(
            way.apps,
            len(way.files),
            way.parted,
            maker.returning(way.files, begin),
            recommended=way is search.best,
            chosen=way.apps == chosen.apps,
        )
        for way in ways
    )

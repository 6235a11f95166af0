"""Which seed files stand in for old migrations: those whose rows code of neighbours may read.

A neighbour that names an old migration comes after the new file that stands in for it. Where it runs code, that has to be
the file with the rows that were there, and not the one with the tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from migwizard.engine.planning import replacing
from migwizard.engine.planning.plans import Planned, neighbour
from migwizard.engine.ride import Ride
from migwizard.engine.seeding.known import Seeding
from migwizard.plan.operations import Node
from migwizard.project.guest import GuestError
from migwizard.seeds.compose import SeedMigration
from migwizard.seeds.seedfile import with_replaces


def wanted(seeding: Seeding) -> dict[Node, frozenset[str]]:
    """Old migrations behind which code of neighbours runs, each with the seeds that its app had by then."""
    places = _places(seeding.ride)
    used = {
        node
        for external in seeding.planned.externals.values()
        for migration in external.migrations
        for node in migration.used
        if node in places
    }
    return {
        node: frozenset(
            judged.id
            for judged in seeding.judged
            if judged.app == node[0] and places[judged.app, judged.migration] <= places[node]
        )
        for node in used
    }


def moved(
    ride: Ride, planned: Planned, migrations: Sequence[SeedMigration]
) -> tuple[Planned, tuple[SeedMigration, ...]]:
    """The plan with what seed files stand in for taken from its schema files, and these seed files.

    Where the new files replace the old ones by name, every file gets its share, now that all of them are known. Raises
    MigwizardError where there is none for one of them.
    """
    at_seeds = {(each.app, each.name): each.stands_for for each in migrations}
    taken = {node for nodes in at_seeds.values() for node in nodes}
    nodes = [(batch.app, batch.name) for batch in planned.plan.batches]
    pinned = {node: tuple(old for old in planned.named.get(node, ()) if old not in taken) for node in nodes} | at_seeds
    found = replacing.shares(ride, list(pinned), pinned) if replacing.is_on(ride) else pinned
    batches = tuple(replace(batch, stands_for=found[batch.app, batch.name]) for batch in planned.plan.batches)
    pins = {node: old for node, old in found.items() if old}
    written = tuple(_replacing(each, found[each.app, each.name]) for each in migrations)
    return replace(planned, plan=replace(planned.plan, batches=batches), pins=pins), written


def _replacing(migration: SeedMigration, nodes: tuple[Node, ...]) -> SeedMigration:
    if nodes == migration.stands_for:
        return migration
    return replace(migration, stands_for=nodes, text=with_replaces(migration.text, nodes))


def check(seeding: Seeding, migrations: Sequence[SeedMigration]) -> None:
    """Refuse where a seed file would have to come before a neighbour that it comes after. Raises MigwizardError."""
    stands_for = {node for each in migrations for node in each.stands_for}
    if not stands_for:
        return
    ride = seeding.ride
    try:
        ride.guest.call("history", labels=list(ride.apps.labels), folders=ride.new_folders(), without=ride.without)
    except GuestError as error:
        if error.kind != "history":
            raise
        users = {
            label: user
            for label, external in seeding.planned.externals.items()
            if (user := next((each for each in external.migrations if each.used & stands_for), None))
        }
        why = [
            f"{label}.{user.name} runs code that may read the rows which {_names(user.used & stands_for)} and those before "
            f"it had left, and the new file with these rows cannot come before it"
            for label, user in users.items()
        ]
        raise neighbour(ride, [*why, error.sentence.rstrip(".")], users) from error


def _names(nodes: frozenset[Node]) -> str:
    return ", ".join(sorted(map(".".join, nodes)))


def _places(ride: Ride) -> dict[Node, int]:
    """The order of the old migrations; one that is replaced has the place of the one that does."""
    history = ride.history()
    places = {(node["app"], node["name"]): place for place, node in enumerate(history["nodes"])}
    for name, replaced in history["replaces"].items():
        place = places.get(tuple(name.split(".", 1)))
        if place is not None:
            places.update({(app, old): place for app, old in replaced if (app, old) not in places})
    return places

"""Seeds: what no autodetector sees, judged by what it did, and brought along on the gentlest rung that holds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from migwizard.engine.planning import precedence, replacing
from migwizard.engine.planning.plans import Planned, make_plan
from migwizard.engine.proving import late, scratch
from migwizard.engine.proving.catalogues import cut_catalogue
from migwizard.engine.proving.runs import Runs, new_result, old_result
from migwizard.engine.ride import Ride
from migwizard.engine.seeding import composing, facts, overrule, preluding, trials, verdicts
from migwizard.engine.seeding.known import Seeding
from migwizard.engine.seeding.preluding import Preludes
from migwizard.engine.staging import drift, edited, formatting, grafting, packages
from migwizard.engine.surviving import durable
from migwizard.plan.operations import Node
from migwizard.seeds.compose import SeedMigration
from migwizard.seeds.objects import any_made, replaced_tables
from migwizard.seeds.rungs import Rung
from migwizard.seeds.verdicts import Judged


def run(ride: Ride) -> dict[str, Any]:
    """Observe the old history, judge, write seed migrations, and try them until rows are equal or no rung is left."""
    try:
        return _judged(ride)
    except late.LateRenderingError as doubt:
        late.turn_off(ride, str(doubt))
        return _judged(ride)


def _holding(ride: Ride) -> tuple[Seeding, tuple[SeedMigration, ...]]:
    """All that was judged, and the seed migrations that hold."""
    with Runs(ride, below=True) as runs:
        old_future, second = runs.old(database=True), runs.second()
        planned = make_plan(ride)
        preludes = Preludes()
        if scratch.on_server(ride):
            preludes = preluding.find(ride, planned, old_result(old_future))
        _write_schema(ride, planned, {}, preludes)
        observed = old_result(old_future)
        bare, replaced = None, dict[str, Any]()
        # Objects of what was renamed may have the names of before, which the new schema does not give.
        if preludes.by_node or ride.history()["renames"] or any_made(observed["observations"]):
            bare, replaced = _bare(ride, planned, runs, observed, preludes)
        migrations = None
        if ride.without:
            durable.write_file(cut_catalogue(ride), json.dumps(observed["catalogue"]).encode())
        while migrations is None:
            write_schema = partial(_write_schema, ride, replaced=replaced, preludes=preludes)
            sources = composing.Sources(ride)
            seeding = Seeding(ride, planned, runs, observed, second, sources, write_schema, preludes.homes, bare)
            verdicts.judge_all(seeding)
            try:
                migrations = trials.try_until_equal(seeding)
            except trials.UnseenError:
                _write_schema(ride, planned, {}, preludes)
                bare, replaced = _bare(ride, planned, runs, observed, preludes)
            else:
                planned = seeding.planned
    return seeding, migrations


def _judged(ride: Ride) -> dict[str, Any]:
    overrule.forget_outlived(ride)
    seeding, migrations = _holding(ride)
    planned = seeding.planned
    trials.tell_lost(seeding)
    nodes = [(batch.app, batch.name) for batch in planned.plan.batches]
    nodes += [(migration.app, migration.name) for migration in migrations]
    replaced = _replaced(ride, planned, nodes)
    kept = grafting.write(ride)
    on_top = drift.write(ride, planned)
    # All others were formatted when they were written, and what is kept stays as its authors wrote it.
    formatting.format_files(ride, [f"{app}/{name}.py" for app, name in on_top])
    ordered = precedence.settle(ride, nodes)
    nodes += [*kept, *on_top]
    edited.settle(ride, nodes)
    ride.checkpoint.files = packages.staged_files(ride, nodes) | packages.hashes(ride, seeding.data_files)
    return (
        _report(seeding, migrations)
        | replaced
        | ordered
        | {
            grafting.KEY: [f"{app}/{name}.py" for app, name in kept],
            drift.KEY: [f"{app}/{name}.py" for app, name in on_top],
            "lazy": seeding.old["lazy"],
        }
    )


def _replaced(ride: Ride, planned: Planned, nodes: Sequence[Node]) -> dict[str, Any]:
    """What each new file replaces, where they replace the old ones by name."""
    if not replacing.is_on(ride):
        return {}
    return {replacing.KEY: {".".join(node): [list(old) for old in planned.pins.get(node, ())] for node in nodes}}


def _report(seeding: Seeding, migrations: Sequence[SeedMigration]) -> dict[str, Any]:
    """The result of the state; what a person may read of each operation goes into a work file."""
    files, rungs = facts.files_of(migrations), seeding.rungs
    found = {
        judged.id: facts.details(judged, rungs.get(judged.id), seeding.tried, seeding.old) for judged in seeding.judged
    }
    facts.write_details(seeding.ride, found, migrations)
    return {
        "seeds": [
            facts.record(
                judged,
                rungs.get(judged.id),
                seeding.stuck.get(judged.id) or seeding.reasons.get(judged.id),
                files.get(judged.id) or _object_file(seeding, judged, migrations),
            )
            for judged in seeding.judged
        ],
        "objects": [
            {"kind": thing.kind, "name": thing.name, "app": app, "from": origin}
            for thing, app, origin in seeding.objects.values()
        ],
        "files": [f"{migration.app}/{migration.name}.py" for migration in migrations],
    }


def _object_file(seeding: Seeding, judged: Judged, migrations: Sequence[SeedMigration]) -> str:
    """The file that makes the objects of an operation by their definitions."""
    if seeding.in_front(judged):
        return "/".join(seeding.homes[judged.things[0]])
    if seeding.rungs.get(judged.id) is not Rung.CATALOGUE:
        return ""
    names = [thing[1] for thing in judged.things]
    holders = (m for m in migrations if m.app == judged.app and any(name in m.text for name in names))
    return next((f"{m.app}/{m.name}" for m in holders), "")


def _bare(
    ride: Ride, planned: Planned, runs: Runs, observed: Mapping[str, Any], preludes: Preludes
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The new schema without any seed, and the SQL of tables that are taken over as hand-written SQL makes them."""
    bare = new_result(runs.new("bare"), ride.apps)
    models = {
        model["table"]: f"{model['app']}.{model['model']}".lower()
        for model in ride.built()["models"]
        if not model["proxy"]
    }
    unmanaged = {f"{app}.{model}" for app, model in ride.history()["unmanaged"]}
    own = replaced_tables(
        observed["observations"]["operations"],
        observed["observations"]["objects"],
        observed["catalogue"],
        bare["catalogue"],
        {table for table, model in models.items() if model in unmanaged},
    )
    replaced = {
        models[table]: {"sql": [thing.sql], "reverse": [thing.drop_sql]}
        for table, thing in own.items()
        if table in models
    }
    if replaced:
        _write_schema(ride, planned, replaced, preludes)
        bare = new_result(runs.new("bare"), ride.apps)
    return bare, replaced


def _write_schema(ride: Ride, planned: Planned, replaced: Mapping[str, Any], preludes: Preludes) -> None:
    packages.prepare(ride, packages.planned_files(planned))
    kept = {node for nodes in planned.pins.values() for node in nodes}
    packages.write_schema(ride, planned, replaced, kept, preludes.by_node)

"""Seeds: what no autodetector sees, judged by what it did, and brought along on the gentlest rung that holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any

from migwizard.engine import (
    composing,
    drift,
    durable,
    edited,
    formatting,
    overrule,
    preluding,
    scratch,
    seedfacts,
    seedwords,
    staging,
    strays,
)
from migwizard.engine.dropped import differing_rows, makers, volatile_rows
from migwizard.engine.literal_rows import RowsBlock, rows_blocks
from migwizard.engine.planning import Planned, make_plan
from migwizard.engine.preluding import Preludes
from migwizard.engine.ride import Ride
from migwizard.engine.runs import Runs, old_result
from migwizard.engine.seeding import Seeding
from migwizard.engine.seedquestions import ask_keep, ask_object, ask_rows, cannot_be_kept, reconsider, refuse_keep
from migwizard.project.guest import GuestError
from migwizard.proof.catalogue import compare_catalogues
from migwizard.proof.difference import Difference
from migwizard.proof.rows import ahead
from migwizard.seeds.compose import CannotJoinError, SeedMigration, compose
from migwizard.seeds.extract import CannotMove
from migwizard.seeds.moving import has_name
from migwizard.seeds.objects import (
    KINDS,
    altered,
    as_it_was,
    is_own_operation,
    read_counters,
    read_objects,
    replaced_tables,
    thing_of,
)
from migwizard.seeds.rungs import AS_CODE, Rung, first_rung, share_rows
from migwizard.seeds.verdicts import Judged, Thing, Verdict, judge


def run(ride: Ride) -> dict[str, Any]:
    """Observe the old history, judge, write seed migrations, and try them until rows are equal or no rung is left."""
    overrule.forget_outlived(ride)
    with Runs(ride) as runs:
        old_future, second = runs.old(database=True), runs.second()
        planned = make_plan(ride)
        preludes = Preludes()
        if scratch.on_server(ride):
            preludes = preluding.find(ride, planned, old_result(old_future))
        bare = _bare(ride, planned, runs, old_future, preludes)
        migrations = None
        while migrations is None:
            seeding = Seeding(
                ride, planned, runs, old_result(old_future), second, composing.Sources(ride), preludes.homes
            )
            _judge_all(seeding, bare)
            migrations = _try_until_equal(seeding)
    nodes = [(batch.app, batch.name) for batch in planned.plan.batches]
    nodes += [(migration.app, migration.name) for migration in migrations]
    on_top = drift.write(ride, planned)
    nodes += on_top
    # Schema files were formatted when they were written.
    formatting.format_files(ride, [f"{app}/{name}.py" for app, name in nodes[len(planned.plan.batches) :]])
    edited.settle(ride, nodes)
    ride.checkpoint.files = staging.staged_files(ride, nodes) | staging.hashes(ride, seeding.data_files)
    return _report(seeding, migrations) | {drift.KEY: [f"{app}/{name}.py" for app, name in on_top]}


def _report(seeding: Seeding, migrations: Sequence[SeedMigration]) -> dict[str, Any]:
    """The result of the state; what a person may read of each operation goes into a work file."""
    files, rungs = seedfacts.files_of(migrations), seeding.rungs
    found = {
        judged.id: seedfacts.details(judged, rungs.get(judged.id), seeding.tried, seeding.old)
        for judged in seeding.judged
    }
    seedfacts.write_details(seeding.ride, found, migrations)
    return {
        "seeds": [
            seedfacts.record(
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


def _bare(ride: Ride, planned: Planned, runs: Runs, old: Future[dict[str, Any]], preludes: Preludes) -> dict[str, Any]:
    """The new schema without any seed; tables that hand-written SQL makes are taken over from the old history."""
    _write_schema(ride, planned, {}, preludes)
    bare = runs.new("bare").result()
    observed = old_result(old)
    replaced = replaced_tables(
        observed["observations"]["operations"],
        observed["observations"]["objects"],
        observed["catalogue"],
        bare["catalogue"],
    )
    models = {
        model["table"]: f"{model['app']}.{model['model']}".lower()
        for model in ride.registry()["models"]
        if not model["proxy"]
    }
    by_model = {
        models[table]: {"sql": [thing.sql], "reverse": [thing.drop_sql]}
        for table, thing in replaced.items()
        if table in models
    }
    if by_model:
        _write_schema(ride, planned, by_model, preludes)
        bare = runs.new("bare").result()
    return bare


def _write_schema(ride: Ride, planned: Planned, replaced: Mapping[str, Any], preludes: Preludes) -> None:
    staging.prepare(ride, staging.planned_files(planned))
    kept = {node for nodes in planned.pins.values() for node in nodes}
    staging.write_schema(ride, planned, replaced, kept, preludes.by_node)


def _judge_all(seeding: Seeding, bare: Mapping[str, Any]) -> None:
    """Verdicts, the objects to bring, and the first rung of everything that comes along."""
    ride, old = seeding.ride, seeding.old
    seeding.final = read_objects(old["catalogue"])
    differences = compare_catalogues(
        old["catalogue"], bare["catalogue"], explicit_names=ride.registry()["explicit_names"]
    )
    lost = [d for d in differences if d.severity == "error" and d.new is None and d.kind in KINDS]
    missing = {thing_of(d) for d in lost} & seeding.final.keys()
    # Of a table that is lost as a whole only the table is told.
    missing |= {thing for thing, item in seeding.final.items() if ("table", item.table) in missing}
    missing |= seeding.homes.keys()
    counters = read_counters(old["catalogue"], old["rows"]["sequences"])
    seeding.final |= counters
    set_on_purpose = {thing for thing in _observed(old) & counters.keys() if thing[1] in ahead(old["rows"])}
    missing |= set_on_purpose
    seeding.altered = altered(differences, old["observations"]["operations"]) - missing
    seeding.judged = judge(
        old["observations"],
        made_anyway=composing.made_anyway(ride, old),
        missing=missing,
        code_of=seeding.sources.code_of,
        altered=seeding.altered,
    )
    for judged in seeding.judged:
        seeding.ride.tell("operation", judged.id, **_told(judged))
    _collect_objects(seeding, missing)
    for judged in seeding.judged:
        if (rung := _rung(seeding, judged)) is not None:
            seeding.rungs[judged.id] = rung
    seeding.rungs = share_rows(seeding.written(), seeding.rungs)


def _observed(old: Mapping[str, Any]) -> set[Thing]:
    """The objects that operations made or changed, as far as they are there at the end."""
    return {(kind, name) for kind, name, _ in old["observations"]["objects"]}


def _told(judged: Judged) -> dict[str, Any]:
    """One operation for the eye of who waits."""
    facts = seedfacts.record(judged, None, None, "")
    return {"id": judged.id, "title": facts["title"], "verdict": facts["verdict"], "left": facts["left"]}


def _collect_objects(seeding: Seeding, missing: set[Thing]) -> None:
    makers = {thing: judged for judged in seeding.judged for thing in judged.things}
    tables = {model["table"]: model["app"] for model in seeding.ride.registry()["models"] if not model["proxy"]}
    tables |= seeding.ride.registry()["auto_tables"]
    for thing in sorted(missing - seeding.homes.keys()):
        item, maker = seeding.final[thing], makers.get(thing)
        table = makers.get(("table", item.table))
        app = maker.app if maker else tables.get(item.table, table.app if table else "")
        if app not in seeding.ride.apps.labels:
            continue
        if maker is None and ask_object(seeding, item) == "drop":
            continue
        if maker is not None and overrule.said(seeding.ride, maker.id) == overrule.DROP:
            continue
        seeding.objects[thing] = (item, app, f"{maker.app}.{maker.migration}" if maker else "the old database")


def _rung(seeding: Seeding, judged: Judged) -> Rung | None:
    """The first rung to try; None for an operation that leaves nothing and that nobody wants to keep."""
    said = overrule.said(seeding.ride, judged.id)
    if judged.verdict is Verdict.ONE_TIME and said != overrule.KEEP:
        if not has_name(judged):
            # Said for all of them, since it costs nothing to know; what else may be wrong is looked for when it is kept.
            _gentlest(seeding, judged)
            if judged.id in seeding.reasons:
                seeding.stuck[judged.id] = cannot_be_kept(seeding.reasons[judged.id])
        return None
    if judged.verdict in (Verdict.ASK, Verdict.ONE_TIME):
        return _rung_of_nothing(seeding, judged, said)
    if seeding.in_front(judged):
        return Rung.CARRY if judged.facts.get("written") else Rung.CATALOGUE
    if said == overrule.DROP:
        return Rung.DROP
    if judged.verdict is Verdict.SCHEMA or (judged.verdict is Verdict.BOTH and judged.facts["kind"] == "RunSQL"):
        if as_it_was(judged, seeding.final):
            return Rung.MOVE
        if is_own_operation(judged, seeding.final):
            return Rung.CARRY
        if seeding.altered & set(judged.things):
            return _gentlest(seeding, judged)
        if judged.verdict is Verdict.SCHEMA:
            return Rung.CATALOGUE
    return _gentlest(seeding, judged)


def _rung_of_nothing(seeding: Seeding, judged: Judged, said: str | None) -> Rung | None:
    """The rung of an operation that left nothing: there are no rows to write instead, so it comes along as it is or not.

    What keeps it from coming along is said before anybody is asked, as far as it is known without a trial.
    """
    rung = _gentlest(seeding, judged)
    cannot = ""
    if rung is Rung.MATERIALISE:
        cannot = seeding.reasons.get(judged.id, "It is of a kind that cannot be written into a file again.")
        if said == overrule.KEEP:
            return refuse_keep(seeding, judged, cannot)
        seeding.stuck[judged.id] = cannot_be_kept(cannot)
    return Rung.DROP if (said or ask_keep(seeding, judged, cannot)) == overrule.DROP else rung


def _gentlest(seeding: Seeding, judged: Judged) -> Rung:
    """The gentlest way of keeping an operation, as its text tells; why it cannot be moved is noted."""
    facts = judged.facts
    can_move = facts["kind"] == "RunPython" and facts.get("code") is not None
    can_move = can_move or (facts["kind"] == "custom" and not facts.get("written") and not facts.get("of_models"))
    if can_move:
        try:
            seeding.sources.move(judged)
        except CannotMove as reason:
            can_move = False
            seeding.reasons[judged.id] = str(reason)
            seeding.tried.setdefault(judged.id, []).append((Rung.MOVE, str(reason)))
    rung = first_rung(judged, can_move)
    if can_move and rung is Rung.MOVE and (lost := seeding.sources.lost(judged)):
        seeding.reasons[judged.id] = lost
        seeding.tried.setdefault(judged.id, []).append((Rung.MOVE, lost))
        return Rung.REWRITE
    return rung


def _try_until_equal(seeding: Seeding) -> tuple[SeedMigration, ...] | None:
    """Write and run; whatever raises or leaves other rows goes one rung down. Ends when rows are equal or nothing is left.

    None where the person changed a verdict meanwhile, so that all rungs are to be found anew.
    """
    while True:
        try:
            migrations = _compose(seeding)
        except CannotJoinError as error:
            _go_down(seeding, error.ids, error.reason)
            continue
        except _LeftOutError:
            return None
        try:
            new = seeding.runs.new("trial").result()
        except GuestError as error:
            culprits = _culprits_of(error, migrations, seeding)
            if not culprits:
                reconsider(seeding, error)
                return None
            _go_down(seeding, culprits, error.sentence)
            continue
        differences = _row_differences(seeding, new)
        culprits = _moved_writers(seeding, {d.table for d in differences if d.table} - _stirred(seeding))
        again = _makers_of_lost(seeding, new)
        if not culprits and not again:
            return migrations
        if culprits:
            _go_down(seeding, culprits, differences[0].sentence)
        for thing, maker in again.items():
            if seeding.rungs[maker] in AS_CODE:
                why = f"It makes the {thing[0]} {thing[1]}, which the old history no longer has at its end."
                _go_down(seeding, [maker], why)


def _makers_of_lost(seeding: Seeding, new: Mapping[str, Any]) -> dict[Thing, str]:
    """Objects that the new history has and the old one lost on its way, by the operations with rows that made them there.

    SQLite loses indexes and triggers made by hand whenever it makes a table anew; a function that is moved behind all
    that makes them again.
    """
    there = read_objects(new["catalogue"]).keys() - seeding.final.keys()
    return {
        (kind, name): judged.id
        for judged in seeding.judged
        if seeding.rungs.get(judged.id) in AS_CODE and judged.keys
        for action, kind, name, *_ in judged.facts["schema"]
        if action == "created" and (kind, name) in there
    }


def _stirred(seeding: Seeding) -> set[str]:
    """Tables in which the person's own verdicts change rows that others made: what they change is for the proof to tell.

    Those of a one-time operation that is kept, and those where an operation that is left out changed rows of others.
    """
    kept = [j for j in seeding.judged if j.verdict is Verdict.ONE_TIME and j.id in seeding.rungs]
    tables = {table for judged in kept for table in (*judged.facts["tables"], *judged.facts["rows"])}
    made = makers(seeding.old["observations"])
    left = [judged for judged in seeding.judged if seeding.rungs.get(judged.id) is Rung.DROP]
    return tables | {key[0] for judged in left for key in judged.keys if made.get(key) != judged.id}


def _row_differences(seeding: Seeding, new: Mapping[str, Any]) -> Sequence[Difference]:
    """What differs in the rows; those that the person leaves out are not missed."""
    labels = composing.declared_permissions(seeding.ride)
    volatile = volatile_rows(seeding.old, seeding.second.result())
    found, _ = differing_rows(seeding.old, new, volatile, seeding.dropped, labels=labels)
    return [difference for difference in found if difference.severity == "error"]


def _go_down(seeding: Seeding, culprits: Sequence[str], why: str) -> None:
    reason = why.replace(f"{seeding.ride.project.root}/", "")
    for judged in seeding.judged:
        if judged.id not in culprits:
            continue
        is_moved = seeding.rungs[judged.id] is Rung.MOVE and judged.facts["kind"] != "RunSQL"
        if is_moved and seeding.sources.can_be_rewritten(judged):
            _try_next(seeding, judged, Rung.REWRITE, reason)
            continue
        if judged.verdict in (Verdict.ASK, Verdict.ONE_TIME):
            if (rung := refuse_keep(seeding, judged, reason)) is None:
                del seeding.rungs[judged.id]
            else:
                seeding.rungs[judged.id] = rung
            continue
        _try_next(seeding, judged, Rung.MATERIALISE if judged.keys else Rung.CATALOGUE, reason)
    seeding.rungs = share_rows(seeding.written(), seeding.rungs)


def _try_next(seeding: Seeding, judged: Judged, rung: Rung, reason: str) -> None:
    """Note why an operation does not hold as it is, and how it is tried now."""
    seeding.reasons[judged.id] = f"moved as it is, it does not hold: {reason}"
    seeding.tried.setdefault(judged.id, []).append((seeding.rungs[judged.id], reason))
    seeding.rungs[judged.id] = rung
    _tell_way(seeding, judged, reason)


def _tell_way(seeding: Seeding, judged: Judged, reason: str) -> None:
    """Say in a person's words how an operation is kept instead; the reason is technical, and stays in the data."""
    name, rung = seedwords.title(judged.facts, judged.app, judged.migration), seeding.rungs[judged.id]
    instead = {
        Rung.REWRITE: "it is written with the names that models and fields have today",
        Rung.MATERIALISE: "the rows that it left are written",
    }.get(rung, "what it made is created by definition")
    text = f"{name} does not do the same in the new history, so {instead} instead."
    seeding.ride.tell("seed", text, id=judged.id, how=rung.value, reason=reason)


class _LeftOutError(Exception):
    """A person leaves operations out whose rows were about to be written: all is judged anew."""


def _data_file(seeding: Seeding, facts: Mapping[str, Any], operations: Sequence[str]) -> str:
    """The file for the rows of a table, empty for the migration itself. Raises _LeftOutError."""
    answer = ask_rows(seeding, facts, operations)
    if answer == "leave-out":
        for id in operations:
            overrule.decide(seeding.ride, id, overrule.DROP)
        raise _LeftOutError
    return f"{seeding.planned.tag}_{facts['app']}_{facts['model'].lower()}.jsonl" if answer == "file" else ""


def _write_data(seeding: Seeding, blocks: Sequence[RowsBlock]) -> None:
    """Write the data files beside the migrations, instead of those of an earlier trial."""
    staged = seeding.ride.workplace.staging
    for name in seeding.data_files:
        durable.remove_file(staged / name)
    found = {f"{block.item.app}/{name}": text for block in blocks for name, text in block.files.items()}
    strays.expect(seeding.ride, list(found))
    for name, text in found.items():
        durable.write_file(staged / name, text.encode())
    seeding.data_files = sorted(found)


def _compose(seeding: Seeding) -> tuple[SeedMigration, ...]:
    ride, planned = seeding.ride, seeding.planned
    for path in ride.workplace.staging.glob(f"*/[0-9][0-9][0-9][0-9]_{planned.tag}_s[eq]*.py"):
        if path.stem.endswith(("_seed", "_sql")) and not any(
            batch.app == path.parent.name and batch.name == path.stem for batch in planned.plan.batches
        ):
            path.unlink()
    judged = tuple(each for each in seeding.written() if not seeding.in_front(each))
    blocks = rows_blocks(
        ride, seeding.runs.old_database, judged, seeding.rungs, seeding.old, partial(_data_file, seeding)
    )
    _write_data(seeding, blocks)
    items = composing.seed_items(
        judged,
        seeding.rungs,
        seeding.sources,
        blocks,
        seeding.objects,
        seeding.final,
        apart=seeding.old["catalogue"]["engine"] == "postgresql",
    )
    counts: dict[str, int] = {}
    for batch in planned.plan.batches:
        counts[batch.app] = counts.get(batch.app, 0) + 1
    header = f"Seeds of the old history, kept by a reset on {ride.checkpoint.timestamp[:10]}"
    migrations = compose(items, home=composing.home_of(ride, planned), tag=planned.tag, header=header, counts=counts)
    strays.expect(ride, [f"{migration.app}/{migration.name}.py" for migration in migrations])
    for migration in migrations:
        path = ride.workplace.staging / migration.app / f"{migration.name}.py"
        durable.write_file(path, migration.text.encode())
    labels = set(ride.apps.labels)
    roots = {(m.app, m.name) for m in migrations if staging.is_root(m.depends_on, planned, labels)}
    staging.guard(ride, roots, {node for nodes in planned.pins.values() for node in nodes})
    return migrations


def _culprits_of(error: GuestError, migrations: Sequence[SeedMigration], seeding: Seeding) -> list[str]:
    """The moved operations behind a failure in a seed migration."""
    at = error.details.get("operation")
    if error.kind != "migrate" or not at:
        return []
    for migration in migrations:
        if (migration.app, migration.name) == (at["app"], at["migration"]):
            labels = set(seeding.ride.apps.labels)
            guarded = staging.is_root(migration.depends_on, seeding.planned, labels)
            index = int(at["path"].split(".")[0]) - guarded
            if at["finished"]:
                # Constraints are checked at the end of a migration: any operation with rows may be behind it.
                return [judged.id for judged in _moved_in(migration, seeding) if judged.keys]
            ids = migration.ids[index] if 0 <= index < len(migration.ids) else ()
            moved = [judged.id for judged in _moved_in(migration, seeding) if judged.id in ids]
            # Literal rows fail where functions that came along have written other rows of the same table.
            return moved or _moved_writers(seeding, {t for j in seeding.judged if j.id in ids for t, _ in j.keys})
    return []


def _moved_writers(seeding: Seeding, tables: Collection[str]) -> list[str]:
    """The operations that came along with their logic and write to one of `tables`."""
    return [
        judged.id
        for judged in seeding.judged
        if seeding.rungs.get(judged.id) in AS_CODE
        and judged.verdict is not Verdict.SCHEMA
        and not {*judged.facts["rows"], *(table for table, _ in judged.keys)}.isdisjoint(tables)
    ]


def _moved_in(migration: SeedMigration, seeding: Seeding) -> list[Judged]:
    inside = {id for ids in migration.ids for id in ids}
    return [judged for judged in seeding.judged if judged.id in inside and seeding.rungs.get(judged.id) in AS_CODE]

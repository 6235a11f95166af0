"""Seeds: what no autodetector sees, judged by what it did, and brought along on the gentlest rung that holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from migwizard.engine import composing, durable, staging
from migwizard.engine.literal_rows import rows_blocks
from migwizard.engine.planning import Planned, make_plan
from migwizard.engine.ride import Ride
from migwizard.engine.runs import Runs, old_result
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Question
from migwizard.errors import MigwizardError, UndecidedError
from migwizard.project.guest import GuestError
from migwizard.proof.catalogue import compare_catalogues
from migwizard.proof.difference import Difference
from migwizard.proof.rows import compare_rows, volatile_cells
from migwizard.seeds.compose import CannotJoinError, SeedMigration, compose
from migwizard.seeds.extract import CannotMove
from migwizard.seeds.objects import KINDS, SchemaObject, as_it_was, read_objects, replaced_tables
from migwizard.seeds.rungs import Rung, first_rung, share_rows
from migwizard.seeds.verdicts import Judged, Thing, Verdict, judge


@dataclass(slots=True)
class Seeding:
    """What the state knows while it works."""

    ride: Ride
    planned: Planned
    runs: Runs
    old: dict[str, Any]
    second: Future[dict[str, Any]]
    sources: composing.Sources
    judged: tuple[Judged, ...] = ()
    rungs: dict[str, Rung] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    objects: dict[Thing, tuple[SchemaObject, str, str]] = field(default_factory=dict)
    final: dict[Thing, SchemaObject] = field(default_factory=dict)


def run(ride: Ride) -> dict[str, Any]:
    """Observe the old history, judge, write seed migrations, and try them until rows are equal or no rung is left."""
    with Runs(ride) as runs:
        old_future, second = runs.old(), runs.second()
        planned = make_plan(ride)
        bare = _bare(ride, planned, runs, old_future)
        seeding = Seeding(ride, planned, runs, old_result(old_future), second, composing.Sources(ride))
        _judge_all(seeding, bare)
        migrations = _try_until_equal(seeding)
    nodes = [(batch.app, batch.name) for batch in planned.plan.batches]
    nodes += [(migration.app, migration.name) for migration in migrations]
    ride.checkpoint.files = staging.staged_files(ride, nodes)
    return {
        "seeds": [
            {
                "app": judged.app,
                "operation": judged.id,
                "describe": judged.facts["describe"],
                "verdict": judged.verdict.value,
                "rung": seeding.rungs[judged.id].value if judged.id in seeding.rungs else None,
                "evidence": judged.evidence,
                "contradiction": judged.contradiction,
                "reason": seeding.reasons.get(judged.id),
            }
            for judged in seeding.judged
        ],
        "objects": [
            {"kind": thing.kind, "name": thing.name, "app": app, "from": origin}
            for thing, app, origin in seeding.objects.values()
        ],
        "files": [f"{migration.app}/{migration.name}.py" for migration in migrations],
    }


def _bare(ride: Ride, planned: Planned, runs: Runs, old: Future[dict[str, Any]]) -> dict[str, Any]:
    """The new schema without any seed; tables that hand-written SQL makes are taken over from the old history."""
    _write_schema(ride, planned, {})
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
        _write_schema(ride, planned, by_model)
        bare = runs.new("bare").result()
    return bare


def _write_schema(ride: Ride, planned: Planned, replaced: Mapping[str, Any]) -> None:
    staging.prepare(ride)
    staging.write_schema(ride, planned, replaced, {node for nodes in planned.pins.values() for node in nodes})


def _judge_all(seeding: Seeding, bare: Mapping[str, Any]) -> None:
    """Verdicts, the objects to bring, and the first rung of everything that comes along."""
    ride, old = seeding.ride, seeding.old
    seeding.final = read_objects(old["catalogue"])
    differences = compare_catalogues(
        old["catalogue"], bare["catalogue"], explicit_names=ride.registry()["explicit_names"]
    )
    lost = [d for d in differences if d.severity == "error" and d.new is None and d.kind in KINDS]
    missing = {(d.kind, d.name) for d in lost if (d.kind, d.name) in seeding.final}
    # Of a table that is lost as a whole only the table is told.
    missing |= {thing for thing, item in seeding.final.items() if ("table", item.table) in missing}
    seeding.judged = judge(old["observations"], made_anyway=composing.made_anyway(ride, old), missing=missing)
    _collect_objects(seeding, missing)
    for judged in seeding.judged:
        if (rung := _rung(seeding, judged)) is not None:
            seeding.rungs[judged.id] = rung
    seeding.rungs = share_rows(seeding.judged, seeding.rungs)


def _collect_objects(seeding: Seeding, missing: set[Thing]) -> None:
    makers = {thing: judged for judged in seeding.judged for thing in judged.things}
    tables = {model["table"]: model["app"] for model in seeding.ride.registry()["models"] if not model["proxy"]}
    tables |= seeding.ride.registry()["auto_tables"]
    for thing in sorted(missing):
        item, maker = seeding.final[thing], makers.get(thing)
        table = makers.get(("table", item.table))
        app = maker.app if maker else tables.get(item.table, table.app if table else "")
        if app not in seeding.ride.apps.labels:
            continue
        if maker is None and _ask_object(seeding.ride, item) == "drop":
            continue
        seeding.objects[thing] = (item, app, f"{maker.app}.{maker.migration}" if maker else "the old database")


def _ask_object(ride: Ride, item: SchemaObject) -> str:
    return ride.ask(
        Question(
            f"object:{item.kind}:{item.name}",
            State.SEEDS,
            f"Only the old history has the {item.kind} {item.name}",
            f"No model declares it and no hand-written SQL made it; old databases have it: {item.sql}",
            (
                Choice("keep", "the new history makes it with SQL, so that old and new databases stay alike"),
                Choice("drop", "new databases will lack it; the proof shows the difference"),
            ),
            safe="keep",
        )
    )


def _rung(seeding: Seeding, judged: Judged) -> Rung | None:
    """The first rung to try; None for an operation that leaves nothing."""
    if judged.verdict is Verdict.ONE_TIME:
        return None
    if judged.verdict is Verdict.ASK and _ask_keep(seeding.ride, judged) == "drop":
        return Rung.DROP
    if judged.verdict is Verdict.SCHEMA or (judged.verdict is Verdict.BOTH and judged.facts["kind"] == "RunSQL"):
        if as_it_was(judged, seeding.final):
            return Rung.MOVE
        if judged.verdict is Verdict.SCHEMA:
            return Rung.CATALOGUE
    can_move = judged.facts["kind"] == "RunPython" and judged.facts.get("code") is not None
    if can_move:
        try:
            seeding.sources.check(judged)
        except CannotMove as reason:
            can_move = False
            seeding.reasons[judged.id] = str(reason)
    rung = first_rung(judged, can_move)
    if rung is Rung.MATERIALISE and judged.verdict is Verdict.ASK:
        raise _cannot_keep(judged, seeding.reasons.get(judged.id, "it is of a kind that cannot be moved"))
    return rung


def _ask_keep(ride: Ride, judged: Judged) -> str:
    source = (judged.facts.get("code") or {}).get("source") or ""
    return ride.ask(
        Question(
            f"keep:{judged.id}",
            State.SEEDS,
            f"{judged.id} cannot be judged",
            f"{judged.facts['describe']}: {judged.evidence}. {source}".strip(),
            (
                Choice("keep", "it goes into the new history as it is and runs again on new databases"),
                Choice("drop", "it is left out: it was a one-time operation"),
            ),
            safe="keep",
        )
    )


def _cannot_keep(judged: Judged, reason: str) -> UndecidedError:
    return UndecidedError(
        f"{judged.id} ({judged.facts['describe']}) did nothing on an empty database, but it cannot be kept as it is: "
        f"{reason.rstrip('.')}. Nothing was changed.",
        code=f"keep:{judged.id}",
        cures=(f'If it was a one-time operation, answer {{"keep:{judged.id}": "drop"}} with --answers.',),
    )


def _try_until_equal(seeding: Seeding) -> tuple[SeedMigration, ...]:
    """Write and run; whatever raises or leaves other rows goes one rung down. Ends when rows are equal or nothing is left."""
    while True:
        try:
            migrations = _compose(seeding)
        except CannotJoinError as error:
            _go_down(seeding, error.ids, error.reason)
            continue
        try:
            new = seeding.runs.new("trial").result()
        except GuestError as error:
            culprits = _culprits_of(error, migrations, seeding)
            if not culprits:
                raise MigwizardError(
                    f"The new history cannot build a database from zero. {error.sentence} The project is unchanged.",
                    code="new-history",
                    details=error.details,
                ) from error
            _go_down(seeding, culprits, error.sentence)
            continue
        differences = _row_differences(seeding, new)
        culprits = _moved_writers(seeding, {d.table for d in differences if d.table})
        if not culprits:
            return migrations
        _go_down(seeding, culprits, differences[0].sentence)


def _row_differences(seeding: Seeding, new: Mapping[str, Any]) -> Sequence[Difference]:
    old = seeding.old
    volatile = volatile_cells(old["rows"], seeding.second.result()["rows"], old["catalogue"])
    found = compare_rows(
        old["rows"],
        new["rows"],
        catalogue_old=old["catalogue"],
        catalogue_new=new["catalogue"],
        volatile=volatile,
        labels=composing.declared_permissions(seeding.ride),
    )
    return [difference for difference in found if difference.severity == "error"]


def _go_down(seeding: Seeding, culprits: Sequence[str], reason: str) -> None:
    for judged in seeding.judged:
        if judged.id not in culprits:
            continue
        if judged.verdict is Verdict.ASK:
            raise _cannot_keep(judged, reason)
        seeding.reasons[judged.id] = f"moved as it is, it does not hold: {reason}"
        seeding.rungs[judged.id] = Rung.MATERIALISE if judged.keys else Rung.CATALOGUE
        seeding.ride.tell("seed", f"{judged.id}: rows instead of the function, since {reason}")
    seeding.rungs = share_rows(seeding.judged, seeding.rungs)


def _compose(seeding: Seeding) -> tuple[SeedMigration, ...]:
    ride, planned = seeding.ride, seeding.planned
    for path in ride.workplace.staging.glob(f"*/[0-9][0-9][0-9][0-9]_{planned.tag}_s[eq]*.py"):
        if path.stem.endswith(("_seed", "_sql")) and not any(
            batch.app == path.parent.name and batch.name == path.stem for batch in planned.plan.batches
        ):
            path.unlink()
    blocks = rows_blocks(ride, seeding.runs.old_database, seeding.judged, seeding.rungs, seeding.old)
    items = composing.seed_items(seeding.judged, seeding.rungs, seeding.sources, blocks, seeding.objects, seeding.final)
    counts: dict[str, int] = {}
    for batch in planned.plan.batches:
        counts[batch.app] = counts.get(batch.app, 0) + 1
    header = f"Seeds of the old history, kept by a reset on {ride.checkpoint.timestamp[:10]}"
    migrations = compose(items, home=composing.home_of(ride, planned), tag=planned.tag, header=header, counts=counts)
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
        if seeding.rungs.get(judged.id) in (Rung.MOVE, Rung.CARRY)
        and judged.verdict is not Verdict.SCHEMA
        and not {*judged.facts["rows"], *(table for table, _ in judged.keys)}.isdisjoint(tables)
    ]


def _moved_in(migration: SeedMigration, seeding: Seeding) -> list[Judged]:
    inside = {id for ids in migration.ids for id in ids}
    return [
        judged
        for judged in seeding.judged
        if judged.id in inside and seeding.rungs.get(judged.id) in (Rung.MOVE, Rung.CARRY)
    ]

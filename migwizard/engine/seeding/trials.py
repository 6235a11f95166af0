"""Seed migrations tried on scratch databases: what fails or leaves other rows goes one rung down the ladder."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from migwizard.engine.planning import keeping, precedence
from migwizard.engine.planning.plans import make_plan
from migwizard.engine.proving import late
from migwizard.engine.proving.dropped import differing_rows, differing_runs, makers
from migwizard.engine.proving.runs import old_result
from migwizard.engine.ride import Ride
from migwizard.engine.seeding import composing, overrule, pins, words
from migwizard.engine.seeding.known import Seeding
from migwizard.engine.seeding.literal_rows import RowsBlock, rows_blocks
from migwizard.engine.seeding.questions import ask_outside, ask_rows, reconsider, refuse_keep
from migwizard.engine.seeding.verdicts import app_of, lacks_objects
from migwizard.engine.staging import drift, formatting, packages, strays
from migwizard.engine.surviving import durable
from migwizard.project.guest import GuestError
from migwizard.proof.difference import Difference
from migwizard.proof.sql_text import lower
from migwizard.seeds.compose import CannotJoinError, SeedMigration, compose
from migwizard.seeds.objects import read_objects
from migwizard.seeds.rungs import AS_CODE, Rung, share_rows
from migwizard.seeds.verdicts import Judged, Thing, Verdict
from migwizard.words.things import called


class UnseenError(Exception):
    """Nobody looked at the new schema without seeds, and it lacks objects of the old one, or cannot be built."""


def try_until_equal(seeding: Seeding) -> tuple[SeedMigration, ...] | None:
    """Write and run; whatever raises or leaves other rows goes one rung down. Ends when rows are equal or nothing is left.

    None where the person changed a verdict meanwhile, so that all rungs are to be found anew. What holds may decide, so that
    the proof does not run it again, and what fails is run as migrate runs it in any case. So trials are run as that does, but
    where one can hardly hold. Raises late.LateRenderingError where the old history was not run as migrate runs it, and rows
    differ: what it left may be what differs. Raises UnseenError where the new schema has to be looked at without seeds.
    """
    stays = _stays_as_tried(seeding.ride)
    while True:
        try:
            migrations = _compose(seeding)
        except CannotJoinError as error:
            _go_down(seeding, error.ids, error.reason)
            continue
        except _LeftOutError:
            return None
        try:
            new = seeding.runs.new("trial", stock=stays and not _makes_what_is_lost(seeding)).result()
        except GuestError as error:
            if error.kind in ("died", "disk-full"):
                # What ended the project's process, or filled the disk, says nothing about a migration.
                raise
            culprits = _culprits_of(error, migrations, seeding)
            if not culprits and seeding.stored:
                seeding.stored = None
                continue
            if not culprits and seeding.bare is None:
                raise UnseenError from error
            if not culprits:
                reconsider(seeding, error)
                return None
            _go_down(seeding, culprits, error.sentence)
            continue
        if seeding.bare is None and lacks_objects(seeding, new):
            raise UnseenError
        differences = _row_differences(seeding, new)
        culprits = _moved_writers(seeding, {d.table for d in differences if d.table} - _stirred(seeding))
        again = _makers_of_lost(seeding, new)
        if culprits and seeding.old["lazy"]:
            # What was rendered late may have left it: that is looked at while the next rung is tried.
            seeding.runs.check()
        if not culprits and not again:
            if changed := _stored_otherwise(seeding, differences):
                seeding.stored = {*(seeding.stored or ()), *changed}
            elif not _follow_up(seeding, differences):
                _settle_doubt(seeding)
                return migrations
            continue
        if culprits:
            _go_down(seeding, culprits, differences[0].sentence)
        for thing, maker in again.items():
            if seeding.rungs[maker] in AS_CODE:
                why = f"It makes {called(*thing)}, which the old history no longer has at its end."
                _go_down(seeding, [maker], why)


def _settle_doubt(seeding: Seeding) -> None:
    """Raises late.LateRenderingError where late rendering built something else of the old history than migrate does."""
    if seeding.runs.checked is None:
        return
    labels = composing.declared_permissions(seeding.ride.built())
    whole = old_result(seeding.runs.checked)
    if differs := differing_runs(seeding.old, whole, seeding.volatile, labels):
        raise late.LateRenderingError(
            f"Rendered late the old history built something else than migrate builds. {differs}"
        )


def _stays_as_tried(ride: Ride) -> bool:
    """Whether nothing is written on top of the new files, or into them, once their seeds hold."""
    return not (ride.without or drift.is_folded(ride) or precedence.is_on(ride))


def _stored_otherwise(seeding: Seeding, differences: Sequence[Difference]) -> set[str]:
    """Tables with literal rows that their models store in another way than the old history did, and not tried yet.

    JSON is written anew, a null in JSON becomes none at all, a moment loses its zone.
    """
    if seeding.stored is None:
        return set()
    differing = {difference.table for difference in differences} - _stirred(seeding)
    literal = {
        table
        for judged in seeding.judged
        if seeding.rungs.get(judged.id) is Rung.MATERIALISE
        for table, _ in judged.keys
    }
    return {table for table in literal - seeding.stored if lower(table) in differing}


def _follow_up(seeding: Seeding, differences: Sequence[Difference]) -> bool:
    """Bring what comes of rows and was not tried yet: views that are filled behind them, sequences that are set.

    Returns whether there was any.
    """
    names = {lower(name): name for kind, name in seeding.final if kind == "contents"}
    wanted = {("counter", item.name) for item in differences if item.kind == "counter"}
    wanted |= {("contents", names[item.table]) for item in differences if item.table in names}
    found = [thing for thing in sorted(wanted - seeding.objects.keys()) if thing in seeding.final]
    for thing in found:
        item = seeding.final[thing]
        app = app_of(seeding, item)
        if app in seeding.ride.apps.labels:
            seeding.objects[thing] = (item, app, "the old database")
    return any(thing in seeding.objects for thing in found)


def _makers_of_lost(seeding: Seeding, new: Mapping[str, Any]) -> dict[Thing, str]:
    """Objects that the new history has and the old one lost on its way, by the operations with rows that made them there.

    SQLite loses indexes and triggers made by hand whenever it makes a table anew; a function that is moved behind all
    that makes them again.
    """
    there = read_objects(new["catalogue"])
    return {thing: maker for thing, maker in _lost(seeding) if thing in there}


def _makes_what_is_lost(seeding: Seeding) -> bool:
    """Whether an operation that is moved may make such an object again."""
    return any(True for _ in _lost(seeding))


def _lost(seeding: Seeding) -> Iterator[tuple[Thing, str]]:
    """The objects that moved operations with rows made and the old history has no more at its end, each with its maker."""
    for judged in seeding.judged:
        if seeding.rungs.get(judged.id) in AS_CODE and judged.keys:
            for action, kind, name, *_ in judged.facts["schema"]:
                if action == "created" and (kind, name) not in seeding.final:
                    yield (kind, name), judged.id


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
    labels = composing.declared_permissions(seeding.ride.built())
    found, _ = differing_rows(seeding.old, new, seeding.volatile, seeding.dropped, labels=labels)
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
    name, rung = words.title(judged.facts, judged.app, judged.migration), seeding.rungs[judged.id]
    instead = {
        Rung.REWRITE: "it is written with the names that models and fields have today",
        Rung.MATERIALISE: "the rows that it left are written",
    }.get(rung, "what it made is created by definition")
    text = f"{name} does not do the same in the new history, so {instead} instead."
    seeding.ride.tell("seed", text, id=judged.id, how=rung.value, reason=reason)


class _LeftOutError(Exception):
    """A person leaves operations out whose rows were about to be written: all is judged anew."""


def _ask_outside(seeding: Seeding) -> None:
    """Ask about operations that lose what they did outside of the database. Raises _LeftOutError."""
    for judged in seeding.written():
        lost = words.lost_outside(judged.facts, seeding.rungs.get(judged.id))
        if lost and ask_outside(seeding, judged, lost) == "leave-out":
            overrule.decide(seeding.ride, judged.id, overrule.DROP)
            raise _LeftOutError


def tell_lost(seeding: Seeding) -> None:
    """Warn of what operations did outside of the database and what does not come along."""
    for judged in seeding.judged:
        if lost := words.lost_outside(judged.facts, seeding.rungs.get(judged.id)):
            name = words.title(judged.facts, judged.app, judged.migration)
            text = f"{name} {lost}. That does not come along: only what it left in the database is written."
            seeding.ride.tell("warning", text, id=judged.id)


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
    _ask_outside(seeding)
    for path in ride.workplace.staging.glob(f"*/[0-9][0-9][0-9][0-9]_{planned.tag}_*s[eq]*.py"):
        if path.stem.endswith(("_seed", "_sql")) and not any(
            batch.app == path.parent.name and batch.name == path.stem for batch in planned.plan.batches
        ):
            path.unlink()
    judged = tuple(each for each in seeding.written() if not seeding.in_front(each))
    blocks = rows_blocks(
        ride,
        seeding.runs.old_database,
        judged,
        seeding.rungs,
        seeding.old,
        partial(_data_file, seeding),
        seeding.stored or (),
    )
    items = composing.seed_items(
        judged,
        seeding.rungs,
        seeding.sources,
        blocks,
        seeding.objects,
        seeding.final,
        # PostgreSQL alters no table that the same transaction wrote to; MySQL takes no definition back when rows fail.
        apart=seeding.old["catalogue"]["engine"] != "sqlite",
    )
    counts: dict[str, int] = {}
    for batch in planned.plan.batches:
        counts[batch.app] = counts.get(batch.app, 0) + 1
    header = f"Data and SQL of the old history, kept by a reset on {ride.checkpoint.timestamp[:10]}"
    migrations = compose(
        items,
        home=composing.home_of(ride, planned),
        tag=planned.tag,
        header=header,
        counts=counts,
        highest=keeping.highest(ride),
        pins=pins.wanted(seeding),
    )
    return _write(seeding, blocks, migrations)


def _write(
    seeding: Seeding, blocks: Sequence[RowsBlock], composed: Sequence[SeedMigration]
) -> tuple[SeedMigration, ...]:
    """Write the seed files into staging, and the schema files anew where seed files replace what these did.

    Returns the seed files as they are written.
    """
    ride = seeding.ride
    planned, migrations = pins.moved(ride, make_plan(ride), composed)
    if planned.plan != seeding.planned.plan:
        seeding.write_schema(planned)
    seeding.planned = planned
    _write_data(seeding, blocks)
    strays.expect(ride, [f"{migration.app}/{migration.name}.py" for migration in migrations])
    for migration in migrations:
        path = ride.workplace.staging / migration.app / f"{migration.name}.py"
        durable.write_file(path, migration.text.encode())
    labels = set(ride.apps.labels)
    roots = {(m.app, m.name) for m in migrations if packages.is_root(m.depends_on, planned, labels)}
    packages.guard(ride, roots, {node for nodes in planned.pins.values() for node in nodes})
    # What is tried is what will be proved.
    formatting.format_files(ride, [f"{migration.app}/{migration.name}.py" for migration in migrations])
    pins.check(seeding, composed)
    return migrations


def _culprits_of(error: GuestError, migrations: Sequence[SeedMigration], seeding: Seeding) -> list[str]:
    """The moved operations behind a failure in a seed migration.

    Where it holds none itself, those whose rows its own rows point to: these may get other keys than literal rows say.
    """
    at = error.details.get("operation")
    if error.kind != "migrate" or not at:
        return []
    for migration in migrations:
        if (migration.app, migration.name) == (at["app"], at["migration"]):
            labels = set(seeding.ride.apps.labels)
            guarded = packages.is_root(migration.depends_on, seeding.planned, labels)
            index = int(at["path"].split(".")[0]) - guarded
            if at["finished"]:
                # Constraints are checked at the end of a migration: any operation with rows may be behind it.
                inside = [judged.id for judged in _moved_in(migration, seeding) if judged.keys]
                return inside or _moved_targets(migration, seeding)
            ids = migration.ids[index] if 0 <= index < len(migration.ids) else ()
            moved = [judged.id for judged in _moved_in(migration, seeding) if judged.id in ids]
            # Literal rows fail where functions that came along have written other rows of the same table.
            beside = _moved_writers(seeding, {t for j in seeding.judged if j.id in ids for t, _ in j.keys})
            return moved or beside or _moved_targets(migration, seeding)
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


def _moved_targets(migration: SeedMigration, seeding: Seeding) -> list[str]:
    """The moved operations of all apps that write to tables which the foreign keys of a migration's rows lead to."""
    inside = {id for ids in migration.ids for id in ids}
    return _moved_writers(seeding, _targets(seeding, {t for j in seeding.judged if j.id in inside for t, _ in j.keys}))


def _targets(seeding: Seeding, tables: Collection[str]) -> set[str]:
    """The tables that foreign keys of others lead to, and those that theirs lead to."""
    catalogue, found = seeding.old["catalogue"]["tables"], set[str]()
    while (
        tables := {key["table"] for table in tables if table in catalogue for key in catalogue[table]["foreign_keys"]}
        - found
    ):
        found |= tables
    return found


def _moved_in(migration: SeedMigration, seeding: Seeding) -> list[Judged]:
    inside = {id for ids in migration.ids for id in ids}
    return [judged for judged in seeding.judged if judged.id in inside and seeding.rungs.get(judged.id) in AS_CODE]

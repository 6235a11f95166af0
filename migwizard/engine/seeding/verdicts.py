"""Verdicts on all operations of the old history, what has to come along, and the first rung of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from migwizard.engine.seeding import composing, overrule
from migwizard.engine.seeding import facts as seedfacts
from migwizard.engine.seeding.known import Seeding
from migwizard.engine.seeding.questions import ask_keep, ask_object, cannot_be_kept, refuse_keep
from migwizard.proof.catalogue import compare_catalogues
from migwizard.proof.difference import Difference
from migwizard.proof.rows import ahead
from migwizard.seeds.extract import CannotMove
from migwizard.seeds.moving import has_name
from migwizard.seeds.objects import (
    KINDS,
    SchemaObject,
    altered,
    as_it_was,
    is_own_operation,
    read_contents,
    read_counters,
    read_objects,
    thing_of,
)
from migwizard.seeds.rungs import Rung, first_rung, share_rows
from migwizard.seeds.verdicts import Judged, Thing, Verdict, judge


def judge_all(seeding: Seeding) -> None:
    """Verdicts, the objects to bring, and the first rung of everything that comes along."""
    ride, old = seeding.ride, seeding.old
    seeding.final = read_objects(old["catalogue"])
    differences = _differences(seeding, seeding.bare) if seeding.bare else ()
    engine = str(old["catalogue"]["engine"])
    missing = _missing(seeding, differences)
    # Of a table that is lost as a whole only the table is told.
    missing |= {thing for thing, item in seeding.final.items() if ("table", item.table) in missing}
    missing |= seeding.homes.keys()
    counters = read_counters(old["catalogue"], old["rows"]["sequences"])
    seeding.final |= counters | read_contents(old["catalogue"])
    free = counters.keys() - {("counter", table) for table in old["rows"]["tables"]}
    on_purpose = {*free, *(("counter", table) for table in ahead(old["rows"]))}
    set_on_purpose = _observed(old) & counters.keys() & on_purpose
    missing |= set_on_purpose
    seeding.altered = altered(differences, old["observations"]["operations"], engine) - missing
    seeding.judged = judge(
        old["observations"],
        made_anyway=composing.made_anyway(ride, old),
        missing=missing,
        code_of=seeding.sources.code_of,
        altered=seeding.altered,
    )
    overrule.note_answers(ride, [judged.id for judged in seeding.judged])
    for judged in seeding.judged:
        seeding.ride.tell("operation", judged.id, **_told(judged))
    _collect_objects(seeding, missing)
    for judged in seeding.judged:
        if (rung := _rung(seeding, judged)) is not None:
            seeding.rungs[judged.id] = rung
    seeding.rungs = share_rows(seeding.written(), seeding.rungs)


def lacks_objects(seeding: Seeding, new: Mapping[str, Any]) -> bool:
    """Whether a new history has not all objects that the old one has."""
    return bool(_missing(seeding, _differences(seeding, new)))


def _differences(seeding: Seeding, new: Mapping[str, Any]) -> Sequence[Difference]:
    names = seeding.ride.built()["explicit_names"]
    return compare_catalogues(seeding.old["catalogue"], new["catalogue"], explicit_names=names)


def _missing(seeding: Seeding, differences: Sequence[Difference]) -> set[Thing]:
    """The objects of the old history that are gone."""
    lost = [d for d in differences if d.severity == "error" and d.new is None and d.kind in KINDS]
    return {thing_of(d, str(seeding.old["catalogue"]["engine"])) for d in lost} & seeding.final.keys()


def _observed(old: Mapping[str, Any]) -> set[Thing]:
    """The objects that operations made or changed, as far as they are there at the end."""
    return {(kind, name) for kind, name, _ in old["observations"]["objects"]}


def _told(judged: Judged) -> dict[str, Any]:
    """One operation for the eye of who waits."""
    facts = seedfacts.record(judged, None, None, "")
    return {"id": judged.id, "title": facts["title"], "verdict": facts["verdict"], "left": facts["left"]}


def _collect_objects(seeding: Seeding, missing: set[Thing]) -> None:
    makers = {thing: judged for judged in seeding.judged for thing in judged.things}
    for thing in sorted(missing - seeding.homes.keys()):
        item, maker = seeding.final[thing], makers.get(thing)
        app = maker.app if maker else app_of(seeding, item)
        if app not in seeding.ride.apps.labels:
            continue
        if maker is None and ask_object(seeding, item) == "drop":
            continue
        if maker is not None and overrule.said(seeding.ride, maker.id) == overrule.DROP:
            continue
        seeding.objects[thing] = (item, app, f"{maker.app}.{maker.migration}" if maker else "the old database")


def app_of(seeding: Seeding, item: SchemaObject) -> str:
    """The app of the table that an object belongs to, be it one that SQL made, or of the object that it needs."""
    registry = seeding.ride.built()
    tables = {model["table"]: model["app"] for model in registry["models"] if not model["proxy"]}
    tables |= registry["auto_tables"]
    makers = {thing: judged.app for judged in seeding.judged for thing in judged.things}
    beside = [makers[other] for other in sorted({*item.needs, ("sequence", item.table)}) if other in makers]
    return (
        tables.get(item.table)
        or makers.get(("table", item.table))
        or next(iter(beside), "")
        or _named_after(seeding, item)
    )


def _named_after(seeding: Seeding, item: SchemaObject) -> str:
    """The app whose label a table's name begins with: a model was taken out of the state, and its table stayed."""
    labels = [label for label in seeding.ride.apps.labels if item.table.startswith(f"{label}_")]
    return max(labels, key=len, default="")


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

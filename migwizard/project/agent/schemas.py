"""A database with all of its histories as one: on PostgreSQL every tenant's schema has one of its own."""

from __future__ import annotations

from typing import Any, Sequence

from .switch.files import Consistency
from .switch.installed import part_of
from .switch.ontop import steps_back
from .switch.places import Place, places_of, recorded_in
from .switch.procedures import state
from .switch.refusal import SwitchError, refused_by_server
from .switch.reverse import undo
from .switch.rounds import Round

AS_LISTS = ("missing", "unknown", "old", "new", "extra", "on_top", "warnings")
NEEDS_NOTHING = ("NEW", "NEW_PARTIAL", "EMPTY")


def state_of(connection: Any, manifest: dict[str, Any], *, consistent: bool = False) -> dict[str, Any]:
    """`state` of the whole database: what stands in the way of any of its schemas, or else what is left to be done.

    `switched` says whether this run exchanged rows; `schemas` lists {schema, state, code, sentence}, empty where there
    is one history only. Then counts and lists are those of all schemas, and `backup` is a list by schema. With `consistent` the
    files of the tree are looked at, too, for what the switch would miss.
    """
    places = places_of(connection)
    look = Consistency() if consistent else None
    parts = [part_of(manifest, recorded_in(connection, place)) for place in places]
    found = [state(connection, part, schema=place.schema, consistent=look) for place, part in zip(places, parts)]
    if not _are_schemas(places):
        return dict(found[0], schemas=[], switched=_is_switched(found[0]))
    ready = [one for one in found if one["state"] == "OLD_HEAD"]
    whole = _standing(found)
    combined = {field: [item for one in found for item in one[field]] for field in AS_LISTS}
    return dict(
        combined,
        state=whole["state"],
        code=whole["code"],
        sentence=whole["sentence"],
        leaving=[row for one in ready for row in one["leaving"]],
        arriving=sum(one["arriving"] for one in ready),
        others=sum(one["others"] for one in found),
        saved=sum(one["saved"] for one in found),
        backup={str(place.schema): one["backup"] for place, one in zip(places, found) if one["backup"]},
        switched=any(map(_is_switched, found)),
        other_run=whole["other_run"],
        schemas=[
            {"schema": place.schema, "state": one["state"], "code": one["code"], "sentence": one["sentence"]}
            for place, one in zip(places, found)
        ],
    )


def switch_all(
    connection: Any,
    manifest: dict[str, Any],
    *,
    dry_run: bool,
    lock_timeout: float,
    may_lack: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Try the switch of every schema, then make it in one after the other; see `Round` for `may_lack`.

    Raises SwitchError: where the first is refused nothing was changed; else `done` of its details names the schemas that
    are switched, and the next call goes on with the rest.
    """
    places = places_of(connection)
    the_round = Round("switch", {connection.alias: connection}, manifest, lock_timeout, may_lack)
    reports = [_acted(place, lambda place: the_round.act(place, dry_run=True)) for place in places]
    if not dry_run:
        reports = _one_by_one(places, lambda place: the_round.act(place, dry_run=False))
    if not _are_schemas(places):
        return reports[0]
    kept = {str(place.schema): report["backup"] for place, report in zip(places, reports) if report["backup"]}
    return dict(_summed(reports), backup=kept, schemas=_told(places, reports))


def undo_all(
    connection: Any, manifest: dict[str, Any], *, backup: Any = None, dry_run: bool, lock_timeout: float
) -> dict[str, Any]:
    """Take back the switch of every schema that this run switched; `backup` is what the report of the switch held.

    Raises SwitchError as `switch_all` does.
    """
    places = places_of(connection)
    if _are_schemas(places):
        places = [place for place in places if _may_be_undone(connection, manifest, place, backup)]

    def take_back(place: Place) -> dict[str, Any]:
        kept = backup.get(place.schema) if isinstance(backup, dict) else backup
        return undo(connection, manifest, backup=kept, dry_run=dry_run, lock_timeout=lock_timeout, schema=place.schema)

    return _summed(_one_by_one(places, take_back))


def steps_of(connection: Any, later: Sequence[Sequence[str]], gone: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """What takes these migrations back in each schema that records some of them, and brings `gone` again; see `steps_back`."""
    steps = []
    for place in places_of(connection):
        recorded = recorded_in(connection, place)
        there = [(app, name) for app, name in later if (app, name) in recorded]
        lost = [(app, name) for app, name in gone if (app, name) not in recorded]
        steps += steps_back(place, recorded, there, lost) if there else []
    return steps


def _may_be_undone(connection: Any, manifest: dict[str, Any], place: Place, backup: Any) -> bool:
    found = state(connection, manifest, schema=place.schema)
    recorded = bool(manifest.get("replaces") or (backup and backup.get(place.schema)))
    return bool(found["saved"]) or bool(recorded and found["new"])


def _one_by_one(places: Sequence[Place], act: Any) -> list[dict[str, Any]]:
    reports: list[dict[str, Any]] = []
    for place in places:
        try:
            reports.append(_acted(place, act))
        except SwitchError as error:
            done = [str(before.schema) for before in places[: len(reports)]]
            raise SwitchError(error.code, error.reason, dict(error.details, done=done)) from error.__cause__
    return reports


def _acted(place: Place, act: Any) -> dict[str, Any]:
    """What was done in one place. Raises SwitchError, too, for what the server says by itself: of a right, of a trigger."""
    from django.db import Error

    try:
        return dict(act(place))
    except Error as error:
        raise refused_by_server(place, error) from error


def _are_schemas(places: Sequence[Place]) -> bool:
    return any(place.schema is not None for place in places)


def _is_switched(found: dict[str, Any]) -> bool:
    return bool(found["saved"]) and found["state"] in ("NEW", "NEW_PARTIAL", "MIXED")


def _standing(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The state that counts: a refused one, else one that waits for the switch, else the newest."""
    refused = [one for one in found if one["code"]]
    if refused:
        more = " So it is with {} more of its schemas.".format(len(refused) - 1) if len(refused) > 1 else ""
        return dict(refused[0], sentence=refused[0]["sentence"] + more)
    order = ("OLD_HEAD", *NEEDS_NOTHING)
    return min(found, key=lambda one: order.index(one["state"]))


def _summed(reports: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One report of many: its result is that of the first that did something."""
    results = [report for report in reports if report["result"] != "NOTHING_TO_DO"] or list(reports)
    first = results[0] if results else {"result": "NOTHING_TO_DO", "state": "EMPTY"}
    return dict(
        first,
        deleted=sum(report["deleted"] for report in reports),
        inserted=sum(report["inserted"] for report in reports),
        warnings=[warning for report in reports for warning in report.get("warnings", ())],
    )


def _told(places: Sequence[Place], reports: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"schema": place.schema, "result": report["result"], "state": report["state"]}
        for place, report in zip(places, reports)
    ]

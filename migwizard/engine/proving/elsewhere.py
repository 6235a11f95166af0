"""The same proof as each further database: routers may keep tables and seeds out of it or in it, and its engine may be another."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from migwizard.engine.planning.plans import make_plan
from migwizard.engine.proving import scratch, sources
from migwizard.engine.proving.dropped import volatile_rows
from migwizard.engine.proving.runs import Runs, new_result, old_result
from migwizard.engine.ride import Ride
from migwizard.engine.seeding import composing
from migwizard.engine.staging import drift
from migwizard.engine.switching.manifests import staged_manifest
from migwizard.project.guest import GuestError
from migwizard.proof.catalogue import EmptyDatabaseError, compare_catalogues, count_tables
from migwizard.proof.certificate import Count, Elsewhere
from migwizard.proof.difference import Difference
from migwizard.proof.rows import compare_rows, count_rows

HERE = scratch.ALIAS


@dataclass(frozen=True, slots=True)
class Found:
    """What was proved of further databases, what differs there, and what nothing was proved of."""

    proved: tuple[Elsewhere, ...]
    differences: tuple[Difference, ...]
    caveats: tuple[str, ...]


def compare(ride: Ride) -> Found:
    """Run both histories as each further database that may differ from `default`, and find every difference."""
    proved, differences, caveats = [], [], []
    for database in _further(ride):
        alias = str(database["alias"])
        if reason := _why_not(ride, database):
            caveats.append(f"Nothing was proved of {alias}: {reason}.")
            continue
        try:
            with _swept(ride, alias):
                one, found = _compare(ride, alias)
        except GuestError as error:
            if error.kind not in ("scratch", "unreachable"):
                raise
            caveats.append(f"Nothing was proved of {alias}: {error.sentence.rstrip('.')}.")
            continue
        proved.append(one)
        differences += [replace(item, name=_on(alias, item.name), sentence=_on(alias, item.sentence)) for item in found]
    return Found(tuple(proved), tuple(differences), tuple(caveats))


def _on(alias: str, text: str) -> str:
    return f"On {alias}: {text}"


def _further(ride: Ride) -> Iterator[Mapping[str, Any]]:
    """The other databases, but those for which all is as for `default`: no router, and the same engine."""
    databases = ride.guest.facts["databases"]
    (vendor,) = (one["vendor"] for one in databases if one["alias"] == HERE)
    for one in databases:
        if one["alias"] != HERE and (ride.guest.facts["routers"] or one["vendor"] != vendor):
            yield one


def _why_not(ride: Ride, database: Mapping[str, Any]) -> str:
    if database["vendor"] == "other":
        return "its engine is none of those that are compared"
    if database["mirror"]:
        return f"it is a replica of {database['mirror']}"
    if ride.project.scratch is not None and not database["sqlite"]:
        return "scratch databases are made elsewhere, for the default database alone"
    return ""


@contextlib.contextmanager
def _swept(ride: Ride, alias: str) -> Iterator[None]:
    """Leave nothing of a killed proof on the server of a database, and nothing of this one."""
    scratch.sweep_alias(ride, alias)
    try:
        yield
    finally:
        with contextlib.suppress(GuestError):
            scratch.sweep_alias(ride, alias)


def _compare(ride: Ride, alias: str) -> tuple[Elsewhere, list[Difference]]:
    # What is said of late rendering is said of `default`.
    with Runs(ride, alias=alias, stock=True) as runs:
        first, second, third = runs.old(database=drift.is_folded(ride)), runs.second(), runs.new("new")
        old, again = old_result(first), second.result()
        new = new_result(third, ride.apps, read_only=ride.read_only)
        sources.add_proved(ride, (old, again, new))
        volatile = volatile_rows(old, again)
        if drift.nodes(ride):
            arrived = runs.advanced(staged_manifest(ride)).result()
            left = drift.without_stale(ride, make_plan(ride), arrived["rows"])
            old = old | {"catalogue": arrived["catalogue"], "rows": left}
    before, after = old["catalogue"], new["catalogue"]
    one = Elsewhere(
        alias,
        f"{before['engine']} {before['version']}",
        Count(count_tables(before), count_tables(after)),
        Count(count_rows(old["rows"]), count_rows(new["rows"])),
    )
    if one.tables == Count(0, 0):
        # Routers keep everything out of it.
        return one, []
    try:
        schema = compare_catalogues(before, after, explicit_names=ride.registry()["explicit_names"])
    except EmptyDatabaseError as error:
        return one, [Difference("error", "table", None, "every table", str(one.tables.old), None, str(error))]
    rows = compare_rows(
        old["rows"],
        new["rows"],
        catalogue_old=before,
        catalogue_new=after,
        volatile=volatile,
        labels=composing.declared_permissions(ride.registry()),
    )
    return one, [item for item in [*schema, *rows] if item.severity == "error"]

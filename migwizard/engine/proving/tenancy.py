"""Tenants with a schema each: what differs between the histories where they are built as they really are.

The proof builds all apps in one schema, so that every table and every row of both kinds is compared. Here each history is
built again in a public schema and in that of a tenant: a migration may ask in which of them it runs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from migwizard.engine.proving import sources
from migwizard.engine.proving.dropped import differing_rows
from migwizard.engine.proving.runs import Runs, new_result, old_result
from migwizard.engine.ride import Ride
from migwizard.engine.staging import drift
from migwizard.proof.catalogue import compare_catalogues
from migwizard.proof.difference import Difference
from migwizard.proof.volatile import Volatile

PUBLIC = "public"
"""The schema of what all tenants share, as the guest names it."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the comparison in one schema has found already, and what it goes by."""

    old: Mapping[str, Any]
    found: Collection[Difference]
    volatile: Volatile
    left: Collection[str]
    """Operations whose rows were left out."""

    labels: Collection[tuple[str, str]]
    """Permissions, as `compare_rows` takes them."""


def is_compared(ride: Ride) -> bool:
    """Whether there are tenants, and old and new history end at the same tables: drift on top is in one of them alone."""
    return bool(ride.guest.facts["tenants"]) and not drift.nodes(ride)


def compare(ride: Ride, runs: Runs, known: Known) -> list[Difference]:
    """The errors that show in one of the schemas alone."""
    before, after = (
        old_result(runs.schemas("schemas_old")),
        new_result(runs.schemas("schemas_new"), ride.apps, read_only=ride.read_only),
    )
    sources.add_proved(ride, (before, after))
    old, new = before["schemas"], after["schemas"]
    explicit = ride.registry()["explicit_names"]
    told = {(item.kind, item.table, item.name) for item in known.found}
    found = []
    for schema in old:
        catalogues = old[schema]["catalogue"], new[schema]["catalogue"]
        differing = [*compare_catalogues(*catalogues, explicit_names=explicit), *_rows(old[schema], new[schema], known)]
        found += [
            _placed(item, schema)
            for item in _of_this(differing)
            if item.severity == "error" and (item.kind, item.table, item.name) not in told
        ]
    return found


def caveats(ride: Ride) -> tuple[str, ...]:
    """What is said of tenants beside the result."""
    if not ride.guest.facts["tenants"]:
        return ()
    if not is_compared(ride):
        return ("All apps were compared in one schema; with drift on top the schemas of tenants were not built apart.",)
    seen = "All apps were compared in one schema, and again in the public one and in that of a tenant (of each type)."
    return (f"{seen} What a migration does in the schemas of other tenants alone was not seen.",)


def _rows(old: Mapping[str, Any], new: Mapping[str, Any], known: Known) -> Iterator[Difference]:
    tables = frozenset(table for table in known.volatile.tables if table in old["rows"]["tables"])
    counters = {"observations": {**known.old["observations"], "objects": []}}
    found, _ = differing_rows(
        {**old, **counters}, new, replace(known.volatile, tables=tables), known.left, labels=known.labels
    )
    yield from found


def _of_this(differences: Collection[Difference]) -> Iterator[Difference]:
    """Those of the schema that was looked at: in a tenant's, what is of the public one bears its name."""
    for item in differences:
        if not any(str(name).startswith(f"{PUBLIC}.") for name in (item.table, item.name)):
            yield item


def _placed(item: Difference, schema: str) -> Difference:
    where = "the public schema" if schema == PUBLIC else "the schema of a tenant"
    sentence = f"In {where}: {item.sentence[0].lower()}{item.sentence[1:]}"
    return replace(item, name=f"{item.name} in {schema}", sentence=sentence)

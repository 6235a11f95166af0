"""What the comparison in one schema cannot show: a history that does something else in the schema of a tenant."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

from migwizard.engine.proving import tenancy
from migwizard.engine.proving.sources import PROVED
from migwizard.proof.volatile import Volatile
from tests.postgresql.builder import build
from tests.postgresql.server import needs_postgresql

pytestmark = needs_postgresql

TENANT = "migwizard_tenant"
UNIT = "CREATE TABLE unit (id integer PRIMARY KEY, code text)"
SOWN = "INSERT INTO unit VALUES (1, 'piece')"


def compared(database: str, old: tuple[str, ...], new: tuple[str, ...]) -> list[tuple[str, str, str | None, str]]:
    """The differences of two histories that build the same in the public schema, and these in a tenant's."""
    public = build(database, UNIT)
    histories = {
        name: {"public": public, TENANT: build(database, *statements)}
        for name, statements in (("schemas_old", old), ("schemas_new", new))
    }

    def schemas(name: str) -> Future[dict[str, Any]]:
        done = Future[dict[str, Any]]()
        found = {schema: {"catalogue": one.catalogue, "rows": one.rows} for schema, one in histories[name].items()}
        done.set_result({"schemas": found, "sources": {}})
        return done

    runs: Any = SimpleNamespace(schemas=schemas)
    observations: dict[str, Any] = {"observations": {"rows": [], "found": [], "objects": []}}
    known = tenancy.Known(observations, [], Volatile(), [], [])
    with TemporaryDirectory() as work:
        Path(work, PROVED).write_text("{}")
        apps = SimpleNamespace(labels=["catalog"])
        ride: Any = SimpleNamespace(
            registry=lambda: {"explicit_names": []}, apps=apps, work=Path(work), read_only=False
        )
        return [(item.kind, item.name, item.table, item.sentence) for item in tenancy.compare(ride, runs, known)]


def test_the_same_in_both_is_equal(empty_database: str) -> None:
    assert compared(empty_database, (UNIT, SOWN), (UNIT, SOWN)) == []


def test_rows_that_a_tenant_lacks_are_told_of_its_schema(empty_database: str) -> None:
    ((kind, name, table, sentence),) = compared(empty_database, (UNIT, SOWN), (UNIT,))
    assert (kind, table) == ("row", "unit")
    assert name.endswith(f" in {TENANT}")
    assert sentence.startswith("In the schema of a tenant: ")


def test_a_table_that_a_tenant_lacks_is_told(empty_database: str) -> None:
    other = "CREATE TABLE price (id integer PRIMARY KEY)"
    found = compared(empty_database, (UNIT, other), (UNIT,))
    assert ("table", f"price in {TENANT}") in [(kind, name) for kind, name, _, _ in found]


def test_what_is_of_the_public_schema_is_left_to_it(empty_database: str) -> None:
    """From a tenant's schema its names bear the schema."""
    apart = ("CREATE SCHEMA other", "SET search_path = other, public", UNIT)
    beside = "CREATE TABLE public.domain (id integer PRIMARY KEY)"
    assert compared(empty_database, (*apart, beside), apart) == []

"""Schemas of one PostgreSQL database: each has a history of its own, and no name falls through to another's."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from migwizard.switch.manifest import Manifest, Node
from tests.switch.conftest import POSTGRESQL
from tests.switch.engines import Database, Postgresql
from tests.switch.support import NEW, OLD, OTHERS, RefusedError, Worker

pytestmark = pytest.mark.parametrize("place", [POSTGRESQL], indirect=True)

HISTORIES: dict[str, Iterable[Node]] = {"public": [*OTHERS, *OLD], "t1": [*OTHERS, *OLD], "t3": [*OTHERS, *OLD[:-1]]}


@pytest.fixture
def schemas(place: Database) -> dict[str, Postgresql]:
    """The histories by schema; t4 has no table of its own."""
    found = {}
    for schema in ("public", "t1", "t3", "t4"):
        place.query(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        found[schema] = Postgresql(place.settings["NAME"], schema)
        if schema in HISTORIES:
            found[schema].make(HISTORIES[schema])
    return found


def test_each_has_a_state_of_its_own(worker: Worker, schemas: dict[str, Postgresql], manifest: Manifest) -> None:
    public = schemas["public"]
    states = {schema: worker("state", public, manifest, options={"schema": schema}) for schema in schemas}
    assert {schema: found["state"] for schema, found in states.items()} == {
        "public": "OLD_HEAD",
        "t1": "OLD_HEAD",
        "t3": "BEHIND",
        "t4": "EMPTY",
    }
    assert "schema 't3' is behind" in states["t3"]["sentence"]


def test_one_is_switched_and_undone_and_the_others_stay(
    worker: Worker, schemas: dict[str, Postgresql], manifest: Manifest
) -> None:
    before = {schema: place.dump() for schema, place in schemas.items()}
    options = {"schema": "t1"}
    assert worker("switch", schemas["public"], manifest, options=options)["result"] == "SWITCHED"
    assert schemas["t1"].names() == [*OTHERS, *NEW]
    assert worker("state", schemas["public"], manifest)["state"] == "OLD_HEAD"
    assert {schema: place.dump() for schema, place in schemas.items() if schema != "t1"} == {
        schema: dump for schema, dump in before.items() if schema != "t1"
    }
    with pytest.raises(RefusedError, match="MW-E30"):
        worker("undo", schemas["public"], manifest, options={"schema": "public"})
    worker("undo", schemas["public"], manifest, options=options)
    assert {schema: place.dump() for schema, place in schemas.items()} == before


def test_a_name_does_not_fall_through_the_search_path(
    worker: Worker, schemas: dict[str, Postgresql], manifest: Manifest
) -> None:
    """t4 has no history; unqualified, its name would be that of public."""
    before = schemas["public"].dump()
    assert worker("switch", schemas["t4"], manifest)["state"] == "EMPTY"
    with pytest.raises(RefusedError, match="MW-E12"):
        worker("switch", schemas["t3"], manifest)
    assert worker("switch", schemas["t1"], manifest)["result"] == "SWITCHED"
    assert schemas["public"].dump() == before


@pytest.mark.parametrize("schema", ["100% %s", "it's; DROP --", 'a"b', "tübingen. x"])
def test_a_schema_with_an_odd_name(worker: Worker, place: Database, manifest: Manifest, schema: str) -> None:
    quoted = '"{}"'.format(schema.replace('"', '""'))
    place.make([*OTHERS, *OLD])
    for statement in ("CREATE SCHEMA {}", "CREATE TABLE {}.django_migrations (LIKE django_migrations INCLUDING ALL)"):
        place.query(statement.format(quoted))
    columns = "app, name, applied"
    place.query(
        f"INSERT INTO {quoted}.django_migrations ({columns}) SELECT {columns} FROM django_migrations ORDER BY id"
    )
    before = place.query(f"SELECT * FROM {quoted}.django_migrations ORDER BY id"), place.rows()
    options = {"schema": schema}
    assert worker("state", place, manifest, options=options)["state"] == "OLD_HEAD"
    assert worker("switch", place, manifest, options=options)["result"] == "SWITCHED"
    assert place.rows() == before[1]
    worker("undo", place, manifest, options=options)
    assert (place.query(f"SELECT * FROM {quoted}.django_migrations ORDER BY id"), place.rows()) == before

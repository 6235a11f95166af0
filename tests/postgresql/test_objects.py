"""Objects that need each other across kinds, brought by a reset in an order that builds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgresql.project import Project
from tests.postgresql.server import database, needs_postgresql

pytestmark = [needs_postgresql, pytest.mark.ride, pytest.mark.xdist_group("postgresql-objects")]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with database() as name:
        project = Project(tmp_path_factory.mktemp("objects") / "depot", name, source="postgresql_objects")
        project.manage("migrate", "-v0")
        project.report = project.migwizard("run", "--yes", "--until", "proof")[-1]
        yield project


def test_schema_and_rows_are_equal_without_a_question(project: Project) -> None:
    proof = project.report["proof"]
    assert (proof["schema_equal"], proof["rows_equal"], proof["differences"]) == (True, True, [])
    assert {seed["verdict"] for seed in project.report["seeds"]} == {"both", "schema SQL", "seed", "one-time"}


def test_a_table_comes_behind_the_domain_of_its_column_and_that_behind_its_function(project: Project) -> None:
    text = project.staged("depot/0001_reset_initial")
    assert text.index("FUNCTION depot_short") < text.index("DOMAIN depot_code") < text.index("CreateModel")
    assert "depot_known" not in text


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("TABLE depot_prefix", "FUNCTION depot_known"),
        ("TYPE depot_z", "FUNCTION depot_a("),
        ("FUNCTION depot_a(", "VIEW depot_b "),
        ("FUNCTION depot_known", "VIEW depot_b "),
        ("VIEW depot_b ", "VIEW depot_a_stored"),
        ("AGGREGATE depot_all", "VIEW depot_0 "),
        ("SCHEMA depot_extra", "depot_extra.note"),
        ("VIEW depot_b ", "GRANT SELECT ON depot_item, depot_b"),
        ("VIEW depot_b ", "COMMENT ON VIEW depot_b"),
    ],
)
def test_what_is_needed_stands_before(project: Project, first: str, second: str) -> None:
    text = project.staged("depot/0002_reset_sql")
    assert text.index(f"CREATE {first}") < text.index(second)


def test_views_are_filled_and_sequences_set_behind_all_rows(project: Project) -> None:
    text = project.staged("depot/0003_reset_seed")
    places = [
        text.index(part)
        for part in (
            "RunPython(items",
            "REFRESH MATERIALIZED VIEW depot_a_stored",
            """SELECT setval('"depot_invoices"', 2)""",
            'REFRESH MATERIALIZED VIEW "depot_late"',
        )
    ]
    assert places == sorted(places)


def test_every_new_file_can_be_taken_back(project: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    with database() as name:
        copy = project.with_new_files(tmp_path_factory.mktemp("back") / "depot", name)
        copy.manage("migrate", "-v0")
        assert copy.rows("SELECT code::text FROM depot_a_stored ORDER BY 1") == [("A1",), ("B1",)]
        copy.manage("migrate", "-v0", "depot", "zero")
        assert set(copy.dump()) == {"django_migrations"}

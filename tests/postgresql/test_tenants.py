"""django-tenants on a real database: public and five tenants, each with a history of its own, switched one by one."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from migwizard.switch.script import FILE_NAME
from tests.postgresql.project import Project
from tests.postgresql.server import connect, database, needs_postgresql

pytest.importorskip("django_tenants", reason="django-tenants is not installed here")
pytestmark = [needs_postgresql, pytest.mark.ride, pytest.mark.xdist_group("postgresql-tenants")]

SCHEMAS = ("public", "t1", "t2", "t3", "t4", "t5")
DENY = """
    CREATE FUNCTION t3.deny() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not on a Sunday'; END $$;
    CREATE TRIGGER deny BEFORE DELETE ON t3.django_migrations EXECUTE FUNCTION t3.deny();
"""
OLD, NEW = 6, 3
"""Rows of the project in a history of the old and of the new files."""


@dataclass(frozen=True, slots=True)
class Tenants:
    """A project whose new files are in the tree, and a database at its old head: t3 lacks a migration, t5 has no tables."""

    project: Project
    before: Project
    """The same as it was before the reset: the old release."""

    def histories(self) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of every history, by schema; those that have none are left out."""
        found = self.project.rows("SELECT schemaname::text FROM pg_tables WHERE tablename = 'django_migrations'")
        return {
            schema: self.project.rows(f'SELECT id, app, name, applied FROM "{schema}".django_migrations ORDER BY id')
            for (schema,) in sorted(found)
        }

    def switched(self) -> list[str]:
        """The schemas that are at the new history, and at nothing else."""
        own = {
            schema: [name for _, app, name, _ in rows if app in ("catalog", "customers")]
            for schema, rows in self.histories().items()
        }
        assert all(len(names) in (OLD, NEW) for names in own.values()), own
        return [schema for schema, names in own.items() if all("_reset_" in name for name in names)]

    def cure(self) -> None:
        """What the refusal says: migrate with the old release."""
        self.before.manage("migrate_schemas", "--schema", "t3", "-v0")

    def script(self, *arguments: str, expect: int = 0) -> dict[str, str]:
        """Result, or code of the refusal, by schema."""
        done = self.project.start(sys.executable, FILE_NAME, *arguments, "--json")
        assert done.returncode == expect, done.stdout + done.stderr
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return {line["schema"]: line["code"] or line["result"] for line in lines if line["type"] == "database"}

    @contextmanager
    def held(self, schema: str) -> Iterator[None]:
        """Somebody else writes to one of the histories."""
        with connect(self.project.database) as other, other.transaction():
            other.execute(f'LOCK TABLE "{schema}".django_migrations IN ROW EXCLUSIVE MODE')
            yield


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tenants]:
    folder = tmp_path_factory.mktemp("tenants")
    with database() as name:
        before = Project(folder / "old", name, source="tenants")
        project = Project(folder / "shop", name, source="tenants")
        before.manage("migrate_schemas", "--shared", "-v0")
        before.rows(
            "INSERT INTO customers_client (schema_name, name, plan) SELECT 't' || n, n, '' FROM generate_series(1, 4) n"
        )
        for schema in SCHEMAS[1:]:
            before.rows(f"CREATE SCHEMA {schema}")
        before.manage("migrate_schemas", "--tenant", "-v0")
        before.rows("INSERT INTO customers_client (schema_name, name, plan) VALUES ('t5', 'five', '')")
        before.manage("migrate_schemas", "--schema", "t3", "-v0", "catalog", "0003")
        project.report = project.migwizard("run", "--yes", "--until", "apply")[-1]
        yield Tenants(project, before)


def test_the_proof_saw_both_kinds_of_schemas(applied: Tenants) -> None:
    proof = applied.project.report["proof"]
    assert (proof["schema_equal"], proof["rows_equal"]) == (True, True)
    certificate = json.loads((applied.project.root / ".migwizard/proof.json").read_text())
    assert "in the public one and in that of a tenant" in " ".join(certificate["caveats"])
    # The units are sown in tenants alone, where a plain migrate of an empty database builds none.
    seeds = {seed["operation"]: seed["verdict"] for seed in applied.project.report["seeds"]}
    assert seeds == {"catalog.0002_units#0": "seed"}
    columns = json.loads((applied.project.root / "migwizard_manifest.json").read_text())["columns"]
    assert {"catalog_unit", "catalog_product", "customers_client"} <= columns.keys()
    assert applied.project.scratch_databases() == []


@pytest.fixture
def deployed(applied: Tenants, tmp_path: Path) -> Iterator[Tenants]:
    """The new files as another environment has them: what was committed, and a database of its own."""
    with database(applied.project.database) as name:
        shutil.copytree(applied.project.root, tmp_path / "shop", ignore=shutil.ignore_patterns(".migwizard"))
        project = Project(tmp_path / "shop", name)
        yield Tenants(project, Project(applied.before.root, name))


def test_the_script_switches_all_or_says_why_not_and_goes_on(deployed: Tenants) -> None:
    behind = deployed.histories()
    assert list(behind) == [schema for schema in SCHEMAS if schema != "t5"]
    would = dict.fromkeys(SCHEMAS, "WOULD_SWITCH") | {"t3": "MW-E12", "t5": "NOTHING_TO_DO"}
    assert deployed.script("check", expect=5) == would
    assert deployed.script("switch", "--all", expect=5) == {"t3": "MW-E12"}
    assert deployed.histories() == behind

    # Forgotten: django-tenants' own migrate stops, in public as in a tenant.
    for command in (("migrate",), ("migrate_schemas", "--tenant")):
        stopped = deployed.project.start(sys.executable, "manage.py", *command, "-v0")
        assert stopped.returncode == 1
        assert "python migwizard_switch.py switch --database default" in stopped.stderr
    assert deployed.histories() == behind

    deployed.cure()
    before = deployed.histories()
    assert deployed.script("switch", "--all", "--dry-run")["t3"] == "WOULD_SWITCH"
    assert deployed.histories() == before

    # It stops on its way, and the same command goes on.
    with deployed.held("t3"):
        stopped_at = deployed.script("switch", "--all", "--lock-timeout", "0.1", expect=5)
    assert stopped_at == {"public": "SWITCHED", "t1": "SWITCHED", "t2": "SWITCHED", "t3": "MW-E20"}
    assert deployed.switched() == ["public", "t1", "t2"]
    rest = dict.fromkeys(SCHEMAS, "NOTHING_TO_DO") | {"t3": "SWITCHED", "t4": "SWITCHED"}
    assert deployed.script("switch", "--all") == rest
    assert deployed.switched() == ["public", "t1", "t2", "t3", "t4"]

    # Plain migrate has nothing to do where something was, and builds the tenant that nobody migrated yet.
    after = deployed.histories()
    deployed.project.manage("migrate_schemas", "-v0")
    assert deployed.histories() == after | {"t5": deployed.histories()["t5"]}
    assert deployed.project.rows("SELECT code FROM t5.catalog_unit ORDER BY id") == [("piece",), ("kg",)]
    assert deployed.project.rows("SELECT code FROM t1.catalog_unit ORDER BY id") == [("piece",), ("kg",)]

    # A tenant that was built since has nothing to go back to: the others are named.
    assert deployed.script("undo", "--all", expect=5) == {"t5": "MW-E30"}
    assert deployed.script("undo", "--schema", "t2") == {"t2": "UNDONE"}
    assert deployed.switched() == ["public", "t1", "t3", "t4", "t5"]
    named = [word for schema in SCHEMAS[:-1] for word in ("--schema", schema)]
    assert deployed.script("undo", *named) == dict.fromkeys(SCHEMAS[:-1], "UNDONE") | {"t2": "NOTHING_TO_DO"}
    assert {schema: rows for schema, rows in deployed.histories().items() if schema != "t5"} == before


def test_a_schema_that_is_not_there_is_refused_with_those_that_are(deployed: Tenants) -> None:
    done = deployed.project.start(sys.executable, FILE_NAME, "check", "--schema", "t9")
    assert done.returncode == 5
    assert "has no schema 't9'. Schemas with a history: 'public', 't1', 't2' and 2 more." in done.stderr


def test_the_wizard_switches_all_and_takes_all_back(applied: Tenants, tmp_path: Path) -> None:
    """In a copy with its state folder, since undo takes the files back too."""
    shutil.copytree(applied.project.root.parent, tmp_path / "copy")
    with database(applied.project.database) as name:
        project, old = Project(tmp_path / "copy/shop", name), Project(tmp_path / "copy/old", name)
        tenants = Tenants(project, old)
        behind = tenants.histories()
        refused = project.migwizard("fake", "--database", "default", "--yes", expect=5)[-1]
        assert refused["code"] == "MW-E12"
        assert "schema 't3' is behind: it lacks catalog.0004_product_note" in refused["sentence"]
        assert tenants.histories() == behind

        tenants.cure()
        before = tenants.histories()
        # It stops on its way, on something that nobody foresees, and the same command goes on.
        project.rows(DENY)
        refused = project.migwizard("fake", "--database", "default", "--yes", expect=5)[-1]
        assert (refused["code"], tenants.switched()) == ("database", ["public", "t1", "t2"])
        assert "not on a Sunday" in refused["sentence"]
        assert "Done before that: 3 schemas (public, t1, t2)." in refused["sentence"]
        project.rows("DROP TRIGGER deny ON t3.django_migrations")
        project.migwizard("fake", "--database", "default", "--yes")
        assert tenants.switched() == ["public", "t1", "t2", "t3", "t4"]
        assert project.migwizard("status")[-1]["databases"] == {"default": "NEW"}

        undone = project.start(sys.executable, "-m", "migwizard", "undo", "--yes", "--python", sys.executable)
        assert undone.returncode == 0, undone.stderr
        assert tenants.histories() == before
        assert project.tree() == old.tree()

"""Empty databases that were given to us: taken by a mark, emptied again, and nothing else is ever touched."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db.utils import ProgrammingError
from psycopg import sql

from migwizard.project.agent import given, load
from migwizard.project.agent.failure import AgentError
from tests.postgresql.project import Project
from tests.postgresql.server import HOST, PORT, connect, database, needs_postgresql, query, settings

pytestmark = [needs_postgresql, pytest.mark.xdist_group("postgresql-given")]
KINDS = """
CREATE SCHEMA other;
CREATE EXTENSION hstore SCHEMA other;
CREATE TYPE mood AS ENUM ('ok');
CREATE TYPE pair AS (a int, b int);
CREATE TYPE span AS RANGE (subtype = float8);
CREATE DOMAIN positive AS int CHECK (value > 0);
CREATE TABLE "Mixed ""Case" (id serial PRIMARY KEY, mood mood, tags other.hstore);
CREATE TABLE other.parted (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE other.part PARTITION OF other.parted DEFAULT;
CREATE VIEW seen AS SELECT id FROM "Mixed ""Case";
CREATE MATERIALIZED VIEW stored AS SELECT * FROM seen;
CREATE FUNCTION f(a int DEFAULT 1, VARIADIC b text[] DEFAULT '{}') RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE total (int) (sfunc = int4pl, stype = int);
CREATE OPERATOR === (leftarg = int, rightarg = int, function = int4eq);
CREATE OPERATOR CLASS plain FOR TYPE int USING hash AS OPERATOR 1 =;
CREATE COLLATION mine FROM "C";
CREATE TEXT SEARCH CONFIGURATION words (COPY = simple);
CREATE STATISTICS stats ON id, mood FROM "Mixed ""Case";
CREATE CAST (mood AS int) WITH INOUT;
CREATE PUBLICATION news FOR ALL TABLES;
CREATE FOREIGN DATA WRAPPER far;
CREATE SERVER away FOREIGN DATA WRAPPER far;
CREATE FUNCTION heard() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
CREATE EVENT TRIGGER loud ON sql_drop EXECUTE FUNCTION heard();
SELECT lo_create(4711);
"""


class Connection:
    """As much of a Django connection as these databases need."""

    def __init__(self, place: dict[str, Any]) -> None:
        self._connection = connect(place["NAME"], user=place["USER"])

    def ensure_connection(self) -> None:
        """It is one already."""

    def cursor(self) -> Any:
        return Cursor(self._connection)

    def close(self) -> None:
        self._connection.close()


class Cursor(psycopg.Cursor[Any]):
    def execute(self, *arguments: Any, **more: Any) -> Any:
        try:
            return super().execute(*arguments, **more)
        except psycopg.Error as error:
            raise ProgrammingError(str(error)) from error


class Given:
    """Some databases, given to one process of one project."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self.owner = {"root": f"/nowhere/{uuid.uuid4().hex}", "host": socket.gethostname(), "pid": os.getpid()}

    def start(self, **owner: Any) -> dict[str, Any]:
        spots = [{"alias": "", "settings": settings(name), "options": {}} for name in self.names]
        return {"owner": self.owner | owner, "scratch": {"kind": "given", "spots": spots}}

    def take(self, what: str, **owner: Any) -> str:
        """The name of the database that stands for a path now."""
        given.take(self.start(**owner), "default", f"/x/{what}.sqlite3", Connection)
        return self.of(what, **owner)

    def of(self, what: str, **owner: Any) -> str:
        return str(given.settings_of(self.start(**owner), "default", f"/x/{what}.sqlite3", Connection)["NAME"])

    def look(self) -> str:
        return given.look(self.start(), "default", Connection)

    def sweep(self, **owner: Any) -> list[str]:
        start = self.start(**owner)
        return given.sweep(start, "default", start["owner"], Connection)


@pytest.fixture(scope="module")
def two() -> Iterator[list[str]]:
    with ExitStack() as stack:
        yield [stack.enter_context(database()) for _ in range(2)]


@pytest.fixture
def places(two: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Given]:
    monkeypatch.setitem(load.REAL_DATABASES, "default", settings("fixture_nothing"))
    found = Given(two)
    yield found
    found.sweep()
    assert [contents(name) for name in two] == [[], []], "each test leaves them as they were"


def contents(name: str) -> list[str]:
    """Every table, view and function in a database."""
    return [
        str(found)
        for (found,) in query(
            "SELECT relname FROM pg_class WHERE oid >= 16384 UNION ALL SELECT proname FROM pg_proc WHERE oid >= 16384",
            name,
        )
    ]


def dead_process() -> int:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def test_each_stands_for_one_path_until_it_is_let_go(places: Given) -> None:
    old, second = places.take("old-12ab"), places.take("second")
    assert {old, second} == set(places.names)
    with pytest.raises(AgentError, match="All 2 databases that were given are in use"):
        places.take("trial")
    query("CREATE TABLE a AS SELECT 7 AS x", second)
    assert places.take("second") == second, "and empty again"
    query("CREATE TABLE a AS SELECT 8 AS x", second)
    given.release(places.start(), "default", "/x/second.sqlite3", Connection)
    assert contents(second) == []
    assert places.take("trial") == second
    given.hand_over(places.start(), "default", "/x/trial.sqlite3", "/x/advanced.sqlite3", Connection)
    assert places.of("advanced") == second
    with pytest.raises(AgentError, match="No database is taken for trial any more"):
        places.of("trial")


def test_what_a_dead_process_of_this_project_took_is_emptied_and_nothing_else(places: Given) -> None:
    dead = places.take("old", pid=dead_process())
    living = places.take("old", pid=1)
    assert {dead, living} == set(places.names)
    for name in places.names:
        query("CREATE TABLE a AS SELECT 7 AS x", name)
    assert places.sweep(root="/another") == []
    assert places.sweep(pid=99999999) == [dead]
    assert query("SELECT x FROM a", living) == [(7,)]
    with pytest.raises(AgentError, match="is in use by process 1 for /nowhere/"):
        places.look()
    assert places.sweep(pid=1) == [living]


def test_every_kind_of_thing_goes_and_what_was_there_before_stays(places: Given) -> None:
    name = places.names[0]
    query("CREATE SCHEMA kept; CREATE EXTENSION pg_trgm SCHEMA kept; CREATE EXTENSION citext", name)
    try:
        assert places.take("old") == name
        query(KINDS, name)
        assert len(contents(name)) > 100
        assert places.sweep() == [name]
        left = "SELECT nspname FROM pg_namespace WHERE oid >= 16384 AND nspname !~ '^pg_' ORDER BY 1"
        assert query(left, name) == [("kept",)]
        assert query("SELECT extname FROM pg_extension WHERE oid >= 16384 ORDER BY 1", name) == [
            ("citext",),
            ("pg_trgm",),
        ]
        for catalogue in ("pg_type", "pg_proc", "pg_class", "pg_operator", "pg_opfamily"):
            free = "NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = o.oid AND d.deptype IN ('e', 'i'))"
            which = f"SELECT oid::regclass::text FROM {catalogue} o WHERE oid >= 16384 AND {free}"
            kept = "AND NOT EXISTS (SELECT 1 FROM pg_type e WHERE e.typarray = o.oid)" if catalogue == "pg_type" else ""
            # Indexes and tables of the catalogue that belong to one of an extension have none here.
            assert query(f"{which} {kept}", name) == [], catalogue
        for catalogue in ("pg_event_trigger", "pg_publication", "pg_largeobject_metadata", "pg_foreign_server"):
            assert query(f"SELECT 1 FROM {catalogue}", name) == [], catalogue
        with pytest.raises(AgentError, match=r"differ in extensions \(\['citext', 'pg_trgm'\] and \[\]\)"):
            places.look()
    finally:
        query("DROP EXTENSION citext; DROP EXTENSION pg_trgm; DROP SCHEMA kept", name)


def test_a_database_that_is_not_empty_is_named_with_what_is_in_it_and_left_alone(places: Given) -> None:
    name = places.names[0]
    query("CREATE TABLE bills AS SELECT 7 AS x; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", name)
    try:
        for act in (places.look, lambda: places.take("old")):
            with pytest.raises(
                AgentError, match=rf"{name} is not empty: it holds table public.bills, function public.f\(\)"
            ):
                act()
        assert places.sweep() == []
        assert query("SELECT x FROM bills", name) == [(7,)]
    finally:
        query("DROP TABLE bills; DROP FUNCTION f", name)


def test_a_table_that_only_has_the_name_of_the_mark_protects_its_database(places: Given) -> None:
    name = places.names[0]
    query("CREATE TABLE migwizard_scratch AS SELECT 'mine' AS note", name)
    try:
        with pytest.raises(AgentError, match="holds a table migwizard_scratch that is not ours"):
            places.look()
        assert places.take("old") == places.names[1], "the other one"
        assert places.sweep() == [places.names[1]]
        assert query("SELECT note FROM migwizard_scratch", name) == [("mine",)]
    finally:
        query("DROP TABLE migwizard_scratch", name)


def test_the_same_database_twice_and_the_real_one_are_refused(places: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    assert places.look() == ", ".join(places.names)
    names = places.names
    places.names = [names[0], names[0]]
    with pytest.raises(AgentError, match="was given twice"):
        places.look()
    places.names = names
    monkeypatch.setitem(load.REAL_DATABASES, "default", settings(names[1]))
    with pytest.raises(AgentError, match=f"The database {names[1]} is the real database default"):
        places.look()


@pytest.fixture
def poor(two: list[str]) -> Iterator[str]:
    """A user who may make no databases, and who owns those that are there."""
    name = f"fixture_{uuid.uuid4().hex[:8]}"
    with connect() as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))
        try:
            for each in two:
                given_to = sql.SQL("ALTER DATABASE {} OWNER TO {}")
                connection.execute(given_to.format(sql.Identifier(each), sql.Identifier(name)))
            yield name
        finally:
            for each in two:
                back = sql.SQL("ALTER DATABASE {} OWNER TO CURRENT_USER")
                connection.execute(back.format(sql.Identifier(each)))
                query(f'REASSIGN OWNED BY "{name}" TO CURRENT_USER', each)
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@pytest.mark.ride
def test_the_proof_runs_in_two_of_them_also_after_a_kill(poor: str, two: list[str], tmp_path: Path) -> None:
    try:
        connect(user=poor).close()
    except psycopg.OperationalError as error:
        pytest.skip(f"the server lets no new role in without a password: {error}")
    project = Project(tmp_path / "shop", "fixture_nothing", poor)
    where = [word for name in two for word in ("--scratch", f"postgresql://{poor}@{HOST}:{PORT}/{name}")]
    refused = project.migwizard("run", "--yes", *where[:2], expect=2)[-1]
    assert refused["code"] == "scratch-where"
    assert "gives 1 empty database, and the proof needs 2 at the same time" in refused["sentence"]
    command = [sys.executable, "-m", "migwizard", "run", "--yes", *where, "--python", sys.executable]
    environment = os.environ | {"FIXTURE_DATABASE": "fixture_nothing", "FIXTURE_USER": poor}
    environment |= {"XDG_STATE_HOME": str(tmp_path / "state"), "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.Popen(
        command, cwd=project.root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + 120
    while "django_content_type" not in contents(two[0]) and time.monotonic() < until:
        time.sleep(0.05)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    assert "migwizard_scratch" in contents(two[0])
    report = project.migwizard("run", "--yes", "--until", "proof", *where)[-1]
    assert (report["proof"]["schema_equal"], report["proof"]["rows_equal"]) == (True, True)
    assert [contents(name) for name in two] == [[], []]

"""Scratch databases on the server: only ours are removed, whatever ended the run; a missing right is said in preflight."""

from __future__ import annotations

import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from migwizard.project.agent.engines import postgresql
from tests.postgresql.project import Project
from tests.postgresql.server import connect, databases, needs_postgresql

pytestmark = needs_postgresql


class Connection:
    """As much of a Django connection as making and removing databases needs."""

    class creation:  # noqa: N801 - the name of an attribute
        @staticmethod
        def sql_table_creation_suffix() -> str:
            return ""

    def _nodb_cursor(self) -> Any:
        return connect().cursor()

    def close(self) -> None:
        """Each cursor has a connection of its own."""


@pytest.fixture
def owner() -> Iterator[dict[str, Any]]:
    owner = {"root": f"/nowhere/{uuid.uuid4().hex}", "host": socket.gethostname(), "pid": 1}
    yield owner
    for name in databases():
        if postgresql._digest(owner) in name:
            with connect() as connection:
                connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def make(owner: dict[str, Any], what: str) -> str:
    postgresql.create({}, f"/x/{what}.sqlite3", owner, lambda settings: Connection())
    return postgresql.database_name(f"/x/{what}.sqlite3", owner)


def sweep(owner: dict[str, Any]) -> list[str]:
    return postgresql.sweep({}, owner, lambda settings: Connection())


def dead_process() -> int:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def test_leftovers_of_a_dead_process_are_removed_and_those_of_a_live_one_stay(owner: dict[str, Any]) -> None:
    live, dead = make(owner, "old"), make(owner | {"pid": dead_process()}, "old-12ab")
    other = make(owner | {"root": owner["root"] + "/other", "pid": dead_process()}, "old")
    try:
        assert sweep(owner | {"pid": 99999999}) == [dead]
        assert {live, other} <= set(databases())
    finally:
        sweep(owner | {"root": owner["root"] + "/other"})
    assert sweep(owner) == [live]


def test_where_processes_cannot_be_seen_those_count_that_are_named(owner: dict[str, Any]) -> None:
    dead = dead_process()
    made, elsewhere = make(owner | {"pid": dead}, "old"), owner | {"pid": 99999999}
    assert sweep(elsewhere | {"living": [dead]}) == []
    assert sweep(elsewhere | {"living": []}) == [made]


def test_a_database_that_merely_has_such_a_name_is_left_alone(owner: dict[str, Any]) -> None:
    name = postgresql.database_name("/x/old.sqlite3", owner | {"pid": dead_process()})
    with connect() as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS 'mine'").format(sql.Identifier(name)))
    assert sweep(owner) == []
    assert name in databases()


def test_a_copy_has_what_its_source_has(owner: dict[str, Any]) -> None:
    first = make(owner, "old")
    with connect(first) as connection:
        connection.execute("CREATE TABLE a AS SELECT 7 AS x")
    postgresql.create({}, "/x/advanced.sqlite3", owner, lambda settings: Connection(), "/x/old.sqlite3")
    with connect(postgresql.database_name("/x/advanced.sqlite3", owner)) as connection:
        assert connection.execute("SELECT x FROM a").fetchall() == [(7,)]


@pytest.fixture
def role() -> Iterator[str]:
    """A user who may not create databases."""
    name = f"fixture_{uuid.uuid4().hex[:8]}"
    with connect() as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))
        yield name
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@pytest.mark.ride
def test_a_user_without_the_right_is_told_before_anything_runs(role: str, tmp_path: Path) -> None:
    try:
        connect(user=role).close()
    except psycopg.OperationalError as error:
        pytest.skip(f"the server lets no new role in without a password: {error}")
    project = Project(tmp_path / "shop", "fixture_nothing", role)
    refused = project.migwizard("run", "--yes", expect=5)[-1]
    assert refused["code"] == "scratch"
    assert "permission denied to create database" in refused["sentence"]
    assert refused["cures"][0] == f'Let it: ALTER ROLE "{role}" CREATEDB; then start again.'


@pytest.mark.ride
def test_a_server_that_does_not_answer_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("PGPORT", str(free.getsockname()[1]))
        monkeypatch.setenv("PGHOST", "127.0.0.1")
        refused = Project(tmp_path / "shop", "fixture_nothing").migwizard("run", "--yes", expect=5)[-1]
    assert refused["code"] == "unreachable"
    assert "does not answer" in refused["sentence"]

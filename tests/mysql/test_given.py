"""Empty databases that were given to us: taken by a mark, emptied again, with the character set that they had."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pymysql
import pytest
from django.db.utils import ProgrammingError

from migwizard.project.agent import given, load
from migwizard.project.agent.failure import AgentError
from tests.mysql.server import connect, database, needs_mysql, query, settings

pytestmark = needs_mysql
LATIN = ("latin1", "latin1_german1_ci")
KINDS = [
    "CREATE TABLE b (id int AUTO_INCREMENT PRIMARY KEY, a_id int)",
    "CREATE TABLE `a``s` (id int PRIMARY KEY, b_id int, CONSTRAINT ab FOREIGN KEY (b_id) REFERENCES b (id))",
    "ALTER TABLE b ADD CONSTRAINT ba FOREIGN KEY (a_id) REFERENCES `a``s` (id)",
    "CREATE VIEW aa AS SELECT id FROM b",
    "CREATE VIEW ab AS SELECT id FROM aa",
    "CREATE TRIGGER t BEFORE INSERT ON b FOR EACH ROW SET NEW.a_id = NULL",
    "CREATE FUNCTION f(n int) RETURNS int DETERMINISTIC RETURN n + 1",
    "CREATE PROCEDURE p() SELECT 1",
    "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1",
]


class Connection:
    """As much of a Django connection as these databases need."""

    def __init__(self, place: dict[str, Any]) -> None:
        self._name, self._open = place["NAME"], ExitStack()

    def ensure_connection(self) -> None:
        """It is made where it is needed."""

    def cursor(self) -> Any:
        return Cursor(self._open.enter_context(connect(self._name)))

    def _nodb_cursor(self) -> Any:
        return Cursor(self._open.enter_context(connect()))

    def close(self) -> None:
        self._open.close()


class Cursor(pymysql.cursors.Cursor):
    def execute(self, *arguments: Any, **more: Any) -> Any:
        try:
            return super().execute(*arguments, **more)
        except pymysql.MySQLError as error:
            raise ProgrammingError(*error.args) from error


@pytest.fixture(scope="module")
def one() -> Iterator[str]:
    with database(*LATIN) as name:
        yield name


@pytest.fixture
def start(one: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """What a process of a project with an awkward path knows; its real database speaks utf8mb4."""
    monkeypatch.setitem(
        load.REAL_DATABASES,
        "default",
        settings("fixture_gone") | {"TEST": {"CHARSET": "utf8mb4", "COLLATION": "utf8mb4_bin"}},
    )
    owner = {"root": rf"/nowhere/{uuid.uuid4().hex}/o'b%s\"ü", "host": socket.gethostname(), "pid": os.getpid()}
    place = {key: value for key, value in settings(one).items() if key not in ("ENGINE", "OPTIONS")}
    spots = [{"alias": "", "settings": place, "options": {}}]
    found = {"owner": owner, "scratch": {"kind": "given", "spots": spots}}
    yield found
    given.sweep(found, "default", owner, Connection)
    assert tables(one) == []
    assert alphabet(one) == LATIN


def tables(name: str) -> list[str]:
    return [
        found
        for (found,) in query(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() UNION ALL "
            "SELECT routine_name FROM information_schema.routines WHERE routine_schema = DATABASE() UNION ALL "
            "SELECT event_name FROM information_schema.events WHERE event_schema = DATABASE()",
            name,
        )
    ]


def alphabet(name: str) -> tuple[str, str]:
    (found,) = query(
        "SELECT default_character_set_name, default_collation_name FROM information_schema.schemata "
        f"WHERE schema_name = '{name}'"
    )
    return found[0], found[1]


def take(start: dict[str, Any], what: str = "old") -> None:
    given.take(start, "default", f"/x/{what}.sqlite3", Connection)


def test_every_kind_of_thing_goes_and_its_character_set_comes_back(start: dict[str, Any], one: str) -> None:
    take(start)
    assert alphabet(one) == ("utf8mb4", "utf8mb4_bin"), "that of the real database"
    with connect(one) as connection, connection.cursor() as cursor:
        for statement in KINDS:
            cursor.execute(statement)
        if "MariaDB" in str(connection.server_version):  # type: ignore[attr-defined]  # the types of PyMySQL lack it
            cursor.execute("CREATE SEQUENCE s")
    with pytest.raises(AgentError, match="All 1 databases that were given are in use"):
        take(start, "second")
    take(start)
    assert tables(one) == ["migwizard_scratch"], "the same path begins anew"
    with connect(one) as connection, connection.cursor() as cursor:
        for statement in KINDS:
            cursor.execute(statement)
    with connect(one) as other, other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT * FROM b")
        given.release(start, "default", "/x/old.sqlite3", Connection)
    assert tables(one) == []


def test_only_what_this_project_took_and_left_is_emptied(start: dict[str, Any], one: str) -> None:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    dead = start | {"owner": start["owner"] | {"pid": done.pid}}
    take(dead)
    query("CREATE TABLE bills (x int)", one)
    other = start["owner"] | {"root": "/another"}
    assert given.sweep(start, "default", other, Connection) == []
    assert "bills" in tables(one)
    with pytest.raises(AgentError, match=f"is in use by process {done.pid} for /nowhere/"):
        given.look(start, "default", Connection)
    assert given.sweep(start, "default", start["owner"], Connection) == [one]


def test_a_database_that_is_not_empty_is_named_with_what_is_in_it_and_left_alone(
    start: dict[str, Any], one: str
) -> None:
    query("CREATE TABLE bills (x int)", one)
    try:
        with pytest.raises(AgentError, match=f"{one} is not empty: it holds table bills"):
            given.look(start, "default", Connection)
        with pytest.raises(AgentError, match="not empty"):
            take(start)
        assert given.sweep(start, "default", start["owner"], Connection) == []
        assert tables(one) == ["bills"]
    finally:
        query("DROP TABLE bills", one)
    assert given.look(start, "default", Connection) == one

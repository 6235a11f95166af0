"""Scratch databases on the server: only ours are removed, whatever ended the run; a missing right is said in preflight."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymysql
import pytest

from migwizard.project.agent.engines import mysql
from migwizard.project.agent.failure import AgentError
from migwizard.project.agent.mysql_facts import read_catalogue
from tests.mysql.project import Project
from tests.mysql.server import HOST, PASSWORD, PORT, USER, connect, database, databases, needs_mysql, query

pytestmark = needs_mysql


class Connection:
    """As much of a Django connection as making and removing databases needs."""

    def _nodb_cursor(self) -> Any:
        return connect().cursor()

    def close(self) -> None:
        """Each cursor has a connection of its own."""


@pytest.fixture
def owner() -> Iterator[dict[str, Any]]:
    owner = {"root": f"/nowhere/{uuid.uuid4().hex}", "host": socket.gethostname(), "pid": 1}
    yield owner
    for name in databases():
        if mysql._digest(owner) in name:
            query(f"DROP DATABASE `{name}`")


def make(owner: dict[str, Any], what: str, real: dict[str, Any] | None = None) -> str:
    mysql.create(real or {}, f"/x/{what}.sqlite3", owner, lambda settings: Connection())
    return mysql.database_name(f"/x/{what}.sqlite3", owner)


def sweep(owner: dict[str, Any]) -> list[str]:
    return mysql.sweep({}, owner, lambda settings: Connection())


def dead_process() -> int:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def alphabet(name: str) -> tuple[str, str]:
    (found,) = query(
        "SELECT default_character_set_name, default_collation_name FROM information_schema.schemata "
        f"WHERE schema_name = '{name}'"
    )
    return found[0], found[1]


def test_leftovers_of_a_dead_process_are_removed_and_those_of_a_live_one_stay(owner: dict[str, Any]) -> None:
    live, dead = make(owner, "old"), make(owner | {"pid": dead_process()}, "old-12ab")
    other = make(owner | {"root": owner["root"] + "/other", "pid": dead_process()}, "old")
    try:
        assert sweep(owner | {"pid": 99999999}) == [dead]
        assert {live, other} <= set(databases())
    finally:
        sweep(owner | {"root": owner["root"] + "/other"})
    assert sweep(owner) == [live]


def test_a_database_with_a_name_that_is_nearly_ours_is_left_alone(owner: dict[str, Any]) -> None:
    name = mysql.database_name("/x/old.sqlite3", owner | {"pid": dead_process()})
    near = [f"{name}_", f"x{name}", name.replace("migwizard_", "migwizard_0", 1)]
    try:
        for each in near:
            query(f"CREATE DATABASE `{each}`")
        assert sweep(owner) == []
        assert set(near) <= set(databases())
    finally:
        for each in near:
            query(f"DROP DATABASE IF EXISTS `{each}`")


def test_a_scratch_database_to_which_somebody_is_connected_is_removed(owner: dict[str, Any]) -> None:
    name = make(owner, "old")
    query("CREATE TABLE a (x int)", name)
    with connect(name) as other, other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT * FROM a")
        began = time.monotonic()
        assert sweep(owner) == [name]
        assert time.monotonic() - began < 5
        with pytest.raises(pymysql.MySQLError):
            cursor.execute("SELECT 1")


def test_it_has_the_alphabet_of_the_real_database_or_of_the_test_settings(owner: dict[str, Any]) -> None:
    test = {"CHARSET": "utf8mb4", "COLLATION": "utf8mb4_bin"}
    with database("latin1", "latin1_german1_ci") as real:
        assert alphabet(make(owner, "old", {"NAME": real, "TEST": test})) == ("latin1", "latin1_german1_ci")
    assert alphabet(make(owner, "old", {"NAME": "fixture_nothing", "TEST": test})) == ("utf8mb4", "utf8mb4_bin")


def test_a_copy_has_what_its_source_has(owner: dict[str, Any]) -> None:
    first = make(owner, "old")
    statements = [
        "CREATE TABLE b (id int AUTO_INCREMENT PRIMARY KEY, a_id int, twice int AS (a_id * 2) STORED, KEY (twice))",
        "CREATE TABLE a (id int PRIMARY KEY, b_id int, CONSTRAINT ab FOREIGN KEY (b_id) REFERENCES b (id))",
        "ALTER TABLE b ADD CONSTRAINT ba FOREIGN KEY (a_id) REFERENCES a (id)",
        "CREATE VIEW az AS SELECT f(id) AS x FROM a",
        "CREATE VIEW aa AS SELECT x FROM az",
        "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.b_id = NULL; END",
    ]
    with connect(first) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE FUNCTION f(n int) RETURNS int DETERMINISTIC RETURN n + 1")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'")
        cursor.execute("INSERT INTO b (id) VALUES (0), (5)")
        cursor.execute("INSERT INTO a VALUES (7, NULL)")
        cursor.execute("UPDATE a SET b_id = 5")
        cursor.execute("UPDATE b SET a_id = 7")
    mysql.create({}, "/x/advanced.sqlite3", owner, lambda settings: Connection(), "/x/old.sqlite3")
    copy = mysql.database_name("/x/advanced.sqlite3", owner)
    assert query("SELECT * FROM b ORDER BY id", copy) == [(0, 7, 14), (5, 7, 14)]
    assert query("SELECT b_id, (SELECT x FROM aa) FROM a", copy) == [(5, 8)]
    catalogues = []
    for name in (first, copy):
        with connect(name) as connection, connection.cursor() as cursor:

            def execute(sql: str, cursor: Any = cursor) -> list[tuple[Any, ...]]:
                cursor.execute(sql)
                return list(cursor.fetchall())

            catalogues.append(read_catalogue(execute))
    assert catalogues[0] == catalogues[1]


@pytest.fixture
def account() -> Iterator[str]:
    """A user who may not create databases."""
    name = f"fixture_{uuid.uuid4().hex[:8]}"
    query(f"CREATE USER '{name}'@'%' IDENTIFIED BY 'secret'")
    yield name
    query(f"DROP USER '{name}'@'%'")


@pytest.mark.ride
def test_a_user_without_the_right_is_told_before_anything_runs(account: str, tmp_path: Path) -> None:
    try:
        connect(user=account, password="secret").close()
    except pymysql.OperationalError as error:
        pytest.skip(f"the server lets no new user in from here: {error}")
    project = Project(tmp_path / "shop", "fixture_nothing", account, "secret")
    refused = project.migwizard("run", "--yes", expect=5)[-1]
    assert refused["code"] == "scratch"
    assert "Access denied" in refused["sentence"]
    grant = f"GRANT ALL PRIVILEGES ON `migwizard\\_%`.* TO '{account}'@'%'"
    assert refused["cures"][0] == f"Let it: {grant}; then start again."
    # The cure cures.
    query(grant)
    assert project.migwizard("run", "--yes", "--until", "preflight")[-1]["state"] == "preflight"
    assert project.scratch_databases() == []


@pytest.mark.ride
def test_a_server_that_does_not_answer_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("MYSQL_TCP_PORT", str(free.getsockname()[1]))
        monkeypatch.setenv("MYSQL_HOST", "127.0.0.1")
        project = Project(tmp_path / "shop", "fixture_nothing")
        asks = project.root / "store/migrations/0003_objects.py"
        asks.write_text(asks.read_text().replace("connection.mysql_is_mariadb", "True"))
        refused = project.migwizard("run", "--yes", expect=5)[-1]
    assert refused["code"] == "unreachable"
    assert "does not answer" in refused["sentence"]


@pytest.mark.ride
def test_what_a_killed_run_left_behind_goes_with_the_next_one(tmp_path: Path) -> None:
    project = Project(tmp_path / "shop", "fixture_nothing")
    command = [sys.executable, "-m", "migwizard", "run", "--yes", "--until", "seeds", "--python", sys.executable]
    run = subprocess.Popen(
        command, cwd=project.root, env=project.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + 120
    while not any("_old_" in name for name in project.scratch_databases()) and time.monotonic() < until:
        time.sleep(0.05)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    assert [name for name in project.scratch_databases() if name.endswith(f"_{run.pid}")]
    project.migwizard("run", "--yes", "--until", "graph")
    assert project.scratch_databases() == []


def test_no_option_leads_past_the_scratch_database() -> None:
    real = {"NAME": "shop", "HOST": HOST, "OPTIONS": {"db": "shop", "database": "shop", "charset": "utf8mb4"}}
    owner = {"root": "/x", "host": "y", "pid": 1}
    scratch = mysql.scratch_settings(real, "/x/old.sqlite3", owner)
    assert scratch["OPTIONS"] == {"charset": "utf8mb4"}
    socketed = {
        "OPTIONS": {"unix_socket": "/run/mysqld.sock", "read_default_file": "~/.my.cnf", "init_command": "SET a"}
    }
    assert mysql.nowhere(socketed)["OPTIONS"] == {"init_command": "SET a"}


def test_elsewhere_it_has_the_alphabet_of_the_real_database_too(owner: dict[str, Any]) -> None:
    test = {"CHARSET": "utf8mb4", "COLLATION": "utf8mb4_bin"}

    def use(settings: dict[str, Any]) -> Any:
        if settings["NAME"] == "fixture_gone":
            raise AgentError("unreachable", "No server.")
        return Connection()

    with database("latin1", "latin1_german1_ci") as real:
        for name, expected in ((real, ("latin1", "latin1_german1_ci")), ("fixture_gone", ("utf8mb4", "utf8mb4_bin"))):
            mysql.create({"NAME": "x"}, "/x/old.sqlite3", owner, use, None, {"NAME": name, "TEST": test})
            assert alphabet(mysql.database_name("/x/old.sqlite3", owner)) == expected


@pytest.mark.ride
def test_another_server_by_its_url(account: str, tmp_path: Path) -> None:
    """The project's own user may make no databases, and the one of the URL may."""
    project = Project(tmp_path / "shop", "fixture_nothing", account, "secret")
    password = f":{PASSWORD}" if PASSWORD else ""
    lines = project.migwizard(
        "run", "--yes", "--until", "preflight", "--scratch", f"mysql://{USER}{password}@{HOST}:{PORT}/"
    )
    found = next(
        line["data"] for line in lines if line.get("data", {}).get("name") == "Scratch" and "status" in line["data"]
    )
    assert found["status"] == "ok"
    assert f"Server: {HOST}:{PORT}, as {USER}" in found["detail"]
    assert project.scratch_databases() == []

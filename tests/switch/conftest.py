"""One worker and one manifest for all tests of the switch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from migwizard.switch.manifest import Manifest, build
from tests.mysql import server as mysql
from tests.postgresql import server as postgresql
from tests.switch.engines import Database, Mysql, Postgresql, Sqlite
from tests.switch.support import NEW, OLD, OTHERS, Worker

# Each server's tests run in one process, which makes one database for all of them.
POSTGRESQL = pytest.param(
    "postgresql", marks=[postgresql.needs_postgresql, pytest.mark.xdist_group("switch-postgresql")]
)
MYSQL = pytest.param("mysql", marks=[mysql.needs_mysql, pytest.mark.xdist_group("switch-mysql")])


@pytest.fixture(scope="session")
def worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.close()


@pytest.fixture
def second_worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.close()


@pytest.fixture
def manifest() -> Manifest:
    return build(
        run_id="r1-20190101",
        created="2019-01-01T10:00:00+00:00",
        apps=["users", "blog"],
        old_nodes=OLD,
        new_nodes=NEW,
        tables=["users_user", "blog_post"],
        release="abc123",
    )


@pytest.fixture(scope="session")
def postgresql_place() -> Iterator[Postgresql]:
    with postgresql.database() as name:
        yield Postgresql(name)


@pytest.fixture(scope="session")
def mysql_place() -> Iterator[Mysql]:
    with mysql.database() as name:
        yield Mysql(name)


@pytest.fixture(params=["sqlite", POSTGRESQL, MYSQL])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """An empty database of each engine."""
    if request.param == "sqlite":
        return Sqlite(tmp_path / "db.sqlite3")
    server: Postgresql | Mysql = request.getfixturevalue(f"{request.param}_place")
    server.empty()
    return server


@pytest.fixture
def database(place: Database) -> Database:
    """At the old head, with rows of other apps before, between and after."""
    return place.make([OTHERS[0], *OLD[:2], *OTHERS[1:], *OLD[2:], ("sessions", "0001_initial")])

"""Users of a server who may less than the owner of the tables: what they may not do is said before it is tried."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from migwizard.switch.manifest import Manifest
from tests.mysql import server as mysql
from tests.postgresql import server as postgresql
from tests.switch.conftest import MYSQL, POSTGRESQL
from tests.switch.engines import Database, Mysql, Postgresql
from tests.switch.support import RefusedError, Worker

WORD = "pl4nted-word"


class _PoorOnPostgresql(Postgresql):
    user = ""

    @property
    def settings(self) -> dict[str, Any]:
        return super().settings | {"USER": self.user, "PASSWORD": WORD}


class _PoorOnMysql(Mysql):
    user = ""

    @property
    def settings(self) -> dict[str, Any]:
        return super().settings | {"USER": self.user, "PASSWORD": WORD}


@contextmanager
def _on_postgresql(database: Database) -> Iterator[Database]:
    poor = _PoorOnPostgresql(database.settings["NAME"])
    poor.user = f"fixture_{uuid.uuid4().hex[:8]}"
    postgresql.query(f"CREATE ROLE {poor.user} LOGIN PASSWORD '{WORD}'")
    try:
        database.query(f"GRANT USAGE ON SCHEMA public TO {poor.user}")
        database.query(f"GRANT ALL ON django_migrations TO {poor.user}")
        yield poor
    finally:
        database.query(f"DROP OWNED BY {poor.user}")
        postgresql.query(f"DROP ROLE {poor.user}")


@contextmanager
def _on_mysql(database: Database) -> Iterator[Database]:
    poor = _PoorOnMysql(database.settings["NAME"])
    poor.user = f"fixture_{uuid.uuid4().hex[:8]}"
    mysql.query(f"CREATE USER {poor.user} IDENTIFIED BY '{WORD}'")
    try:
        database.query(f"GRANT ALL ON django_migrations TO {poor.user}")
        yield poor
    finally:
        mysql.query(f"DROP USER {poor.user}")


@pytest.fixture
def poor(database: Database) -> Iterator[Database]:
    """The same database for a user with all rights on the history, and none else."""
    with (_on_postgresql if isinstance(database, Postgresql) else _on_mysql)(database) as found:
        yield found


@pytest.mark.parametrize("place", [POSTGRESQL, MYSQL], indirect=True)
def test_a_switch_that_cannot_work_is_refused_when_it_is_tried(
    worker: Worker, database: Database, poor: Database, manifest: Manifest
) -> None:
    before = database.dump()
    for dry_run in (True, False):
        with pytest.raises(RefusedError) as refused:
            worker("switch", poor, manifest, options={"dry_run": dry_run})
        assert refused.value.code == "MW-E24"
        assert "who has no right to" in refused.value.text and "CREATE" in refused.value.text
    assert database.dump() == before
    for grant in refused.value.details["grants"]:
        assert grant in refused.value.text
        database.query(grant)
    assert worker("switch", poor, manifest, options={"dry_run": True})["result"] == "WOULD_SWITCH"
    assert worker("switch", poor, manifest)["result"] == "SWITCHED"


@pytest.mark.parametrize("place", [POSTGRESQL], indirect=True)
def test_a_right_on_the_history_that_is_lacking_is_named(
    worker: Worker, database: Database, poor: Postgresql, manifest: Manifest
) -> None:
    database.query("GRANT CREATE ON SCHEMA public TO PUBLIC")
    database.query(f"REVOKE DELETE ON django_migrations FROM {poor.settings['USER']}")
    with pytest.raises(RefusedError) as refused:
        worker("switch", poor, manifest, options={"dry_run": True})
    assert f'GRANT DELETE ON "public"."django_migrations" TO {poor.settings["USER"]}.' in refused.value.text


@pytest.mark.parametrize("place", [POSTGRESQL, MYSQL], indirect=True)
def test_who_may_not_read_the_backup_can_still_look(
    worker: Worker, database: Database, poor: Database, manifest: Manifest
) -> None:
    worker("switch", database, manifest)
    found = worker("state", poor, manifest)
    assert (found["state"], found["saved"], found["backup"], found["other_run"]) == ("NEW", 0, [], "")
    assert worker("switch", poor, manifest)["result"] == "NOTHING_TO_DO"
    before = database.dump()
    with pytest.raises(RefusedError):
        worker("undo", poor, manifest)
    assert database.dump() == before

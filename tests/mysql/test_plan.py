"""What the project asks the server for while its migrations are imported is answered, and nothing else is opened."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.mysql.project import Project
from tests.mysql.server import needs_mysql

pytestmark = [needs_mysql, pytest.mark.ride]


def test_a_migration_may_ask_which_server_it_is(tmp_path: Path) -> None:
    """The database of the settings does not exist: it is not opened."""
    plan = Project(tmp_path / "shop", "fixture_nothing").migwizard("plan")[-1]
    assert plan["type"] == "result"


def test_without_a_server_it_is_the_migration_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("MYSQL_TCP_PORT", str(free.getsockname()[1]))
        monkeypatch.setenv("MYSQL_HOST", "127.0.0.1")
        refused = Project(tmp_path / "shop", "fixture_nothing").migwizard("plan", expect=3)[-1]
    assert "store/migrations/0003_objects.py" in refused["sentence"]
    assert "Can't connect" in refused["sentence"]

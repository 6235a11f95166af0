"""One worker and one manifest for all tests of the switch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from migwizard.switch.manifest import Manifest, build
from tests.switch.support import NEW, OLD, OTHERS, Worker, make_database


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


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """At the old head, with rows of other apps before, between and after."""
    return make_database(
        tmp_path / "db.sqlite3", [OTHERS[0], *OLD[:2], *OTHERS[1:], *OLD[2:], ("sessions", "0001_initial")]
    )

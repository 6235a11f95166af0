"""One empty database for all tests that change it inside of transactions only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgresql.server import database


@pytest.fixture(scope="session")
def empty_database() -> Iterator[str]:
    with database() as name:
        yield name

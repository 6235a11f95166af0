"""One empty database for all tests that clean up behind themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.mysql.server import database


@pytest.fixture(scope="session")
def empty_mysql() -> Iterator[str]:
    with database() as name:
        yield name

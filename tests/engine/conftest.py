"""Projects that several tests start from; each test gets a copy of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.support import Shop, make_tiny


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The tiny project at its old head; not to be changed."""
    return make_tiny(tmp_path_factory.mktemp("migrated"))


@pytest.fixture(scope="session")
def proved(migrated: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The tiny project after `run --until proof`; not to be changed."""
    shop = migrated.copy(tmp_path_factory.mktemp("proved"))
    shop.migwizard("run", "--yes", "--until", "proof")
    return shop


@pytest.fixture(scope="session")
def finished(proved: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The tiny project after a whole reset; not to be changed."""
    shop = proved.copy(tmp_path_factory.mktemp("finished"))
    shop.migwizard("run", "--yes")
    return shop


@pytest.fixture
def tiny(migrated: Shop, tmp_path: Path) -> Shop:
    return migrated.copy(tmp_path)


@pytest.fixture
def tiny_proved(proved: Shop, tmp_path: Path) -> Shop:
    return proved.copy(tmp_path)


@pytest.fixture
def tiny_finished(finished: Shop, tmp_path: Path) -> Shop:
    return finished.copy(tmp_path)


@pytest.fixture
def writer(tiny: Shop) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that holds the database."""
    code = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN IMMEDIATE'); print(flush=True); input()"
    command = [sys.executable, "-c", code, str(tiny.database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        yield other
        other.kill()

"""docs/backups.md says how a reset is taken back with a shell and SQL alone: its commands, as they stand there, end at the start."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.support import Shop
from tests.engine.test_hostile_names import ALIAS, TABLE, odd_project, place, rows_of  # noqa: F401 - a fixture
from tests.switch.engines import Database, Sqlite

pytestmark = pytest.mark.ride
BACKUP = "migwizard_history_backup"
PAGE = (Path(__file__).parents[1] / "docs/backups.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


def statements() -> Iterator[str]:
    (block,) = blocks("sql")
    yield from (statement.strip() for statement in block.split(";") if statement.strip())


@pytest.mark.parametrize("which", ["here", "second"])
def test_every_command_of_the_page(place: Database, tmp_path: Path, which: str) -> None:  # noqa: F811 - a fixture
    shop = odd_project(tmp_path, place)
    for alias in ("default", ALIAS):
        assert shop.manage("migrate", "-v0", "--database", alias).returncode == 0
    other = Sqlite(next(shop.root.glob("o*.sqlite3")))
    before = _all(shop, place, other)
    modes = {path: path.stat().st_mode for path in shop.root.rglob("*.py")}
    shop.migwizard("run", "--yes", "--database", "default")
    manifest = json.loads((shop.root / "migwizard_manifest.json").read_bytes())
    run = manifest["run_id"]
    (second,) = (tmp_path / "state/migwizard").glob(f"*/{run}")
    backup = second if which == "second" else shop.root / ".migwizard/backup"
    if which == "second":
        shutil.rmtree(shop.root / ".migwizard")
    kept = [("earlier",)] if which == "second" else []
    for database in (place, other):
        assert ("ware", "0001_initial") not in database.names()
        if kept:
            # Of a reset before this one: not to come back with it, and to stay for its own way back.
            values = "('earlier', 'old', 4242, 'ware', '0000_first', '2020-01-01'), ('earlier', 'new', 1, 'ware', '0001_first', '2020-01-01')"
            database.query(f"INSERT INTO {BACKUP} (run_id, kind, row_id, app, name, applied) VALUES {values}")
        _follow(database, run)
        assert database.query(f"SELECT DISTINCT run_id FROM {BACKUP}") == kept
    copying, cleaning, looking = blocks("console")
    for label, folder in manifest["folders"].items():
        assert (backup / label).is_dir()
        _shell(shop, copying, BACKUP=str(backup), LABEL=label, FOLDER=folder)
    _shell(shop, cleaning)
    assert "No planned migration operations" in _shell(shop, looking, python=sys.executable)
    assert _all(shop, place, other) == before
    assert {path: path.stat().st_mode for path in shop.root.rglob("*.py") if ".migwizard" not in path.parts} == modes


def _all(shop: Shop, place: Database, other: Sqlite) -> tuple[object, ...]:  # noqa: F811 - a fixture
    """Every file but the database in the project, and every row."""
    tree = {path: data for path, data in shop.tree().items() if not path.endswith(".sqlite3")}
    return tree, place.rows(), rows_of(place), other.rows(), other.query(f'SELECT * FROM "{TABLE}"')


def _follow(place: Database, run: str) -> None:  # noqa: F811 - a fixture
    connection = place.connect()
    try:
        cursor = connection.cursor()
        for statement in statements():
            cursor.execute(statement.replace("'RUN'", f"'{run}'"))
    finally:
        connection.close()


def _shell(shop: Shop, block: str, **words: str) -> str:
    """Run the lines of a block, with what stands for a word of the page."""
    said = ""
    for line in block.splitlines():
        assert line.startswith("$ ")
        command = re.sub(r"\b[A-Za-z]+\b", lambda found: shlex.quote(words.get(found[0], found[0])), line[2:])
        done = subprocess.run(
            ["/bin/sh", "-ec", command],
            cwd=shop.root,
            env=shop.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        said += done.stdout
    return said

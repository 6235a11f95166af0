"""The comparison with other tools: how it judges, and that what it knows of the demo is so. No tool is run here."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import migwizard
from tests.peers.judging import (
    RECORD,
    State,
    objects_between,
    parts,
    raised,
    read_state,
    rows_between,
    seeds_between,
    verdict,
)
from tests.peers.tools import HEADS, TOOLS
from tests.peers.trial import RELEASE, flatten, migration_files

ROOT = Path(__file__).parents[1]
SHOP = Path(migwizard.__file__).parent / "demo" / "template" / "shop"


def database(path: Path, *statements: str) -> State:
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(";\n".join(statements))
    return read_state(path, {"apart"})


def state(rows: dict[str, tuple[str, ...]], *objects: str) -> State:
    return State({("table", name): () for name in (*rows, *objects)}, rows)


def test_the_order_of_columns_is_no_difference_and_all_else_is(tmp_path: Path) -> None:
    one = database(tmp_path / "one", "CREATE TABLE t (id integer, price decimal(8, 2) CHECK (price > 0))")
    other = database(tmp_path / "other", "CREATE TABLE t (price decimal(8,2)  CHECK (price > 0),\n id integer)")
    stricter = database(tmp_path / "stricter", "CREATE TABLE t (id integer, price decimal(8, 2) CHECK (price > 1))")
    assert parts("table", "CREATE TABLE t (a, b text DEFAULT ',', UNIQUE (a, b))") == (
        "UNIQUE ( a , b )",
        "a",
        "b text DEFAULT ','",
    )
    assert objects_between(one, other) == ""
    assert objects_between(one, stricter) == "1 table different"


def test_rows_are_compared_by_the_names_of_their_columns(tmp_path: Path) -> None:
    one = database(tmp_path / "one", "CREATE TABLE t (a, b)", "INSERT INTO t VALUES (1, 2)", "CREATE TABLE apart (a)")
    other = database(tmp_path / "other", "CREATE TABLE t (b, a)", "INSERT INTO t VALUES (2, 1)")
    assert one.rows == other.rows == {"t": ("(1, 2)",)}
    assert one.objects == other.objects


def test_objects_are_counted_by_kind_tables_first(tmp_path: Path) -> None:
    table = "CREATE TABLE t (a)"
    more = (
        "CREATE INDEX i ON t (a)",
        "CREATE INDEX j ON t (a)",
        "CREATE VIEW v AS SELECT a FROM t",
        "CREATE TABLE u (a)",
    )
    small, large = database(tmp_path / "small", table), database(tmp_path / "large", table, *more)
    assert objects_between(large, small) == "1 table, 2 indexes, 1 view missing"
    assert objects_between(small, large) == "1 table, 2 indexes, 1 view added"
    assert objects_between(small, large, additions=False) == ""


@pytest.mark.parametrize(
    ("code", "stderr", "said"),
    [
        (0, "ValueError: only a warning", ""),
        (None, "", "takes too long"),
        (5, "something else", "exit code 5"),
        (1, "CommandError: no", "`CommandError`"),
        (1, "sqlite3.OperationalError: x\n\ndjango.db.utils.OperationalError: x", "`OperationalError`"),
        (
            1,
            "KeyError: 1\n\nDuring handling\ndjango.x.InconsistentMigrationHistory: y",
            "`InconsistentMigrationHistory`",
        ),
    ],
)
def test_a_failure_is_named_by_what_was_raised_last(code: int | None, stderr: str, said: str) -> None:
    assert raised(code, stderr) == said


def test_seeds_are_counted_table_by_table() -> None:
    old = state({"a": ("1", "2"), "b": ("1",), "auth_permission": ("1",)})
    assert seeds_between(old, state({"a": ("3", "4"), "b": ("5",)})) == "kept"
    assert seeds_between(old, state({"a": ("1",)})) == "2 of 3 rows lost"
    assert seeds_between(old, state({"a": ("1",), "b": ("1", "2")})) == "1 of 3 rows lost, 1 row too many"


def test_rows_which_the_release_writes_are_counted_and_others_compared() -> None:
    before = state({"settled": ("1",), "written": ()})
    wanted = state({"settled": ("1",), "written": ("at noon",)})
    assert rows_between(before, wanted, state({"settled": ("1",), "written": ("at night",)})) == ""
    assert rows_between(before, wanted, state({"settled": ("2",), "written": ()})) == "rows of 2 tables different"


def test_the_verdict_on_a_database() -> None:
    before = state({"a": ("1",), RECORD: ("old",)})
    noted = state({"a": ("1",), RECORD: ("new",)})
    wanted = state({"a": ("1",), RECORD: ("new",)}, "new")
    assert verdict(before, wanted, wanted, "", "") == "right"
    assert verdict(before, wanted, wanted, "", "exit code 1") == "reports success; `migrate --check` fails"
    assert verdict(before, wanted, noted, "", "") == "reports success; 1 table missing"
    assert verdict(before, wanted, before, "`E`", "") == "stops (`E`), unchanged"
    assert verdict(before, wanted, noted, "`E`", "") == "stops (`E`), only the list of migrations changed"
    assert verdict(before, wanted, wanted, "`E`", "") == "stops (`E`), 1 table added"
    lost = state({"a": ("NULL",), RECORD: ("old",)})
    assert verdict(before, wanted, lost, "`E`", "") == "stops (`E`), rows of 1 table different"


def test_what_is_known_of_the_demo_is_so() -> None:
    files = sorted(SHOP.rglob("migrations/0*.py"))
    assert {path.parent.parent.name: path.name[:4] for path in files} == HEADS
    released = {path for pattern in RELEASE for path in SHOP.rglob(pattern)}
    dated = {path for path in files if re.search(r"on 202[4-9]-", path.read_text(encoding="utf-8"))}
    assert released == dated


def test_the_flat_demo_has_the_same_migrations_under_its_labels(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    shutil.copytree(SHOP, root, ignore=shutil.ignore_patterns("__pycache__"))
    count = len(migration_files(root))
    flatten(root)
    assert {path.parent.parent.name for path in root.glob("*/migrations/0001_*.py")} == set(HEADS)
    assert len(migration_files(root)) == count
    assert '"organizations",' in (root / "config" / "settings.py").read_text(encoding="utf-8")
    assert not [path for path in root.rglob("*.py") if re.search(r"\bapps\.(user|products|mark)", path.read_text())]


def test_tools_of_the_index_are_pinned_and_the_readme_has_a_row_for_each() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for tool in TOOLS:
        package, _, version = tool.requirement.partition("==")
        assert tool.name.startswith(f"{package} {version}".strip())
        rows = re.findall(rf"^\| `?{re.escape(tool.name)}`?\*? +\|", text, re.M)
        assert len(rows) == 2, tool.name
    assert len({tool.slug for tool in TOOLS}) == len(TOOLS)

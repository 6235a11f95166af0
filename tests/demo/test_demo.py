"""The demo is a project that works, whose history is honest, and which holds the hard cases that it promises."""

from __future__ import annotations

import json
import os
import pkgutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import migwizard
from migwizard.demo.write import TEMPLATE, write_demo

from .listing import ARTICLE_LEVELS

PROJECT_APPS = ("user", "organizations", "products", "orders", "shipment", "bootstrap")

# Prints {model: [targets]} of the registry; a many-to-many with a through model of its own is no relation of the model.
PRINT_RELATIONS = """
import json
import django
django.setup()
from django.apps import apps
graph = {}
for model in apps.get_models():
    fields = [*model._meta.fields, *model._meta.many_to_many]
    targets = {f.related_model for f in fields if f.is_relation and f.related_model}
    through = {f.related_model for f in model._meta.many_to_many if not f.remote_field.through._meta.auto_created}
    graph[model._meta.label] = sorted(t._meta.label for t in targets - through - {model})
print(json.dumps(graph))
"""


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the project's interpreter there; the settings of whoever runs the tests do not reach it."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(project),
        "PYTHONWARNINGS": "default",
    }
    return subprocess.run(
        [sys.executable, *arguments], cwd=project, env=environment, capture_output=True, text=True, timeout=120
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, freshly written and migrated from zero."""
    root = write_demo(tmp_path_factory.mktemp("demo"))
    result = run(root, "manage.py", "migrate", "--verbosity=0")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    return root


@pytest.fixture
def database(project: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(project / "db.sqlite3")) as connection:
        yield connection


def rows(database: sqlite3.Connection, query: str) -> list[tuple[object, ...]]:
    return database.execute(query).fetchall()


def objects(database: sqlite3.Connection, kind: str) -> set[str]:
    found = rows(database, f"SELECT name FROM sqlite_master WHERE type = '{kind}' AND sql IS NOT NULL")
    return {str(name) for (name,) in found}


def test_check_is_silent(project: Path) -> None:
    result = run(project, "manage.py", "check")
    assert (result.returncode, result.stderr) == (0, "")
    assert "no issues (0 silenced)" in result.stdout


def test_models_are_what_the_history_builds(project: Path) -> None:
    result = run(project, "manage.py", "makemigrations", "--check", "--dry-run")
    assert (result.returncode, result.stdout.strip()) == (0, "No changes detected")


def test_history_is_long_and_wholly_applied(project: Path, database: sqlite3.Connection) -> None:
    files = {path.stem for path in project.glob("apps/**/migrations/[0-9]*.py")}
    marks = ", ".join("?" * len(PROJECT_APPS))
    applied = database.execute(f"SELECT name FROM django_migrations WHERE app IN ({marks})", PROJECT_APPS).fetchall()
    assert len(applied) >= 40
    assert {name for (name,) in applied} == files


def test_levels_are_those_of_the_article(project: Path) -> None:
    result = run(project, "-c", PRINT_RELATIONS)
    assert result.returncode == 0, result.stderr
    left: dict[str, list[str]] = json.loads(result.stdout)
    for level, expected in ARTICLE_LEVELS.items():
        ready = {model for model, targets in left.items() if not left.keys() & set(targets)}
        assert ready == expected, f"level {level}"
        left = {model: targets for model, targets in left.items() if model not in ready}
    assert {"orders.Order", "shipment.Shipment"} <= left.keys()


def test_apps_need_each_other_in_cycles(project: Path) -> None:
    graph: dict[str, list[str]] = json.loads(run(project, "-c", PRINT_RELATIONS).stdout)
    arcs = {(model.split(".")[0], target.split(".")[0]) for model, targets in graph.items() for target in targets}
    for one, other in [("orders", "shipment"), ("orders", "products"), ("user", "organizations")]:
        assert {(one, other), (other, one)} <= arcs


def test_hand_made_objects_at_the_end(database: sqlite3.Connection) -> None:
    assert objects(database, "view") == {"orders_open_order"}
    # products_supplier_trim was made too; the later AlterField on its table dropped it.
    assert objects(database, "trigger") == {"orders_orderline_count"}
    assert "products_variant_on_sale" in objects(database, "index")


def test_lost_trigger_was_made_and_never_dropped_by_name() -> None:
    sources = [path.read_text(encoding="utf-8") for path in TEMPLATE.glob("shop/apps/products/migrations/0*.py")]
    assert sum("CREATE TRIGGER products_supplier_trim" in source for source in sources) == 1
    assert sum("products_supplier_trim" in source for source in sources) == 1


def test_surviving_trigger_counts_lines(project: Path) -> None:
    with closing(sqlite3.connect(f"file:{project / 'db.sqlite3'}?mode=ro", uri=True)) as kept:
        scratch = sqlite3.connect(":memory:")
        kept.backup(scratch)
    with closing(scratch):
        scratch.execute(
            "INSERT INTO orders_order (id, number, state, created_on, owner_id, line_count)"
            " VALUES (1, 'A1', 'new', '2025-01-01', 1, 0)"
        )
        scratch.execute("INSERT INTO orders_orderline (order_id, variant_id, quantity, unit_price) VALUES (1, 7, 2, 3)")
        assert rows(scratch, "SELECT number, line_count, variants FROM orders_open_order") == [("A1", 1, 1)]


def test_permission_of_no_model_and_its_group(database: sqlite3.Connection) -> None:
    held = rows(
        database,
        "SELECT g.name, c.app_label, c.model, p.codename FROM auth_group g"
        " JOIN auth_group_permissions gp ON gp.group_id = g.id JOIN auth_permission p ON p.id = gp.permission_id"
        " JOIN django_content_type c ON c.id = p.content_type_id",
    )
    assert held == [("Back office", "orders", "order", "approve_refund")]


def test_rows_of_the_renamed_model(database: sqlite3.Connection) -> None:
    assert rows(database, "SELECT code, name FROM shipment_courier ORDER BY code") == [
        ("bluevan", "Blue Van"),
        ("bote", "Grüner Bote"),
        ("harbour", "Harbour Freight"),
    ]
    assert objects(database, "table").isdisjoint({"shipment_carrier", "shipment_zone"})


def test_seeds_and_what_later_fixes_made_of_them(database: sqlite3.Connection) -> None:
    children = rows(
        database,
        "SELECT c.slug, c.name FROM products_category c JOIN products_category p ON p.id = c.parent_id"
        " WHERE p.name = 'Café & Küche' ORDER BY c.position",
    )
    assert children == [("accessories", "Accessories"), ("cups", "Cups")]
    assert rows(database, "SELECT currency, rate FROM orders_conversionrate ORDER BY currency") == [
        ("CHF", 0.925),
        ("EUR", 1),
        ("USD", 1.0625),
    ]
    assert rows(database, "SELECT name FROM products_supplier") == [("Unknown supplier",)]
    assert rows(database, "SELECT * FROM products_promotion") == []
    assert rows(
        database,
        "SELECT u.username, m.role, f.city FROM user_user u JOIN organizations_membership m ON m.user_id = u.id"
        " JOIN organizations_office f ON f.id = u.office_id",
    ) == [("shop-robot", "robot", "Leipzig")]


def test_same_rows_every_time(project: Path, database: sqlite3.Connection, tmp_path: Path) -> None:
    again = write_demo(tmp_path / "again")
    assert run(again, "manage.py", "migrate", "--verbosity=0").returncode == 0
    with closing(sqlite3.connect(again / "db.sqlite3")) as other:
        for table in objects(database, "table") - {"django_migrations"}:
            assert rows(other, f'SELECT * FROM "{table}"') == rows(database, f'SELECT * FROM "{table}"'), table


def test_layout(tmp_path: Path) -> None:
    directory = tmp_path / "new" / "demo"
    assert write_demo(directory) == directory / "shop"
    assert (directory / "shop" / "manage.py").is_file()
    assert (directory / "packages" / "social" / "models.py").is_file()
    assert len((directory / "README.txt").read_text(encoding="utf-8").splitlines()) == 5
    assert not [path for path in directory.rglob("*") if path.name == "__pycache__" or path.suffix == ".sqlite3"]


def test_refuses_a_directory_with_anything_in_it(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError, match="not empty"):
        write_demo(tmp_path)
    with pytest.raises(FileExistsError, match="is a file"):
        write_demo(note)
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_template_is_no_part_of_the_package_tree() -> None:
    names = {module.name for module in pkgutil.walk_packages(migwizard.__path__, "migwizard.", onerror=lambda _: None)}
    assert "migwizard.demo.write" in names
    assert not [name for name in names if name.startswith("migwizard.demo.template")]

"""Seed migrations as text: what they are called, depend on, and name."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import pytest

from migwizard.seeds.compose import CannotJoinError, Content, Home, SeedMigration, compose, rows_content
from migwizard.seeds.extract import Extract
from migwizard.seeds.groups import Item
from migwizard.seeds.guard import CLASS
from migwizard.seeds.materialise import SeedRow, SeedTable, materialise

HOME = Home(
    by_table={"shop_item": ("shop", "0002_reset_links"), "blog_post": ("blog", "0001_reset_initial")},
    by_app={
        "shop": ("shop", "0002_reset_links"),
        "blog": ("blog", "0001_reset_initial"),
        "auth": ("auth", "0012_last"),
    },
)
COUNTS = {"shop": 2, "blog": 1}


def composed(*pairs: tuple[Item, Content]) -> tuple[SeedMigration, ...]:
    return compose(pairs, home=HOME, tag="reset", header="Seeds", counts=COUNTS)


def item(app: str, *tables: str, id: str = "", atomic: bool = True) -> Item:
    return Item(app, frozenset(tables), frozenset(tables), (id or f"{app}.0002_seed#0",), atomic)


def python(key: str, body: str, name: str = "load", imports: Sequence[str] = ()) -> Content:
    """A moved function."""
    text = f"def {name}(apps, schema_editor):\n    {body}\n"
    return Content(
        key, f"shop.{key}", (f"migrations.RunPython({{{name}}})",), (name,), Extract(tuple(imports), text, (name,))
    )


def sql(text: str = "SELECT 1") -> Content:
    return Content("0002_sql", "shop.0002_sql", (f'migrations.RunSQL("{text}")',))


def defined(migration: SeedMigration) -> list[str]:
    return [node.name for node in ast.parse(migration.text).body if isinstance(node, ast.FunctionDef)]


def test_a_file_depends_on_all_that_it_touches_and_gets() -> None:
    body = 'apps.get_model("auth", "Group"); apps.get_model("unknown.Model")'
    (found,) = composed((item("shop", "blog_post", "made_by_hand"), python("0002_seed", body)))
    assert (found.app, found.name) == ("shop", "0003_reset_seed")
    assert found.depends_on == (
        ("auth", "0012_last"),
        ("blog", "0001_reset_initial"),
        ("shop", "0002_reset_links"),
    )
    assert found.ids == (("shop.0002_seed#0",),)


@pytest.mark.parametrize("call", ['"auth", "Group"', "'auth.Group'", '\n  "auth",\n  "Group"'])
def test_every_way_to_get_a_model_is_seen(call: str) -> None:
    (found,) = composed((item("shop"), python("0002_seed", f"apps.get_model({call})")))
    assert ("auth", "0012_last") in found.depends_on


def test_an_app_without_models_depends_on_nothing_of_its_own() -> None:
    (found,) = composed((item("office"), sql()))
    assert (found.name, found.depends_on) == ("0001_reset_sql", ())


def test_files_are_numbered_after_the_schema_and_named_by_what_they_hold() -> None:
    found = composed(
        (item("shop", "t"), sql()),
        (item("blog", "t"), python("0002_seed", "pass")),
        (item("shop", "t"), python("0003_seed", "pass")),
    )
    assert [(each.app, each.name) for each in found] == [
        ("shop", "0003_reset_sql"),
        ("blog", "0002_reset_seed"),
        ("shop", "0004_reset_seed"),
    ]
    assert found[2].depends_on == (("blog", "0002_reset_seed"), ("shop", "0003_reset_sql"))


def test_what_ran_outside_of_a_transaction_has_a_file_of_its_own() -> None:
    found = composed((item("shop", "t"), sql()), (item("shop", "t", atomic=False), sql()))
    assert ["atomic = False" in each.text for each in found] == [False, True]


def test_functions_with_one_name_are_told_apart() -> None:
    (found,) = composed(
        (item("shop", id="one"), python("0002_a", "return 1")), (item("shop", id="two"), python("0003_b", "return 2"))
    )
    assert defined(found) == ["m0002_a_load", "m0003_b_load"]
    assert "RunPython(m0002_a_load)" in found.text
    assert "RunPython(m0003_b_load)" in found.text
    assert found.ids == (("one",), ("two",))


def borrowing(module: str) -> Content:
    return Content("0002_a", "", (f"migrations.RunPython({{{module}:load}})",), borrowed=((module, "load"),))


def names_of(migration: SeedMigration) -> dict[str, str]:
    """What each imported name stands for."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.parse(migration.text).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def called(migration: SeedMigration) -> list[str]:
    """The functions that RunPython is given, by their full names; those of the file by their own."""
    names = names_of(migration)
    calls = [node for node in ast.walk(ast.parse(migration.text)) if isinstance(node, ast.Call)]
    first = [call.args[0] for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "RunPython"]
    return [names.get(node.id, node.id) for node in first if isinstance(node, ast.Name)]


def test_functions_of_modules_that_share_a_name_are_told_apart() -> None:
    (found,) = composed(
        (item("shop"), borrowing("shop.one")),
        (item("shop"), borrowing("shop.two")),
        (item("shop"), borrowing("shop.one")),
        (item("shop"), python("0002_a", "pass")),
        (item("shop"), borrowing("top")),
    )
    assert called(found) == ["shop.one.load", "shop.two.load", "shop.one.load", "m0002_a_load", "top.load"]


def test_a_borrowed_function_alone_keeps_its_name() -> None:
    (found,) = composed((item("shop"), borrowing("shop.one")))
    assert "from shop.one import load\n" in found.text
    assert "migrations.RunPython(load)" in found.text


def test_a_name_that_cannot_be_told_apart_is_refused_with_its_operations() -> None:
    with pytest.raises(CannotJoinError, match=r"import settings\.local") as refused:
        composed(
            (item("shop", id="one"), python("0002_a", "return settings.local", imports=["import settings.local"])),
            (item("shop", id="sql"), sql()),
        )
    assert refused.value.ids == ("one",)


def test_braces_in_sql_are_no_names() -> None:
    (found,) = composed((item("shop"), python("0002_a", "pass")), (item("shop"), sql("SELECT '{load}'")))
    assert "SELECT '{load}'" in found.text


def test_the_text_has_no_guard_of_its_own() -> None:
    (found,) = composed((item("shop"), sql()))
    assert CLASS not in found.text
    compile(found.text, found.name, "exec")


def test_rows_and_raw_rows_stand_in_one_item() -> None:
    rows = materialise([SeedTable("shop", "Item", "id", (SeedRow((("id", "1"),)),))])
    content = rows_content(rows, ["migrations.RunSQL('INSERT')"], "shop")
    (found,) = composed((item("shop", "shop_item"), content))
    assert found.name == "0003_reset_seed"
    assert found.text.index("create_rows, delete_rows") < found.text.index("RunSQL('INSERT')")
    assert len(found.ids) == 2
    (only,) = composed((item("shop"), rows_content(None, ["migrations.RunSQL('INSERT')"], "shop")))
    assert only.name == "0003_reset_sql"

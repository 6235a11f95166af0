"""How a real database is told to deviate from what the histories build."""

from __future__ import annotations

import pytest

from migwizard.proof.deviation import AS_NEW, BEFORE, Deviation, deviations
from tests.proof.builder import build

HISTORY = """
CREATE TABLE shop_item (id integer PRIMARY KEY AUTOINCREMENT, code varchar(20) NOT NULL UNIQUE, price integer CHECK (price > 0));
CREATE INDEX shop_price ON shop_item (price);
CREATE VIEW shop_cheap AS SELECT id FROM shop_item WHERE price < 10;
CREATE TABLE auth_user (id integer PRIMARY KEY, name text);
"""


def told(real: str, *, old: str = HISTORY, new: str = "", partial: bool = False) -> list[Deviation]:
    return list(
        deviations(
            build(real).catalogue,
            build(old).catalogue,
            build(new or old).catalogue,
            explicit_names={"shop_price"},
            foreign={"auth_user"},
            partial=partial,
        )
    )


def test_a_database_as_the_history_builds_it_has_none() -> None:
    assert told(HISTORY) == []


@pytest.mark.parametrize(
    ("before", "after", "weight", "kind", "name"),
    [
        ("CREATE INDEX shop_price ON shop_item (price);", "", "warn", "index", "shop_price"),
        ("INDEX shop_price", "INDEX by_hand", "warn", "index", "shop_price"),
        ("varchar(20)", "varchar(30)", "warn", "column", "code"),
        (" CHECK (price > 0)", "", "warn", "constraint", "check (price > 0)"),
        (", price integer CHECK (price > 0)", "", "stop", "column", "price"),
        ("price < 10", "price < 11", "warn", "view", "shop_cheap"),
        ("CREATE VIEW", "CREATE TABLE legacy_tmp (id integer);CREATE VIEW", "info", "table", "legacy_tmp"),
        ("CREATE VIEW", "CREATE INDEX dba_hot ON shop_item (code, price);CREATE VIEW", "info", "index", "dba_hot"),
    ],
)
def test_each_is_weighed_and_named(before: str, after: str, weight: str, kind: str, name: str) -> None:
    real = HISTORY.replace(before, after)
    if weight == "stop":
        real = real.split("CREATE INDEX")[0] + "CREATE VIEW shop_cheap AS SELECT id FROM shop_item WHERE price < 10;"
    found = told(real)
    assert (found[0].weight, found[0].kind, found[0].name) == (weight, kind, name)
    assert BEFORE in found[0].sentence


def test_both_definitions_are_told() -> None:
    (found,) = told(HISTORY.replace("varchar(20)", "varchar(30)"))
    assert ("varchar(20)" in str(found.expected), "varchar(30)" in str(found.found)) == (True, True)
    assert "type: varchar (20) -> varchar (30)" in found.sentence


def test_what_the_new_history_builds_as_the_database_has_it_is_no_warning() -> None:
    wider = HISTORY.replace("varchar(20)", "varchar(30)")
    (found,) = told(wider, new=wider)
    assert found.weight == "info"
    assert AS_NEW in found.sentence


def test_apps_that_take_no_part_may_be_behind_or_ahead() -> None:
    assert told(HISTORY.replace("name text", "name text, mail text")) == []
    assert told(HISTORY.replace("CREATE TABLE auth_user (id integer PRIMARY KEY, name text);", "")) == []


def test_a_missing_table_stops_but_where_a_router_may_keep_it_away() -> None:
    real = "CREATE TABLE auth_user (id integer PRIMARY KEY, name text);"
    assert {(item.weight, item.kind) for item in told(real)} == {("stop", "table"), ("warn", "view")}
    assert [item.kind for item in told(real, partial=True)] == ["view"]


def test_a_database_without_any_table_is_told_as_one() -> None:
    (found,) = told("")
    assert (found.weight, found.kind) == ("stop", "table")
    assert "no table at all" in found.sentence


def test_made_up_names_do_not_count() -> None:
    old = (
        HISTORY.replace("code varchar(20) NOT NULL UNIQUE", "code varchar(20) NOT NULL")
        + "CREATE UNIQUE INDEX a ON shop_item (code);"
    )
    assert told(old.replace("INDEX a ON", "INDEX b ON"), old=old) == []

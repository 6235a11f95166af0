"""The order in which objects are made: kind by kind, but what one needs comes first."""

from __future__ import annotations

from collections.abc import Mapping

from migwizard.seeds.objects import SchemaObject
from migwizard.seeds.order import in_order, is_ahead, needed
from migwizard.seeds.verdicts import Thing


def thing(kind: str, name: str, *needs: Thing, sql: str = "", checked: bool = False) -> SchemaObject:
    return SchemaObject(kind, name, name, sql, needs=frozenset(needs), checked=checked)


def final(*things: SchemaObject) -> Mapping[Thing, SchemaObject]:
    return {each.thing: each for each in things}


def ordered(things: Mapping[Thing, SchemaObject]) -> list[str]:
    return [name for _, name in in_order({each: (each,) for each in things}, things)]


CODE = thing("type", "code", ("function", "short(text)"))
SHORT = thing("function", "short(text)", sql="CREATE FUNCTION short() AS 'SELECT 1'")
TOTAL = thing("view", "a_total", ("view", "z_base"))
BASE = thing("view", "z_base", ("type", "code"))


def test_what_is_needed_comes_before_whatever_its_kind() -> None:
    assert ordered(final(TOTAL, BASE, CODE, SHORT)) == ["short(text)", "code", "z_base", "a_total"]


def test_a_function_comes_after_the_table_that_its_text_names() -> None:
    reads = thing("function", "known()", sql="CREATE FUNCTION known() AS 'SELECT 1 FROM prefix'")
    assert ordered(final(reads, thing("table", "prefix"))) == ["prefix", "known()"]


def test_what_is_needed_counts_more_than_what_is_named() -> None:
    table = thing("table", "prefix", ("function", "known()"))
    reads = thing("function", "known()", sql="CREATE FUNCTION known() AS 'SELECT 1 FROM prefix'")
    assert ordered(final(table, reads)) == ["known()", "prefix"]


def test_things_of_one_item_stay_together_where_that_goes() -> None:
    things = final(CODE, SHORT, TOTAL, BASE)
    items = {"both": [TOTAL.thing, BASE.thing], "code": [CODE.thing], "short": [SHORT.thing]}
    assert in_order(items, things) == ["short", "code", "both"]


def test_a_circle_of_items_falls_back_to_the_order_of_kinds() -> None:
    things = final(CODE, SHORT, TOTAL, BASE)
    items = {"one": [SHORT.thing, TOTAL.thing], "other": [CODE.thing, BASE.thing]}
    assert in_order(items, things) == ["other", "one"]


def test_all_that_is_needed_is_found_through_others() -> None:
    things = final(CODE, SHORT, TOTAL, BASE)
    assert needed([TOTAL.thing], things) == things.keys()
    assert needed([CODE.thing], things) == {CODE.thing, SHORT.thing}


def test_the_text_of_a_function_is_only_followed_where_it_is_looked_at() -> None:
    table = thing("table", "prefix")
    sql = "CREATE FUNCTION known() AS 'SELECT 1 FROM prefix'"
    looked, lazy = thing("function", "known()", sql=sql, checked=True), thing("function", "known()", sql=sql)
    assert needed([looked.thing], final(looked, table)) == {looked.thing, table.thing}
    assert needed([lazy.thing], final(lazy, table)) == {lazy.thing}
    assert is_ahead(looked, final(looked, table), ())
    assert not is_ahead(looked, final(looked, table), [table.thing])
    assert not is_ahead(lazy, final(lazy, table), ())

"""Schema objects that only SQL makes."""

from __future__ import annotations

from typing import Any

import pytest

from migwizard.seeds.objects import SchemaObject, as_it_was, made_stands, read_objects, replaced_tables
from migwizard.seeds.verdicts import Thing, Verdict
from tests.seeds.observed import facts, judged, sql_facts

VIEW = SchemaObject("view", "dear", "dear", "CREATE VIEW dear AS SELECT 1")
TRIGGER = SchemaObject("trigger", "watch", "item", "CREATE TRIGGER watch ...")
FINAL: dict[Thing, SchemaObject] = {thing.thing: thing for thing in (VIEW, TRIGGER)}


def created(*things: SchemaObject) -> list[list[str]]:
    return [["created", thing.kind, thing.name, thing.sql] for thing in things]


def makes(*things: SchemaObject, **more: Any) -> bool:
    """Whether a RunSQL that made `things` can be taken over."""
    told = sql_facts(**{"schema": created(*things), **more})
    return as_it_was(judged(told, Verdict.SCHEMA, things=[thing.thing for thing in things]), FINAL)


def test_sql_whose_objects_stand_as_it_made_them_is_taken_over() -> None:
    assert makes(VIEW)
    assert makes(TRIGGER)


@pytest.mark.parametrize(
    "more",
    [
        {"schema": [["created", "view", "dear", "CREATE VIEW dear AS SELECT 0"]]},
        {"schema": [["changed", "view", "dear", VIEW.sql]]},
        {"schema": [*created(VIEW), ["dropped", "index", "old", ""]]},
        {"schema": [*created(VIEW), ["created", "view", "gone", "CREATE VIEW gone ..."]]},
        {"state_operations": 1},
        {"sql": None},
        {"kind": "custom"},
    ],
    ids=["since changed", "changed", "dropped too", "gone since", "state", "parameters", "no RunSQL"],
)
def test_other_sql_is_written_from_the_catalogue(more: dict[str, Any]) -> None:
    assert not makes(VIEW, **more)


def test_sql_that_makes_a_trigger_and_more_is_taken_apart_unless_rows_hold_it_together() -> None:
    assert not makes(VIEW, TRIGGER)
    told = sql_facts(schema=created(VIEW, TRIGGER))
    assert as_it_was(judged(told, Verdict.BOTH, [("item", (1,))], [VIEW.thing, TRIGGER.thing]), FINAL)


def test_whether_objects_stand_does_not_depend_on_the_kind_of_operation() -> None:
    assert made_stands(judged(facts(schema=created(VIEW)), Verdict.BOTH, things=[VIEW.thing]), FINAL)
    assert not made_stands(judged(facts(schema=created(VIEW)), Verdict.SEED), FINAL)


def table(sql: str, *indexes: dict[str, Any]) -> dict[str, Any]:
    return {"sql": sql, "indexes": list(indexes)}


def test_objects_of_a_catalogue_are_those_with_a_definition() -> None:
    catalogue = {
        "engine": "sqlite",
        "tables": {
            "item": table(
                "CREATE TABLE item", {"name": "by_hand", "sql": "CREATE INDEX"}, {"name": "auto", "sql": None}
            )
        },
        "views": {"dear": VIEW.sql},
        "triggers": {"watch": {"table": "item", "sql": TRIGGER.sql}},
    }
    found = read_objects(catalogue)
    assert sorted(found) == [("index", "by_hand"), ("table", "item"), ("trigger", "watch"), ("view", "dear")]
    assert found["index", "by_hand"].table == "item"
    assert found["trigger", "watch"] == TRIGGER
    assert found["view", "dear"].drop_sql == 'DROP VIEW IF EXISTS "dear";'


def test_a_table_made_by_hand_beside_its_state_takes_the_place_of_the_generated_one() -> None:
    old: dict[str, Any] = {"engine": "sqlite"} | {
        "tables": {name: table(f"CREATE TABLE {name} -- by hand") for name in ("note", "same", "plain", "old", "gone")}
    }
    new: dict[str, Any] = {"engine": "sqlite"} | {
        "tables": {name: table(f"CREATE TABLE {name}") for name in ("note", "same", "plain", "old")}
    }
    new["tables"]["same"] = old["tables"]["same"]
    operations = [facts("shop.0001#0", in_separate=[["CreateModel", "Note"]]), facts("shop.0001#1", in_separate=None)]
    objects = [
        ("table", "note", "shop.0001#0"),
        ("table", "same", "shop.0001#0"),
        ("table", "gone", "shop.0001#0"),
        ("view", "note", "shop.0001#0"),
        ("table", "plain", "shop.0001#1"),
        ("table", "old", "shop.0001#1"),
    ]
    found = replaced_tables(operations, objects, old, new, adopted=["old", "other"])
    assert list(found) == ["note", "old"]
    assert found["note"].sql == "CREATE TABLE note -- by hand"


def test_a_table_of_the_old_history_comes_with_the_keys_that_others_point_to() -> None:
    key = {"type": "p", "sql": "ALTER TABLE note ADD CONSTRAINT k PRIMARY KEY (id);"}
    check = {"type": "c", "sql": "ALTER TABLE note ADD CONSTRAINT c CHECK (id > 0);"}
    old: dict[str, Any] = {
        "engine": "sqlite",
        "tables": {"note": {"sql": "CREATE TABLE note;", "constraints": [check, key]}},
    }
    new: dict[str, Any] = {"engine": "sqlite", "tables": {"note": {"sql": "CREATE TABLE note ();"}}}
    found = replaced_tables(
        [facts("shop.0001#0", in_separate=[["CreateModel", "Note"]])], [("table", "note", "shop.0001#0")], old, new
    )
    assert found["note"].sql == f"CREATE TABLE note;\n{key['sql']}"

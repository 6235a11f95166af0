"""Each rule of the verdicts, from what an operation did to an empty database."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest

from migwizard.seeds.verdicts import Judged, Key, Thing, Verdict, judge
from tests.seeds.observed import code, facts

ID = "shop.0002_seed#0"
ROW: Key = ("shop_item", (1,))
VIEW: Thing = ("view", "shop_dear")


def verdict_of(
    told: dict[str, Any], *, rows: Collection[Key] = (), made: Collection[Thing] = (), anyway: Collection[Key] = ()
) -> Judged:
    """Judge one operation that left `rows` and `made` objects, which the models alone would not bring."""
    observations = {
        "operations": [told],
        "rows": [[table, list(key), [told["id"]]] for table, key in rows],
        "objects": [[kind, name, told["id"]] for kind, name in made],
    }
    (found,) = judge(observations, made_anyway=lambda key: key in anyway, missing=set(made))
    return found


def test_rows_that_remain_make_a_seed() -> None:
    found = verdict_of(facts(), rows=[ROW, ("shop_item", (2,)), ("shop_tag", ("a", 1))])
    assert (found.verdict, found.evidence) == (Verdict.SEED, "leaves 2 rows in shop_item, 1 row in shop_tag")
    assert found.keys[0] == ROW


def test_objects_that_no_model_brings_make_schema_sql() -> None:
    found = verdict_of(facts(), made=[VIEW])
    assert (found.verdict, found.evidence, found.things) == (Verdict.SCHEMA, "makes the view shop_dear", (VIEW,))


def test_rows_and_objects_make_both() -> None:
    assert verdict_of(facts(), rows=[ROW], made=[VIEW]).verdict is Verdict.BOTH


def test_an_object_that_the_models_bring_is_no_schema_sql() -> None:
    told = facts(schema=[["created", "table", "shop_item", "CREATE TABLE ..."]])
    observations = {"operations": [told], "rows": [], "objects": [["table", "shop_item", ID]]}
    (found,) = judge(observations, made_anyway=lambda key: False, missing=())
    assert found.verdict is Verdict.ONE_TIME
    assert not found.things


def test_rows_that_django_makes_anyway_are_no_seed() -> None:
    found = verdict_of(facts(), rows=[ROW], anyway=[ROW])
    assert found.verdict is Verdict.ONE_TIME
    assert "Django makes" in found.evidence


@pytest.mark.parametrize(
    ("told", "verdict", "words"),
    [
        (facts(noop=True, statements=0), Verdict.ONE_TIME, "does nothing forwards"),
        (facts(rows={"shop_item": {"inserted": 1}}), Verdict.ONE_TIME, "gone again"),
        (facts(schema=[["created", "view", "shop_dear", ""]]), Verdict.ONE_TIME, "gone again"),
        (facts(statements=0), Verdict.ASK, "ran no statement here"),
        (facts(code=code("f", source="if connection.vendor == 'x':")), Verdict.ASK, "asks for vendor"),
        (facts(code=code("f", source="if settings.DEBUG:")), Verdict.ASK, "asks for settings.DEBUG"),
        (
            facts(outside={"handlers": [1, ["post_migrate: shop.f"]]}),
            Verdict.ASK,
            "connects a handler (post_migrate: shop.f)",
        ),
        (facts(outside={"files": [1, ["media/a"]]}, statements=0), Verdict.ASK, "worked outside of the database"),
        (facts(outside={"files": [1, ["media/a"]]}), Verdict.ONE_TIME, "changed nothing on an empty database"),
        (facts(kind="custom", of_models=True, statements=0), Verdict.ONE_TIME, "changes models or fields"),
        (facts(sets_counter=True), Verdict.ASK, "sets the counter"),
        (facts(virtual=["search"]), Verdict.ASK, "writes into search, a virtual table"),
        (facts(unseen=["ANALYZE"]), Verdict.ASK, "runs ANALYZE, whose effect"),
        (facts(unseen=["SET"], rows={"shop_item": {"inserted": 1}}), Verdict.ONE_TIME, "gone again"),
        (facts(unseen=["GRANT"], rows={"shop_item": {"inserted": 1}}), Verdict.ASK, "runs GRANT"),
        (facts(unseen=["COMMENT"], kind="schema"), Verdict.ONE_TIME, "changed nothing"),
        (
            facts(code=code("f", source="User = apps.get_model(settings.AUTH_USER_MODEL)")),
            Verdict.ONE_TIME,
            "changed nothing on an empty database",
        ),
        (facts(code=code("f", source="os.getenv('X')")), Verdict.ASK, "asks for getenv"),
        (facts(code=code("f", source="vendors = 1"), statements=3), Verdict.ONE_TIME, "ran 3 statements"),
        (facts(kind="RunSQL", statements=1), Verdict.ONE_TIME, "changed nothing on an empty database"),
    ],
)
def test_what_leaves_nothing_is_told_apart_by_what_it_did(told: dict[str, Any], verdict: Verdict, words: str) -> None:
    found = verdict_of(told)
    assert found.verdict is verdict
    assert words in found.evidence


def test_a_flag_does_not_outweigh_a_fact() -> None:
    found = verdict_of(facts(elidable=True), rows=[ROW])
    assert found.verdict is Verdict.SEED
    assert found.contradiction == "It is marked elidable, yet 1 row of it remains."
    assert verdict_of(facts(elidable=True)).contradiction is None


def test_a_row_belongs_to_everyone_who_wrote_it() -> None:
    observations = {
        "operations": [facts("shop.0002_a#0"), facts("shop.0003_b#0")],
        "rows": [["shop_item", [1], ["shop.0002_a#0", "shop.0003_b#0"]]],
        "objects": [],
    }
    found = judge(observations, made_anyway=lambda key: False, missing=())
    assert [each.keys for each in found] == [(ROW,), (ROW,)]


@pytest.mark.parametrize(
    "line",
    [
        'if getattr(settings, "DEMO", False):',
        "from django.conf import settings as conf\nif conf.DEMO:",
        'if schema_editor.connection.alias == "tenants":',
        "if alias not in TENANTS:",
        'if os.path.exists("demo.json"):',
        'if Path("demo.json").is_file():',
    ],
)
def test_what_asks_its_surroundings_and_did_nothing_here_is_asked_about(line: str) -> None:
    judged = verdict_of(facts(reaches=f"def seed(apps, schema_editor):\n    {line}\n        make()\n"))
    assert judged.verdict is Verdict.ASK


def test_the_alias_that_every_query_names_decides_nothing() -> None:
    source = "db_alias = schema_editor.connection.alias\nThing.objects.using(db_alias).update(name='x')\n"
    judged = verdict_of(facts(reaches=source))
    assert judged.verdict is Verdict.ONE_TIME

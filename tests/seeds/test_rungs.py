"""The ladder: where each operation begins, and who goes down together."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migwizard.seeds.extract import CannotMove
from migwizard.seeds.rungs import Rung, first_rung, is_plain, movable, own_names, share_rows
from migwizard.seeds.verdicts import Key
from tests.seeds.observed import code, facts, judged, sql_facts

PACKAGE = "shop.migrations"
SOURCE = "def load(apps, editor):\n    pass\n\n\ndef unload(apps, editor):\n    pass\n"


@pytest.mark.parametrize(
    ("told", "can_move", "rung"),
    [
        (facts(), True, Rung.MOVE),
        (facts(), False, Rung.MATERIALISE),
        (sql_facts(), False, Rung.MOVE),
        (sql_facts(sql=None), False, Rung.MATERIALISE),
        (sql_facts(sql=None, written={"source": "RunSQL()"}), False, Rung.CARRY),
        (sql_facts(reverse_sql=None, written={"source": "RunSQL()"}), False, Rung.CARRY),
        (sql_facts(reverse_sql=None, reversible=False), False, Rung.MOVE),
        (facts(kind="custom", written={"source": "Put()"}), False, Rung.CARRY),
        (facts(kind="custom", written=None), False, Rung.MATERIALISE),
        (facts(kind="schema"), False, Rung.MATERIALISE),
    ],
)
def test_the_first_rung_follows_from_the_kind(told: dict[str, Any], can_move: bool, rung: Rung) -> None:
    assert first_rung(judged(told), can_move) is rung


def test_sql_without_a_way_back_is_plain() -> None:
    assert is_plain(judged(sql_facts(reverse_sql=None, reversible=False)))
    assert not is_plain(judged(sql_facts(reverse_sql=None)))


def test_a_function_of_the_migration_itself_is_extracted_with_its_reverse() -> None:
    operation = judged(facts(code=code("load"), reverse=code("unload")))
    found = movable(operation, SOURCE, PACKAGE, ())
    assert found is not None
    assert found.defines == ("load", "unload")


def test_a_function_of_a_module_that_stays_needs_nothing_of_the_migration() -> None:
    operation = judged(facts(code=code("load", "shop.helpers")))
    assert movable(operation, SOURCE, PACKAGE, ()) is None
    assert own_names(operation, PACKAGE) == []


def test_the_reverse_is_extracted_also_where_only_that_is_the_migration_s_own() -> None:
    operation = judged(facts(code=code("load", "shop.helpers"), reverse=code("unload")))
    found = movable(operation, SOURCE, PACKAGE, ())
    assert found is not None
    assert found.defines == ("unload",)


def test_a_reverse_without_a_name_does_not_keep_the_function_from_moving() -> None:
    operation = judged(facts(code=code("load"), reverse=code("<lambda>", named=False)))
    assert own_names(operation, PACKAGE) == ["load"]
    assert movable(operation, SOURCE, PACKAGE, ()) is not None


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (code("<lambda>", named=False), "is a lambda"),
        (code("make.<locals>.load", named=False), "inside another function"),
        (code("Loader.load", named=False), "belongs to a class"),
        (code("partial", "functools", named=False), "no name of its own in functools"),
        (code("Loader", named=False), "no name of its own"),
        (code("<lambda>", "shop.helpers", named=False), "no name of its own in shop.helpers"),
        (code("load", "shop.migrations.0001_initial"), "lives in another migration, shop.migrations.0001_initial"),
    ],
)
def test_what_has_no_name_to_move_by_is_refused_with_the_reason(where: dict[str, Any], words: str) -> None:
    with pytest.raises(CannotMove, match=words):
        movable(judged(facts(code=where)), SOURCE, PACKAGE, {"shop.migrations.0001_initial"})


NUMBERS = st.integers(0, 5)


@given(st.lists(st.frozensets(NUMBERS, max_size=3), max_size=6), st.frozensets(NUMBERS))
def test_whoever_shares_a_row_with_literal_rows_becomes_literal(
    shares: list[frozenset[int]], literal: frozenset[int]
) -> None:
    """The fixed point is the union of all connected components that hold a literal operation, and no more."""
    operations = []
    for number, keys in enumerate(shares):
        rows: list[Key] = [("t", (key,)) for key in sorted(keys)]
        operations.append(judged(facts(f"shop.0002_seed#{number}"), keys=rows))
    rungs = {each.id: Rung.MATERIALISE if number in literal else Rung.MOVE for number, each in enumerate(operations)}
    reached = {number for number in literal if number < len(shares)}
    while grown := {n for n in range(len(shares)) if any(shares[n] & shares[other] for other in reached)} - reached:
        reached |= grown
    shared = share_rows(operations, rungs)
    assert {each.id for each in operations if shared[each.id] is Rung.MATERIALISE} == {
        operations[number].id for number in reached
    }

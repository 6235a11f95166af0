"""The ladder: where each operation begins, and who goes down together."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migwizard.seeds.rungs import Rung, first_rung, is_plain, share_rows
from migwizard.seeds.verdicts import Key
from tests.seeds.observed import facts, judged, sql_facts


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
        (facts(kind="custom", written={"source": "Put()"}), True, Rung.CARRY),
        (facts(kind="custom", written=None), True, Rung.MOVE),
        (facts(kind="custom", written=None), False, Rung.MATERIALISE),
        (sql_facts(hints=["x"], written={"source": "RunSQL(hints={})"}), False, Rung.CARRY),
        (facts(kind="schema"), False, Rung.MATERIALISE),
    ],
)
def test_the_first_rung_follows_from_the_kind(told: dict[str, Any], can_move: bool, rung: Rung) -> None:
    assert first_rung(judged(told), can_move) is rung


def test_sql_without_a_way_back_is_plain() -> None:
    assert is_plain(judged(sql_facts(reverse_sql=None, reversible=False)))
    assert not is_plain(judged(sql_facts(reverse_sql=None)))


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

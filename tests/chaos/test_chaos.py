"""The sweep of kills chooses what it says, and sees what is wrong; the kills themselves are tried by `make chaos`."""

from __future__ import annotations

import pytest

from tests.chaos.judge import HALF, Result, which_history
from tests.chaos.killer import Order
from tests.chaos.orders import SHARES, chosen, journaled, kind_of
from tests.chaos.page import KINDS, by_kind, by_phase, page

LABELS = ("told", "write", "touch", "write", "asked", "touch", "answered", "write")
POINTS = [
    {"kind": kind, "number": LABELS[: at + 1].count(kind), "label": kind, "phase": "proof", "at": at + 1.0}
    for at, kind in enumerate(LABELS)
]


def test_every_durable_write_is_met_before_inside_and_where_it_differs_after() -> None:
    met = [(order.number, order.moment) for order in journaled(POINTS)]
    assert met == [
        *((1, "before"), (1, "inside")),
        *((2, "before"), (2, "inside"), (2, "after")),
        *((3, "before"), (3, "inside"), (3, "after")),
    ]


def test_the_same_seed_chooses_the_same_kills_of_every_kind() -> None:
    orders = chosen(POINTS, 200, "seed")
    assert orders == chosen(POINTS, 200, "seed") != chosen(POINTS, 200, "other")
    assert len(orders) == 200
    assert {kind_of(order) for order in orders} == set(KINDS)
    few = chosen(POINTS, 6, "seed")
    assert [order.kind for order in few[:4]] == ["write"] * 4
    assert [order.number for order in few[:4]] == sorted(order.number for order in few[:4])


@pytest.mark.parametrize("kinds", [("told", "touch"), ("told", "write"), ("asked", "answered")])
def test_a_leg_without_something_is_killed_at_what_it_has(kinds: tuple[str, ...]) -> None:
    """An undo of what changed nothing asks the project for nothing, and one without a write misses no disk."""
    points = [point for point in POINTS if point["kind"] in kinds]
    assert len(chosen(points, 60, "seed")) == 60


def test_a_kill_while_the_guest_works_comes_before_its_answer() -> None:
    working = [order for order in chosen(POINTS, 200, "seed") if kind_of(order) == "guest at work"]
    assert working
    assert all(order.number == 1 and 0 < order.delay <= 2.0 for order in working)


OLD, NEW = {"a/1.py": b"1", "m.py": b"m"}, {"a/9.py": b"9", "m.py": b"m"}


@pytest.mark.parametrize(
    ("found", "which"),
    [
        (OLD, "old"),
        (NEW, "new"),
        (OLD | NEW, HALF),
        (NEW | {"a/.1.py.migwizard-swap": b""}, HALF),
        ({"m.py": b"m"}, "of neither history whole"),
        (OLD | {"a/1.py": b"else"}, "strange at ['a/1.py']"),
        (NEW | {"a/x.py": b""}, "strange at ['a/x.py']"),
    ],
)
def test_what_a_tree_holds(found: dict[str, bytes], which: str) -> None:
    assert which_history(found, OLD, NEW) == which


def test_the_page_counts_and_names_what_failed() -> None:
    good = Result("undo", Order("write", 1, "inside"), phase="swap", state=HALF)
    bad = Result("undo", Order("clock", 1, delay=0.5), phase="swap", state="before", failures=["rows unlike"])
    late = Result("undo", Order("clock", 1, delay=9.0))
    text = page([("tiny", good), ("tiny", bad), ("tiny", late)], {"tiny": {"write": 3}}, "x", 60.0)
    assert "**2 kills, 1 of them with a difference.**" in text and "1 more came too late" in text
    assert "- tiny, undo, any time, swap: rows unlike" in text
    assert "| together | 2 |" in by_kind([("tiny", good), ("tiny", bad)])
    assert "| undo | swap | 2 | 1 | 1 |  |  | 1 |" in by_phase([("tiny", good), ("tiny", bad)])
    assert set(SHARES) < set(KINDS)

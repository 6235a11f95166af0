"""The page and the message: pure text from figures, never longer than a page; and counts as git counts them."""

from __future__ import annotations

from typing import Any

import pytest

from migwizard.engine.proving.tally import Tally
from migwizard.engine.swapping.stat import Change, count_lines, table
from migwizard.engine.swapping.summary import (
    LISTED,
    SUBJECT,
    Decision,
    Kept,
    Reached,
    Waited,
    commit_message,
    page,
    subject,
)


def reached(**more: Any) -> Reached:
    values: dict[str, Any] = {
        "project": "shop", "run_id": "r1", "apps": (("orders", 40, 8), ("user", 7, 3)), "rendered_before": 980,
        "rendered_after": 190, "model_levels": 7, "batch_levels": 5, "waited": (), "seeds": (), "engine": "SQLite",
        "equal": True, "tables": 46, "rows": 55, "accepted": (), "notes": (), "tally": Tally(), "caveats": (),
        "versions": "django 5.2",
        "databases": (("default", "switched"),), "decisions": (),
    }  # fmt: skip
    return Reached(**{**values, **more})


def test_the_subject_says_how_it_was_proved() -> None:
    assert subject(reached()) == "Reset migrations: 47 -> 11, proven equal"
    assert subject(reached(equal=False, accepted=("x",))) == "Reset migrations: 47 -> 11, 1 difference accepted"
    dropped = reached(tally=Tally(kept=3, dropped=2))
    assert subject(dropped) == "Reset migrations: 47 -> 11, proven equal, 2 dropped"
    copied = reached(tally=Tally(copies=1))
    assert subject(copied) == "Reset migrations: 47 -> 11, proven equal, 1 changed copy"
    assert "1 old migration run from a changed copy." in " ".join(commit_message(copied).split())


def test_equal_is_not_said_without_what_was_noted_kept_and_left_out() -> None:
    more = reached(notes=("A default is written in another way.",), tally=Tally(1, 12, 5, 2))
    told = "1 note, 12 old data operations kept, 5 left out as one-time, 2 dropped by decision."
    for text in (commit_message(more), page(more)):
        flat = " ".join(text.split())
        assert f"compared; they are equal. {told}" in flat
        assert "nothing differs" not in flat
    assert "- note: A default is written in another way." in page(more).splitlines()


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (Tally(), ""),
        (Tally(notes=2), "2 notes"),
        (
            Tally(notes=1, kept=1, copies=2),
            "1 note, 2 old migrations run from changed copies, 1 old data operation kept",
        ),
        (Tally(kept=1), "1 old data operation kept"),
        (Tally(0, 0, 1, 3), "1 old data operation left out as one-time, 3 dropped by decision"),
    ],
)
def test_what_there_is_nothing_of_is_not_told(numbers: Tally, words: str) -> None:
    assert numbers.words == words


def test_one_of_everything_is_told_as_one() -> None:
    one = reached(apps=(("orders", 1, 1),), tables=1, rows=1, equal=False, accepted=("x",), model_levels=1)
    text = " ".join(commit_message(one).split())
    assert "1 migration of 1 app is replaced by 1." in text
    assert "1 table and 1 row on SQLite compared; 1 difference was accepted by name." in text
    assert "The models lie on 1 level, the new files" in page(one)


def test_the_message_is_one_for_git() -> None:
    lines = commit_message(reached()).splitlines()
    assert lines[1] == ""
    assert all(len(line) <= SUBJECT for line in lines)


def test_the_page_tells_what_waited_what_was_kept_and_who_decided() -> None:
    text = page(
        reached(
            waited=(Waited("orders.order.last", ("shipment",), "orders/0002"),),
            seeds=(
                Kept("orders.0004 load", "seed", "moved"),
                Kept("orders.0005 fix", "one-time", ""),
                Kept("orders.0006 tidy", "kept, since nobody decided", "moved", ("It ran nothing.", "It is elidable.")),
            ),
            decisions=(Decision("drift", "leave", "person"),),
            equal=False,
            accepted=("The new orders lacks an index.",),
        )
    )
    for line in (
        "| migration files | 47 | 11 |",
        "- `orders.order.last` waits for `shipment` and returns in `orders/0002`",
        "| `orders.0004 load` | seed | moved |",
        "| `orders.0005 fix` | one-time | left out |",
        "| `orders.0006 tidy` | kept, since nobody decided | moved |",
        "- `orders.0006 tidy`: It ran nothing. It is elidable.",
        "- accepted: The new orders lacks an index.",
        "| `drift` | leave | person |",
    ):
        assert line in text.splitlines()


def test_hundreds_of_anything_stay_a_page() -> None:
    many = tuple((f"app{number}", 9, 1) for number in range(200))
    seeds = tuple(Kept(f"op{number}", "seed", "moved") for number in range(500))
    text = page(reached(apps=many, seeds=seeds, databases=tuple((f"db{n}", "switched") for n in range(240))))
    assert len(text.splitlines()) < 3 * LISTED + 45
    assert "489 more" in text


def test_a_name_cannot_break_the_table() -> None:
    assert "| `a/b c` | seed | moved |" in page(reached(seeds=(Kept("a|b\nc", "seed", "moved"),)))


@pytest.mark.parametrize(("data", "lines"), [(b"", 0), (b"a", 1), (b"a\n", 1), (b"a\nb", 2), (b"\n\n", 2)])
def test_lines_are_counted_as_git_counts_them(data: bytes, lines: int) -> None:
    assert count_lines(data) == lines


def test_the_table_fits_and_shows_the_end_of_long_paths() -> None:
    text = table([Change("very/" * 30 + "0001_initial.py", 4000, 1), Change("a.py", 0, 2)])
    assert max(map(len, text.splitlines())) <= 80
    assert "0001_initial.py" in text
    assert text.splitlines()[-1] == " 2 files changed, 4,000 lines in (+), 3 lines out (-)"
    assert table([]) == ""

"""The page of figures: a part for each engine, written one by one."""

from __future__ import annotations

from tests.fuzz.report import page, section

RESULT = {
    "seed": "1",
    "failures": ["run: exit 1"],
    "exceptions": [],
    "dishonest": "",
    "figures": {
        "attempts": 1,
        "cpu": 2.0,
        "steps": {"AddModel": 3},
        **dict.fromkeys(("app cycle", "model cycle", "renames", "seeds", "alive", "user"), 1),
    },
}


def test_a_new_part_takes_the_place_of_its_forerunner_and_no_other() -> None:
    first = page(page("", "PostgreSQL", "Of one.\n\n### Files\n\nSome."), "SQLite", "Of another.")
    assert first.index("## SQLite\n\nOf another.") < first.index("## PostgreSQL\n\nOf one.\n\n### Files\n\nSome.\n")
    second = page(first, "SQLite", "Of a third.")
    assert second == first.replace("Of another.", "Of a third.")


def test_a_difference_is_told() -> None:
    text = section([RESULT], "python -m tests.fuzz", "versions", 60)
    assert "1 projects, 1 of them with a difference." in text
    assert "seed 1: run: exit 1" in text
    assert "\n## " not in text

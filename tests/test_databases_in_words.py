"""What is said about databases: words for people, whatever word the engine has for the state."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from migwizard.words.databases import STANDS, told, told_switch

SCHEMA = json.loads((Path(__file__).parents[1] / "docs" / "json.schema.json").read_text(encoding="utf-8"))


def test_every_state_of_a_database_has_words() -> None:
    assert set(SCHEMA["$defs"]["database"]["enum"]) == set(STANDS)


@pytest.mark.parametrize("state", STANDS)
def test_the_words_are_none_of_the_machine(state: str) -> None:
    sentence = told("default", state)
    assert re.fullmatch(r"Database default (has|is|was|lacks|lists) .*\.", sentence)
    assert not re.search(r"[A-Z]{2,}_|\b(?!SQL)[A-Z]{3,}\b", sentence)
    assert state not in sentence or state == state.lower()


def test_what_could_not_be_looked_at_says_why() -> None:
    assert told("default", "Database default does not answer: it is gone.") == (
        "Database default does not answer: it is gone."
    )


@pytest.mark.parametrize(
    ("result", "rows", "says"),
    [
        ("SWITCHED", (7, 4), "is switched: 7 rows of django_migrations went out, 4 came in. A copy is kept."),
        ("SWITCHED", (1, 1), "is switched: 1 row of django_migrations went out, 1 came in. A copy is kept."),
        (
            "NOTHING_DONE",
            (0, 0),
            "is at the old head: all old migrations are applied, and it is not switched yet. Nothing was changed.",
        ),
    ],
)
def test_a_switch_is_told_with_its_numbers(result: str, rows: tuple[int, int], says: str) -> None:
    data = {"result": result, "state": "OLD_HEAD", "deleted": rows[0], "inserted": rows[1]}
    assert told_switch("default", data) == f"Database default {says}"


def test_a_dry_run_says_would() -> None:
    data = {"result": "WOULD_SWITCH", "state": "OLD_HEAD", "deleted": 7, "inserted": 4}
    assert told_switch("a", data) == (
        "Database a: 7 rows of django_migrations would go out, 4 would come in. Nothing was changed."
    )

"""Databases that somebody changed by hand are told before their switch, and only a person switches one that lacks a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from migwizard.engine.previews import FakePreview
from migwizard.engine.switching import deviating
from migwizard.project.guest import Guest, GuestError
from tests.engine.persons import sitting
from tests.engine.support import Shop

pytestmark = pytest.mark.ride

INDEX = "CREATE INDEX by_hand ON {table} (id)"


@pytest.fixture(scope="module")
def applied(proved: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """After Apply, before any switch; not to be changed."""
    shop = proved.copy(tmp_path_factory.mktemp("applied"))
    shop.migwizard("run", "--yes", "--until", "apply")
    return shop


@pytest.fixture
def swapped(applied: Shop, tmp_path: Path) -> Shop:
    return applied.copy(tmp_path)


def dry_run(shop: Shop) -> list[dict[str, object]]:
    found: list[dict[str, object]] = shop.lines("fake", "--dry-run")[-1]["databases"]["default"]["deviations"]
    return found


def a_table(shop: Shop) -> str:
    """The last table of the project, by name."""
    catalogue = json.loads((shop.root / ".migwizard/work/before-catalogue.json").read_bytes())
    labels = tuple(f"{path.parent.parent.name}_" for path in shop.root.glob("*/migrations/__init__.py"))
    return max(str(name) for name in catalogue["tables"] if name.startswith(labels))


def test_a_database_as_the_old_history_left_it_has_none(swapped: Shop) -> None:
    assert dry_run(swapped) == []


def test_an_index_made_by_hand_is_told_and_stops_nothing(swapped: Shop) -> None:
    swapped.query(INDEX.format(table=a_table(swapped)))
    (found,) = dry_run(swapped)
    assert (found["weight"], found["kind"], found["name"], found["expected"]) == ("info", "index", "by_hand", None)
    assert swapped.lines("fake", "--yes")[-1]["databases"]["default"]["result"] == "SWITCHED"


def test_a_missing_table_is_never_switched_without_a_word(swapped: Shop) -> None:
    table = a_table(swapped)
    swapped.query(f"DROP TABLE {table}")
    said = swapped.migwizard("fake", "--yes", expect=4).stderr
    assert f"The database lacks the table {table}, which the old history builds." in said
    assert "It was so before the reset" in said
    assert swapped.lines("status")[-1]["databases"]["default"] == "OLD_HEAD"
    answers = swapped.root.parent / "answers.json"
    (question,) = [word.strip('"{:') for word in said.split() if word.strip('"{').startswith("deviates:")][:1]
    answers.write_text(json.dumps({question: "accept"}))
    swapped.migwizard("run", "--yes", "--answers", str(answers))
    assert swapped.lines("status")[-1]["databases"]["default"] == "NEW"


def test_a_process_that_ends_while_the_schema_is_read_switches_nothing(
    swapped: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, before = Guest.call, swapped.dump()

    def call(guest: Guest, method: str, *arguments: Any, **params: Any) -> Any:
        if method == "read_schema":
            raise GuestError({"kind": "died", "sentence": "The project's process ended with signal 9."})
        return real(guest, method, *arguments, **params)

    monkeypatch.setattr(Guest, "call", call)
    person, end = sitting(swapped, {"switch:default": ["switch"]})
    assert isinstance(end, GuestError)
    assert person.ids[-1] == "refusal:died"
    assert swapped.dump() == before


def test_a_person_leaves_it_for_later(swapped: Shop) -> None:
    swapped.query(f"DROP TABLE {a_table(swapped)}")
    person, _ = sitting(swapped, {"deviates:": ["later"]})
    question = person.asked("deviates:")
    assert question.default == "later"
    assert isinstance(question.preview, FakePreview)
    (line,) = question.preview.databases
    assert line.deviations[0].weight == "stop"
    assert not [id for id in person.ids if id.startswith("switch:")]


def test_without_the_catalogues_it_says_so(swapped: Shop) -> None:
    (swapped.root / ".migwizard/work/before-catalogue.json").unlink()
    said = swapped.migwizard("fake", "--dry-run").stderr
    assert "was not compared: what the old history builds is not kept in .migwizard any more" in said


@pytest.mark.parametrize(
    ("engine", "one", "other", "same"),
    [
        ("postgresql", "15.20", "15.4", True),
        ("postgresql", "15.20", "18.6", False),
        ("mysql", "10.11.6-MariaDB-1", "10.11.19-MariaDB", True),
        ("mysql", "10.11.6-MariaDB", "10.6.1-MariaDB", False),
        ("mysql", "8.4.2", "8.4.9", True),
        ("mysql", "11.4.2-MariaDB", "11.4.2", False),
        ("sqlite", "3.40.1", "3.50.0", True),
    ],
)
def test_only_databases_of_one_release_are_compared(engine: str, one: str, other: str, same: bool) -> None:
    first, second = (deviating._release({"engine": engine, "version": version}) for version in (one, other))
    assert (first == second) is same

"""Undo where the backup table is lost: the JSON copy of the rows stands in for it, if it is whole and of this database."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from migwizard.engine.previews import UndoPreview
from migwizard.engine.surviving import journal
from migwizard.engine.talk import Question
from migwizard.paths import Workplace
from tests.engine.persons import Act, Person, sitting
from tests.engine.refusing import then
from tests.engine.support import Shop

pytestmark = pytest.mark.ride

SWITCHED = {"apply": ["apply"], "switch:default": ["switch"], "review:done": ["quit"]}
LOST = "DROP TABLE migwizard_history_backup"


@pytest.fixture
def switched(tiny_proved: Shop) -> Shop:
    sitting(tiny_proved, SWITCHED)
    return tiny_proved


def keys(question: Question) -> list[str]:
    return [choice.key for choice in question.choices]


def stops(question: Question) -> list[str]:
    assert isinstance(question.preview, UndoPreview)
    return [finding.text for finding in question.preview.looked if finding.status == "stop"]


def asked(shop: Shop, *answers: Any) -> tuple[Person, Any]:
    return sitting(
        shop, {"resume": ["undo"], "undo:": list(answers), "switch:default": ["quit"], "review:done": ["quit"]}
    )


def test_the_copy_gives_everything_back(migrated: Shop, switched: Shop) -> None:
    switched.query(LOST)
    before = switched.dump()
    person, report = asked(switched, "copies", "undo")
    first, second = person.every("undo:")
    assert keys(first) == ["keep", "copies", "stops"]
    copies = first.choice("copies")
    assert copies is not None
    assert (copies.label, copies.writes) == ("Use the JSON copy of default", "")
    assert ["copy of its rows is whole" in text for text in stops(first)] == [True]
    assert keys(second) == ["keep", "undo-fake", "undo"]
    assert stops(second) == []
    assert isinstance(second.preview, UndoPreview)
    (row,) = [finding for finding in second.preview.looked if finding.name == "default"]
    assert row.text == "nothing was recorded since; 7 rows are in the JSON copy"
    assert report["databases"] == ["default"]
    assert switched.dump() != before
    assert (switched.tree(), switched.dump()) == (migrated.tree(), migrated.dump())


def test_only_the_rows_go_back_from_the_copy(migrated: Shop, switched: Shop) -> None:
    switched.query("DELETE FROM migwizard_history_backup")
    asked(switched, "copies", "undo-fake")
    assert switched.dump() == migrated.dump()
    assert switched.tree() != migrated.tree()


def test_nothing_is_written_while_it_is_only_looked_at(switched: Shop) -> None:
    switched.query(LOST)
    before = switched.dump()
    asked(switched, "copies", "keep")
    assert switched.dump() == before


def content(shop: Shop) -> tuple[Path, dict[str, Any]]:
    path = shop.root / ".migwizard/rows/default.json"
    return path, json.loads(path.read_bytes())


def missing(shop: Shop) -> None:
    content(shop)[0].unlink()


def cut(shop: Shop) -> None:
    path, _ = content(shop)
    path.write_bytes(path.read_bytes()[:-40])


def a_folder(shop: Shop) -> None:
    missing(shop)
    (shop.root / ".migwizard/rows/default.json").mkdir()


def one_row_less(shop: Shop) -> None:
    path, found = content(shop)
    del found["rows"][0]
    path.write_text(json.dumps(found))


def another_time(shop: Shop) -> None:
    path, found = content(shop)
    found["rows"][0][-1] = "2020-01-01 00:00:00"
    path.write_text(json.dumps(found))


def of_another_run(shop: Shop) -> None:
    """Whole in itself, so only the run tells."""
    from migwizard.engine.switching.rowcopies import _hash

    path, found = content(shop)
    found["run_id"] = "another"
    del found["sha256"]
    path.write_text(json.dumps(found | {"sha256": _hash(found)}))


def moved_on(shop: Shop) -> None:
    shop.query("INSERT INTO django_migrations (app, name, applied) VALUES ('clubs', '0009_more', '2020-01-01')")


def built_anew(shop: Shop) -> None:
    """As if somebody had put another database here, which migrate built from the new files."""
    shop.query("UPDATE django_migrations SET applied = '2020-01-01' WHERE app = 'clubs'")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (missing, "default.json is not there"),
        (cut, "cannot be read"),
        (a_folder, "cannot be read"),
        (one_row_less, "was changed after it was written"),
        (another_time, "was changed after it was written"),
        (of_another_run, "is of another run or database"),
        (moved_on, "moved on since the switch: clubs.0009_more was recorded"),
        (built_anew, "is not the one that was switched"),
    ],
)
def test_a_copy_that_does_not_fit_is_not_offered(switched: Shop, harm: Callable[[Shop], None], said: str) -> None:
    switched.query(LOST)
    harm(switched)
    before = switched.tree(), switched.dump()
    person, _ = asked(switched, "keep")
    question = person.asked("undo:")
    assert keys(question) == ["keep", "stops"]
    (text,) = stops(question)
    assert "migwizard_history_backup" in text
    assert said in text
    assert (switched.tree(), switched.dump()) == before


def test_a_copy_that_changes_before_it_is_used_is_refused(switched: Shop) -> None:
    switched.query(LOST)
    before = switched.dump()
    person, error = asked(switched, "copies", then(lambda: another_time(switched), "undo"))
    assert person.asked("refusal:row-copy").headline == "The copy of the rows cannot be used"
    assert error.code == "row-copy"
    assert switched.dump() == before


def test_a_table_that_is_lost_at_the_last_moment_leads_to_the_copy(migrated: Shop, switched: Shop) -> None:
    script: dict[str, list[Act]] = {
        "resume": ["undo"],
        "undo:": [then(lambda: switched.query(LOST), "undo"), "copies", "undo"],
        "refusal:MW-E30": ["copy"],
    }
    person, _ = sitting(switched, script)
    assert keys(person.asked("refusal:MW-E30"))[:2] == ["keep", "copy"]
    assert (switched.tree(), switched.dump()) == (migrated.tree(), migrated.dump())


@pytest.mark.parametrize("command", [["run", "--yes"], ["fake", "--yes"]])
def test_what_a_kill_right_after_the_switch_left_out_is_kept_by_the_next_run(
    migrated: Shop, tiny_proved: Shop, command: list[str]
) -> None:
    code = (
        "import os, sys; from migwizard.engine.switching import rowcopies; "
        "rowcopies.keep = lambda *_: os.kill(os.getpid(), 9); "
        "from migwizard.cli import main; sys.exit(main(['run', '--yes']))"
    )
    assert tiny_proved.start(sys.executable, "-c", code).returncode == -signal.SIGKILL
    place = Workplace(tiny_proved.root)
    assert not (place.folder / "rows").exists()
    tiny_proved.migwizard(*command)
    assert [(act.kind, act.identity) for act in journal.switches(place.journal)] == [("switch", "db.sqlite3")]
    assert len(content(tiny_proved)[1]["rows"]) == content(tiny_proved)[1]["count"] > 0
    tiny_proved.query(LOST)
    asked(tiny_proved, "copies", "undo")
    assert (tiny_proved.tree(), tiny_proved.dump()) == (migrated.tree(), migrated.dump())


def test_a_copy_that_was_removed_is_made_anew_and_the_switch_noted_once(switched: Shop) -> None:
    before = content(switched)[1]
    missing(switched)
    sitting(switched, {"resume": ["resume"], "review:fake": ["quit"]})
    switched.migwizard("fake", "--yes")
    assert content(switched)[1] == before
    kinds = [act.kind for act in journal.acts(Workplace(switched.root).journal)]
    assert kinds.count("switch") == 1


def test_without_a_person_the_cure_is_named(switched: Shop) -> None:
    switched.query(LOST)
    before = switched.tree(), switched.dump()
    done = switched.migwizard("undo", "--yes", expect=5)
    assert "undo without --yes" in done.stderr
    assert (switched.tree(), switched.dump()) == before

"""Undo with a person behind it: what is offered, what is looked at first, and what each choice gives back."""

from __future__ import annotations

import pytest

from migwizard.engine.previews import UndoPreview
from migwizard.engine.talk import Question
from migwizard.errors import MigwizardError
from tests.engine.persons import Person, sitting
from tests.engine.support import Shop

pytestmark = pytest.mark.ride

SWAP = {"apply": ["apply"]}
ALL = SWAP | {"switch:default": ["switch"]}


def keys(question: Question) -> list[str]:
    return [choice.key for choice in question.choices]


def undo_of(person: Person) -> tuple[Question, UndoPreview]:
    question = person.asked("undo:")
    assert isinstance(question.preview, UndoPreview)
    return question, question.preview


@pytest.mark.parametrize(
    "state", ["review:graph", "review:levels", "review:generate", "review:seeds", "review:proof", "apply"]
)
def test_before_apply_there_is_nothing_to_undo_but_the_folder_can_go(
    migrated: Shop, tiny_proved: Shop, state: str
) -> None:
    person, report = sitting(tiny_proved, {state: ["undo"], "undo:": ["remove"]})
    question, preview = undo_of(person)
    assert (keys(question), question.default, preview.acts) == (["keep", "remove"], "keep", ())
    remove = question.choice("remove")
    assert remove is not None
    assert remove.writes == "the reset's own folder"
    assert isinstance(report, dict)
    assert report["files"] == 0
    assert not (tiny_proved.root / ".migwizard").exists()
    assert (tiny_proved.tree(), tiny_proved.dump()) == (migrated.tree(), migrated.dump())


def test_keep_goes_on_where_it_was(tiny_proved: Shop) -> None:
    person, _ = sitting(tiny_proved, {"apply": ["undo", "later"]})
    assert person.ids[-3:] == ["apply", person.asked("undo:").id, "apply"]
    assert (tiny_proved.root / ".migwizard/proof.json").is_file()


@pytest.mark.parametrize("state", ["review:apply", "switch:default"])
def test_after_apply_the_files_go_back(migrated: Shop, tiny_proved: Shop, state: str) -> None:
    person, report = sitting(tiny_proved, SWAP | {state: ["undo"], "undo:": ["undo"]})
    question, preview = undo_of(person)
    assert keys(question) == ["keep", "undo"]
    assert [act.what for act in preview.acts] == ["Apply: 7 migration files for 4"]
    assert preview.acts[0].undone == "puts 7 back, removes 6 new"
    assert isinstance(report, dict)
    assert (report["files"], report["databases"]) == (13, [])
    assert (tiny_proved.tree(), tiny_proved.dump()) == (migrated.tree(), migrated.dump())


@pytest.mark.parametrize("state", ["review:fake", "review:done"])
def test_after_fake_rows_and_files_go_back(migrated: Shop, tiny_proved: Shop, state: str) -> None:
    person, report = sitting(tiny_proved, ALL | {state: ["undo"], "undo:": ["undo"]})
    question, preview = undo_of(person)
    assert keys(question) == ["keep", "undo-fake", "undo"]
    assert [act.what for act in preview.acts] == [
        "Fake: default, 7 rows for 4",
        "Apply: 7 migration files for 4",
    ]
    assert [act.at for act in preview.acts] == ["2020-09-13T12:26:40+00:00"] * 2
    assert {finding.status for finding in preview.looked} == {"ok"}
    undo = question.choice("undo")
    assert undo is not None
    assert undo.writes == "7 rows and 7 files"
    assert isinstance(report, dict)
    assert (report["files"], report["databases"]) == (13, ["default"])
    assert (tiny_proved.tree(), tiny_proved.dump()) == (migrated.tree(), migrated.dump())
    assert not (tiny_proved.root / ".migwizard").exists()


def test_undo_fake_puts_rows_back_and_the_ride_goes_on_at_fake(migrated: Shop, tiny_proved: Shop) -> None:
    answers = ALL | {"review:done": ["undo", "continue"], "undo:": ["undo-fake"]}
    person, _ = sitting(tiny_proved, answers)
    assert tiny_proved.dump() == migrated.dump()
    assert tiny_proved.tree() != migrated.tree()
    at = person.ids.index(person.asked("undo:").id)
    assert person.ids[at + 1 : at + 3] == ["switch:default", "review:fake"]
    again, _ = sitting(tiny_proved, {"switch:default": ["switch"]})
    assert again.asked("review:done").headline.startswith("Same database")
    tiny_proved.migwizard("undo", "--yes")
    assert (tiny_proved.tree(), tiny_proved.dump()) == (migrated.tree(), migrated.dump())


def test_a_migration_on_top_is_named_and_nothing_but_keep_is_offered(tiny_proved: Shop) -> None:
    sitting(tiny_proved, ALL | {"review:done": ["quit"]})
    tiny_proved.edit("people/models.py", "    club =", "    born = models.DateField(null=True)\n    club =")
    tiny_proved.manage("makemigrations", "people")
    tiny_proved.manage("migrate", "-v0")
    before = tiny_proved.tree(), tiny_proved.dump()
    person, _ = sitting(tiny_proved, {"resume": ["undo"], "review:done": ["undo"], "undo:": ["keep"]})
    question, preview = undo_of(person)
    assert question.headline == "Migrations came on top of the new history"
    assert keys(question) == ["keep", "stops"]
    (rows, files) = (finding for finding in preview.looked if finding.status == "stop")
    assert (rows.name, files.name) == ("default", "Built on top"), "the rows come off before the file"
    assert "people.0002" in rows.text
    assert "people.0002" in files.text
    assert rows.detail.startswith("First take it back in default")
    assert rows.detail.endswith("manage.py migrate people 0001_reset_initial")
    assert files.detail.startswith("Then remove or set aside people/migrations/0002_")
    assert (tiny_proved.tree(), tiny_proved.dump()) == before


def test_an_edited_file_stops_the_files_but_not_the_rows(migrated: Shop, tiny_proved: Shop) -> None:
    sitting(tiny_proved, ALL | {"review:done": ["quit"]})
    tiny_proved.edit("people/migrations/0001_reset_initial.py", "blank=True, ", "")
    person, _ = sitting(tiny_proved, {"resume": ["undo"], "undo:": ["undo-fake"], "switch:default": ["quit"]})
    question, preview = undo_of(person)
    assert keys(question) == ["keep", "undo-fake", "stops"]
    stops = [finding.text for finding in preview.looked if finding.status == "stop"]
    assert len(stops) == 1
    assert "people/migrations/0001_reset_initial.py" in stops[0]
    assert tiny_proved.dump() == migrated.dump()


def test_a_backup_in_the_database_that_is_gone_is_named(tiny_proved: Shop) -> None:
    sitting(tiny_proved, ALL | {"review:done": ["quit"]})
    tiny_proved.query("DROP TABLE migwizard_history_backup")
    before = tiny_proved.tree(), tiny_proved.dump()
    person, _ = sitting(tiny_proved, {"resume": ["undo"], "undo:": ["keep"]})
    question, preview = undo_of(person)
    assert keys(question) == ["keep", "copies", "stops"]
    assert question.headline == "The backup is not complete"
    assert any("migwizard_history_backup" in finding.text for finding in preview.looked if finding.status == "stop")
    assert (tiny_proved.tree(), tiny_proved.dump()) == before


def test_what_went_back_before_a_failure_is_said(tiny_proved: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from migwizard.engine.later import undo
    from migwizard.errors import ConflictError

    def refuse(ride: object) -> None:
        raise ConflictError("people/migrations/0001.py was changed meanwhile.", code="file-changed")

    sitting(tiny_proved, ALL | {"review:done": ["quit"]})
    monkeypatch.setattr(undo, "take_back", refuse)
    _, end = sitting(tiny_proved, {"resume": ["undo"], "undo:": ["undo"]})
    assert isinstance(end, MigwizardError)
    assert "The rows of default went back already; the files did not." in end.sentence


def test_leaving_from_undo_leaves(tiny_proved: Shop) -> None:
    person, end = sitting(tiny_proved, {"apply": ["undo"], "undo:": ["quit"]})
    assert person.ids[-1].startswith("undo:")
    assert isinstance(end, MigwizardError)
    assert end.code == "left"

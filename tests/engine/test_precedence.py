"""Dependencies for the order alone, as a person meets them at Seeds, and in files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from migwizard.commands import setup
from migwizard.engine.planning import precedence, replacing
from migwizard.engine.previews import GeneratePreview
from migwizard.engine.talk import Question
from migwizard.errors import MigwizardError
from tests.engine.persons import Person, sit_down
from tests.engine.support import Shop, make_project

pytestmark = pytest.mark.ride
ADDED = """\
        # For the order alone: migrate renders fewer model classes this way.
        ("omega", "0001_reset_initial"),
"""


@pytest.fixture
def ordered(tmp_path: Path) -> Shop:
    return make_project("ordered", tmp_path)


def first_of_alpha(shop: Shop) -> str:
    return (shop.root / "alpha/migrations/0001_reset_initial.py").read_text().replace("'", '"')


def results(shop: Shop) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shop.root / ".migwizard/checkpoint.json").read_text())["results"]
    return found


def answers(shop: Shop, answer: str) -> tuple[str, str]:
    path = shop.root.parent / "answers.json"
    path.write_text(json.dumps({"precedence": answer}))
    return "--answers", str(path)


def test_they_are_offered_with_what_they_save_and_proved(ordered: Shop) -> None:
    person = Person({"review:seeds": ["precedence:yes", "continue"], "apply": ["apply"]}, goes_on=True)
    sit_down(ordered.root, person)
    offered, added = person.every("review:seeds")
    assert "1 dependency for the order: migrate would render 36 % fewer classes." in offered.text
    assert effect(offered, "precedence:yes") == (
        "migrate renders 63 model classes instead of 99, but apps then depend on others that they do not need: alpha after omega"
    )
    assert "1 dependency for the order: migrate renders 36 % fewer" in added.text
    assert added.choice("precedence:no") is not None and added.choice("precedence:yes") is None
    assert ADDED in first_of_alpha(ordered)
    # What Django renders in the proof's own stock run of the new files.
    assert results(ordered)["proof"]["rendered"]["new"] == 63
    ordered.migwizard("run", "--yes")
    assert ordered.manage("makemigrations", "--check").returncode == 0
    assert "No migrations to apply" in ordered.manage("migrate").stdout
    ordered.migwizard("undo", "--yes")


def test_who_adds_them_hears_why_the_files_are_shown_again(ordered: Shop) -> None:
    person = Person({"review:seeds": ["precedence:yes", "precedence:no", "continue"], "apply": ["apply"]}, goes_on=True)
    sit_down(ordered.root, person)
    told = [event.text for event in person.events if event.kind == "note" and "look once more" in event.text]
    assert told == [
        "1 file has a dependency for the order: alpha/0001_reset_initial. Please look once more; then Seeds goes on.",
        "1 file is not as you accepted it: alpha/0001_reset_initial. Please look once more; then Seeds goes on.",
    ]
    kept = [event.text for event in person.events if event.kind == "kept" and event.data["of"] == "generate"]
    assert kept == ["generate: its files were written anew"] * 2
    _, again, _ = person.every("review:generate")
    assert isinstance(again.preview, GeneratePreview)
    names = {f"{file.app}/{file.name}" for file in again.preview.files}
    assert names - set(again.preview.accepted) == {"alpha/0001_reset_initial"}


def effect(question: Question, key: str) -> str:
    choice = question.choice(key)
    assert choice is not None
    return choice.effect


def test_they_can_be_taken_back_before_they_are_proved(ordered: Shop) -> None:
    person = Person({"review:seeds": ["precedence:yes", "precedence:no", "continue"], "apply": ["apply"]}, goes_on=True)
    sit_down(ordered.root, person)
    assert "For the order alone" not in first_of_alpha(ordered)
    assert results(ordered)["proof"]["rendered"]["new"] == 99


def test_nobody_gets_them_unasked_but_everybody_hears_of_them(ordered: Shop) -> None:
    events = ordered.lines("run", "--yes")
    assert "For the order alone" not in first_of_alpha(ordered)
    (told,) = (note for note in notes(events) if "for the order" in note)
    assert told == (
        "Not taken unasked: 1 dependency for the order: migrate would render 36 % fewer classes. Apps would depend on others that "
        "they do not need: alpha after omega. To take them: run --answers with a file that holds "
        '{"precedence": "yes"}; after Apply, migwizard undo first.'
    )


def test_who_declined_them_hears_nothing(ordered: Shop) -> None:
    events = ordered.lines("run", "--yes", *answers(ordered, "no"))
    assert not [note for note in notes(events) if "for the order" in note]


def test_the_wizard_offers_what_a_run_without_a_person_left(ordered: Shop) -> None:
    ordered.migwizard("run", "--yes", "--until", "proof")
    person = Person({"review:seeds": ["precedence:yes", "continue"], "apply": ["apply"]}, goes_on=True)
    sit_down(ordered.root, person)
    assert ADDED in first_of_alpha(ordered)


def test_an_answer_asks_for_them(ordered: Shop) -> None:
    ordered.migwizard("run", "--yes", *answers(ordered, "yes"))
    assert ADDED in first_of_alpha(ordered)
    assert results(ordered)["seeds"]["precedence"]["dependencies"] == [
        ["alpha.0001_reset_initial", "omega.0001_reset_initial"]
    ]


def test_an_answer_holds_when_the_reset_goes_on_without_the_file(ordered: Shop) -> None:
    ordered.migwizard("run", "--yes", "--until", "seeds", *answers(ordered, "yes"))
    ordered.migwizard("run", "--yes")
    assert ADDED in first_of_alpha(ordered)


def test_an_answer_holds_after_a_kill(ordered: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: Any) -> None:
        raise MigwizardError("gone", code="gone")

    monkeypatch.setattr(precedence, "_write", killed)
    person = Person(goes_on=True)
    assert sit_down(ordered.root, person, answers={"precedence": "yes"}).error is not None
    ordered.migwizard("run", "--yes")
    assert ADDED in first_of_alpha(ordered)


def test_what_a_person_says_counts_more_than_the_answers_file(ordered: Shop) -> None:
    person = Person({"review:seeds": ["precedence:no", "continue"], "apply": ["apply"]}, goes_on=True)
    sit_down(ordered.root, person, answers={"precedence": "yes"})
    assert "For the order alone" not in first_of_alpha(ordered)
    assert person.asked("review:seeds").choice("precedence:yes") is not None


def test_they_name_no_app_that_takes_no_part(ordered: Shop) -> None:
    """It may be missing in other settings, and no database was asked whether it is behind in it."""
    events = ordered.lines("run", "--yes", "--exclude", "omega", *answers(ordered, "yes"))
    assert "omega" not in first_of_alpha(ordered)
    assert notes(events) >= {"The new files get no dependencies for the order: none saves enough."}


def notes(events: list[dict[str, Any]]) -> set[str]:
    return {line["text"] for line in events if line.get("event") == "note"}


def test_a_text_of_a_person_that_still_has_them_is_named(ordered: Shop) -> None:
    path = ordered.root / ".migwizard/staging/alpha/0001_reset_initial.py"

    def change(_: Question) -> str:
        path.write_text(path.read_text() + "# mine\n")
        return "precedence:no"

    person = Person({"review:seeds": ["precedence:yes", change, "continue"], "apply": ["apply"]}, goes_on=True)
    sit_down(ordered.root, person)
    assert first_of_alpha(ordered).endswith("# mine\n") and ADDED in first_of_alpha(ordered)
    said = [event.text for event in person.events if event.kind == "note"]
    assert "Still with dependencies for the order, as you wrote it: alpha/0001_reset_initial.py." in said


def test_an_answer_that_is_none_is_refused(ordered: Shop) -> None:
    refused = ordered.lines("run", "--yes", *answers(ordered, "perhaps"), expect=2)[-1]
    assert "'perhaps' is no answer to precedence; choose yes or no." in refused["sentence"]
    assert not (ordered.root / ".migwizard").exists(), "it is refused before anything begins"


def test_a_file_that_a_person_changed_is_left_alone(ordered: Shop) -> None:
    ordered.migwizard("run", "--yes", "--until", "generate")
    path = ordered.root / ".migwizard/staging/alpha/0001_reset_initial.py"
    path.write_text(path.read_text() + "# mine\n")
    person = Person({"review:seeds": ["continue"], "apply": ["apply"]}, goes_on=True)
    sit_down(ordered.root, person)
    assert "for the order" not in person.asked("review:seeds").text
    assert first_of_alpha(ordered).endswith("# mine\n") and "omega" not in first_of_alpha(ordered)


def test_files_that_replace_old_ones_get_none(ordered: Shop) -> None:
    """While one app is still at its old files and another is not, these could wait for each other."""
    events = ordered.lines("run", "--yes", "--replaces", *answers(ordered, "yes"))
    assert "For the order alone" not in first_of_alpha(ordered)
    assert any("old files count beside them" in note for note in notes(events))


def test_every_answer_that_no_question_asks_for_is_looked_at_when_it_is_read() -> None:
    assert set(setup.YES_OR_NO) == {precedence.KEY, replacing.KEY}

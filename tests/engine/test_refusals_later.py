"""Refusals of the states after preflight, and of a sitting in which nobody answers."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from migwizard.engine.options import Opening
from migwizard.engine.previews import RefusalPreview
from migwizard.engine.talk import Question
from tests.engine.persons import Person, sit_down
from tests.engine.refusing import ROSTER, own_surroundings, refused, shows, then, words  # noqa: F401 - a fixture
from tests.engine.support import Shop
from tests.tui.refusing import RUN_ID, refusal

pytestmark = pytest.mark.ride

# 12, 32-36: later states


def test_an_old_history_that_fails(tiny: Shop) -> None:
    path = tiny.root / "clubs/migrations/0002_first_clubs.py"
    good = path.read_text()
    path.write_text(good.replace("operations = [", "operations = [migrations.RunSQL('SELEKT 1'),"))
    question = refused(
        sit_down(tiny.root, Person(goes_on=True)), "old-history", "The old history cannot build a database", 1
    )
    assert isinstance(question.preview, RefusalPreview)
    assert question.preview.log.endswith(".migwizard/migwizard.log")
    assert "SELEKT" in question.details
    mended = then(lambda: path.write_text(good), "again")
    person = Person({"refusal:old-history": [mended], "apply": ["quit"]}, goes_on=True)
    assert sit_down(tiny.root, person).left
    assert "review:proof" in person.ids


def test_a_new_history_that_differs_goes_back_to_the_seeds(tiny: Shop) -> None:
    def drop(question: Question) -> str:
        return next(choice.key for choice in question.choices if choice.key.startswith("drop:clubs.0002"))

    class Stubborn(Person):
        def _usual(self, question: Question) -> str:
            return "stop" if question.id.startswith("difference:") else super()._usual(question)

    person = Stubborn({"review:seeds": [drop, "continue", "quit"], "refusal:not-equal": ["to:seeds"]}, goes_on=True)
    assert sit_down(tiny.root, person).left
    question = person.asked("refusal:not-equal")
    assert question.headline.startswith("Old and new differ in ")
    assert [choice.key for choice in question.choices] == ["report", "to:seeds", "to:generate", "again", "quit"]
    assert "clubs_club" in shows(question, "report")
    assert person.ids[-1] == "review:seeds"


def test_a_difference_behind_an_own_edit_leads_back_to_generate(tiny: Shop) -> None:
    path = tiny.root / ".migwizard/staging/clubs/0001_reset_initial.py"

    def edit() -> None:
        text = path.read_text()
        assert "max_length=" in text
        path.write_text(text.replace("max_length=", "max_length=1", 1))

    person = Person(
        {"review:generate": [then(edit, "continue"), "continue", "quit"], "difference:": ["generate"]}, goes_on=True
    )
    assert sit_down(tiny.root, person).left
    question = person.asked("difference:")
    assert question.text.endswith("You changed clubs/0001_reset_initial.py by hand, at Generate.")
    assert [choice.key for choice in question.choices][:2] == ["generate", "seeds"]
    assert person.ids[-1] == "review:generate"


def test_the_approval_is_void_when_a_migration_moves(tiny: Shop) -> None:
    def touch() -> None:
        with (tiny.root / ROSTER).open("a") as stream:
            stream.write("# later\n")

    person = Person({"apply": [then(touch, "apply"), "quit"], "refusal:tree-changed": ["again"]}, goes_on=True)
    assert sit_down(tiny.root, person).left
    assert person.asked("refusal:tree-changed").headline == "The approval is void"
    assert person.ids[-1] == "apply", "everything was computed anew, and is asked for again"
    assert person.ids.count("review:generate") >= 1
    assert (tiny.root / ROSTER).is_file()


@pytest.mark.parametrize(("cure", "then_asked"), [("again", []), ("back", ["review:proof"])])
def test_only_what_looks_different_is_approved_anew(tiny: Shop, cure: str, then_asked: list[str]) -> None:
    """A helper that only a migration loads, which is not committed any more: no step looks different."""
    seed, helper = tiny.root / "clubs/migrations/0002_first_clubs.py", tiny.root / "clubs/helper.py"
    helper.write_text("SIZE = 1\n")
    seed.write_text(f"from clubs.helper import SIZE\n{seed.read_text()}")
    for arguments in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "old"],
    ):
        subprocess.run(["git", *arguments], cwd=tiny.root, check=True)
    touch = then(lambda: helper.write_text("SIZE = 2\n"), "apply")
    person = Person({"apply": [touch, "quit"], "refusal:tree-changed": [cure]}, goes_on=True)
    assert sit_down(tiny.root, person).left
    after = person.ids[person.ids.index("refusal:tree-changed") + 1 :]
    assert after == ["dirty-elsewhere", *then_asked, "apply"]


def test_the_approval_is_void_when_a_staged_file_moves(tiny: Shop) -> None:
    def touch() -> None:
        staged = next((tiny.root / ".migwizard/staging/clubs").glob("0001_*.py"))
        staged.write_text(staged.read_text() + "# later\n")

    person = Person({"apply": [then(touch, "apply")]}, goes_on=True)
    question = refused(sit_down(tiny.root, person), "staging-changed", "The approval is void", 6)
    assert [choice.key for choice in question.choices] == ["again", "back", "quit"]


def test_undo_when_others_built_on_it(tiny_finished: Shop) -> None:
    leaf = max((tiny_finished.root / "clubs/migrations").glob("0*.py")).stem
    later = tiny_finished.root / "clubs/migrations/0009_later.py"
    later.write_text(
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
        f"    dependencies = [('clubs', '{leaf}')]\n    operations = []\n"
    )
    sat = sit_down(tiny_finished.root, Person(), Opening(tiny_finished.root, python=sys.executable, greeted=True))
    question = refused(sat, "finished", "This reset is finished, and migrations came on top", 6)
    assert [choice.key for choice in question.choices] == ["look", "aside", "quit"]
    assert sat.error is not None
    assert "migwizard undo" in sat.error.cures[0]
    # The kept example, which is drawn, says what is said here.
    kept = refusal("finished")
    run_id = json.loads((tiny_finished.root / ".migwizard/checkpoint.json").read_text())["run_id"]
    said = question.text.replace(run_id, RUN_ID).replace("clubs.0009_later", "orders.0003_discount").splitlines()[0]
    assert (kept.headline, kept.text.splitlines()[0], words(kept)) == (question.headline, said, words(question))


def test_nobody_answers(tiny: Shop) -> None:
    person = Person({"dirty-elsewhere": [lambda _: None]})
    sat = sit_down(tiny.root, person)
    assert sat.error is not None
    assert (sat.error.code, int(sat.error.exit_code)) == ("dirty-elsewhere", 4)
    assert person.ids == ["dirty-elsewhere"], "no refusal is shown to nobody"

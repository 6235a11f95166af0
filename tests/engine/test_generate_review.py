"""The approval of the generated files: what is shown, and what the answers do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from migwizard.engine.previews import GeneratePreview, ResumePreview, StagedFile
from migwizard.engine.talk import MARK, Question
from tests.engine.persons import Act, Person, sit_down
from tests.engine.support import Shop

pytestmark = pytest.mark.ride
FILE = "people/0001_reset_initial"
GENERATE = "review:generate"


def ride(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, *answers: Act, deciding: Mapping[str, list[Act]] | None = None
) -> Person:
    """Answer the question about the generated files so, then leave; accept everything else but what `deciding` answers."""
    monkeypatch.setenv("XDG_STATE_HOME", str(shop.root.parent / "state"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", shop.epoch)
    person = Person({GENERATE: [*answers, "quit"], **(deciding or {})}, goes_on=True)
    sat = sit_down(shop.root, person)
    assert sat.left, sat.error
    return person


def file_of(question: Question) -> StagedFile:
    assert isinstance(question.preview, GeneratePreview)
    return next(file for file in question.preview.files if f"{file.app}/{file.name}" == FILE)


def accepted_in(question: Question) -> tuple[str, ...]:
    assert isinstance(question.preview, GeneratePreview)
    return question.preview.accepted


def editing(old: str, new: str) -> Act:
    def answer(question: Question) -> str:
        path = Path(file_of(question).path)
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        return f"edited:{FILE}"

    return answer


def test_files_come_in_the_order_of_the_plan_with_command_and_texts(
    tiny: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = ride(tiny, monkeypatch).every(GENERATE)[0]
    preview = question.preview
    assert isinstance(preview, GeneratePreview)
    assert [file.level for file in preview.files] == sorted(file.level for file in preview.files)
    for file in preview.files:
        assert file.command == preview.commands[file.level]
        text = Path(file.path).read_text()
        assert [row.right for row in file.rows if row.right_number] == text.splitlines()
        assert file.written_lines == len(text.splitlines())
        assert question.choice(f"edited:{file.app}/{file.name}") is not None
        shown = question.choice(f"diff:{file.app}/{file.name}")
        assert shown is not None and shown.group == "files"
        assert all(f"+{row.right}" in shown.shows for row in file.rows if row.kind == "in")
        differs = any(row.kind != "equal" for row in file.rows)
        assert differs is ("@@ " in shown.shows)
        assert differs or text in shown.shows
        assert not file.edited
    guarded = [file for file in preview.files if "class StopIfNotSwitched" in Path(file.path).read_text()]
    assert guarded and [file for file in preview.files if file.guard] == guarded
    assert all(sum(bool(row.note) for row in file.rows if row.kind == "in") == file.guard for file in guarded)
    assert (
        f"Our guard is in {', '.join(f'{f.app}/{f.name}' for f in guarded)}: it stops a plain migrate" in question.text
    )
    assert (question.safe, question.choices[0].words) == ("continue", f"Accept all {len(preview.files)}")


def test_progress_counts_levels_and_names_their_files(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    events = [event for event in ride(tiny, monkeypatch).events if event.kind == "progress" and "levels" in event.data]
    total = events[0].data["total"]
    assert [event.data["number"] for event in events] == list(range(total + 1))
    assert events[0].text.startswith(f"level 1 of {total}: makemigrations ")
    assert FILE in [name for names in events[0].data["levels"] for name in names]


def test_a_file_that_was_accepted_still_is_in_another_sitting_as_long_as_it_is_the_same(
    tiny: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ride(tiny, monkeypatch, f"{MARK}accept {FILE}")
    assert [accepted_in(question) for question in first.every(GENERATE)] == [()] * 2, "the question stays open"
    second = ride(
        tiny, monkeypatch, f"{MARK}accept nothing/of_ours", editing("initial = True", "initial = True  # mine")
    )
    shown = second.every(GENERATE)
    assert accepted_in(shown[0]) == (FILE,)
    assert accepted_in(shown[-1]) == (), "it has to be looked at again"
    resume = second.asked("resume").preview
    assert isinstance(resume, ResumePreview)
    assert "1 file accepted" in resume.decided


def test_a_mark_changes_nothing_of_what_is_approved(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    marks = [f"{MARK}accept {file.app}/{file.name}" for file in [file_of(ride(tiny, monkeypatch).every(GENERATE)[0])]]
    person = Person({GENERATE: [*marks, "continue"], "review:seeds": ["quit"]}, goes_on=True)
    assert sit_down(tiny.root, person).left
    assert len(person.every(GENERATE)) == 2 and person.asked("review:seeds"), "it is not asked again"


def test_an_edit_is_read_shown_and_kept(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    person = ride(tiny, monkeypatch, editing("initial = True", "initial = True  # mine"), "again")
    once, again = file_of(person.every(GENERATE)[1]), file_of(person.every(GENERATE)[2])
    assert once.edited.startswith("1 line differs")
    assert any(row.right.endswith("# mine") for row in once.rows)
    change = person.every(GENERATE)[1].choice(f"change:{FILE}")
    assert change is not None
    assert "+    initial = True  # mine" in change.shows
    # Redo generated everything once more, and put the edit back.
    assert again.rows == once.rows
    assert (tiny.root / ".migwizard" / "edits" / f"{FILE}.py").is_file()


def test_a_text_that_is_no_migration_cannot_be_accepted(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    person = ride(tiny, monkeypatch, editing("initial = True", "initial = (True"), f"restore:{FILE}")
    broken, restored = person.every(GENERATE)[1], person.every(GENERATE)[2]
    assert "'(' was never closed" in file_of(broken).broken
    assert file_of(broken).edited.endswith("your text is kept.")
    assert (broken.choice("continue"), broken.safe, broken.default) == (None, None, None)
    assert restored.choice("continue") is not None
    assert not file_of(restored).edited
    previous = tiny.root / ".migwizard" / "edits" / f"{FILE}.previous.py"
    assert "initial = (True" in previous.read_text()


def test_the_diff_can_be_saved(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    person = ride(tiny, monkeypatch, lambda _: "save:diff")
    saved = (tiny.root / ".migwizard" / "generate.diff").read_text()
    assert f"# {FILE}.py, level" in saved
    assert "lines: our guard; it stops a plain migrate, before it writes a row" in saved
    assert [event.text for event in person.events if event.kind == "saved"] == [
        "The diff is in .migwizard/generate.diff."
    ]


def test_coming_back_from_the_middle_of_seeds_shows_the_edit_again(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    seed = '"""Clubs."""\n\nimport os\n\nfrom django.db import migrations\n\n\ndef later(apps, schema_editor):\n    os.getpid()\n'
    (tiny.root / "clubs/migrations/0005_later.py").write_text(
        f"{seed}\n\nclass Migration(migrations.Migration):\n    dependencies = [('clubs', '0004_roster')]\n"
        "    operations = [migrations.RunPython(later)]\n"
    )
    assert tiny.manage("migrate", "-v0").returncode == 0

    person = ride(
        tiny,
        monkeypatch,
        editing("initial = True", "initial = True  # mine"),
        "continue",
        "continue",
        deciding={"keep:clubs.0005_later#0": ["back", "quit"]},
    )
    assert person.ids.count("keep:clubs.0005_later#0") == 2
    assert [bool(file_of(question).edited) for question in person.every(GENERATE)] == [False, True, True]
    assert "# mine" in (tiny.staging / f"{FILE}.py").read_text()


def test_an_edit_made_between_two_sittings_is_shown_and_approved_anew(
    tiny: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    ride(tiny, monkeypatch)
    tiny.edit(f".migwizard/staging/{FILE}.py", "initial = True", "initial = True  # mine")
    question = ride(tiny, monkeypatch).every(GENERATE)[0]
    assert file_of(question).edited
    assert question.choice(f"restore:{FILE}") is not None


def test_an_edit_made_elsewhere_is_told_as_soon_as_its_screen_opens(
    tiny: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Back at Levels, or at Proof, which shows no file: nobody goes past Generate with a text that nobody saw."""

    def elsewhere(mark: str, answer: str) -> Act:
        def act(_: Question) -> str:
            tiny.edit(f".migwizard/staging/{FILE}.py", "initial = True", f"initial = True  # {mark}")
            return answer

        return act

    at_proof = {
        "review:levels": ["continue", elsewhere("mine", "continue")],
        "review:proof": [elsewhere("m", "continue")],
    }
    person = ride(tiny, monkeypatch, "back", "continue", deciding=at_proof)
    first, back, after_proof = person.every(GENERATE)
    assert [bool(file_of(question).edited) for question in (first, back, after_proof)] == [False, True, True]
    assert "# m  # mine" in (tiny.staging / f"{FILE}.py").read_text()
    assert "apply" not in person.ids
    told = [event.text for event in person.events if "changed outside of the wizard" in event.text]
    assert told == [f"{FILE}.py was changed outside of the wizard; your text is what you see here."] * 2

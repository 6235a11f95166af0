"""An old history that fails from zero: a person changes a scratch copy, which our own runs of it use and nothing else."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from migwizard.engine.previews import ApplyPreview, ProofPreview, RefusalPreview
from migwizard.engine.talk import Question
from tests.engine.persons import Act, Person, sit_down
from tests.engine.refusing import own_surroundings, refused, shows, then  # noqa: F401 - a fixture
from tests.engine.support import Shop

pytestmark = pytest.mark.ride

NAME = "clubs/0002_first_clubs.py"
FAILS = "operations = [migrations.RunSQL('SELEKT 1'),"
HEADLINE = "The old history cannot build a database"
REFUSAL = "refusal:old-history"


@pytest.fixture
def original(tiny: Shop) -> Path:
    """The old migration, which fails on an empty database."""
    path = tiny.root / "clubs/migrations/0002_first_clubs.py"
    path.write_text(path.read_text().replace("operations = [", FAILS))
    return path


def copy_in(shop: Shop) -> Path:
    return shop.root / ".migwizard/edits/old-history" / NAME


def mended(shop: Shop, answer: str = "edited") -> Act:
    """The person takes what fails out of the copy, then answers."""
    return then(lambda: copy_in(shop).write_text(copy_in(shop).read_text().replace(FAILS, "operations = [")), answer)


def keys(question: Question) -> list[str]:
    return [choice.key for choice in question.choices]


def effect(question: Question, key: str) -> str:
    choice = question.choice(key)
    assert choice is not None
    return choice.effect


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_the_proof_runs_the_copy_and_the_certificate_says_so(tiny: Shop, original: Path) -> None:
    before = tiny.tree()
    person = Person({REFUSAL: ["scratch", mended(tiny)], "apply": ["quit"]}, goes_on=True)
    assert sit_down(tiny.root, person).left
    first, second = person.every(REFUSAL)
    assert keys(first)[:3] == ["show", "scratch", "again"]
    assert keys(second)[:4] == ["show", "edited", "original", "again"]
    assert isinstance(second.preview, RefusalPreview)
    assert second.preview.edits == str(copy_in(tiny))
    assert f".migwizard/edits/old-history/{NAME}" in effect(second, "edited")
    assert tiny.tree() == before
    certificate = json.loads((tiny.root / ".migwizard/proof.json").read_text())
    hashes = {"original": sha256(original.read_bytes()), "copy": sha256(copy_in(tiny).read_bytes())}
    assert certificate["scratch_copies"] == [{"file": NAME, **hashes}]
    report = (tiny.root / ".migwizard/proof.txt").read_text()
    assert all(text in report for text in (NAME, *hashes.values()))
    proof = person.asked("review:proof").preview
    assert isinstance(proof, ProofPreview)
    assert any(f"changed scratch copy of {NAME}" in caveat for caveat in proof.caveats)
    assert not any("fails" in caveat for caveat in proof.caveats), "nobody tried whether the original does"
    assert "1 old migration run from a changed copy" in person.asked("review:proof").text
    apply = person.asked("apply").preview
    assert isinstance(apply, ApplyPreview)
    assert "1 old migration run from a changed copy" in apply.proof


def test_the_whole_reset_can_be_made_and_undone(tiny: Shop, original: Path) -> None:
    before = tiny.tree(), tiny.dump()
    script: dict[str, list[Act]] = {
        REFUSAL: ["scratch", mended(tiny)],
        "apply": ["apply"],
        "switch:default": ["switch"],
        "review:done": ["undo"],
        "undo:": ["undo"],
    }
    sat = sit_down(tiny.root, Person(script, goes_on=True))
    assert sat.report is not None, sat.error
    assert (sat.report["files"] > 0, sat.report["databases"]) == (True, ["default"])
    assert (tiny.tree(), tiny.dump()) == before
    kept = Path(sat.report["edits"]) / "old-history" / NAME
    assert FAILS not in kept.read_text(), "what somebody wrote outlives our folder"


def test_a_copy_that_is_no_migration_or_unchanged_is_not_run(tiny: Shop, original: Path) -> None:
    broken = then(lambda: copy_in(tiny).write_text("class Migration(:\n"), "edited")
    person = Person({REFUSAL: ["scratch", "edited", broken, "quit"]}, goes_on=True)
    refused(sit_down(tiny.root, person), "old-history", HEADLINE, 1)
    made, unchanged, last = person.every(REFUSAL)[1:]
    assert "it is still the original" in effect(made, "edited")
    assert "it is still the original" in effect(unchanged, "edited")
    assert "line 1: " in effect(last, "edited")
    assert last.choice("change") is not None
    assert sum(event.kind == "project" for event in person.events) == 1, "nothing was opened again"


def test_the_original_can_count_again(tiny: Shop, original: Path) -> None:
    bad = then(
        lambda: copy_in(tiny).write_text(original.read_text().replace("SELEKT", "SELECT nothing FROM")), "edited"
    )
    person = Person({REFUSAL: ["scratch", bad, "original", "quit"]}, goes_on=True)
    refused(sit_down(tiny.root, person), "old-history", HEADLINE, 1)
    failed_again, last = person.every(REFUSAL)[-2:]
    assert "nothing" in failed_again.text, "the copy was run, and failed in its own way"
    assert "SELEKT" in shows(failed_again, "change")
    assert "scratch" in keys(last)
    assert not copy_in(tiny).exists()
    assert "nothing" in copy_in(tiny).with_name("0002_first_clubs.previous.py").read_text()


def test_a_text_whose_original_is_gone_is_kept(tiny: Shop, original: Path) -> None:
    def lose() -> None:
        copy_in(tiny).write_text("# an hour of work\n")
        copy_in(tiny).with_suffix(".original").unlink()

    begun = Person({REFUSAL: ["scratch", then(lose, "quit")]}, goes_on=True)
    refused(sit_down(tiny.root, begun), "old-history", HEADLINE, 1)
    refused(sit_down(tiny.root, Person({REFUSAL: ["scratch", "quit"]}, goes_on=True)), "old-history", HEADLINE, 1)
    assert copy_in(tiny).read_bytes() == original.read_bytes()
    assert copy_in(tiny).with_name("0002_first_clubs.previous.py").read_text() == "# an hour of work\n"


@pytest.mark.parametrize("answer", ["edited", "original"])
def test_a_copy_that_goes_while_the_question_is_open_is_asked_anew(tiny: Shop, original: Path, answer: str) -> None:
    person = Person({REFUSAL: ["scratch", then(lambda: copy_in(tiny).unlink(), answer), "quit"]}, goes_on=True)
    refused(sit_down(tiny.root, person), "old-history", HEADLINE, 1)
    assert "scratch" in keys(person.asked(REFUSAL))


def test_a_copy_of_an_app_that_takes_no_part_stays(tiny: Shop, original: Path) -> None:
    script: dict[str, list[Act]] = {REFUSAL: ["scratch", mended(tiny)], "review:seeds": ["quit"]}
    assert sit_down(tiny.root, Person(script, goes_on=True)).left
    person = Person({"resume": ["resume"], "review:": ["quit"]}, goes_on=True)
    sit_down(tiny.root, person, exclude=("clubs",))
    assert not [event.text for event in person.events if event.kind == "note" and "scratch copy" in event.text]
    assert FAILS not in copy_in(tiny).read_text()


def test_a_copy_is_set_aside_when_its_original_changes(tiny: Shop, original: Path) -> None:
    script: dict[str, list[Act]] = {REFUSAL: ["scratch", mended(tiny)], "review:seeds": ["quit"]}
    assert sit_down(tiny.root, Person(script, goes_on=True)).left
    original.write_text(original.read_text() + "# later\n")
    person = Person({"resume": ["resume"]}, goes_on=True)
    refused(sit_down(tiny.root, person), "old-history", HEADLINE, 1)
    assert "scratch" in keys(person.asked(REFUSAL)), "asked anew"
    notes = [event.text for event in person.events if event.kind == "note"]
    assert any(f"{NAME} changed since you made a scratch copy of it" in note for note in notes)
    assert FAILS not in copy_in(tiny).with_name("0002_first_clubs.previous.py").read_text()


def test_a_function_that_comes_along_is_the_one_that_was_run(tiny: Shop) -> None:
    path = tiny.root / "clubs/migrations/0002_first_clubs.py"
    loop = "    for code, name in CLUBS.items():"
    path.write_text(path.read_text().replace(loop, f"    raise LookupError('gone')\n{loop}"))

    def mend() -> None:
        text = copy_in(tiny).read_text()
        copy_in(tiny).write_text(text.replace("raise LookupError('gone')", "assert Club, 'as in the copy'"))

    person = Person({REFUSAL: ["scratch", then(mend, "edited")], "review:seeds": ["continue", "quit"]}, goes_on=True)
    assert sit_down(tiny.root, person).left
    staged = "".join(file.read_text() for file in (tiny.root / ".migwizard/staging/clubs").glob("*seed*.py"))
    assert "as in the copy" in staged
    assert "LookupError" not in staged


def test_removing_our_folder_says_where_the_copy_goes(tiny: Shop, original: Path) -> None:
    script: dict[str, list[Act]] = {
        REFUSAL: ["scratch", mended(tiny)],
        "review:seeds": ["undo"],
        "undo:": ["remove"],
    }
    sat = sit_down(tiny.root, Person(script, goes_on=True))
    assert sat.report is not None, sat.error
    assert "clubs/0002_first_clubs" in effect(sat.person.asked("undo:"), "remove")
    assert FAILS not in (Path(sat.report["edits"]) / "old-history" / NAME).read_text()

"""The reviews of seeds and proof, ridden through by a scripted person on fixture projects."""

from __future__ import annotations

import json
import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from migwizard.engine import machine
from migwizard.engine.opening import open_ride
from migwizard.engine.options import Options
from migwizard.engine.previews import ProofPreview, SeedLine, SeedsPreview
from migwizard.engine.proving.runs import Runs
from migwizard.engine.ride import Turn
from migwizard.engine.states import State
from migwizard.engine.talk import Event, Question
from migwizard.errors import MigwizardError
from migwizard.project.discovery import find_project
from migwizard.project.guest import Guest
from tests.engine.support import PROJECTS, Shop

CLUBS = "clubs.0002_first_clubs#0"
UNCLEAR = "yard.0002_unclear#0"
pytestmark = pytest.mark.ride


class Left(Exception):  # noqa: N818 - the person stops looking
    """The ride was left at the question that was waited for."""


class Person:
    """Answers by script: each entry is (beginning of a question's id, answer), used once, in order of their matching.

    Everything else gets the default. Leaves at `until`.
    """

    def __init__(self, *script: tuple[str, str], until: str = "review:proof") -> None:
        self.script = list(script)
        self.until = until
        self.asked: list[Question] = []
        self.events: list[Event] = []

    def tell(self, event: Event) -> None:
        self.events.append(event)

    def ask(self, question: Question) -> str | None:
        self.asked.append(question)
        for place, (begin, answer) in enumerate(self.script):
            if question.id.startswith(begin):
                del self.script[place]
                return answer
        if question.id == self.until:
            raise Left
        return question.default or question.safe or question.choices[0].key

    def last(self, begin: str) -> Question:
        return next(question for question in reversed(self.asked) if question.id.startswith(begin))

    def times(self, begin: str) -> int:
        return sum(question.id.startswith(begin) for question in self.asked)

    def seed(self, operation: str) -> SeedLine:
        preview = self.last("review:seeds").preview
        assert isinstance(preview, SeedsPreview)
        return next(line for line in preview.seeds if line.id == operation)


def sit(root: Path, person: Person, **options: Any) -> None:
    """Ride until the person leaves. Raises what the engine refuses."""
    project = find_project(root, python=sys.executable)
    with pytest.raises(Left), open_ride(project, person, Options(**{"review": True, **options})) as ride:
        machine.run(ride)


@pytest.fixture
def placed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """The project `seeds_unclear` with an operation in the place that it leaves open."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1600000000")
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)

    def make(operation: str) -> Path:
        root = tmp_path / "seeds_unclear"
        shutil.copytree(PROJECTS / "seeds_unclear", root, ignore=shutil.ignore_patterns("__pycache__"))
        file = root / "yard/migrations/0002_unclear.py"
        old = "OPERATION = migrations.RunPython.noop"
        text = file.read_text()
        assert text.count(old) == 1
        file.write_text(text.replace(old, f"OPERATION = {operation}"))
        return root

    return make


@pytest.fixture
def root(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in tiny.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    return tiny.root


def test_each_operation_tells_its_evidence_its_source_and_where_it_is_kept(root: Path) -> None:
    person = Person()
    sit(root, person)
    line, preview = person.seed(CLUBS), person.last("review:seeds").preview
    assert isinstance(preview, SeedsPreview)
    assert (line.verdict, line.how, line.file) == ("seed", "moved", "clubs/0003_reset_seed")
    assert line.left.endswith("rows") and "clubs_club" in line.evidence
    assert "def " in line.source
    assert line.ladder[0][:2] == ("moved", "passed")
    text = next(text for name, _, text in preview.files if name == line.file)
    rows = text.splitlines()
    marked = "\n".join(rows[number - 1] for first, last in line.lines for number in range(first, last + 1))
    assert "RunPython" in marked and "def " in marked
    assert "RunSQL" not in marked, "the lines of other operations are not its own"


def test_a_dropped_seed_makes_the_proof_differ_until_it_is_accepted(root: Path) -> None:
    person = Person(("review:seeds", f"drop:{CLUBS}"), ("difference:", "accept"))
    sit(root, person)
    assert person.seed(CLUBS).decided == "drop" and person.seed(CLUBS).how == ""
    question = person.last("difference:")
    assert CLUBS in question.text and "Climbing" in question.details
    assert {choice.key for choice in question.choices} >= {"keep", "seeds", "accept"}
    assert question.safe is None, "--yes must not accept it"
    proof = person.last("review:proof").preview
    assert isinstance(proof, ProofPreview)
    assert proof.settled and not proof.equal
    assert [(item.decision, item.causes) for item in proof.differences if item.severity == "error"] == [
        ("accepted", (CLUBS,))
    ]
    assert proof.operations[1].endswith(" kept, 1 not")
    assert "1 dropped by decision" in person.last("review:proof").text
    figures = {what: (old, new, equal) for what, old, new, equal in proof.figures}
    assert not figures["rows"][2] and figures["tables"][2]


def test_without_a_person_a_dropped_seed_is_refused(root: Path) -> None:
    project = find_project(root, python=sys.executable)
    person = Person(until="never")
    with (
        open_ride(project, person, Options(yes=True, answers={f"keep:{CLUBS}": "drop"}, until=State.PROOF)) as ride,
        pytest.raises(MigwizardError) as refused,
    ):
        machine.run(ride)
    assert refused.value.code == "not-equal"
    assert CLUBS in refused.value.sentence


def test_a_word_on_a_seed_can_be_taken_back(root: Path) -> None:
    person = Person(("review:seeds", f"drop:{CLUBS}"), ("review:seeds", f"auto:{CLUBS}"))
    sit(root, person)
    assert person.seed(CLUBS).decided == "" and person.seed(CLUBS).how == "moved"
    assert person.times("difference:") == 0
    assert person.last("review:proof").headline == "Equal: old and new build the same database"


def test_the_proof_can_keep_again_what_was_dropped(root: Path) -> None:
    person = Person(("review:seeds", f"drop:{CLUBS}"), ("difference:", "keep"))
    sit(root, person)
    assert person.times("difference:") == 1
    assert person.seed(CLUBS).decided == ""
    assert person.last("review:proof").headline.startswith("Equal")


def test_going_back_to_the_seeds_decides_nothing(root: Path) -> None:
    person = Person(("review:seeds", f"drop:{CLUBS}"), ("difference:", "seeds"), ("difference:", "accept"))
    sit(root, person)
    assert person.times("difference:") == 2
    assert person.times("review:seeds") == 3, "at first, after the drop, and when the proof led back"


def test_decisions_survive_a_resume(root: Path) -> None:
    sit(root, Person(("review:seeds", f"drop:{CLUBS}"), ("difference:", "accept")))
    later = Person()
    sit(root, later)
    assert later.times("difference:") == 0 and later.times("review:seeds") == 0, "nothing is asked again"
    assert later.asked[-1].preview is not None
    kept = {event.data["of"] for event in later.events if event.kind == "kept"}
    assert {"seeds", "proof"} <= kept


def append(path: Path, text: str) -> None:
    with path.open("a") as stream:
        stream.write(text)


def forget_the_hashes(root: Path) -> None:
    """A checkpoint as it was before a word noted what it was about."""
    path = root / ".migwizard/checkpoint.json"
    data = json.loads(path.read_text())
    assert data["decisions"][f"keep:{CLUBS}"].pop("about")
    for answer in data["decisions"].values():
        answer.pop("about", None)
    path.write_text(json.dumps(data))


def test_a_word_holds_for_the_code_it_was_about(root: Path) -> None:
    sit(root, Person(("review:seeds", f"drop:{CLUBS}"), ("difference:", "accept")))
    append(root / "people/migrations/0002_person_club.py", "# another file\n")
    other = Person()
    sit(root, other)
    assert "seeds" in {event.text for event in other.events if event.kind == "begin"}
    assert not any(CLUBS in event.text for event in other.events if event.kind == "note"), "its own file is what it was"
    assert "1 dropped by decision" in other.last("review:proof").text
    file = root / "clubs/migrations/0002_first_clubs.py"
    file.write_text(file.read_text().replace("Climbing", "Diving"))
    later = Person()
    sit(root, later)
    assert later.seed(CLUBS).decided == "" and later.seed(CLUBS).how == "moved"
    (note,) = (event.text for event in later.events if event.kind == "note" and CLUBS in event.text)
    assert note == (
        f"{CLUBS}: your word on it (drop) does not count any more, because its migration file is not the one that you saw. "
        "It is judged anew."
    )
    assert later.last("review:proof").headline.startswith("Equal")


def test_a_word_of_which_nobody_knows_what_it_was_about_holds_until_the_seeds_are_judged_anew(root: Path) -> None:
    sit(root, Person(("review:seeds", f"drop:{CLUBS}"), ("difference:", "accept")))
    forget_the_hashes(root)
    same = Person()
    sit(root, same)
    assert same.times("review:seeds") == 0 and not any(CLUBS in event.text for event in same.events)
    append(root / "people/migrations/0002_person_club.py", "# another file\n")
    later = Person()
    sit(root, later)
    assert later.seed(CLUBS).decided == ""


def test_an_answers_file_says_it_of_the_code_of_today(root: Path) -> None:
    project = find_project(root, python=sys.executable)
    for text in ("", "# touched\n"):
        append(root / "clubs/migrations/0002_first_clubs.py", text)
        options = Options(yes=True, answers={f"keep:{CLUBS}": "drop"}, until=State.SEEDS)
        person = Person(until="never")
        with open_ride(project, person, options) as ride:
            machine.run(ride)
        assert ride.checkpoint.decisions[f"keep:{CLUBS}"].choice == "drop"
        assert not any("does not count" in event.text for event in person.events)


def test_what_cannot_be_judged_is_asked_again_when_its_file_changed(placed: Callable[[str], Path]) -> None:
    root = placed("migrations.RunPython(on_another_engine)")
    sit(root, Person(("keep:", "drop")))
    same = Person()
    sit(root, same)
    assert same.times("keep:") == 0
    append(root / "yard/migrations/0002_unclear.py", "# touched\n")
    later = Person(("keep:", "drop"))
    sit(root, later)
    assert later.times("keep:") == 1


def test_dropped_sql_takes_its_objects_along(root: Path) -> None:
    preview = Person(until="review:seeds")
    sit(root, preview)
    found = preview.last("review:seeds").preview
    assert isinstance(found, SeedsPreview)
    operation = next(line for line in found.seeds if line.verdict == "schema SQL")
    person = Person(("review:seeds", f"drop:{operation.id}"), ("difference:", "accept"))
    sit(root, person)
    question = person.last("difference:")
    assert operation.id in question.text and question.preview is not None
    assert "OLD HISTORY\nCREATE" in question.details and "(nothing)" in question.details


def test_a_one_time_operation_can_be_kept(placed: Callable[[str], Path]) -> None:
    root = placed("""migrations.RunSQL("UPDATE yard_tree SET name = 'oak'", "SELECT 1")""")
    person = Person()
    sit(root, person)
    assert person.seed(UNCLEAR).verdict == "one-time" and person.seed(UNCLEAR).file == ""
    # The table was renamed later, so the statement fails in the new history: it is told, and left out.
    again = Person(("review:seeds", f"keep:{UNCLEAR}"), until="review:proof")
    (root / ".migwizard/checkpoint.json").unlink()
    sit(root, again)
    line = again.seed(UNCLEAR)
    assert line.decided == "" and line.how == "" and "no such table" in line.reason
    assert not any(choice.key == f"keep:{UNCLEAR}" for choice in again.last("review:seeds").choices)
    assert any(event.kind == "warning" and UNCLEAR in event.text for event in again.events)


def test_a_kept_one_time_operation_stands_in_a_seed_file(placed: Callable[[str], Path]) -> None:
    root = placed("""migrations.RunSQL("DELETE FROM yard_plant WHERE name = 'x'", "SELECT 1")""")
    rename = root / "yard/migrations/0003_rename.py"
    rename.write_text(rename.read_text().replace("0002_unclear", "0001_initial"))
    unclear = root / "yard/migrations/0002_unclear.py"
    unclear.write_text(unclear.read_text().replace("0001_initial", "0003_rename"))
    person = Person(("review:seeds", f"keep:{UNCLEAR}"))
    sit(root, person)
    line = person.seed(UNCLEAR)
    assert (line.decided, line.how, line.file) == ("keep", "moved", "yard/0002_reset_sql")
    assert person.last("review:proof").headline.startswith("Equal")


def test_what_cannot_be_judged_is_asked_with_its_row_and_its_source(placed: Callable[[str], Path]) -> None:
    person = Person(("keep:", "drop"))
    sit(placed("migrations.RunPython(on_another_engine)"), person)
    question = person.last("keep:")
    assert question.default == question.safe == "keep"
    assert "def on_another_engine" in question.details and "def on_another_engine" not in question.text
    assert isinstance(question.preview, SeedsPreview) and question.preview.open == (UNCLEAR,)
    assert person.seed(UNCLEAR).decided == "drop"


def test_what_cannot_be_kept_is_asked_again_with_the_reason(placed: Callable[[str], Path]) -> None:
    person = Person(("keep:", "keep"))
    sit(placed("migrations.RunPython(on_another_engine)"), person)
    asked = [question for question in person.asked if question.id == f"keep:{UNCLEAR}"]
    assert [[choice.key for choice in question.choices] for question in asked] == [["keep", "drop"], ["drop"]]
    assert "doesn't have a 'Tree' model" in asked[-1].text
    assert person.seed(UNCLEAR).decided == "drop"


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        ("migrations.RunPython(lambda apps, schema_editor: globals() and None)", "It uses globals()"),
        ("Unwritten(globals)", "It uses globals()"),
    ],
)
def test_what_no_file_can_hold_is_never_offered_to_be_kept(
    placed: Callable[[str], Path], operation: str, words: str
) -> None:
    person = Person()
    sit(placed(operation), person)
    assert person.times("keep:") == 1
    question = person.last("keep:")
    assert ([choice.key for choice in question.choices], question.default, question.safe) == (["drop"], "drop", None)
    assert f"cannot be kept: {words}" in question.text and ".." not in question.text
    assert isinstance(question.preview, SeedsPreview)
    assert words in next(line for line in question.preview.seeds if line.id == UNCLEAR).reason
    assert person.seed(UNCLEAR).decided == "drop" and words in person.seed(UNCLEAR).reason
    assert person.last("review:seeds").choice(f"keep:{UNCLEAR}") is None


def test_a_one_time_operation_that_cannot_be_moved_is_not_offered_to_be_kept(placed: Callable[[str], Path]) -> None:
    clears = (
        "lambda apps, schema_editor: globals() and apps.get_model('yard', 'Tree').objects.filter(name='x').delete()"
    )
    person = Person(until="review:seeds")
    sit(placed(f"migrations.RunPython({clears})"), person)
    line = person.seed(UNCLEAR)
    assert line.verdict == "one-time" and "It uses globals()" in line.reason
    assert person.last("review:seeds").choice(f"keep:{UNCLEAR}") is None


def test_progress_counts_what_there_is(root: Path) -> None:
    person = Person()
    sit(root, person)
    for run in ("old", "second", "bare", "trial"):
        told = [event.data for event in person.events if event.kind == "progress" and event.data.get("run") == run]
        assert told, run
        assert told[-1]["number"] == told[-1]["total"], f"{run} ends at {told[-1]}"
    assert next(event.data["id"] for event in person.events if event.kind == "operation") == CLUBS


def test_the_guest_lives_on_when_a_person_turns_back_while_a_history_runs(placed: Callable[[str], Path]) -> None:
    person = Person(("keep:", "back"), ("keep:", "drop"))
    sit(placed("migrations.RunPython(on_another_engine)"), person)
    assert person.times("review:generate") == 2


def test_the_report_is_saved_where_it_says(root: Path) -> None:
    person = Person(("review:proof", "save:report"))
    sit(root, person)
    text = (root / ".migwizard/saved/proof.txt").read_text()
    assert text == (root / ".migwizard/proof.txt").read_text()
    assert "EQUAL" in text


class Slow:
    """A run that ends only when its guest is cancelled."""

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        self.revived = 0
        self.facts: dict[str, Any] = {}
        self.scratch = None

    def cancel(self) -> None:
        self.cancelled.set()

    def revive(self) -> None:
        assert self.cancelled.is_set()
        self.revived += 1


@pytest.mark.parametrize(("raised", "revived"), [(Turn("back"), 1), (KeyboardInterrupt(), 0)])
def test_work_that_is_cut_off_gives_the_guest_back_only_to_a_ride_that_goes_on(
    root: Path, raised: BaseException, revived: int
) -> None:
    with open_ride(find_project(root, python=sys.executable), Person(), Options(review=True)) as ride:
        slow = Slow()
        ride.history()
        guest, ride.guest = ride.guest, cast("Guest", slow)
        slow.facts = guest.facts
        with pytest.raises(type(raised)), Runs(ride) as runs:
            runs._submit(lambda: {"ended": slow.cancelled.wait(30)})
            raise raised
        assert slow.revived == revived
        ride.guest = guest

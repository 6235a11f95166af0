"""Coming back to a reset: what it says of itself, what changed since, and every way to go on."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from migwizard.engine.options import Opening
from migwizard.engine.previews import ResumePreview
from migwizard.engine.resuming import decided
from migwizard.engine.states import State
from migwizard.engine.surviving.checkpoint import Checkpoint, load_checkpoint
from migwizard.engine.talk import Answer, Event, Question
from migwizard.errors import MigwizardError
from tests.engine.persons import Person, Sat, sit_down
from tests.engine.refusing import git, own_surroundings, shows  # noqa: F401 - a fixture
from tests.engine.support import Shop

pytestmark = pytest.mark.ride


def until(shop: Shop, last: str) -> None:
    """A ride that is left at the question `last`."""
    sat = sit_down(shop.root, Person({last: ["quit"]}, goes_on=True))
    assert sat.left, sat.error
    assert sat.person.ids[-1] == last


def back(shop: Shop, *answers: str, goes_on: bool = False) -> Sat:
    return sit_down(shop.root, Person({"resume": list(answers)}, goes_on=goes_on))


def back_to(shop: Shop, state: State) -> Opening:
    return Opening(shop.root, python=sys.executable, greeted=True, back_to=state)


def shown(sat: Sat) -> ResumePreview:
    preview = sat.person.asked("resume").preview
    assert isinstance(preview, ResumePreview)
    return preview


def test_it_says_where_it_stopped_and_goes_on_there(tiny: Shop) -> None:
    until(tiny, "review:seeds")
    sat = back(tiny, "resume")
    assert sat.person.ids == ["resume", "review:seeds"], "what was approved is not asked again"
    question, preview = sat.person.questions[0], shown(sat)
    assert (question.headline, question.safe, question.default) == (
        "You have a reset in progress. Go on?",
        "resume",
        "resume",
    )
    assert [choice.key for choice in question.choices] == ["resume", "look", "undo", "over"]
    assert preview.done == ("preflight", "graph", "levels", "generate", "seeds")
    assert (preview.stale, preview.changed, preview.applied, preview.finished) == ((), (), False, False)
    assert preview.staged > 0
    assert "2 apps" in preview.decided
    assert datetime.fromisoformat(preview.when).tzinfo is not None


class CutOff(Person):
    """Leaves when staging is written anew for Seeds."""

    def tell(self, event: Event) -> None:
        super().tell(event)
        if event.data.get("run") == "bare":
            raise MigwizardError("Somebody pulled the plug.", code="cut")


def begun(sat: Sat) -> list[str]:
    return [event.text for event in sat.person.events if event.kind == "begin"]


def test_what_was_approved_is_kept_although_seeds_was_left_in_its_middle(tiny: Shop) -> None:
    sat = sit_down(tiny.root, CutOff(goes_on=True))
    assert sat.error is not None and sat.error.code == "cut"
    assert sat.person.ids[-1] != "review:seeds"
    sat = back(tiny, "resume")
    assert shown(sat).stale == ()
    assert sat.person.ids == ["resume", "review:seeds"]
    assert begun(sat) == ["preflight", "seeds"], "Generate is not computed again"


def test_going_back_from_seeds_that_was_left_generates_anew(tiny: Shop) -> None:
    sit_down(tiny.root, CutOff(goes_on=True))
    path = tiny.root / ".migwizard/checkpoint.json"
    checkpoint = load_checkpoint(path, tiny.root)
    assert checkpoint is not None
    # As after a run in which nobody was asked.
    replace(checkpoint, approvals={}).save(path)
    left = shown(back(tiny, "quit"))
    assert (left.stale, left.changed) == (("generate",), ())
    checkpoint.save(path)
    sat = sit_down(tiny.root, Person({"review:generate": ["continue"]}), back_to(tiny, State.GENERATE))
    assert begun(sat) == ["preflight", "generate", "seeds"], "half of a staging is nothing to approve"
    assert sat.person.ids == ["review:generate", "review:seeds"]


def test_what_is_gone_is_said_to_be_computed_again(tiny: Shop) -> None:
    until(tiny, "review:seeds")
    shutil.rmtree(tiny.staging)
    sat = back(tiny, "resume")
    preview = shown(sat)
    assert preview.stale == ("generate", "seeds") and preview.state == "generate"
    assert preview.changed == ("What Generate is computed from, or what it wrote, is not as it was.",)
    assert begun(sat)[:2] == ["preflight", "generate"]


def test_what_changed_since_and_what_becomes_stale(tiny: Shop) -> None:
    git(tiny.root, "init", "-q")
    (tiny.root / ".gitignore").write_text("*.sqlite3\n__pycache__/\n")
    git(tiny.root, "add", ".")
    git(tiny.root, "commit", "-qm", "all")
    until(tiny, "review:seeds")
    models = tiny.root / "clubs/models.py"
    models.write_text(models.read_text() + "    motto = models.TextField(default='')\n")
    git(tiny.root, "commit", "-qam", "A motto")
    sat = sit_down(tiny.root, Person({"resume": ["resume"], "drift": ["leave"]}))
    preview = shown(sat)
    assert preview.changed == ("models: clubs: 1 field added (Club.motto)", "git: 1 new commit")
    assert preview.stale == ("levels", "generate", "seeds")
    assert preview.state == "levels"
    assert preview.seconds > 0
    question = sat.person.asked("resume")
    assert question.choices[0].words == "Resume at Levels"
    assert "+ clubs.Club field motto" in question.details
    assert "A motto" in question.details
    assert sat.person.ids[-1] == "review:preflight", "it is asked once more"
    (stands,) = [event.data for event in sat.person.events if event.kind == "stands"]
    assert stands == {"finished": ["preflight", "graph", "levels", "generate", "seeds"], "stale": list(preview.stale)}
    assert shows(question, "changes") == question.details


def test_how_the_same_python_was_found_does_not_count(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    until(tiny, "review:levels")
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    person = Person({"resume": ["resume"]})
    sat = sit_down(tiny.root, person, Opening(tiny.root))
    assert sat.left
    assert person.ids == ["resume", "review:levels"]
    (told,) = [e for e in person.events if e.kind == "finding" and e.data["name"] == "Python"]
    assert "named with --python" not in told.text


def test_a_changed_migration_is_named(tiny: Shop) -> None:
    until(tiny, "review:seeds")
    path = tiny.root / "clubs/migrations/0004_roster.py"
    path.write_text(path.read_text() + "# later\n")
    preview = shown(back(tiny))
    assert preview.changed == ("migrations: clubs: 0004_roster.py",)
    assert preview.stale == ("generate", "seeds")


def test_look_only_changes_nothing(tiny: Shop) -> None:
    until(tiny, "review:levels")
    folder = tiny.root / ".migwizard"
    before = (folder / "checkpoint.json").read_bytes()
    person = Person({"resume": ["look"]}, goes_on=True)
    sat = sit_down(tiny.root, person)
    assert sat.error is None
    assert person.ids == ["resume", "review:preflight", "review:graph", "review:levels"]
    assert [event.kind for event in person.events].count("look") == 1
    for question in person.questions[1:]:
        assert question.headline.startswith(f"Look only: {question.state.capitalize()}")
        assert [choice.key for choice in question.choices if not choice.shows] == ["continue"], (
            "nothing else would be done"
        )
    assert person.questions[-1].choices[0].words == "End the look"
    assert (folder / "checkpoint.json").read_bytes() == before


def test_a_proof_that_was_asked_to_be_as_migrate_stays_so(tiny: Shop) -> None:
    tiny.migwizard("run", "--yes", "--until", "generate", "--stock-proof")
    again = tiny.migwizard("run", "--yes", "--until", "proof").stderr
    assert "This reset was begun with --stock-proof, so both histories are run as migrate runs them." in again
    checkpoint = json.loads((tiny.root / ".migwizard/checkpoint.json").read_text())
    assert checkpoint["results"]["seeds"]["lazy"] is checkpoint["results"]["proof"]["lazy"] is False
    assert "--stock-proof" not in tiny.migwizard("run", "--yes", "--until", "proof", "--stock-proof").stderr


def test_start_over_keeps_a_copy(tiny: Shop) -> None:
    until(tiny, "review:levels")
    before = (tiny.root / ".migwizard/checkpoint.json").read_bytes()
    sat = back(tiny, "over")
    choice = sat.person.asked("resume").choice("over")
    assert choice is not None and choice.writes
    assert sat.person.ids == ["resume", "dirty-elsewhere"], "nothing of the old one counts"
    (kept,) = tiny.root.glob(".migwizard-aside-*")
    assert (kept / "checkpoint.json").read_bytes() == before


def test_undo_asks_first_and_keep_comes_back(tiny: Shop) -> None:
    until(tiny, "review:levels")
    run_id = json.loads((tiny.root / ".migwizard/checkpoint.json").read_text())["run_id"]
    person = Person({"resume": ["undo", "resume"], f"undo:{run_id}": ["keep"]})
    sat = sit_down(tiny.root, person)
    assert sat.left
    assert person.ids[:3] == ["resume", f"undo:{run_id}", "resume"], person.ids


def test_what_cannot_be_compared_is_left_to_preflight(tiny: Shop) -> None:
    until(tiny, "review:levels")
    broken = tiny.root / "clubs/migrations/0009_broken.py"
    broken.write_text("1 / 0\n")

    def mend(_: Question) -> str:
        broken.unlink()
        return "again"

    person = Person({"resume": ["resume"], "refusal:history": [mend]})
    sat = sit_down(tiny.root, person)
    assert shown(sat).changed[0].startswith("It cannot be compared now: ")
    assert person.ids == ["resume", "refusal:history", "review:levels"], "a cure does not greet again"


def test_a_finished_reset(tiny_finished: Shop) -> None:
    sat = back(tiny_finished)
    question, preview = sat.person.questions[0], shown(sat)
    assert question.headline == "This reset is finished"
    assert [choice.key for choice in question.choices] == ["resume", "look", "undo"]
    assert (preview.applied, preview.finished, preview.stale) == (True, True, ())


def test_a_finished_reset_that_others_built_on_can_be_set_aside_at_once(tiny_finished: Shop) -> None:
    (tiny_finished.root / "clubs/migrations/0004_later.py").write_text(
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
        "    dependencies = [('clubs', '0003_reset_seed')]\n    operations = []\n"
    )
    assert tiny_finished.manage("migrate").returncode == 0
    sat = back(tiny_finished, "over")
    question, preview = sat.person.questions[0], shown(sat)
    assert [choice.key for choice in question.choices if not choice.group] == ["look", "undo", "over"]
    assert question.default == "look", "a ride would be refused"
    assert preview.changed == ("on top of it: clubs.0004_later",)
    undo = question.choice("undo")
    assert undo is not None and "what has to come off first" in undo.effect
    assert "Undo needs these to come off first" in question.text
    over = question.choice("over")
    assert over is not None and over.label == "Set aside and start new"
    assert over.effect.startswith("renames .migwizard to .migwizard-aside-...")
    assert list(tiny_finished.root.glob(".migwizard-aside-*"))
    assert sat.person.ids == ["resume", "dirty-elsewhere"], "a new reset has begun"


def test_a_swap_that_migrations_came_on_top_of_promises_no_undo(tiny_proved: Shop) -> None:
    """They may be the person's own: also before a database is switched they have to come off first."""
    person = Person({"apply": ["apply"], "switch:default": ["quit"]}, goes_on=True)
    assert sit_down(tiny_proved.root, person).left
    (tiny_proved.root / "clubs/migrations/0004_later.py").write_text(
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
        "    dependencies = [('clubs', '0003_reset_seed')]\n    operations = []\n"
    )
    sat = back(tiny_proved, "quit")
    question, preview = sat.person.questions[0], shown(sat)
    assert (preview.applied, preview.finished, preview.built_on) == (True, False, True)
    assert [choice.key for choice in question.choices if not choice.group] == ["resume", "look", "undo"]
    undo = question.choice("undo")
    assert undo is not None
    assert undo.effect == "migrations came on top: shows what has to come off first"
    assert question.text.startswith("It stopped at Fake;")
    assert "other migrations came after them. Undo needs these to come off first." in question.text


def test_decisions_in_words() -> None:
    checkpoint = Checkpoint("r", "t", {}, results={"preflight": {"labels": ["a", "b"]}})
    for key, choice in {
        "keep:a.0001#0": "keep",
        "keep:a.0002#0": "drop",
        "order:orders+shipment": "orders,shipment",
        "drift": "leave",
        "dirty-elsewhere": "go-on",
        "difference:index:t:i:1": "accept",
        "riddle": "x",
    }.items():
        checkpoint.decisions[key] = Answer(choice, "person")
    assert decided(checkpoint) == [
        "2 apps",
        "1 difference decided",
        "drift left as it is",
        "2 verdicts",
        "orders first in its cycle",
        "1 other decision",
    ]


def test_commits_that_git_does_not_know(tmp_path: Path) -> None:
    from migwizard.engine.swapping.git import log_since

    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    assert log_since(tmp_path, "0" * 40) == []


def test_steps_that_nobody_saw_are_named_before_they_come(tiny_proved: Shop) -> None:
    """`run --yes --until proof` approves nothing: the wizard shows each step before it goes on."""
    person = Person({"resume": ["resume"], "dirty-elsewhere": ["go-on"]})
    assert sit_down(tiny_proved.root, person).left
    resume = person.asked("resume").choice("resume")
    assert resume is not None
    assert resume.words == "Resume at Preflight"
    assert resume.effect == ("nobody has looked at these steps yet, so you see each once; nothing is computed again")
    assert person.ids[-1] == "review:preflight"

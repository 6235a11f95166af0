"""Nothing is approved unseen, and what is broken or gone is made anew instead of being refused again and again."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from migwizard.engine import refusals
from migwizard.engine.options import Opening
from migwizard.engine.previews import GeneratePreview
from migwizard.engine.states import State
from migwizard.engine.talk import Question
from migwizard.errors import MigwizardError, UsageError
from migwizard.project.discovery import find_project
from tests.engine.persons import Act, Person, Sat, sit_down
from tests.engine.refusing import own_surroundings  # noqa: F401 - a fixture
from tests.engine.support import Shop, make_project

pytestmark = pytest.mark.ride

FILE = "people/0001_reset_initial"
SEED = "clubs/0003_reset_seed"
LOOK_AGAIN = "Something changed while you looked: please look once more."


def ride(shop: Shop, script: dict[str, list[Act]], opening: Opening | None = None) -> Sat:
    return sit_down(shop.root, Person(script, goes_on=True), opening)


def adding(shop: Shop, name: str) -> Act:
    """Somebody writes into a staged file while the question is open, and goes on."""

    def act(_: Question) -> str:
        with (shop.staging / f"{name}.py").open("a") as stream:
            stream.write("# added\n")
        return "continue"

    return act


def begun(sat: Sat) -> list[str]:
    return [event.text for event in sat.person.events if event.kind == "begin"]


# What changes while a question is open


def test_an_edit_while_the_files_are_looked_at_is_shown_before_it_counts(tiny: Shop) -> None:
    sat = ride(tiny, {"review:generate": [adding(tiny, FILE)], "review:seeds": ["quit"]})
    asked = sat.person.every("review:generate")
    assert len(asked) == 2
    assert "1 line differs" in asked[1].text
    assert "# added" in (tiny.staging / f"{FILE}.py").read_text()


def test_an_edit_of_a_seed_file_while_the_seeds_are_looked_at_is_asked_about(tiny: Shop) -> None:
    sat = ride(tiny, {"review:seeds": [adding(tiny, SEED)], f"edit:{SEED}": ["take"], "review:proof": ["quit"]})
    assert sat.person.ids.count(f"edit:{SEED}") == 1
    assert "# added" not in (tiny.staging / f"{SEED}.py").read_text()


def test_an_edit_of_a_generated_file_while_the_seeds_are_looked_at_is_asked_about(tiny: Shop) -> None:
    sat = ride(tiny, {"review:seeds": [adding(tiny, FILE)], "review:proof": ["quit"]})
    assert f"edit:{FILE}" in sat.person.ids


def test_a_seed_file_that_was_edited_while_the_seeds_are_looked_at_is_shown_before_it_counts(tiny: Shop) -> None:
    sat = ride(tiny, {"review:seeds": [adding(tiny, SEED)], f"edit:{SEED}": ["keep"], "review:proof": ["quit"]})
    assert [id for id in sat.person.ids if id not in ("dirty-elsewhere", "review:generate")][-4:] == [
        "review:seeds",
        f"edit:{SEED}",
        "review:seeds",
        "review:proof",
    ]
    assert LOOK_AGAIN in notes(sat)


def notes(sat: Sat) -> list[str]:
    return [event.text for event in sat.person.events if event.kind == "note"]


def widening(shop: Shop, answer: str) -> Act:
    """Somebody changes a model while the question is open, and answers."""

    def act(_: Question) -> str:
        shop.edit("people/models.py", "max_length=60", "max_length=61")
        return answer

    return act


@pytest.mark.parametrize("state", ["preflight", "levels", "proof"])
def test_a_model_that_changes_while_a_step_is_looked_at_begins_it_anew(tiny: Shop, state: str) -> None:
    script: dict[str, list[Act]] = {f"review:{state}": [widening(tiny, "continue"), "quit"], "drift": ["leave"]}
    sat = ride(tiny, script)
    ids = sat.person.ids
    assert sat.left and ids.count(f"review:{state}") == 2
    assert "drift" in ids[ids.index(f"review:{state}") :], "what it disagrees with is asked before anything is planned"
    assert any(text.startswith("people/models.py changed while") for text in notes(sat))


def test_a_model_that_changes_before_the_swap_is_answered_voids_the_approval(tiny: Shop) -> None:
    before = tiny.tree()
    sat = ride(tiny, {"apply": [widening(tiny, "apply")]})
    assert sat.error is not None and sat.error.code == "tree-changed"
    assert "people/models.py" in sat.error.sentence and "Nothing was swapped" in sat.error.sentence
    assert {path for path in before if before[path] != tiny.tree()[path]} == {"people/models.py"}
    assert not [event for event in sat.person.events if event.data.get("tree") == "new"]


def test_files_that_the_seeds_write_anew_are_approved_anew(tmp_path: Path) -> None:
    shop = make_project("seeds_sql", tmp_path)
    sat = ride(shop, {"review:seeds": ["quit"]})
    assert [id for id in sat.person.ids if id.startswith("review:")][-3:] == [
        "review:generate",
        "review:generate",
        "review:seeds",
    ]
    first, second = sat.person.every("review:generate")
    assert "SeparateDatabaseAndState" not in written(first)
    assert "SeparateDatabaseAndState" in written(second)
    assert "Not as you approved them" in second.text
    assert "Not as you approved them" not in first.text
    assert begun(sat).count("seeds") == 1


def written(question: Question) -> str:
    assert isinstance(question.preview, GeneratePreview)
    return "\n".join(row.right for file in question.preview.files for row in file.rows)


# What was computed from something else


def test_another_tag_in_the_configuration_makes_the_plan_stale(tiny_proved: Shop) -> None:
    (tiny_proved.root / "pyproject.toml").write_text('[tool.migwizard]\ntag = "fresh"\n')
    assert tiny_proved.lines("status")[-1]["stale"] == ["levels", "generate", "seeds", "proof"]
    tiny_proved.migwizard("run", "--yes", "--until", "generate")
    assert (tiny_proved.staging / "people/0001_fresh_initial.py").is_file()


def test_looking_again_computes_nothing_that_still_fits(tiny: Shop) -> None:
    sat = ride(tiny, {"review:proof": ["continue"], "apply": ["quit"]})
    assert "proof" in begun(sat)
    opening = Opening(tiny.root, python=sys.executable, greeted=True, back_to=State.PREFLIGHT)
    sat = ride(tiny, {"review:preflight": ["again", "continue"], "apply": ["quit"]}, opening)
    assert begun(sat) == ["preflight", "preflight", "apply"]
    assert "review:proof" in sat.person.ids


def test_a_decision_about_drift_holds_for_that_drift_only(tiny: Shop) -> None:
    models = tiny.root / "clubs/models.py"
    models.write_text(models.read_text() + "    motto = models.TextField(default='')\n")
    sat = ride(tiny, {"review:preflight": ["quit"]})
    assert "drift" in sat.person.ids
    again = ride(tiny, {"review:preflight": ["quit"]})
    assert "drift" not in again.person.ids, "it is the same drift"
    models.write_text(models.read_text() + "    song = models.TextField(default='')\n")
    done = tiny.start(sys.executable, "-m", "migwizard", "run", "--no-input", "--until", "levels")
    assert (done.returncode, "disagree already" in done.stderr) == (4, True)
    assert "drift" in ride(tiny, {"review:preflight": ["quit"]}).person.ids


# What is gone or broken


def test_a_staged_file_that_is_gone_is_generated_anew(tiny: Shop) -> None:
    ride(tiny, {"review:generate": ["quit"]})
    (tiny.staging / f"{FILE}.py").unlink()
    sat = ride(tiny, {"review:generate": ["quit"]})
    assert sat.person.ids == ["resume", "review:generate"]
    assert (tiny.staging / f"{FILE}.py").is_file()


def test_looking_leaves_out_what_another_run_is_writing(tiny: Shop) -> None:
    ride(tiny, {"review:proof": ["quit"]})
    (tiny.staging / f"{FILE}.py").unlink()
    opening = Opening(tiny.root, python=sys.executable, look=True)
    sat = ride(tiny, {"review:proof": ["quit"], "review:seeds": ["back"]}, opening)
    seen = [id.partition(":")[2] for id in sat.person.ids]
    assert seen == ["preflight", "graph", "levels", "seeds", "levels", "seeds", "proof"]


def test_broken_work_files_count_as_missing(tiny: Shop) -> None:
    ride(tiny, {"review:seeds": ["quit"]})
    work = tiny.root / ".migwizard/work"
    for name, text in {
        "seen.json": "{}",
        "settled.json": json.dumps({f"{FILE}.py": {}}),
        "levels.json": "[{}]",
        "seeds.json": "[1]",
    }.items():
        assert (work / name).is_file()
        (work / name).write_text(text)
    for path in work.glob("old-*.json"):
        path.write_text("{}")
    sat = ride(tiny, {"review:proof": ["quit"]})
    assert sat.person.ids[-1] == "review:proof"
    assert not sat.person.every("refusal:")


ODD: dict[str, Callable[[dict[str, Any]], None]] = {
    "decision list": lambda data: data["decisions"].update(drift={"choice": ["x"], "by": "person"}),
    "decision number": lambda data: data["decisions"].update(tag={"choice": 5, "by": "person"}),
    "decision none": lambda data: data["decisions"].update(tag={"choice": None, "by": "person"}),
    "decision with more": lambda data: data["decisions"].update(tag={"choice": "a", "by": "b", "more": 1}),
    "seconds": lambda data: data["seconds"].update(levels="x"),
    "results": lambda data: data["results"].update(preflight=5),
    "fingerprints": lambda data: data["fingerprints"].update(levels={}),
    "labels": lambda data: data["project"].update(labels=5),
}


def test_a_checkpoint_with_odd_types_can_be_set_aside(tiny: Shop) -> None:
    ride(tiny, {"review:graph": ["quit"]})
    path = tiny.root / ".migwizard/checkpoint.json"
    whole = path.read_text()
    for name, spoil in ODD.items():
        data = json.loads(whole)
        spoil(data)
        path.write_text(json.dumps(data))
        person = ride(tiny, {}).person
        assert person.ids == ["refusal:checkpoint-corrupt"], name
        assert person.questions[-1].choice("aside") is not None


# Cures that did nothing


def menu(shop: Shop, error: MigwizardError) -> Question:
    return refusals.question_of(error, Opening(shop.root), find_project(shop.root, python=sys.executable))


def test_a_tag_that_cannot_be_used_is_refused(tiny: Shop) -> None:
    project = find_project(tiny.root, python=sys.executable)
    refusal = MigwizardError("x", code="MW-E02")
    with pytest.raises(UsageError) as raised:
        refusals.cure(refusal, Person({"refusal:MW-E02": ["tag=My Tag!"]}), Opening(tiny.root), project)
    assert raised.value.code == "tag"
    cured = refusals.cure(refusal, Person({"refusal:MW-E02": ["tag=fresh"]}), Opening(tiny.root), project)
    assert cured.tolerated == {"tag": "fresh"}


def test_the_file_that_was_changed_is_shown(tiny: Shop) -> None:
    shown = menu(tiny, MigwizardError("x", code="file-changed", details={"path": "a/b.py"})).choice("files")
    assert shown is not None and shown.shows == "a/b.py"


def test_nobody_can_go_on_without_a_default_database(tiny: Shop) -> None:
    details = {"alias": "default", "engine": "oracle", "default": True}
    assert menu(tiny, MigwizardError("x", code="engine", details=details)).choice("skip:default") is None
    details = {"alias": "other", "engine": "oracle"}
    assert menu(tiny, MigwizardError("x", code="engine", details=details)).choice("skip:other") is not None


def test_the_page_for_the_pull_request_names_no_place_of_this_machine(tiny: Shop, tmp_path: Path) -> None:
    dot = tmp_path / "drawn.dot"
    dot.write_text("digraph model_graph {\n}\n")
    ride(tiny, {"review:graph": [f"dot={dot}"], "review:preflight": ["continue"], "apply": ["apply"]})
    page = (tiny.root / ".migwizard/summary.md").read_text()
    assert str(tmp_path) not in page
    assert "## Decisions" in page

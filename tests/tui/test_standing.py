"""What has been changed so far is true after a resume, on Done and on Undo too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from migwizard.engine.previews import DonePreview, Preview, RefusalPreview, ResumePreview, UndoAct, UndoPreview
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Event, Question
from migwizard.tui import stopping
from migwizard.tui.standing import HALF, UNCHANGED, UNREAD, Standing, asked, told
from tests.tui.recording import recorded
from tests.tui.support import progress, review

LEAVE = Choice("quit", "nothing is lost")


def after(preview: Preview, id: str = "") -> Standing:
    question: Question = replace(review(State.DONE), preview=preview)
    return asked(Standing(), replace(question, id=id or question.id))


def resumed(stopped: str, *, applied: bool) -> Standing:
    done = ("preflight", "graph")
    return after(ResumePreview("graph", "", done, (), (), ("levels",), applied, stopped=stopped), "resume")


def test_done_counts_the_databases_that_were_switched() -> None:
    preview = recorded("review:done").preview
    assert isinstance(preview, DonePreview)
    two = replace(preview, databases=(("default", "switched"), ("archive", "2 behind"), ("reports", "switched")))
    assert after(two).changed == "Files swapped and 2 databases switched · u undoes both"
    assert "database not yet" in after(replace(preview, databases=())).changed
    gone = replace(preview, databases=(), elsewhere=1)
    assert after(gone).changed == "Files swapped and 1 database switched · u says what stops undo"


def test_undo_says_what_there_is_to_undo() -> None:
    fake, apply = UndoAct("Fake: default, 55 rows for 13", ""), UndoAct("Apply: 55 files for 15", "")
    assert "1 database switched" in after(UndoPreview((fake, apply), (), ""), "undo:what").changed
    assert "database not yet" in after(UndoPreview((apply,), (), ""), "undo:what").changed
    assert after(UndoPreview((), (), ""), "undo:what").changed == UNCHANGED


def test_a_resume_marks_where_it_stopped() -> None:
    standing = resumed("seeds", applied=False)
    assert standing.state is State.SEEDS and standing.done == frozenset({State.PREFLIGHT, State.GRAPH})
    assert standing.stale == {State.LEVELS} and standing.changed == UNCHANGED


def test_what_stays_of_later_steps_is_marked_until_it_is_made_anew() -> None:
    made = [State.PREFLIGHT, State.GRAPH, State.LEVELS, State.GENERATE]
    stands = Event("stands", State.PREFLIGHT, "", {"finished": [str(state) for state in made], "stale": ["generate"]})
    standing = asked(told(Standing(), stands), review(State.GRAPH))
    assert standing.state is State.GRAPH and standing.done == frozenset(made) and standing.stale == {State.GENERATE}
    looking = told(standing, Event("begin", State.PREFLIGHT, "", {"finished": stands.data["finished"]}))
    assert (looking.done, looking.stale) == (standing.done, standing.stale), "Preflight only looks"
    anew = told(looking, Event("begin", State.GENERATE, "", {"finished": ["preflight", "graph", "levels"]}))
    assert anew.done == frozenset(made[:3]) and not anew.stale


def test_what_was_put_back_is_to_be_done_again() -> None:
    swapped = told(replace(Standing(), applied=True), Event("kept", State.APPLY))
    assert State.APPLY in asked(swapped, review(State.FAKE)).done
    assert State.APPLY not in asked(told(swapped, swapping("old")), review(State.PROOF)).done


@pytest.mark.parametrize("stopped", ["fake", "done"])
def test_a_resume_after_the_swap_claims_nothing_about_databases(stopped: str) -> None:
    assert resumed(stopped, applied=True).changed == "Files swapped; databases are looked at next · u undoes"
    assert "database not yet" in resumed("apply", applied=True).changed


def swapping(tree: str, **more: Any) -> Event:
    return progress(State.APPLY, "file 1 of 2", 1, 2, tree=tree, **more)


def refused(tree: Any, code: str = "disk-full") -> Question:
    preview = RefusalPreview(code, "No room.", "", "", tree)
    return Question(
        "refusal:disk-full", State.APPLY, "The disk is full", "", (LEAVE,), None, kind="refusal", preview=preview
    )


@pytest.mark.parametrize(("tree", "afterwards"), [("new", "Files swapped"), ("old", UNCHANGED)])
def test_a_half_swapped_tree_is_not_called_unchanged(tree: str, afterwards: str) -> None:
    half = told(replace(Standing(state=State.APPLY), applied=tree == "old"), swapping(tree, uncancellable=True))
    assert half.changed == HALF
    assert asked(half, refused("half")).changed == HALF
    assert told(half, swapping(tree, uncancellable=False)).changed.startswith(afterwards)
    # The next start finishes it before it says anything else.
    assert told(asked(half, refused("half")), Event("resume", State.APPLY)).changed.startswith(afterwards)


def test_a_refusal_at_the_start_says_what_an_earlier_run_left() -> None:
    assert asked(Standing(), refused("half")).changed == HALF
    assert asked(Standing(), refused("new")).changed == "Files swapped; databases are looked at next · u undoes"
    assert asked(Standing(), refused("unknown")).changed == UNREAD
    assert asked(Standing(applied=True, switched=1), refused("new")).switched == 1
    assert asked(Standing(applied=True), refused("old")).changed == UNCHANGED


def test_a_refusal_after_a_switch_does_not_say_that_nothing_was_switched() -> None:
    told_of = asked(Standing(state=State.FAKE, applied=True), refused("new", "pending"))
    assert told_of.changed == "Files swapped; databases are looked at next · u undoes"


def test_after_a_cancel_there_is_a_way_back_only_while_the_tree_is_as_before() -> None:
    begun = Standing(state=State.APPLY)
    half = told(begun, swapping("new", uncancellable=True))
    swapped = told(half, swapping("new", uncancellable=False))
    assert stopping.question(begun).choice("back") is not None
    assert stopping.question(half).choice("back") is None
    assert HALF in stopping.question(half).text
    assert HALF in stopping.left(half).sentence
    assert stopping.question(swapped).choice("back") is None
    assert "Files swapped" in stopping.left(swapped).sentence

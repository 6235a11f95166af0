"""The wizard in lines: what a typed line does to a question, and how a ride reads."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest

from migwizard.engine import previews
from migwizard.engine.findings import Finding
from migwizard.engine.previews import FakePreview, PreflightPreview
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Event, Question
from migwizard.faces.console import Console
from migwizard.faces.plain import PlainFace, topics
from migwizard.words import telling
from migwizard.words.explain import EXPLAIN
from migwizard.words.explain.text import Explain

APPS = tuple(Choice(f"out:app{number}", f"app{number} stays as it is", group="apps") for number in range(25))
REVIEW = Question(
    "review:levels",
    State.LEVELS,
    "Is this the order you want?",
    "8 files, 1 part waits.",
    (
        Choice("continue", "makemigrations writes them", "Generate these 8 files"),
        Choice("again", "plans once more"),
        *APPS,
        Choice("tag", "other names", group="names", wants="a tag"),
        Choice("why", "", "Show why", shows="Because of\n    the cycle."),
        Choice("wipe", "The old ones go; u takes it back.", "Swap 55 files", writes="55 files"),
        Choice("far", "Rows of archive go out.", "Switch archive", writes="rows", typed="archive"),
    ),
    safe="continue",
    kind="review",
    default="continue",
    details="Traceback\n  line 1",
)


def ask(question: Question, typed: str) -> tuple[str | None, str]:
    """What is answered when these lines are typed, and everything that is on the terminal then."""
    out = io.StringIO()
    face = PlainFace(Console(io.StringIO(typed), out), thread=False)
    return face.ask(question), out.getvalue()


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("\n", "continue"),
        ("2\n", "again"),
        ("again\n", "again"),
        ("b\n", "back"),
        ("u\n", "undo"),
        ("q\n", "quit"),
        ("99\n2\n", "again"),
        ("0\n2\n", "again"),
        ("nonsense\n2\n", "again"),
        ("n\n2\n", "again"),
        ("7\nreset2\n", "tag=reset2"),
        ("7\n\n2\n", "again"),
        ("tag=reset2\n", "tag=reset2"),
        ("3\n2\n", "again"),
        ("4\n2\n", "wipe"),
        ("4\n\n2\n", "again"),
        ("4\n1\n2\n", "again"),
        ("5\narchive\n", "far"),
        ("5\nArchive\n2\n", "again"),
        ("5\n2\n2\n", "again"),
        ("6\n25\n", "out:app24"),
        ("6\nb\n2\n", "again"),
        ("6\nn\n21\n", "out:app20"),
        ("6\n/app17\n1\n", "out:app17"),
        ("d\n2\n", "again"),
        ("8\n2\n", "again"),
        ("", None),
        ("7\n", None),
        ("6\n", None),
        ("5\n", None),
        ("4\n", None),
        ("h\n", None),
    ],
)
def test_what_a_line_means(typed: str, answer: str | None) -> None:
    assert ask(REVIEW, typed)[0] == answer


@pytest.mark.parametrize(
    ("typed", "answer"), [("1\n\n", "name="), ("name=\n\n", "name="), ("1\nrates\n", "name=rates")]
)
def test_nothing_typed_is_an_answer_where_it_means_something(typed: str, answer: str) -> None:
    name = Choice("name", "its number stays", "Name it", wants="new name", empty="the planned name again")
    given, said = ask(replace(REVIEW, choices=(name, *REVIEW.choices[:2]), default=None), typed)
    assert given == answer
    assert "New name (Enter alone: the planned name again): " in said


def test_the_end_of_the_input_is_not_nothing_typed() -> None:
    name = Choice("name", "its number stays", "Name it", wants="new name", empty="the planned name again")
    assert ask(replace(REVIEW, choices=(name,)), "1\n")[0] is None


def test_what_an_order_costs_is_counted_in_parts() -> None:
    waiting = tuple(previews.Waiting(f"a.b.c{number}", (), (), "a/0002", 1) for number in range(2))
    orders = [previews.Order(1, ("a", "b"), 2, waiting[:n], n == 1, n == 1, f"order:1:{n}") for n in (1, 2)]
    lines = telling.telling(previews.LevelsPreview((), 1, tuple(orders), (), ()))
    assert lines[0].startswith("Cycle 1, a then b: 2 files, 1 part waits")
    assert lines[1].startswith("Cycle 1, a then b: 2 files, 2 parts wait")


def test_the_menu_folds_groups_and_says_what_each_choice_does() -> None:
    said = ask(REVIEW, "6\nb\n2\n")[1]
    assert said.splitlines()[2:16] == [
        "Step 3 of 9, Levels: Is this the order you want?",
        "  8 files, 1 part waits.",
        "  1 Generate these 8 files (default): makemigrations writes them",
        "  2 Again: plans once more",
        "  3 Show why",
        "  4 Swap 55 files (changes 55 files): The old ones go; u takes it back.",
        "  5 Switch archive (changes rows): Rows of archive go out.",
        "  6 Change which apps take part, 25 choices",
        "  7 Tag (asks for: a tag): other names",
        "  8 Details",
        "> 6",
        "Change which apps take part, 25 choices:",
        "  1 Out:app0: app0 stays as it is",
        "  2 Out:app1: app1 stays as it is",
    ]
    assert "5 more: n. Search: / and a word. b returns to the question." in said


def test_shown_texts_are_not_wrapped_and_answer_nothing() -> None:
    answer, said = ask(REVIEW, "3\n8\n2\n")
    assert answer == "again"
    assert "\nBecause of\n    the cycle.\n" in said
    assert "\nTraceback\n  line 1\n" in said


def test_a_default_that_shows_something_is_shown() -> None:
    answer, said = ask(replace(REVIEW, default="why"), "\n2\n")
    assert answer == "again"
    assert "Because of" in said


def test_enter_never_takes_what_writes() -> None:
    writes = replace(REVIEW, default="wipe")
    answer, said = ask(writes, "\n\n2\n")
    assert answer == "again"
    assert "(default" not in said.partition("> ")[0]


def test_a_decision_with_a_safe_default_is_its_own_confirmation() -> None:
    choices = (
        Choice("later", "nothing changes", "Not yet"),
        Choice("apply", "55 out, 13 in", "Swap", writes="55 files"),
    )
    question = Question("apply", State.APPLY, "Swap?", "", choices, safe="later", default="later")
    assert ask(question, "2\n")[0] == "apply"
    assert ask(question, "\n")[0] == "later"
    assert ask(question, "n\n")[0] == ask(question, "No\n")[0] == "later"
    assert ask(question, "y\n")[0] == ask(question, "Yes\n")[0] == "apply"
    assert "Type a number from 1 to 2, or y, n, h, b, u, q." in ask(question, "x\n2\n")[1]
    assert ask(replace(question, default=None), "n\ny\n2\n\n1\n")[0] == "later"
    assert ask(replace(question, kind="review"), "n\n1\n")[1].count("'n' is no answer here") == 1
    undo = replace(question, id="undo:7d44", kind="review")
    assert ask(undo, "n\n")[0] == "later"
    assert ask(undo, "2\n2\n")[0] == ask(undo, "y\nyes\n")[0] == "apply", "it still asks once more before it writes"
    assert ask(undo, "y\n\nn\n")[0] == ask(undo, "y\nn\nn\n")[0] == "later"


@pytest.mark.parametrize("more", [{"typed": "archive"}, {}])
def test_yes_is_no_answer_where_a_name_is_typed_or_two_choices_go_on(more: dict[str, str]) -> None:
    later = Choice("later", "nothing changes", "Not yet")
    switch = Choice("switch", "2 rows out", "Switch archive", writes="2 rows", **more)
    others = () if more else (replace(switch, key="switch-all"),)
    question = Question(
        "switch:archive", State.FAKE, "Switch?", "", (later, switch, *others), safe="switch", default="later"
    )
    answer, said = ask(question, "y\nyes\nn\n")
    assert answer == "later"
    assert f"'y' is no answer here. Type a number from 1 to {2 + len(others)}, or n, h, b, u, q." in said


def test_back_that_writes_is_confirmed() -> None:
    back = Choice("back", "puts 55 files back", "Back", writes="55 files")
    question = replace(REVIEW, choices=(*REVIEW.choices, back))
    assert ask(question, "b\n\n2\n")[0] == "again"
    assert ask(question, "b\n2\n")[0] == "back"


def test_back_takes_the_step_that_a_refusal_names() -> None:
    question = replace(
        REVIEW, choices=(Choice("to:levels", "your decisions are kept", "Back to Levels"), *REVIEW.choices)
    )
    assert ask(question, "b\n")[0] == "to:levels"


def test_a_stream_that_never_answers_is_given_up() -> None:
    answer, said = ask(REVIEW, "x\n" * 1000)
    assert answer is None
    assert said.count("is no answer here") == 10


def test_after_the_end_of_input_nothing_is_asked_any_more() -> None:
    out = io.StringIO()
    face = PlainFace(Console(io.StringIO(""), out), thread=False)
    assert face.ask(REVIEW) is None
    length = len(out.getvalue())
    assert face.ask(REVIEW) is None
    assert len(out.getvalue()) == length


def test_h_explains_the_topic_of_the_question_and_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EXPLAIN, "levels", Explain("WHAT IT IS.", "WHY.", "UNDO.", "migwizard plan"))
    monkeypatch.setitem(EXPLAIN, "levels.waiting", Explain("OF THOSE THAT WAIT."))
    said = ask(REVIEW, "h\nh waiting\nh level\nh zzz\n2\n")[1]
    assert "  WHAT IT IS.\n  WHY.\n  UNDO.\n  Command: migwizard plan\n" in said
    assert "  OF THOSE THAT WAIT.\n" in said
    assert "  See also: cycle" in said
    assert "There is no explanation of that." in said


@pytest.mark.parametrize(
    ("id", "kind", "state", "expected"),
    [
        ("review:levels", "review", State.LEVELS, ("levels.review", "levels")),
        ("keep:shop.0004#0", "decide", State.SEEDS, ("seeds.keep", "seeds")),
        ("refusal:dirty", "refusal", State.PREFLIGHT, ("refusal.dirty", "refusal")),
        ("stopped", "refusal", State.PROOF, ("refusal.stopped", "refusal")),
        ("resume", "review", State.SEEDS, ("resume.", "resume")),
        ("undo:1234", "decide", State.DONE, ("undo.1234", "undo")),
    ],
)
def test_the_topic_of_a_question(id: str, kind: Any, state: State, expected: tuple[str, str]) -> None:
    question = replace(REVIEW, id=id, kind=kind, state=state)
    assert topics(question) == expected


def test_a_ride_reads_like_this() -> None:
    out = io.StringIO()
    face = PlainFace(Console(io.StringIO("\n\n2\n\n"), out), thread=False)
    project = {"name": "shop", "root": "/shop", "settings": "s", "python": ".venv/bin/python", "reason": "named"}
    preflight = Question(
        "review:preflight",
        State.PREFLIGHT,
        "Is the project ready? We only look",
        "",
        (Choice("continue", "", "Continue"),),
        safe="continue",
        kind="review",
        default="continue",
        preview=PreflightPreview(
            (
                Finding("Python", "ok", "3.12"),
                Finding("Git", "ok", "clean"),
                Finding("Graphviz", "note", "not installed"),
            )
        ),
    )
    decision = replace(REVIEW, id="keep:x", state=State.SEEDS, kind="decide", headline="x cannot be judged", details="")
    face.tell(Event("project", State.PREFLIGHT, "shop", project))
    face.tell(Event("begin", State.PREFLIGHT, "preflight"))
    face.tell(Event("progress", State.PREFLIGHT, "looking", {"number": 1, "total": 9}))
    face.tell(Event("finding", State.PREFLIGHT, "Git: clean"))
    face.tell(Event("end", State.PREFLIGHT, "preflight"))
    assert face.ask(preflight) == "continue"
    face.tell(Event("project", State.PREFLIGHT, "shop", project))
    face.tell(Event("kept", State.GRAPH, "graph: nothing changed"))
    face.tell(Event("begin", State.LEVELS, "levels"))
    assert face.ask(replace(REVIEW, choices=REVIEW.choices[:2], details="")) == "continue"
    face.tell(Event("begin", State.SEEDS, "seeds"))
    face.tell(Event("warning", State.SEEDS, "Something was seen."))
    assert face.ask(replace(decision, choices=REVIEW.choices[:2])) == "again"
    assert face.ask(replace(REVIEW, choices=REVIEW.choices[:1], details="")) == "continue"
    assert out.getvalue().splitlines() == [
        "migwizard, plain mode. Type a number and Enter. h explains, b goes back, u",
        "undoes, q quits.",
        "Project: shop, in /shop. Settings: s. Python: .venv/bin/python, named.",
        "Step 1 of 9, Preflight: Is the project ready? We only look.",
        "  ok: Python, Git.",
        "  Note, Graphviz: not installed.",
        "  1 Continue (default)",
        "> ",
        "Step 2 of 9, Graph: nothing changed, kept.",
        "Step 3 of 9, Levels: Is this the order you want?",
        "  8 files, 1 part waits.",
        "  1 Generate these 8 files (default): makemigrations writes them",
        "  2 Again: plans once more",
        "> ",
        "Step 5 of 9, Seeds.",
        "  Warning: Something was seen.",
        "x cannot be judged.",
        "  8 files, 1 part waits.",
        "  1 Generate these 8 files (default): makemigrations writes them",
        "  2 Again: plans once more",
        "> 2",
        "Step 3 of 9, Levels: Is this the order you want?",
        "  8 files, 1 part waits.",
        "  1 Generate these 8 files (default): makemigrations writes them",
        "> ",
    ]


def test_what_was_told_of_a_step_is_not_told_again() -> None:
    out = io.StringIO()
    face = PlainFace(Console(io.StringIO("\n\n\nq\n"), out), thread=False)
    databases = FakePreview((), "b")
    writes = Choice("switch", "", "Switch", writes="rows")
    later = Choice("later", "", "Later")
    asked = Question(
        "switch:default", State.FAKE, "Tell?", "", (later, writes), safe="later", default="later", preview=databases
    )
    face.ask(asked)
    face.ask(replace(asked, preview=replace(databases, dry="55 rows would go")))
    face.ask(replace(asked, id="other:x", choices=(later,), preview=replace(databases, dry="of no concern")))
    said = out.getvalue()
    assert said.count("Backup: b.") == 1
    assert said.count("Dry run: 55 rows would go.") == 1
    assert "of no concern" not in said, "a small decision has its facts in its text"
    face.tell(Event("begin", State.DONE, "done"))
    face.tell(Event("note", State.DONE, "another step"))
    face.ask(replace(asked, id="review:fake", kind="review"))
    assert out.getvalue().count("Backup: b.") == 2, "come back to a step, it is all told again"


def test_a_slow_state_is_announced_before_its_question_and_not_twice() -> None:
    out, now = io.StringIO(), [0.0]
    face = PlainFace(Console(io.StringIO("\n"), out), clock=lambda: now[0], thread=False)
    face.tell(Event("begin", State.LEVELS, "levels"))
    for _ in range(31):
        now[0] += 1
        face.pulse.beat()
    face.ask(replace(REVIEW, choices=REVIEW.choices[:1], details=""))
    lines = [line for line in out.getvalue().splitlines() if not line.startswith(("migwizard", "undoes"))]
    assert lines[:3] == ["Step 3 of 9, Levels: working.", "  still working, 30 s", "Is this the order you want?"]


def test_nothing_is_drawn() -> None:
    said = ask(REVIEW, "6\nb\n8\nh\n2\n")[1]
    assert not set(said) & set("\r\b\x1b\t")
    assert all(character == "\n" or " " <= character <= "~" for character in said)

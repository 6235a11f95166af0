"""What lines tell of each preview."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from migwizard.engine import previews
from migwizard.engine.findings import Finding
from migwizard.engine.previews import AppLine, GraphPreview
from migwizard.words import telling


def test_every_preview_can_be_told() -> None:
    kinds = {kind for kind in vars(previews).values() if isinstance(kind, type) and kind.__name__.endswith("Preview")}
    assert kinds == {*telling._TELLERS, previews.ResumePreview, previews.UndoPreview}


NOW = datetime(2026, 3, 4, 14, 28, tzinfo=UTC)


@pytest.fixture
def in_greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def test_a_resume_says_how_long_ago_it_was(in_greenwich: None) -> None:
    preview = previews.ResumePreview(
        "seeds", "2026-03-04T11:28:00+00:00", ("preflight",), (), ("Order.note is new",), ("levels",), False, 20.0
    )
    assert telling.telling(preview, NOW) == [
        "Stopped at seeds. Last saved 3 hours ago (today 11:28).",
        "Done: preflight.",
        "Changed since: Order.note is new.",
        "Computed again: levels, about 20 s.",
        "Project: unchanged.",
    ]


def test_undo_names_what_was_done_and_nothing_where_nothing_was(in_greenwich: None) -> None:
    act = previews.UndoAct("55 files out", "puts 55 back", "2026-03-04T14:08:00+00:00")
    looked = (Finding("backup", "ok", "the backup is complete"),)
    assert telling.telling(previews.UndoPreview((act,), looked, "r1"), NOW) == [
        "Done 20 minutes ago (today 14:08): 55 files out. Undo: puts 55 back.",
        "ok: the backup is complete.",
        "Backup: r1.",
    ]
    assert telling.telling(previews.UndoPreview((), (), "")) == ["Nothing has changed in your project."]


def test_a_graph_is_told_with_its_cycle_and_a_long_list_is_counted() -> None:
    def app(number: int, ours: bool = True, takes_part: bool = True) -> AppLine:
        return AppLine(f"a{number}", ours, takes_part, 1, 1, (), 1 if number < 2 else None)

    apps = (*(app(number) for number in range(15)), app(20, takes_part=False), app(30, ours=False, takes_part=False))
    lines = telling.telling(GraphPreview(apps, (), 3, "registry", ("x.y is strange",)))
    assert lines[0].startswith("In: a0 (1 model), a1 (1 model),")
    assert lines[0].endswith(", and 3 more.")
    assert lines[1:] == [
        "Left out: a20.",
        "Not touched: a30.",
        "Cycle 1: a0 and a1 need each other.",
        "Note: x.y is strange.",
    ]


def test_figures_are_told_once_where_they_agree_and_side_by_side_where_not() -> None:
    preview = previews.ProofPreview(
        "SQLite 3.45",
        False,
        False,
        (
            ("files", "55", "13", True),
            ("tables", "41", "41", True),
            ("check", "", "", True),
            ("indexes", "88", "87", False),
        ),
        (previews.ProofDifference(1, "an index is missing", "serious", "", "", "accepted"),),
        (),
        "",
    )
    assert telling.telling(preview) == [
        "Engine: SQLite 3.45.",
        "Files: 55 and 13.",
        "Equal: tables 41, check.",
        "indexes: old 88, new 87.",
        "D1: an index is missing. Decided: accepted.",
    ]


@pytest.mark.parametrize(
    ("verdict", "left", "how", "decided", "line"),
    [
        ("seed", "12 rows", "moved", "", "seed; left 12 rows; kept: moved; in app/0002_seed."),
        ("one-time", "", "", "", "one-time; left nothing."),
        ("ask", "no statement ran", "", "", "to decide; no statement ran."),
        (
            "ask",
            "no statement ran",
            "moved",
            "keep",
            "kept, as you decided; no statement ran; kept: moved; in app/0002_seed.",
        ),
        ("seed", "12 rows", "", "drop", "left out, as you decided; left 12 rows."),
    ],
)
def test_an_operation_is_told_with_its_verdict(verdict: str, left: str, how: str, decided: str, line: str) -> None:
    file = "app/0002_seed" if how else ""
    seed = previews.SeedLine("app.0002#0", "app", "app.0002 load", verdict, left, how, "", "", "", file, decided)
    assert telling.telling(previews.SeedsPreview((seed,), (), ())) == [f"app.0002 load: {line}"]


def test_an_operation_that_cannot_be_kept_is_told_with_the_reason() -> None:
    why = "cannot be kept as it is: The function is a lambda."
    seed = previews.SeedLine("a.0002#0", "a", "a.0002 lambda", "one-time", "", "", "", why, "", "")
    assert telling.telling(previews.SeedsPreview((seed,), (), ())) == [f"a.0002 lambda: one-time; left nothing; {why}"]


def test_more_rows_than_files_are_told_with_the_reason() -> None:
    why = "8 rows go out for 7 files: 1 row recorded more than once."
    line = previews.DatabaseLine("default", "db", True, "OLD_HEAD", 8, 4, 1, "is ready", False, why=why)
    assert telling.telling(previews.FakePreview((line,), "")) == [
        f"default, db: is ready. Rows: 8 out, 4 in. {why} 1 row of other apps is not touched."
    ]


def test_the_lines_of_our_guard_are_told_apart() -> None:
    file = previews.StagedFile("a", "0001_reset", 0, "", 30, 53, (), (), guard=23)
    assert telling.telling(previews.GeneratePreview((file,), ())) == [
        "Level 0: a/0001_reset, 53 lines; makemigrations alone: 30; our guard: 23."
    ]

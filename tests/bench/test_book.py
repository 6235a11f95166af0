"""How results come into the book, and what the page says of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.bench import __main__ as command
from tests.bench import book, page
from tests.bench.book import Book, Result
from tests.bench.figures import Figure, Kind
from tests.bench.parts import PARTS
from tests.subjects import ROOT, SubjectError


def result(part: str, project: str, *figures: Figure, date: str = "2026-01-01") -> Result:
    return Result(part, project, date, "a machine", 3.0, figures)


def of(*results: Result) -> Book:
    return book.merged({}, results)


def test_new_results_replace_those_of_their_part_and_project_alone() -> None:
    old = of(
        result("proof", "demo", Figure("wall", 1.0)),
        result("proof", "oscar", Figure("wall", 2.0)),
        result("files", "demo", Figure("classes", 3.0)),
    )
    both = book.merged(old, [result("proof", "demo", Figure("CPU", 9.0))])
    assert both["proof", "demo"].figures == (Figure("CPU", 9.0),)
    assert {key: both[key] for key in both if key != ("proof", "demo")} == {
        key: old[key] for key in old if key != ("proof", "demo")
    }


def test_a_book_comes_back_from_its_json_whatever_was_measured_first() -> None:
    one = result("proof", "demo", Figure("wall", 1.25, 0.5), Figure("n", 7, kind=Kind.SHOWN))
    two = result("files", "oscar", Figure("classes", 0.8, 0.9, Kind.COUNTED))
    assert book.read(book.write(of(one, two))) == of(one, two)
    assert book.write(of(one, two)) == book.write(of(two, one))
    assert book.read("") == {}


def test_the_page_names_every_missed_target_first_and_every_part() -> None:
    text = page.page(
        of(
            result("proof", "demo", Figure("wall", 1.25, 0.5), Figure("CPU", 0.6, 0.7)),
            result("files", "oscar", Figure("classes", 0.95, 0.9, Kind.COUNTED)),
        )
    )
    assert "2 of 3 targets are missed:" in text
    assert text.index("* The proof, wall on demo: 1.25, target 0.50") < text.index("## Start")
    assert "* What the new files are worth, classes on oscar: 0.95, target 0.90" in text
    assert all(f"\n## {part.head}\n" in text for part in PARTS.values())
    assert text.count("Not measured yet.") == len(PARTS) - 2


def test_what_was_measured_together_has_one_line_of_where_it_comes_from() -> None:
    text = page.page(of(*(result("proof", name, date=date) for name, date in (("a", "d1"), ("b", "d1"), ("c", "d2")))))
    assert "Measured d1, a machine. It took: a 3 s, b 3 s." in text
    assert "Measured d2, a machine. It took: c 3 s." in text


def test_the_committed_page_is_that_of_the_committed_results() -> None:
    text = (ROOT / "docs" / "bench.md").read_text(encoding="utf-8")
    assert text == page.page(book.read_file(book.COMMITTED)), "run: python -m tests.bench --write with any part"


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[float]:
    """Part start measures these numbers, one a call; nothing is written outside of the test's own folder."""
    values: list[float] = []

    def measure(name: str) -> Sequence[Figure]:
        if not values:
            raise SubjectError("nothing left")
        return [Figure("help", values.pop(0), 1.5)]

    monkeypatch.setattr("tests.bench.start.measure", measure)
    monkeypatch.setattr(book, "LAST", tmp_path / "last.json")
    monkeypatch.setattr(book, "COMMITTED", tmp_path / "committed.json")
    monkeypatch.setattr(page, "PAGE", tmp_path / "bench.md")
    monkeypatch.setattr(book, "last_commit", lambda: book.read_file(book.COMMITTED))
    return values


def test_slower_than_committed_ends_with_one_and_is_named(
    measured: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    measured += [1.0, 1.2, 1.3]
    assert command.main(["start", "--write"]) == 0
    assert "help" in page.PAGE.read_text(encoding="utf-8")
    assert command.main(["start"]) == 0
    assert command.main(["start"]) == 1
    assert "SLOWER: start : help" in capsys.readouterr().out
    kept = {path: json.loads(path.read_text())[0]["figures"][0]["value"] for path in (book.LAST, book.COMMITTED)}
    assert kept == {book.LAST: 1.3, book.COMMITTED: 1.0}


def test_a_part_that_cannot_be_measured_ends_with_one_and_leaves_the_book_as_it_was(
    measured: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    measured += [1.0]
    assert command.main(["start", "--write"]) == 0
    before = book.COMMITTED.read_text()
    assert command.main(["start", "--write"]) == 1
    assert "FAILED: start : nothing left" in capsys.readouterr().out
    assert book.COMMITTED.read_text() == before


def test_one_project_that_cannot_be_measured_costs_no_other_one_its_figures(
    measured: list[float], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def measure(name: str) -> Sequence[Figure]:
        if name == "4x8":
            raise TimeoutError("the terminal said nothing")
        return [Figure("wall", 1.0)]

    monkeypatch.setattr("tests.bench.proof.measure", measure)
    assert command.main(["proof", "--sizes", "3x6,4x8,5x10", "--subjects", ""]) == 1
    assert [project for _, project in book.read_file(book.LAST)] == ["3x6", "5x10"]
    assert "FAILED: proof 4x8: the terminal said nothing" in capsys.readouterr().out


def test_a_product_that_was_not_built_is_left_out_and_named(
    measured: list[float], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "is_there", lambda name: name != "oscar")
    monkeypatch.setattr("tests.bench.proof.measure", lambda name: [Figure("wall", 1.0)])
    assert command.main(["proof", "--sizes", "3x6", "--subjects", "oscar"]) == 0
    assert [project for _, project in book.read_file(book.LAST)] == ["3x6"]
    assert "oscar is left out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["nothing"], "there is no part 'nothing'"), (["start", "--sizes", "big"], "'big' is no size")],
)
def test_a_word_that_means_nothing_is_refused_before_anything_is_measured(
    arguments: list[str], says: str, measured: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command.main(arguments)
    assert says in capsys.readouterr().err


def test_other_sizes_leave_the_subjects_of_a_part_as_they_are() -> None:
    assert PARTS["proof"].projects(["3x9"], None)[:2] == ["3x9", "demo"]
    assert PARTS["proof"].projects([], ["pretix"]) == ["pretix"]
    assert PARTS["growth"].projects(["3x9", "6x18"], ["demo"]) == ["3x9,6x18"]
    assert PARTS["start"].projects(["3x9"], ["demo"]) == [""]

"""The book of results: what was measured, part by part and project by project, and how new results come in."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure, Kind
from tests.subjects import BUILD, ROOT

LAST = BUILD / "bench.json"
COMMITTED = ROOT / "docs" / "bench.json"


@dataclass(frozen=True, slots=True)
class Result:
    """All figures of one part on one project, and where they come from."""

    part: str
    project: str
    """Empty where the part needs none."""
    date: str
    machine: str
    seconds: float
    """That it took to measure."""
    figures: tuple[Figure, ...]

    def before(self, what: str) -> Figure | None:
        return next((figure for figure in self.figures if figure.what == what), None)


Book = Mapping[tuple[str, str], Result]
"""Results by part and project."""


def merged(book: Book, results: Iterable[Result]) -> Book:
    """The book with new results in place of those of the same part and project; all others stay."""
    return {**book, **{(result.part, result.project): result for result in results}}


def read(text: str) -> Book:
    """A book from its JSON; an empty text is an empty book."""
    found = [_result(item) for item in json.loads(text or "[]")]
    return {(result.part, result.project): result for result in found}


def write(book: Book) -> str:
    """The same book as JSON, in an order that does not depend on when what was measured."""
    return json.dumps([asdict(book[key]) for key in sorted(book)], indent=1) + "\n"


def read_file(path: Path) -> Book:
    return read(path.read_text(encoding="utf-8") if path.is_file() else "")


def last_commit() -> Book:
    """The book as it was committed; empty where there is none, or no git."""
    try:
        done = subprocess.run(
            ["git", "show", f"HEAD:{COMMITTED.relative_to(ROOT).as_posix()}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return {}
    return read(done.stdout) if done.returncode == 0 else {}


def _result(item: Mapping[str, Any]) -> Result:
    figures = tuple(Figure(**{**figure, "kind": Kind(figure["kind"])}) for figure in item["figures"])
    return Result(**{**item, "figures": figures})

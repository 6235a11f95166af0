"""Results as tables: in the terminal, and as docs/bench.md."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from tests.bench.book import Book, Result
from tests.bench.figures import MISSED, Figure, in_digits, verdict
from tests.bench.parts import PARTS, Part
from tests.realworld import table
from tests.subjects import ROOT

PAGE = ROOT / "docs" / "bench.md"

_HEAD = """\
# What it costs: `make bench`

Written by `python -m tests.bench --write` from [bench.json](bench.json). Figures are ratios to Django's own commands, or to something else
that does nothing more than it must. Both sides of a ratio run in the same round on fresh copies, one after the other, so that a slow machine
slows both; each is the median of up to five rounds, fewer where a project is slow. Smaller is better, and 1.00 means: as much as Django's. Seconds stand
beside them to show the size of things, and depend on the machine. migwizard is compiled, as it is after `pip install`; the projects' own
modules are not, on either side.

*ok* and *MISSED* say whether a figure reaches its target; a missed one is work that is left to do. "APPSxMODELS" are synthetic projects,
written by rule; the others are the demo and the products of [make realworld](realworld.md).

```console
$ make bench                                             # all parts; about an hour on two cores that do nothing else
$ .venv/bin/python -m tests.bench start files            # some parts
$ .venv/bin/python -m tests.bench proof --sizes "" --subjects pretix   # on other projects than usual
$ .venv/bin/python -m tests.bench generate --write       # put what was measured into this page, the rest of it stays
```

A product that was not built yet (`make realworld` does) is left out, and named. What was measured is in `build/bench.json` too. Every ratio is compared with
the one of the last commit: worse by more than a quarter and by more than 0.05, or for what is counted by more than 2 %, is said as
*SLOWER*, and ends `make bench` with 1.
"""
_NOTHING = "Not measured yet."


def page(book: Book) -> str:
    """The whole of docs/bench.md."""
    chapters = [_HEAD, _missed(book)]
    for part in PARTS.values():
        results = [result for (name, _), result in book.items() if name == part.name]
        about = textwrap.fill(part.about, 140, break_long_words=False, break_on_hyphens=False)
        chapters.append(f"## {part.head}\n\n{about}\n\n{_measured(results, {})}\n")
    return "\n".join(chapters)


def told(part: Part, results: Sequence[Result], before: Book) -> str:
    """One part in the terminal, beside what was committed."""
    return f"{part.head}\n\n{_measured(results, before)}\n"


def _measured(results: Sequence[Result], before: Book) -> str:
    if not results:
        return _NOTHING
    tables = [table(("on", "what", "ours", "target", ""), list(_rows(results, before)))]
    return "\n\n".join([*tables, *_sources(results)])


def _rows(results: Iterable[Result], before: Book) -> Iterable[tuple[str, ...]]:
    for result in results:
        old = before.get((result.part, result.project))
        for figure in result.figures:
            said = verdict(figure, old.before(figure.what) if old else None)
            target = "" if figure.target is None else in_digits(figure.target)
            yield result.project, figure.what, in_digits(figure.value), target, said


def _sources(results: Sequence[Result]) -> list[str]:
    """On what machine and when; one line for all that were measured together."""
    found: dict[str, list[str]] = {}
    for result in results:
        found.setdefault(f"{result.date}, {result.machine}", []).append(
            f"{result.project} {result.seconds:,.0f} s".strip()
        )
    return [f"Measured {source}. It took: {', '.join(names)}." for source, names in found.items()]


def _missed(book: Book) -> str:
    """The targets that are not reached, in front of everything else."""
    found = [(PARTS[result.part].head, result.project, figure) for result in book.values() for figure in result.figures]
    missed = [(head, project, figure) for head, project, figure in found if verdict(figure, None) == MISSED]
    aimed = sum(figure.target is not None for _, _, figure in found)
    lines = [f"* {head}, {_named(project, figure)}" for head, project, figure in missed]
    if not aimed:
        return f"{_NOTHING}\n"
    return "\n".join([f"{len(missed)} of {aimed} targets are missed{':' if missed else '.'}", "", *lines, ""])


def _named(project: str, figure: Figure) -> str:
    on = f" on {project}" if project else ""
    return f"{figure.what}{on}: {in_digits(figure.value)}, target {in_digits(figure.target or 0)}"

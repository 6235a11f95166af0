"""The command line of the measurements: `python -m tests.bench [PART...]`."""

from __future__ import annotations

import argparse
import compileall
import os
import platform
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version

from migwizard.errors import MigwizardError
from tests.bench import book, page
from tests.bench.figures import SLOWER, verdict
from tests.bench.parts import PARTS, Part
from tests.bench.projects import is_there, size_of
from tests.subjects import BUILD, ROOT, SubjectError

# One project that cannot be measured costs its own figures, and no others. A time-out of a terminal is an OSError.
_GOES_WRONG = (SubjectError, MigwizardError, OSError, subprocess.CalledProcessError)


def machine() -> str:
    """What the figures were measured on, and with."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"{platform.system()} {platform.machine()}, {cores} cores, load {os.getloadavg()[0]:.1f} at the start, Python "
        f"{platform.python_version()}, Django {version('Django')}, Textual {version('textual')}, SQLite {sqlite3.sqlite_version}"
    )


def measure(part: Part, projects: Sequence[str], failures: list[str]) -> Iterator[book.Result]:
    """The results of one part; what went wrong is added to `failures`, and a project that is not there is left out."""
    for project in projects:
        if not part.at_once and project and not is_there(project):
            print(f"{part.name}: {project} is left out, it is not built yet (make realworld).", file=sys.stderr)
            continue
        print(f"{part.name} {project} ...", file=sys.stderr, flush=True)
        date, source, start = time.strftime("%Y-%m-%d"), machine(), time.perf_counter()
        try:
            figures = tuple(part.measure(project))
        except _GOES_WRONG as error:
            failures.append(f"{part.name} {project}: {error}")
        else:
            yield book.Result(part.name, project, date, source, time.perf_counter() - start, figures)


def main(arguments: Sequence[str]) -> int:
    """Measure; returns 1 where something got slower than it was, or could not be measured."""
    options = _parsed(arguments)
    before, failures, slower = book.last_commit(), list[str](), list[str]()
    BUILD.mkdir(exist_ok=True)
    # As pip does when it installs it: no process that is measured writes byte code.
    compileall.compile_dir(ROOT / "migwizard", quiet=2, rx=re.compile("/demo/template/"))
    for name in options.parts or PARTS:
        part, results = PARTS[name], list[book.Result]()
        print(f"{name}: about {part.minutes} min on two cores that do nothing else", file=sys.stderr, flush=True)
        for result in measure(part, part.projects(options.sizes, options.subjects), failures):
            results.append(result)
            slower += _slower(result, before)
            _keep(result, write=options.write)
        print(page.told(part, results, before))
    for line in (*(f"{SLOWER}: {line}" for line in slower), *(f"FAILED: {line}" for line in failures)):
        print(line)
    return 1 if slower or failures else 0


def _slower(result: book.Result, before: book.Book) -> list[str]:
    """What got slower than it was in the last commit."""
    old = before.get((result.part, result.project))
    return [
        f"{result.part} {result.project}: {figure.what}"
        for figure in result.figures
        if SLOWER in verdict(figure, old.before(figure.what) if old else None)
    ]


def _keep(result: book.Result, *, write: bool) -> None:
    """At once, so that nothing is lost where a later one is interrupted."""
    for path in (book.LAST, *([book.COMMITTED] if write else [])):
        path.write_text(book.write(book.merged(book.read_file(path), [result])), encoding="utf-8")
    if write:
        page.PAGE.write_text(page.page(book.read_file(book.COMMITTED)), encoding="utf-8")


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure what a reset costs.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--sizes", type=_names, help='synthetic projects instead of the usual ones: "10x50,50x300"')
    parser.add_argument("--subjects", type=_names, help='subjects instead of the usual ones: "demo,pretix"')
    parser.add_argument("--write", action="store_true", help="put the results into docs/bench.json and docs/bench.md")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.parts if name not in PARTS]:
        parser.error(f"there is no part {unknown[0]!r}; there are {', '.join(PARTS)}")
    if wrong := [name for name in options.sizes or () if size_of(name) is None]:
        parser.error(f"{wrong[0]!r} is no size; one is 10x50: ten apps, fifty models")
    return options


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

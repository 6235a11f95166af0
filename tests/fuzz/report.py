"""What many projects came to, as a Markdown page."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from tests.fuzz.databases import ENGINES

Result = dict[str, Any]
"""A verdict as it is kept: seed, failures, exceptions, dishonest, figures."""

_ABOUT = """\
# Random projects: `make fuzz`

Each seed makes one project: apps with models of many shapes, and a history of some weeks, written step by step by the
project's own `makemigrations` and, for data and SQL, as people write it by hand. Then, as a user would and more:

1. The old history is migrated from zero. One that Django itself cannot migrate is thrown away, and the seed varied.
2. `migwizard run --yes --json` must end with 0, and its proof with equal schemas and equal rows. Of every fourth seed it runs with
   `--replaces` and no database is switched, unless an app has more new files than old ones.
3. `migrate --plan` has nothing to apply, `makemigrations --check` finds nothing, no row but the list of migrations changed.
4. The new history is migrated from zero, and the result compared with that of the old one by the engine's own means alone:
   by sqlite3, by what pg_dump writes, or by what the server says with SHOW CREATE, and by every row.
5. `sqlmigrate` prints every new file, and `migrate APP zero` goes through wherever it did with the old files.
6. `migwizard undo --yes` gives every file and every row back.
7. Django's own `makemigrations` is run on the same models without any migrations, for the number of its files.

The proof renders models of the old history late (the certificate says so), while all that is looked at here is built by `migrate` itself; so
a project that is equal both ways shows that late rendering built what `migrate` builds. A project in which it failed, or
built something else, is told as a difference of the kind "late"; where a doubt ends it beforehand, or a seed that left other rows, it is no
difference, and the share of those proved with it is below. The random histories change no primary keys and do not go through all models.

The same seed makes the same project. Guests are forks of an interpreter that has Django imported already, and projects are
made in memory where there is /dev/shm: otherwise starts and disks would cost more than the work. A project that fails
stays in `build/fuzz/ENGINE/failures/SEED`; `python -m tests.fuzz --shrink --seed SEED` makes its story small, and a story in
`tests/fuzz/kept` is tried by every test run. `--minutes M` ends a run early, `--resume` goes on with it, `--page FILE`
writes its engine's part of this page.

With `--engine postgresql` or `--engine mysql` (`make fuzz ENGINE=postgresql`) the projects have databases on the server that
`PGHOST` or `MYSQL_HOST` names, 127.0.0.1 without, and these are removed again. Their objects are made in the engine's own
words, and there are some that only it has."""


def page(before: str, title: str, text: str) -> str:
    """The whole page, with the figures of one engine in the place of earlier ones; those of the others stay."""
    parts = re.split(r"^## ", before, flags=re.MULTILINE)[1:]
    sections = dict(part.rstrip("\n").split("\n\n", 1) for part in parts) | {title: text}
    wanted = [f"## {title}\n\n{sections[title]}" for title in ENGINES.values() if title in sections]
    return "\n\n".join([_ABOUT, *wanted]) + "\n"


def section(results: Sequence[Result], command: str, versions: str, wall: float) -> str:
    """The figures of one engine."""
    told = [result for result in results if not result["dishonest"]]
    parts = [
        f"What `{command}` found ({versions}):",
        _numbers(results, told) + _time(told, wall),
        "### Shapes",
        _shapes(told),
        "### Steps of the old histories",
        _steps(told),
        "### Files",
        _files(told),
        "### Differences",
        _failures(told) or "None.",
    ]
    return "\n\n".join(parts)


def _numbers(results: Sequence[Result], told: Sequence[Result]) -> str:
    failed, tried = (
        sum(bool(result["failures"]) for result in told),
        sum(result["figures"]["attempts"] for result in told),
    )
    return (
        f"{len(told)} projects, {failed} of them with a difference. Of {tried + 6 * (len(results) - len(told))} random "
        f"histories {len(told)} migrate from zero by themselves and were used. "
    )


def _time(told: Sequence[Result], wall: float) -> str:
    cpu = [result["figures"]["cpu"] for result in told]
    if not cpu:
        return ""
    return (
        f"{wall / 60:.0f} minutes by the clock; CPU seconds per project: median {statistics.median(cpu):.1f}, "
        f"most {max(cpu):.1f}, together {sum(cpu):.0f}."
    )


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _shapes(told: Sequence[Result]) -> str:
    def share(of: Callable[[Result], Any]) -> str:
        return f"{100 * sum(bool(of(result['figures'])) for result in told) / max(1, len(told)):.0f} %"

    shares = [
        ("with a cycle between apps", share(lambda figures: figures["app cycle"])),
        ("with a cycle of models", share(lambda figures: figures["model cycle"])),
        ("with a rename", share(lambda figures: figures["renames"])),
        ("with a data migration", share(lambda figures: figures["seeds"])),
        ("with an SQL object at the end", share(lambda figures: figures["alive"])),
        ("proved with late rendering", share(lambda figures: figures.get("late"))),
        ("with a user model of their own", share(lambda figures: figures["user"])),
    ]
    rows = []
    for name in ("apps", "models", "files before", "files after", "deferred", "seeds"):
        found = sorted(result["figures"][name] for result in told if name in result["figures"])
        if found:
            rows.append((name, str(found[0]), f"{statistics.median(found):g}", str(found[-1])))
    return _table(("projects", "share"), shares) + "\n\n" + _table(("of each", "least", "median", "most"), rows)


def _steps(told: Sequence[Result]) -> str:
    steps: Counter[str] = Counter()
    rungs: Counter[str] = Counter()
    for result in told:
        steps.update(result["figures"]["steps"])
        rungs.update(result["figures"].get("rungs", {}))
    rows = [(name, str(count)) for name, count in sorted(steps.items())]
    carried = ", ".join(f"{count} {name}" for name, count in rungs.most_common())
    return _table(("step", "times"), rows) + f"\n\nWhat became of the data and SQL operations: {carried}."


def _files(told: Sequence[Result]) -> str:
    """Our schema files against those of Django's own run."""
    compared = [result["figures"] for result in told if "stock files" in result["figures"]]
    rows = []
    for name, cyclic in (("no cycle between apps", False), ("a cycle between apps", True)):
        of = [figures for figures in compared if figures["app cycle"] is cyclic]
        pairs = [
            (sum(figures["schema files"].values()), figures["stock files"], figures["stock error"]) for figures in of
        ]
        fewer, equal = sum(ours < stock for ours, stock, _ in pairs), sum(ours == stock for ours, stock, _ in pairs)
        more = sum(ours > stock and not error for ours, stock, error in pairs)
        broken = sum(bool(error) for _, _, error in pairs)
        deferred = sum(figures["deferred"] for figures in of)
        rows.append((name, *map(str, (len(of), fewer, equal, more, broken, deferred))))
    header = (
        "projects with",
        "number",
        "fewer than Django",
        "as many",
        "more",
        "more, and Django's fail",
        "deferred parts",
    )
    lines = [f"- seed {result['seed']}: {text}" for result in told for text in result["exceptions"]]
    return _table(header, rows) + ("\n\n" + "\n".join(lines) if lines else "")


def _failures(told: Sequence[Result]) -> str:
    return "\n".join(f"- seed {result['seed']}: {result['failures'][0]}" for result in told if result["failures"])

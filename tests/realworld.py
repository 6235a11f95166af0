"""The whole reset, and its undo, on real projects: `python -m tests.realworld [NAMES...]`, or `make realworld`.

`--python PATH` runs the subjects in another interpreter: `demo --python PATH` tries another Python and Django.

Each subject is copied afresh and migrated with its old history. Then the reset runs without a person, and whatever a
user would look at is looked at with Django's own commands and with the engine's own tools, not with migwizard's eyes. Prints a table;
ends with 1 where anything failed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migwizard.engine.proving import late
from migwizard.engine.steps.proof import LAZY
from tests.stored import COUNTERS, SCHEMA, Database, counts, database_of
from tests.subjects import BUILD, Copy, SubjectError, fresh, names

FOLDER = BUILD / "realworld"
_HEADER = (
    "subject",
    "files",
    "levels",
    "deferred",
    "operations by rung",
    "rendered",
    "old s",
    "new s",
    "run s",
    "undo s",
    "result",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one subject: a row of the table, the reasons where it failed, and what else there is to say."""

    row: tuple[str, ...]
    failures: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Before:
    """What has to be found again."""

    said: str
    files: dict[str, str]
    dump: dict[str, list[str]]
    seconds: float


def file_hashes(root: Path) -> dict[str, str]:
    """SHA-256 of every file of the project; byte code and the database (compared row by row) apart."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and not {"__pycache__", ".venv"} & set(path.relative_to(root).parts)
        and not path.name.endswith((".sqlite3", "-journal", "-wal", "-shm"))
    }


def check_changes(copy: Copy) -> str:
    """What `makemigrations --check` says, with its exit code; the number of a file that it would write may change."""
    done = copy.manage("makemigrations", "--check", "--dry-run", check=False)
    return f"{done.returncode}\n" + re.sub(r"\b\d{4}_(?=\w+\.py\b)", "", done.stdout)


def migrate_from_zero(copy: Copy) -> float:
    """Seconds of a plain `manage.py migrate` on an empty database; the database is there afterwards."""
    start = time.perf_counter()
    copy.manage("migrate", "--verbosity", "0")
    return time.perf_counter() - start


def look_before(copy: Copy, database: Database) -> Before:
    """Migrate with the old history, and remember everything."""
    seconds = migrate_from_zero(copy)
    return Before(check_changes(copy), file_hashes(copy.root), database.dump(), seconds)


def look_after(copy: Copy, database: Database, before: Before, report: dict[str, Any]) -> tuple[list[str], float]:
    """What is wrong with the reset project, and the seconds that `migrate` from zero takes now."""
    failures = []
    proof = report.get("proof") or {}
    if not (proof.get("schema_equal") and proof.get("rows_equal")):
        failures.append(f"schema_equal {proof.get('schema_equal')}, rows_equal {proof.get('rows_equal')}")
    if check_changes(copy) != before.said:
        failures.append("makemigrations --check says something else than before")
    plan = copy.manage("migrate", "--plan").stdout
    if "No planned migration operations" not in plan:
        failures.append(f"migrate --plan wants to apply: {plan[:300]}")
    changed = {name for name, rows in database.dump().items() if before.dump.get(name) != rows}
    changed -= {SCHEMA, COUNTERS, "django_migrations", "migwizard_history_backup"}
    if changed:
        failures.append(f"the switch changed rows of {', '.join(sorted(changed))}")
    with database.aside():
        seconds = migrate_from_zero(copy)
        old, new = counts(before.dump), counts(database.dump())
    differing = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    if differing:
        failures.append(f"migrate from zero: other tables or row counts: {', '.join(differing)}")
    return failures, seconds


def look_undone(copy: Copy, database: Database, before: Before) -> list[str]:
    """What undo did not give back."""
    failures = []
    files, rows = file_hashes(copy.root), database.dump()
    changed = sorted(name for name in files.keys() | before.files.keys() if files.get(name) != before.files.get(name))
    if changed:
        failures.append(f"undo: {len(changed)} file(s) differ: {', '.join(changed[:5])}")
    tables = sorted(name for name in rows.keys() | before.dump.keys() if rows.get(name) != before.dump.get(name))
    if tables:
        failures.append(f"undo: rows differ in {', '.join(name or 'the schema' for name in tables[:5])}")
    return failures


def ride(name: str, python: Path | None) -> Outcome:
    """Reset one subject and undo it again; what it made on a database server is removed, whatever happens."""
    copy = fresh(name, FOLDER, python)
    database = database_of(copy)
    database.prepare()
    try:
        return _ride(copy, database)
    finally:
        database.remove()


def _ride(copy: Copy, database: Database) -> Outcome:
    name = copy.name
    before = look_before(copy, database)
    start = time.perf_counter()
    done = copy.migwizard("run", "--yes", "--json", *database.consent, check=False)
    ran = time.perf_counter() - start
    (FOLDER / f"{name}.jsonl").write_text(done.stdout, encoding="utf-8")
    lines = done.stdout.splitlines()
    report: dict[str, Any] = json.loads(lines[-1]) if lines else {}
    if done.returncode:
        said = report.get("sentence") or done.stderr.strip()[-800:]
        return Outcome((name, *[""] * 9, "FAILED"), (f"run ended with {done.returncode}: {said}",))
    failures, new = look_after(copy, database, before, report)
    rendering, why = _rendering(copy)
    if not rendering.startswith(LAZY):
        failures.append(f"models of the old history could not be rendered late: {rendering}")
    start = time.perf_counter()
    undone = copy.migwizard("undo", "--yes", check=False)
    took = time.perf_counter() - start
    if undone.returncode:
        failures.append(f"undo ended with {undone.returncode}: {undone.stderr.strip()[-800:]}")
    failures += look_undone(copy, database, before)
    rungs = Counter(str(seed["rung"] or "left out") for seed in report["seeds"])
    row = (
        name,
        f"{report['files_before']} -> {report['files_after']}",
        str(report["batch_levels"]),
        str(report["deferred"]),
        ", ".join(f"{count} {rung}" for rung, count in sorted(rungs.items())) or "none",
        "{old:,} -> {new:,}".format(**report["rendered"]),
        *(f"{seconds:.1f}" for seconds in (before.seconds, new, ran, took)),
        "FAILED" if failures else "ok",
    )
    return Outcome(row, tuple(failures), why)


def _rendering(copy: Copy) -> tuple[str, str]:
    """What the certificate says of how models were rendered, and why they were not rendered late for the whole reset."""
    rendering = json.loads((copy.root / ".migwizard/proof.json").read_text(encoding="utf-8"))["rendering"]
    mark = copy.root / ".migwizard" / "work" / late.MARK
    return rendering, mark.read_text(encoding="utf-8") if mark.is_file() else ""


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with aligned columns."""
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]
    lines = [header, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )


def main(arguments: Sequence[str]) -> int:
    """Run the named subjects, or all; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.realworld")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(names())}; default: all")
    parser.add_argument("--python", type=Path, help="an interpreter with Django, instead of the subjects' own")
    options = parser.parse_args(arguments)
    python = options.python and Path.cwd() / options.python
    outcomes = {}
    for name in options.names or names():
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            outcomes[name] = ride(name, python)
        except SubjectError as error:
            outcomes[name] = Outcome((name, *[""] * 8, "FAILED"), (str(error),))
    print(table(_HEADER, [outcome.row for outcome in outcomes.values()]))
    print("\nrendered: model classes that Django renders in `migrate` from zero, most of its time.")
    print("old s, new s: `migrate` from zero with the old and the new files; run s: the whole reset with its proof.")
    for name, outcome in outcomes.items():
        if outcome.note:
            print(f"{name}, run as migrate runs it: {outcome.note}")
        for failure in outcome.failures:
            print(f"{name}: {failure}")
    return 1 if any(outcome.failures for outcome in outcomes.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

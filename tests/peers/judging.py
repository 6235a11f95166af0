"""What became of a database, in a short phrase: read with sqlite3, compared without regard to the order of columns."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from migwizard.words.counting import count

RECORD = "django_migrations"
_UNJUDGED = frozenset({RECORD, "sqlite_sequence", "django_content_type", "auth_permission"})
"""The record of what was applied, counters, and rows which Django writes after any `migrate`."""

_RAISED = re.compile(r"^(?:\w+\.)*([A-Z]\w*(?:Error|Exception|History))\b", re.M)
_WORD = re.compile(r"'[^']*'|\"[^\"]*\"|[(),]|[^\s(),'\"]+")


@dataclass(frozen=True, slots=True)
class State:
    """What is in a database."""

    objects: Mapping[tuple[str, str], tuple[str, ...]]
    """By kind and name; what each was made of."""
    rows: Mapping[str, tuple[str, ...]]
    """By table; each row as text, sorted."""

    @property
    def judged(self) -> dict[str, tuple[str, ...]]:
        """The rows of the tables that count."""
        return {table: rows for table, rows in self.rows.items() if table not in _UNJUDGED}


def read_state(database: Path, apart: Collection[str] = ()) -> State:
    """Look at a database; the tables of `apart` are left out."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        schema = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
        rows = {}
        for name in sorted(name for kind, name, _, _ in schema if kind == "table" and name not in apart):
            columns = sorted(column for _, column, *_ in connection.execute(f'PRAGMA table_info("{name}")'))
            selected = ", ".join(f'"{column}"' for column in columns)
            rows[name] = tuple(sorted(map(repr, connection.execute(f'SELECT {selected} FROM "{name}"'))))
    # Indexes without SQL belong to a constraint, and that stands in its table.
    objects = {(kind, name): parts(kind, sql) for kind, name, table, sql in schema if sql and table not in apart}
    return State(objects, rows)


def parts(kind: str, sql: str) -> tuple[str, ...]:
    """The columns and constraints of a table in no order; the whole text of anything else."""
    words = _WORD.findall(sql)
    if kind != "table":
        return (" ".join(words),)
    found: list[list[str]] = [[]]
    depth = 0
    for word in words[words.index("(") + 1 :]:
        depth += (word == "(") - (word == ")")
        if word == "," and not depth:
            found.append([])
        elif depth >= 0:
            found[-1].append(word)
    return tuple(sorted(" ".join(part) for part in found))


def raised(code: int | None, stderr: str) -> str:
    """Why a command failed, as short as can be; empty where it ended with 0. No code: it took too long."""
    if code is None:
        return "takes too long"
    names = _RAISED.findall(stderr)
    return "" if not code else f"`{names[-1]}`" if names else f"exit code {code}"


def objects_between(wanted: State, found: State, *, additions: bool = True) -> str:
    """What is missing, other, or new among the objects of a database; empty where they are equal."""
    shared = wanted.objects.keys() & found.objects.keys()
    lists = {
        "missing": wanted.objects.keys() - found.objects.keys(),
        "different": {key for key in shared if wanted.objects[key] != found.objects[key]},
        "added": found.objects.keys() - wanted.objects.keys() if additions else set(),
    }
    said = [f"{_counted_kinds(Counter(kind for kind, _ in keys))} {how}" for how, keys in lists.items() if keys]
    return "; ".join(said)


def _counted_kinds(kinds: Counter[str]) -> str:
    """Tables first, then the rest by name: "2 tables, 1 index"."""
    order = sorted(kinds, key=lambda kind: (kind != "table", kind))
    return ", ".join(count(kinds[kind], kind) for kind in order)


def seeds_between(wanted: State, found: State) -> str:
    """Whether a new database has the rows of the old one, counted table by table."""
    old = Counter({table: len(rows) for table, rows in wanted.judged.items()})
    new = Counter({table: len(rows) for table, rows in found.judged.items()})
    # Counters subtract table by table, and drop what is not above nought.
    lost, more = (old - new).total(), (new - old).total()
    said = [f"{lost:,} of {count(old.total(), 'row')} lost"] if lost else []
    said += [f"{count(more, 'row')} too many"] if more else []
    return ", ".join(said) or "kept"


def rows_between(before: State, wanted: State, found: State) -> str:
    """Tables whose rows are not as they should be; where the way from `before` changes them, only their number counts."""
    different = 0
    for table, rows in wanted.judged.items():
        settled = before.judged.get(table) == rows
        now = found.judged.get(table)
        if now is not None and (now != rows if settled else len(now) != len(rows)):
            different += 1
    return f"rows of {count(different, 'table')} different" if different else ""


def verdict(before: State, wanted: State, found: State, failure: str, checked: str) -> str:
    """What happened to a database, in a phrase.

    `wanted` is what it ought to be when all went well; `failure` why a step of it failed, or empty; `checked` what
    `migrate --check` then said, or empty.
    """
    target = before if failure else wanted
    lost = objects_between(target, found, additions=bool(failure))
    rows = rows_between(before, target, found)
    damage = "; ".join(part for part in (lost, rows) if part)
    if failure:
        untouched = before.rows.get(RECORD) == found.rows.get(RECORD)
        return f"stops ({failure}), {damage or ('unchanged' if untouched else 'only the list of migrations changed')}"
    if damage:
        return f"reports success; {damage}"
    if checked:
        return "reports success; `migrate --check` fails"
    return "right"

"""The kept result of a proof: what was compared, what differs, and what the person decided about it."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from migwizard.proof.difference import Difference
from migwizard.words.counting import count

FORMAT = 1
WIDTH = 80


@dataclass(frozen=True, slots=True)
class Count:
    """How many of something each history built."""

    old: int
    new: int


@dataclass(frozen=True, slots=True)
class Decided:
    """A difference with the decision of the person; an `info` needs none."""

    difference: Difference
    decision: Literal["accepted"] | None = None

    @property
    def open(self) -> bool:
        """Whether it still stands in the way."""
        return self.difference.severity == "error" and self.decision is None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What both histories built as a further database of the project."""

    alias: str
    engine: str
    """With its version."""
    tables: Count
    rows: Count


@dataclass(frozen=True, slots=True)
class ScratchCopied:
    """An old migration that was run from a changed copy, since the original fails on an empty database."""

    file: str
    original: str
    """SHA-256 of the project's own file."""
    copy: str
    """SHA-256 of what was run instead."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The result of one proof on one engine.

    Raises ValueError when it claims the equality of something in which it lists an error.
    """

    run_id: str
    created: str
    """ISO 8601 with the offset."""

    engine: str
    versions: Mapping[str, str]
    """Version by name: Python, Django, the engine, migwizard."""

    tables: Count
    rows: Count
    objects: Count
    schema_equal: bool
    rows_equal: bool
    check_equal: bool
    """`makemigrations --check` says the same with the new history as with the old one."""

    differences: tuple[Decided, ...] = ()
    volatile: tuple[str, ...] = ()
    """`table.column` of what differs by itself between two runs of the old history."""

    drift: tuple[str, ...] = ()
    """What models and migrations disagreed about before, and what became of it."""

    kept: tuple[str, ...] = ()
    """What of the old history was not folded, and stays on top of the new one."""

    elsewhere: tuple[Elsewhere, ...] = ()
    """The further databases as which both histories were run too; what differs there is among the differences."""

    replaces: tuple[str, ...] = ()
    """That the new files replace the old ones by name, and what that was tried on."""

    rendering: str = ""
    """How model classes were rendered in the runs that were compared; empty where a certificate is older than that."""

    caveats: tuple[str, ...] = ()
    scratch_copies: tuple[ScratchCopied, ...] = ()

    def __post_init__(self) -> None:
        for claimed, errors, what in (
            (self.schema_equal, self._errors(of_rows=False), "schemas"),
            (self.rows_equal, self._errors(of_rows=True), "rows"),
        ):
            if claimed and errors:
                raise ValueError(
                    f"The certificate calls the {what} equal and lists {count(len(errors), 'error')} in them."
                )

    @property
    def equal(self) -> bool:
        """Whether both histories build the same database, with nothing to decide."""
        return self._built and self.schema_equal and self.rows_equal and self.check_equal

    @property
    def settled(self) -> bool:
        """Whether the files may be swapped: all is equal, or every error is listed and was accepted by name."""
        explained = (self.schema_equal or bool(self._errors(of_rows=False))) and (
            self.rows_equal or bool(self._errors(of_rows=True))
        )
        return self._built and self.check_equal and explained and not any(decided.open for decided in self.differences)

    @property
    def _built(self) -> bool:
        return self.tables.old > 0 and self.tables.new > 0

    def _errors(self, *, of_rows: bool) -> list[Decided]:
        return [
            decided
            for decided in self.differences
            if decided.difference.severity == "error" and decided.difference.of_rows == of_rows
        ]

    def to_json(self) -> str:
        """The certificate as a JSON text; the same certificate gives the same bytes."""
        return json.dumps({"format": FORMAT, "equal": self.equal, **asdict(self)}, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Certificate:
        """Reads what `to_json` wrote. Raises ValueError for anything else, also for a verdict that does not follow."""
        try:
            raw = json.loads(text)
            form, equal = raw.pop("format"), raw.pop("equal")
            found = _from_raw(raw)
        except (AttributeError, KeyError, TypeError, RecursionError) as error:
            raise ValueError(f"This is not a certificate of a proof: {error!r}.") from error
        if form != FORMAT or equal != found.equal:
            raise ValueError("The certificate has another format, or its verdict does not follow from what it lists.")
        return found

    def to_text(self) -> str:
        """The certificate for a person: plain text of at most 80 columns, but for words that are longer."""
        return "\n".join(line for part in self._paragraphs() for line in _wrap(part)) + "\n"

    def _paragraphs(self) -> Iterator[str]:
        yield from ("Certificate of equality", "=" * 23, "", self._verdict(), "")
        yield f"Run {self.run_id}, {self.created}, on {self.engine}"
        yield ", ".join(f"{name} {version}" for name, version in self.versions.items())
        yield ""
        yield f"{'':<10}{'old history':>13}{'new history':>13}"
        for name, counted in (("Tables", self.tables), ("Rows", self.rows), ("Objects", self.objects)):
            yield f"{name:<10}{counted.old:>13}{counted.new:>13}"
        yield "Objects are all that a schema has: tables, columns, indexes, constraints, views and so on."
        yield ""
        yield f"Schema: {'equal' if self.schema_equal else 'differs'}"
        yield f"Rows: {'equal' if self.rows_equal else 'differ'}"
        yield f"makemigrations --check: {'says the same' if self.check_equal else 'does not say the same'}"
        yield from ("", self.rendering) if self.rendering else ()
        notes = [decided for decided in self.differences if decided.difference.severity == "info"]
        yield from _listed("Differences", [_told(decided) for decided in self.differences if decided not in notes])
        yield from _listed("Notes", [decided.difference.sentence for decided in notes])
        yield from _listed("Volatile, so only NULL or not NULL was compared", self.volatile)
        yield from _listed("Proved as well", [_told_elsewhere(one) for one in self.elsewhere])
        yield from _listed("Kept on top", self.kept)
        yield from _listed("Drift", self.drift)
        yield from _listed("Replaced by name", self.replaces)
        yield from _listed("Caveats", self.caveats)
        copies = [f"{c.file}\noriginal {c.original}\ncopy     {c.copy}" for c in self.scratch_copies]
        yield from _listed("Old migrations that were run from a scratch copy (SHA-256)", copies)

    def _verdict(self) -> str:
        if self.equal:
            return "EQUAL: the new history builds the database that the old one builds."
        if self.settled:
            return "ACCEPTED: the databases differ, and each difference was accepted by name."
        return "NOT EQUAL: the new history does not build the database that the old one builds."


def _told(decided: Decided) -> str:
    parts = [f"[{decided.decision or 'open'}] {decided.difference.sentence}"]
    if not decided.difference.of_rows:
        definitions = (("old", decided.difference.old), ("new", decided.difference.new))
        parts.extend(f"{side}: {text}" for side, text in definitions if text is not None)
    return "\n".join(parts)


def _told_elsewhere(one: Elsewhere) -> str:
    return f"{one.alias}, on {one.engine}: {one.tables.new} tables and {one.rows.new} rows"


def _listed(title: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield from ("", f"{title}: {len(items)}")
        yield from (f"- {item}" for item in items)


def _wrap(part: str) -> Iterator[str]:
    """The lines of a paragraph; those of a list item are indented under its first."""
    if len(part) <= WIDTH and "\n" not in part:
        yield part
        return
    indent = "  " if part.startswith("- ") else ""
    for place, line in enumerate(part.splitlines()):
        first = indent * 2 if place else ""
        yield from textwrap.wrap(
            line, WIDTH, initial_indent=first, subsequent_indent=first or indent, break_long_words=False
        )


def _from_raw(raw: dict[str, Any]) -> Certificate:
    values = dict(raw)
    values.update((name, Count(**raw[name])) for name in ("tables", "rows", "objects"))
    values.update((name, tuple(raw[name])) for name in ("volatile", "caveats"))
    values.update((name, tuple(raw.get(name, ()))) for name in ("drift", "kept", "replaces"))
    values["elsewhere"] = tuple(
        Elsewhere(one["alias"], one["engine"], Count(**one["tables"]), Count(**one["rows"]))
        for one in raw.get("elsewhere", ())
    )
    values["scratch_copies"] = tuple(ScratchCopied(**item) for item in raw.get("scratch_copies", ()))
    values["differences"] = tuple(_decided(item) for item in raw["differences"])
    return Certificate(**values)


def _decided(item: dict[str, Any]) -> Decided:
    if item["decision"] not in ("accepted", None):
        raise ValueError(f"A difference can be accepted or open, not {item['decision']!r}.")
    return Decided(Difference(**item["difference"]), item["decision"])

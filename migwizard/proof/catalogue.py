"""Compares the schema that the old history builds with the one that the new history builds.

The names that the state of the migrations gives must be the same, since later operations use them. Names that Django or
the database made up may differ: there the contents are compared as multisets, for two equal indexes are not one.
The order of columns does not count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from migwizard.proof.difference import Difference, Severity
from migwizard.proof.fact import WITNESS, Fact
from migwizard.proof.mysql import LEFT_DEFAULT, mysql_facts
from migwizard.proof.postgresql import postgresql_facts
from migwizard.proof.sql_text import lower
from migwizard.proof.sqlite import sqlite_facts

IGNORED = frozenset({"django_migrations", "migwizard_history_backup"})
"""Tables of the bookkeeping, which differ by intention."""

_EVERYWHERE = ("table", "column", "constraint", "index", "view", "trigger")
_OWN_NAME = ("constraint", "index", "sequence")
_SAID = ("comment", "owner", "grant")
"""What is said of another object, and goes with it."""
_READERS = {"sqlite": sqlite_facts, "postgresql": postgresql_facts, "mysql": mysql_facts}

Group = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sides:
    """The words for the two databases; `{what}` is an object, `{pairs}` are its aspects before and after."""

    first: str = "old history"
    second: str = "new history"
    lacks: str = "The new history lacks {what}, which the old one has."
    has: str = "The new history has {what}, which the old one does not have."
    differs: str = "differs from the old history to the new ({pairs})"
    aged: tuple[frozenset[str], ...] = (frozenset({LEFT_DEFAULT}),)
    """Sets of aspects that depend on how, or by which versions, an object was once created: where only such differ, it is
    told only."""

    names: bool = True
    """Whether made-up names that differ are told."""


HISTORIES = Sides()


class EmptyDatabaseError(ValueError):
    """A history built no table at all: a comparison would prove nothing."""


def compare_catalogues(
    old: Mapping[str, Any], new: Mapping[str, Any], *, explicit_names: Collection[str], sides: Sides = HISTORIES
) -> tuple[Difference, ...]:
    """What differs between the catalogues `old` and `new` (as `read_catalogue` gives them), tables first.

    `explicit_names` are the names of indexes and constraints in the state of the migrations; `sides` says what the two
    catalogues are of, where they are not of the two histories.
    Raises EmptyDatabaseError when a side has no table besides the bookkeeping, ValueError for catalogues of an unknown
    engine or of two engines.
    """
    engine = old["engine"]
    explicit = frozenset(explicit_names if engine == "postgresql" else map(lower, explicit_names))
    olds, news = _grouped(_facts(old, new, sides.first)), _grouped(_facts(new, old, sides.second))
    both = {key[1] for key in olds if key[0] == "column"} & {key[1] for key in news if key[0] == "column"}
    groups = sorted(olds.keys() | news.keys(), key=_place)
    found: list[Difference] = []
    for kind, table in groups:
        if table and kind in ("column", *_OWN_NAME, *_SAID) and table not in both:
            continue  # The missing table says it all.
        left, right = olds.get((kind, table), []), news.get((kind, table), [])
        if table and kind in _OWN_NAME:
            left, right = _of_common_columns(table, olds, news, left), _of_common_columns(table, olds, news, right)
            found.extend(_compare_contents(left, right, explicit, sides))
        else:
            found.extend(_compare_named(left, right, sides))
    return tuple(found)


def count_tables(catalogue: Mapping[str, Any]) -> int:
    """The tables besides the bookkeeping."""
    return sum(lower(name) not in IGNORED for name in catalogue["tables"])


def count_objects(catalogue: Mapping[str, Any]) -> int:
    """All objects besides the bookkeeping, columns and constraints among them."""
    return sum(1 for _ in _READERS[catalogue["engine"]](catalogue, IGNORED))


def count_kinds(catalogue: Mapping[str, Any]) -> dict[str, int]:
    """How many of each kind there are besides the bookkeeping; those that every engine has are always named."""
    counts = dict.fromkeys(_EVERYWHERE, 0)
    for fact in _READERS[catalogue["engine"]](catalogue, IGNORED):
        counts[fact.kind] = counts.get(fact.kind, 0) + 1
    return counts


def _facts(catalogue: Mapping[str, Any], other: Mapping[str, Any], side: str) -> Iterator[Fact]:
    engine = catalogue["engine"]
    if engine != other["engine"]:
        raise ValueError(f"A database of {engine} cannot be compared with one of {other['engine']}.")
    if engine not in _READERS:
        raise ValueError(f"Catalogues of {engine} cannot be compared yet.")
    if not count_tables(catalogue):
        raise EmptyDatabaseError(f"The {side} has no table at all, so there is nothing to compare.")
    return _READERS[engine](catalogue, IGNORED)


def _grouped(facts: Iterator[Fact]) -> dict[Group, list[Fact]]:
    """The facts by kind and table."""
    groups: dict[Group, list[Fact]] = defaultdict(list)
    for fact in facts:
        groups[fact.kind, fact.known_as(fact.table or "")].append(fact)
    return groups


def _place(group: Group) -> tuple[int, str, str]:
    """Tables and what is in them first."""
    kind, table = group
    return (_EVERYWHERE.index(kind) if kind in _EVERYWHERE else len(_EVERYWHERE), kind, table)


def _of_common_columns(
    table: str, olds: Mapping[Group, list[Fact]], news: Mapping[Group, list[Fact]], facts: Sequence[Fact]
) -> list[Fact]:
    """The facts without those that are part of a column which one side lacks: that column is told already."""
    common = _named(olds["column", table]).keys() & _named(news["column", table]).keys()
    return [fact for fact in facts if fact.column is None or fact.known_as(fact.column) in common]


def _named(facts: Sequence[Fact]) -> dict[str, Fact]:
    return {fact.key or "": fact for fact in facts}


def _compare_named(old: Sequence[Fact], new: Sequence[Fact], sides: Sides) -> Iterator[Difference]:
    """Facts that are the same when name and content are."""
    olds, news = _named(old), _named(new)
    for name in sorted(olds.keys() | news.keys()):
        yield from _compare(olds.get(name), news.get(name), sides)


def _compare_contents(
    old: Sequence[Fact], new: Sequence[Fact], explicit: frozenset[str], sides: Sides
) -> Iterator[Difference]:
    """Facts that are the same when the content is, and the name where it is explicit."""
    lefts, rights = list(old), list(new)
    # First by the names that count, then those that are equal in all, in content, and at least in name or subject.
    for left, right in _take_pairs(lefts, rights, lambda fact: fact.key if fact.key in explicit else None):
        yield from _compare(left, right, sides)
    _take_pairs(lefts, rights, lambda fact: (fact.key, fact.content))
    for left, right in _take_pairs(lefts, rights, lambda fact: fact.content):
        renamed = _renamed(left, right, explicit, sides)
        if sides.names or renamed.severity == "error":
            yield renamed
    for left, right in _take_pairs(lefts, rights, lambda fact: fact.key):
        yield _changed(left, right, sides)
    for left, right in _take_pairs(lefts, rights, lambda fact: fact.subject):
        yield _changed(left, right, sides)
    for left in lefts:
        yield from _one_sided(left, None, explicit, sides)
    for right in rights:
        yield from _one_sided(None, right, explicit, sides)


def _one_sided(old: Fact | None, new: Fact | None, explicit: frozenset[str], sides: Sides) -> Iterator[Difference]:
    """A fact that one side lacks; only told where it changes nothing."""
    fact = old or new
    if fact is None or not fact.idle or fact.key in explicit:
        yield from _compare(old, new, sides)
    elif sides.names:
        shown = [None if each is None else each.shown for each in (old, new)]
        side = sides.second if old is None else sides.first
        sentence = f"{_sentence(fact)} is there in the {side} alone; {fact.idle}."
        yield Difference("info", fact.kind, fact.table, _title(fact), shown[0], shown[1], sentence)


def _title(fact: Fact) -> str:
    return fact.name or dict(fact.content)["definition"]


def _take_pairs(lefts: list[Fact], rights: list[Fact], key: Callable[[Fact], Hashable]) -> list[tuple[Fact, Fact]]:
    """Takes out of both lists the pairs with the same key, one for one; facts whose key is None stay."""
    waiting: dict[Hashable, list[Fact]] = defaultdict(list)
    for right in rights:
        waiting[key(right)].append(right)
    pairs = []
    for left in list(lefts):
        if key(left) is not None and waiting[key(left)]:
            right = waiting[key(left)].pop(0)
            lefts.remove(left)
            rights.remove(right)
            pairs.append((left, right))
    return pairs


def _compare(old: Fact | None, new: Fact | None, sides: Sides) -> Iterator[Difference]:
    if old is not None and new is not None:
        if old.content != new.content:
            yield _changed(old, new, sides)
    elif old is not None:
        sentence = sides.lacks.format(what=old.label)
        yield Difference("error", old.kind, old.table, _title(old), old.shown, None, sentence)
    elif new is not None:
        sentence = sides.has.format(what=new.label)
        yield Difference("error", new.kind, new.table, _title(new), None, new.shown, sentence)


def _changed(old: Fact, new: Fact, sides: Sides) -> Difference:
    """The same name with another content; the sentence tells the aspects that are not the same."""
    before, after = dict(old.content), dict(new.content)
    aspects = [aspect for aspect in {**before, **after} if before.get(aspect) != after.get(aspect)]
    # The second witness speaks only when the text says nothing.
    told = [aspect for aspect in aspects if not aspect.endswith(WITNESS)] or aspects
    if told == ["definition"]:
        what = f"is defined in another way in the {sides.second}"
    elif told == ["type"] and old.stored_as is not None and old.stored_as == new.stored_as:
        what = (
            f"is declared as {after['type']} in the {sides.second} and as {before['type']} in the {sides.first}; the engine stores "
            f"both alike, and the key that it points at is what the {sides.second} says"
        )
        return Difference("info", old.kind, old.table, _title(old), old.shown, new.shown, f"{_sentence(old)} {what}.")
    else:
        pairs = (f"{aspect}: {before.get(aspect, 'none')} -> {after.get(aspect, 'none')}" for aspect in told)
        what = sides.differs.format(pairs="; ".join(pairs))
    severity: Severity = "info" if any(set(told) <= aged for aged in sides.aged) else "error"
    return Difference(severity, old.kind, old.table, _title(old), old.shown, new.shown, f"{_sentence(old)} {what}.")


def _sentence(fact: Fact) -> str:
    """Its label at the beginning of a sentence."""
    return f"{fact.label[0].upper()}{fact.label[1:]}"


def _renamed(old: Fact, new: Fact, explicit: frozenset[str], sides: Sides) -> Difference:
    """The same content under another name: harmless only if no migration can ask for it by that name."""
    names = [fact.name or "(no name)" for fact in (old, new)]
    asked = any(fact.key in explicit for fact in (old, new))
    what = f"{_sentence(old)} is called {names[1]} in the {sides.second}"
    why = "; the migrations use the name." if asked else "; only the made-up name differs."
    severity: Severity = "error" if asked else "info"
    return Difference(severity, old.kind, old.table, _title(old), old.shown, new.shown, what + why)

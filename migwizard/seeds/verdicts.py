"""Facts decide: what each operation of the old history is, judged by what it did to an empty database."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from migwizard.proof.rowset import CONTENT_TYPES, PERMISSIONS
from migwizard.words.counting import count
from migwizard.words.things import called

Key = tuple[str, tuple[Any, ...]]
"""A row: table and primary key as stored."""

Thing = tuple[str, str]
"""A schema object: kind ("view", "trigger", "index", "table") and name."""

# AUTH_USER_MODEL names a model, as every migration that points at the user does; nothing depends on it.
_DEPENDS = re.compile(
    r"\bvendor\b"
    r"|\bsettings\.(?!AUTH_USER_MODEL\b)\w+|\bgetattr\(\s*settings\b"
    r"|\benviron\b|\bgetenv\b"
    # The alias is named in every using(); it decides something where it is compared.
    r"|\w*alias\s*(?:[!=]=|\bin\b|\bnot\s+in\b)"
    r"|\bos\.path\.(?:exists|isfile|isdir)\b|\.is_(?:file|dir)\(\)"
)
_SETTINGS_AS = re.compile(r"\bfrom\s+django\.conf\s+import\s+settings\s+as\s+(\w+)")


_PASSING = frozenset({"SET", "RESET", "LOCK", "LISTEN", "NOTIFY", "COMMENT", "ANALYZE", "VACUUM", "REINDEX"})
"""Statements that go with others: where those left nothing, these do not outlive them."""


_FILLS = "REFRESH"
"""The statement that stores the rows of a materialised view."""

_NUMBERED_ANEW = frozenset({CONTENT_TYPES, PERMISSIONS})
"""Django makes their rows after every migrate, also those that somebody deleted."""


class Verdict(StrEnum):
    """What an operation is, seen from an empty database."""

    SEED = "seed"
    """Rows of it remain at the end."""
    SCHEMA = "schema SQL"
    """Objects of it remain that no model declares."""
    BOTH = "both"
    ONE_TIME = "one-time"
    """It leaves nothing."""
    ASK = "ask"
    """It did nothing here, but might elsewhere."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One operation with its verdict and the evidence for it."""

    id: str
    app: str
    migration: str
    facts: Mapping[str, Any]
    verdict: Verdict
    evidence: str
    keys: tuple[Key, ...] = ()
    """Rows that it made or changed and that are there at the end."""
    things: tuple[Thing, ...] = ()
    """Objects that it made and that the models alone would not bring."""
    contradiction: str | None = None
    depends: tuple[str, ...] = ()
    """What its code asks the settings, the environment or the connection for: elsewhere it may do something else."""


def own_source(facts: Mapping[str, Any]) -> str:
    """The text of the function that an operation runs."""
    return str((facts.get("code") or {}).get("source", ""))


def depends_on(code: str) -> tuple[str, ...]:
    """What code asks the settings, the environment, the connection or the disk for, as it is written."""
    for other in _SETTINGS_AS.findall(code):
        code = re.sub(rf"\b{other}\.", "settings.", code)
    return tuple(dict.fromkeys(found.group(0) for found in _DEPENDS.finditer(code)))


def judge(
    observations: Mapping[str, Any],
    *,
    made_anyway: Callable[[Key], bool],
    missing: Collection[Thing],
    code_of: Callable[[Mapping[str, Any]], str] = own_source,
    altered: Collection[Thing] = (),
) -> tuple[Judged, ...]:
    """Judge every operation of `observations` (as the agent's observer reports them), in the order they ran.

    `made_anyway` tells the rows that post_migrate makes in every database; `missing` are the objects that the old
    history has at its end and the new schema alone has not, `altered` those that it has in another way.
    `code_of` gives the code that an operation runs.
    """
    kept: dict[str, list[Key]] = {}
    for table, key, owners in observations["rows"]:
        for owner in owners:
            kept.setdefault(owner, []).append((table, tuple(key)))
    makers: dict[str, list[Thing]] = {}
    for kind, name, owner in observations["objects"]:
        if (kind, name) in missing:
            makers.setdefault(owner, []).append((kind, name))
    for facts in observations["operations"] if altered else ():
        changed = {(kind, name) for action, kind, name, _ in facts["schema"] if action in ("changed", "dropped")}
        makers.setdefault(facts["id"], []).extend(sorted(changed & set(altered) - set(makers.get(facts["id"], ()))))
    return tuple(
        _judge(facts, kept.get(facts["id"], []), tuple(makers.get(facts["id"], ())), made_anyway, code_of)
        for facts in observations["operations"]
    )


def _judge(
    facts: Mapping[str, Any],
    rows: Sequence[Key],
    things: tuple[Thing, ...],
    made_anyway: Callable[[Key], bool],
    code_of: Callable[[Mapping[str, Any]], str],
) -> Judged:
    runs_code = facts["kind"] in ("RunPython", "custom")
    depends = depends_on(f"{code_of(facts)}\n{facts.get('reaches', '')}") if runs_code else ()
    defined = _defined(facts, things)
    keys = tuple(key for key in rows if not made_anyway(key) and key[0] not in defined)
    if keys and things:
        verdict, evidence = Verdict.BOTH, f"{_rows(keys)}; {_things(things, facts)}"
    elif keys:
        verdict, evidence = Verdict.SEED, _rows(keys)
    elif things:
        verdict, evidence = Verdict.SCHEMA, _things(things, facts)
    else:
        verdict, evidence = _nothing_left(facts, bool(rows), depends)
    contradiction = None
    if facts["elidable"] and keys:
        contradiction = f"It is marked elidable, yet {count(len(keys), 'row of it remains', 'rows of it remain')}."
    return Judged(
        facts["id"], facts["app"], facts["migration"], facts, verdict, evidence, keys, things, contradiction, depends
    )


def _defined(facts: Mapping[str, Any], things: Collection[Thing]) -> set[str]:
    """The tables whose rows an operation changed by nothing but their definition, as a new column does, which it brings again."""
    if not facts.get("only_defines"):
        return set()
    return {name for action, kind, name, _ in facts["schema"] if action == "changed" and (kind, name) in things}


def _nothing_left(facts: Mapping[str, Any], only_made_anyway: bool, depends: Sequence[str]) -> tuple[Verdict, str]:
    if facts.get("noop"):
        return Verdict.ONE_TIME, "does nothing forwards"
    if facts.get("of_models"):
        return Verdict.ONE_TIME, "changes models or fields, which the new files do by themselves"
    outside = facts.get("outside") or {}
    if "handlers" in outside:
        name = outside["handlers"][1][0]
        return Verdict.ASK, f"connects a handler ({name}), which does its work after all migrations; keep it to be safe"
    if facts.get("sets_counter"):
        return Verdict.ASK, "sets the counter that gives rows their numbers, which no row shows"
    if facts.get("virtual"):
        return Verdict.ASK, f"writes into {', '.join(facts['virtual'])}, a virtual table, whose index no row shows"
    unseen = [] if facts["kind"] == "schema" else list(facts.get("unseen", ()))
    if _FILLS in unseen and _PASSING.issuperset({*unseen} - {_FILLS}):
        return Verdict.SEED, "fills a materialised view with what there is by then"
    if not _PASSING.issuperset(unseen):
        return Verdict.ASK, _unseen(unseen)
    if foreign := [table for table in facts.get("foreign", ()) if table not in _NUMBERED_ANEW]:
        return Verdict.ASK, f"deletes rows of {', '.join(foreign)}, which others make"
    if only_made_anyway:
        return Verdict.ONE_TIME, "only permissions and content types that Django makes after every migrate"
    if facts["rows"] or facts["schema"]:
        return Verdict.ONE_TIME, "what it made is gone again, or comes from the models, at the end of the old history"
    if unseen:
        return Verdict.ASK, _unseen(unseen)
    if facts["statements"] == 0 and outside:
        return Verdict.ASK, "ran no statement, but worked outside of the database"
    if facts["statements"] == 0:
        return Verdict.ASK, "ran no statement here; it may depend on the database, settings or environment"
    if depends:
        return Verdict.ASK, f"changed nothing here, but its source asks for {', '.join(depends)}"
    return Verdict.ONE_TIME, f"ran {count(facts['statements'], 'statement')} and changed nothing on an empty database"


def _unseen(kinds: Sequence[str]) -> str:
    return f"runs {', '.join(kinds)}, whose effect neither rows nor definitions show"


def _rows(keys: Sequence[Key]) -> str:
    counts: dict[str, int] = {}
    for table, _ in keys:
        counts[table] = counts.get(table, 0) + 1
    return "leaves " + ", ".join(f"{count(number, 'row')} in {table}" for table, number in sorted(counts.items()))


def _things(things: Sequence[Thing], facts: Mapping[str, Any]) -> str:
    gone = {(kind, name) for action, kind, name, _ in facts["schema"] if action == "dropped"}
    verbs = {
        "makes": [thing for thing in things if thing not in gone],
        "removes": [thing for thing in things if thing in gone],
    }
    said = {verb: ", ".join(called(*thing) for thing in named) for verb, named in verbs.items() if named}
    return "; ".join(f"{verb} {named}" for verb, named in said.items())

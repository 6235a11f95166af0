"""Old operations in a few words: what they are called, what they left, how they are kept, what overruling costs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from migwizard.seeds.rungs import Rung
from migwizard.seeds.verdicts import Key, Thing, Verdict
from migwizard.words.counting import count
from migwizard.words.things import called

WAYS = {
    Rung.MOVE: "moved",
    Rung.REWRITE: "rewritten",
    Rung.CARRY: "carried",
    Rung.MATERIALISE: "as rows",
    Rung.CATALOGUE: "as SQL",
    Rung.DROP: "",
}
"""How an operation is kept; empty where it is left out."""

_NOISE = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_SMALL = {"OR", "REPLACE", "IF", "NOT", "EXISTS", "INTO", "FROM", "TEMP", "TEMPORARY", "IGNORE"}
_LONGEST = 40


def title(facts: Mapping[str, Any], app: str, migration: str) -> str:
    """A short name: "shop.0004 load_rates", "shop.0007 CREATE VIEW stock"."""
    number = re.match(r"\d+", migration)
    return f"{app}.{number.group() if number else migration} {_name(facts)}"


def _name(facts: Mapping[str, Any]) -> str:
    if facts["kind"] == "RunPython":
        code = facts.get("code")
        return str(code["qualname"].rpartition(".")[2].strip("<>")) if code else "noop"
    if facts["kind"] == "RunSQL":
        text = "\n".join(facts.get("sql") or ()) or (facts.get("written") or {}).get("source", "")
        return _cut(_sql_name(text)) or "RunSQL"
    return _cut(str(facts["class"] if facts["kind"] == "custom" else facts["describe"]))


def _sql_name(text: str) -> str:
    """The first verb of a statement with its object: "CREATE VIEW stock", "INSERT shop_rate"."""
    words = re.findall(r"[\w.]+", _NOISE.sub(" ", text))
    words = [word for word in words[:8] if word.upper() not in _SMALL]
    some = 3 if words and words[0].upper() in ("CREATE", "DROP", "ALTER") else 2
    return " ".join(words[:some])


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def left(keys: Sequence[Key], things: Iterable[Thing]) -> str:
    """What is there at the end: "12 rows, 1 view"; empty for nothing."""
    kinds: dict[str, int] = {}
    for kind, _ in things:
        kinds[kind] = kinds.get(kind, 0) + 1
    parts = [count(len(keys), "row")] if keys else []
    return ", ".join([*parts, *(count(number, kind) for kind, number in sorted(kinds.items()))])


def left_so_far(rows: Mapping[str, Mapping[str, int]], schema: Iterable[Sequence[str]]) -> str:
    """What an operation did when it ran, before anybody knows what of it stays."""
    changes: dict[str, int] = {}
    for counts in rows.values():
        for change, number in counts.items():
            changes[change] = changes.get(change, 0) + number
    parts = [f"{count(number, 'row')} {change}" for change, number in sorted(changes.items())]
    return ", ".join([*parts, *(f"{kind} {action}" for action, kind, _ in schema)]) or "nothing"


def outside(facts: Mapping[str, Sequence[Any]]) -> str:
    """What an operation did outside of the database: "wrote 2 files (media/a, media/b) and sent 1 mail (Hello)"."""
    verbs = {
        "files": ("wrote", "file"),
        "mails": ("sent", "mail"),
        "tasks": ("queued", "task"),
        "programs": ("started", "program"),
        "connections": ("opened", "connection"),
    }
    parts = []
    for kind, (verb, noun) in verbs.items():
        if kind in facts:
            number, names = facts[kind]
            parts.append(f"{verb} {count(number, noun)} ({', '.join(names)}{', …' if number > len(names) else ''})")
    return " and ".join(parts)


def lost_outside(facts: Mapping[str, Any], rung: Rung | None) -> str:
    """What an operation did outside of the database that does not come along with the rows or objects kept of it."""
    return outside(facts.get("outside") or {}) if rung in (Rung.MATERIALISE, Rung.CATALOGUE) else ""


def by_table(keys: Iterable[Key]) -> str:
    """ "12 rows of shop_rate and 1 row of shop_unit"."""
    counts: dict[str, int] = {}
    for table, _ in keys:
        counts[table] = counts.get(table, 0) + 1
    return " and ".join(f"{count(number, 'row')} of {table}" for table, number in sorted(counts.items()))


def price(verdict: Verdict, keys: Sequence[Key], things: Iterable[Thing]) -> str:
    """What overruling the verdict costs."""
    if verdict is Verdict.ONE_TIME:
        return "Kept, it runs on every new database, after the tables are built; Proof shows what it changes there."
    if verdict is Verdict.ASK:
        return "Dropped, it never runs on a new database; on this engine it changed nothing."
    lost = [by_table(keys)] if keys else []
    lost += [called(*thing) for thing in things]
    if not lost:
        return "Dropped, views of new databases may hold something else; Proof shows that."
    return f"Dropped, new databases would lack {', '.join(lost)}; Proof shows that."


def source(facts: Mapping[str, Any]) -> str:
    """The text of the operation, as far as it can be read."""
    if facts["kind"] == "RunPython":
        parts = [facts.get("code"), facts.get("reverse")]
        return "\n\n".join(part["source"].rstrip() for part in parts if part and part["source"])
    if facts["kind"] == "RunSQL" and facts.get("sql"):
        return "\n\n".join(statement.strip() for statement in facts["sql"])
    return str((facts.get("written") or {}).get("source", ""))

"""What is kept of the verdicts: short facts for the checkpoint, and all that a person may read in a work file beside it.

Source text and rows stay out of the checkpoint; `seeds.json` can be computed again at any time.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from migwizard.engine.planning import precedence
from migwizard.engine.previews import SeedLine, SeedsPreview
from migwizard.engine.ride import Ride
from migwizard.engine.seeding import overrule, words
from migwizard.engine.states import State
from migwizard.engine.surviving import durable
from migwizard.seeds.compose import SeedMigration
from migwizard.seeds.rungs import Rung, is_plain
from migwizard.seeds.verdicts import Judged, Verdict
from migwizard.stored import parse
from migwizard.words.counting import count
from migwizard.words.databases import engine_name

FILE = "seeds.json"
SAMPLES = 3
"""So many rows of an operation are shown."""
WIDTH = 70

Tried = Mapping[str, Sequence[tuple[Rung, str]]]
"""By operation, the rungs that did not hold, with the reason."""


def record(judged: Judged, rung: Rung | None, reason: str | None, file: str) -> dict[str, Any]:
    """The facts of one operation for the checkpoint."""
    return {
        "app": judged.app,
        "operation": judged.id,
        "title": words.title(judged.facts, judged.app, judged.migration),
        "describe": judged.facts["describe"],
        "verdict": judged.verdict.value,
        "rung": rung.value if rung else None,
        "left": _left(judged),
        "evidence": judged.evidence,
        "contradiction": judged.contradiction,
        "reason": reason,
        "file": file,
        "lost_outside": words.lost_outside(judged.facts, rung),
        "price": price(judged),
        "depends": list(judged.depends) if judged.keys or judged.things else [],
    }


def _left(judged: Judged) -> str:
    if judged.verdict is Verdict.ASK and judged.facts["statements"] == 0:
        return "no statement ran"
    return words.left(judged.keys, judged.things) or "nothing"


def price(judged: Judged) -> str:
    """What overruling costs; empty where a verdict cannot be overruled."""
    facts = judged.facts
    if judged.verdict is Verdict.ONE_TIME:
        runs = facts.get("code") if facts["kind"] == "RunPython" else _statements(facts)
        if facts.get("noop") or not runs:
            return ""
    return words.price(judged.verdict, judged.keys, judged.things)


def _statements(facts: Mapping[str, Any]) -> bool:
    """Whether an operation can be written down again, with which it would come along."""
    return bool(facts.get("written")) or (facts["kind"] == "RunSQL" and is_plain_sql(facts))


def is_plain_sql(facts: Mapping[str, Any]) -> bool:
    """Whether its statements are known as text."""
    return bool(facts.get("sql"))


def details(judged: Judged, rung: Rung | None, tried: Tried, old: Mapping[str, Any]) -> dict[str, Any]:
    """What a person may read of one operation."""
    return {
        "source": words.source(judged.facts),
        "evidence": list(_evidence(judged, old)),
        "ladder": [list(step) for step in _ladder(judged, rung, tried.get(judged.id, ()))],
        "lines": [],
    }


def _evidence(judged: Judged, old: Mapping[str, Any]) -> Iterable[str]:
    facts = judged.facts
    engine = engine_name(old["catalogue"]["engine"], old["catalogue"]["version"])
    yield f"{judged.evidence[:1].upper()}{judged.evidence[1:]}."
    did = words.left_so_far(facts["rows"], [change[:3] for change in facts["schema"]])
    if did != "nothing":
        yield f"On an empty {engine} it ran {count(facts['statements'], 'statement')}: {did}."
    if judged.depends and (judged.keys or judged.things):
        yield f"Its code asks for {', '.join(judged.depends)}: where that says something else, it may leave something else."
    if outside := words.outside(facts.get("outside") or {}):
        yield f"Outside of the database it {outside}."
    if judged.contradiction:
        yield judged.contradiction
    elif facts["elidable"]:
        yield "Its author marked it elidable: it may be left out when migrations are joined."
    if facts.get("in_separate") is not None:
        yield "It stands inside a SeparateDatabaseAndState."
    yield from _samples(judged, old)


def _samples(judged: Judged, old: Mapping[str, Any]) -> Iterable[str]:
    """The first rows that it left, a few of each table."""
    for table in dict.fromkeys(table for table, _ in judged.keys):
        facts = old["rows"]["tables"].get(table)
        if facts is None or not facts["pk"]:
            continue
        keys = {key for other, key in judged.keys if other == table}
        places = [facts["columns"].index(column) for column in facts["pk"]]
        rows = [row for row in facts["rows"] if tuple(row[place] for place in places) in keys] if _plain(facts) else []
        if rows:
            yield f"Left in {table}:"
        for row in rows[:SAMPLES]:
            text = ", ".join("NULL" if value is None else str(value) for value in row)
            yield "  " + (text if len(text) <= WIDTH else text[: WIDTH - 1] + "…")
        if len(rows) > SAMPLES:
            yield f"  and {len(rows) - SAMPLES} more"


def _plain(facts: Mapping[str, Any]) -> bool:
    """Whether the keys of a table can be looked up."""
    places = [facts["columns"].index(column) for column in facts["pk"]]
    return not any(isinstance(row[place], dict) for row in facts["rows"] for place in places)


def _ladder(judged: Judged, rung: Rung | None, tried: Sequence[tuple[Rung, str]]) -> Iterable[tuple[str, str, str]]:
    """The ways of keeping an operation, the gentlest first."""
    failed = dict(tried)
    if rung is None or rung is Rung.DROP:
        for step, reason in failed.items():
            yield words.WAYS[step], "failed", reason
        return
    last = Rung.MATERIALISE if judged.keys else Rung.CATALOGUE
    first = Rung.CARRY if judged.facts.get("written") and not _moves(judged) else Rung.MOVE
    gentle = [first, *([Rung.REWRITE] if Rung.REWRITE in (rung, *failed) else [])]
    steps = gentle if judged.verdict in (Verdict.ASK, Verdict.ONE_TIME) else list(dict.fromkeys((*gentle, last)))
    reached = False
    for step in dict.fromkeys([*steps, rung]):
        if step is rung:
            reached = True
            yield words.WAYS[step], "passed", _passed(rung)
        elif reached:
            yield words.WAYS[step], "not needed", ""
        else:
            yield words.WAYS[step], "failed", failed.get(step) or _unsaid(judged, rung)


def _moves(judged: Judged) -> bool:
    return judged.facts["kind"] == "RunSQL" and is_plain(judged)


def _passed(rung: Rung) -> str:
    return {
        Rung.MOVE: "as its source has it, with all that it needs",
        Rung.REWRITE: "with the names that models and fields have today",
        Rung.CARRY: "the operation as Django writes it",
        Rung.MATERIALISE: "the rows themselves stand in the file",
        Rung.CATALOGUE: "the definition that the old database has at the end",
    }.get(rung, "")


def _unsaid(judged: Judged, rung: Rung) -> str:
    """Why a gentler way was not even tried."""
    if rung is Rung.CATALOGUE:
        return "what it made was changed later, or needs two places in the new history"
    if judged.facts.get("of_models"):
        return "it changes models or fields, which the new files do by themselves"
    return "it shares rows with an operation that is kept as rows"


def files_of(migrations: Iterable[SeedMigration]) -> dict[str, str]:
    """The seed file of each old operation."""
    return {
        operation: f"{migration.app}/{migration.name}"
        for migration in migrations
        for ids in migration.ids
        for operation in ids
    }


def write_details(ride: Ride, found: Mapping[str, dict[str, Any]], migrations: Sequence[SeedMigration]) -> None:
    """Keep the details, each with the lines of the seed file as it lies in staging."""
    for migration in migrations:
        path = ride.workplace.staging / migration.app / f"{migration.name}.py"
        for place, lines in enumerate(operation_lines(path.read_text(encoding="utf-8"), len(migration.ids))):
            for operation in migration.ids[place]:
                if operation in found:
                    found[operation]["lines"] = sorted({*map(tuple, found[operation]["lines"]), *lines})
    durable.write_file(ride.work / FILE, json.dumps(found).encode())


def operation_lines(text: str, count: int) -> list[list[tuple[int, int]]]:
    """The lines that belong to each of the last `count` operations of a migration: its own, and those of what it names."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return []
    bound: dict[str, ast.stmt] = {}
    entries: list[ast.expr] = []
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef) and statement.name == "Migration":
            entries = [item for each in statement.body for item in _entries(each)]
        elif isinstance(statement, ast.FunctionDef | ast.ClassDef):
            bound[statement.name] = statement
        elif isinstance(statement, ast.Assign):
            bound |= {target.id: statement for target in statement.targets if isinstance(target, ast.Name)}
    return [_reach(entry, bound) for entry in entries[-count:]] if len(entries) >= count > 0 else []


def _entries(statement: ast.stmt) -> list[ast.expr]:
    """The elements of `operations = [...]`."""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.List):
        return []
    named = any(isinstance(target, ast.Name) and target.id == "operations" for target in statement.targets)
    return list(statement.value.elts) if named else []


def _reach(entry: ast.AST, bound: Mapping[str, ast.stmt]) -> list[tuple[int, int]]:
    """The lines of an operation and of every definition that it leads to."""
    seen: list[ast.AST] = [entry]
    for node in seen:
        for name in ast.walk(node):
            if isinstance(name, ast.Name) and name.id in bound and bound[name.id] not in seen:
                seen.append(bound[name.id])
    return sorted({_span(node) for node in seen})


def _span(node: Any) -> tuple[int, int]:
    first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
    return first, node.end_lineno


def preview(ride: Ride, records: Iterable[Mapping[str, Any]], found: Mapping[str, Any]) -> SeedsPreview:
    """What a screen shows of the verdicts in `records`, with the details in `found`."""
    result = ride.checkpoint.results.get(State.SEEDS, {})
    lines = tuple(_line(ride, item, found.get(item["operation"], {})) for item in records)
    names = dict.fromkeys([*(name.removesuffix(".py") for name in result.get("files", ()))])
    return SeedsPreview(
        seeds=lines,
        objects=tuple((item["kind"], item["name"], item["from"]) for item in result.get("objects", ())),
        files=tuple(file for name in names if (file := _file(ride, name)) is not None),
        open=tuple(line.id for line in lines if line.verdict == Verdict.ASK and not line.decided),
        faster=precedence.in_words(result.get(precedence.KEY)),
    )


def _line(ride: Ride, item: Mapping[str, Any], found: Mapping[str, Any]) -> SeedLine:
    decision = ride.checkpoint.decisions.get(overrule.question_id(item["operation"]))
    evidence = found.get("evidence") or [f"{item['evidence']}."]
    return SeedLine(
        id=item["operation"],
        app=item["app"],
        describe=item.get("title") or item["describe"],
        verdict=item["verdict"],
        left=item.get("left", ""),
        how=words.WAYS[Rung(item["rung"])] if item["rung"] else "",
        evidence="\n".join(evidence),
        reason=item.get("reason") or "",
        source=found.get("source", ""),
        file=item.get("file", ""),
        decided=decision.choice if decision else "",
        price=item.get("price", ""),
        ladder=tuple((str(way), str(state), str(why)) for way, state, why in found.get("ladder", ())),
        lines=tuple((int(first), int(last)) for first, last in found.get("lines", ())),
    )


def _file(ride: Ride, name: str) -> tuple[str, str, str] | None:
    """A seed file: in staging, and after Apply in the tree."""
    app, _, module = name.partition("/")
    places = [ride.workplace.staging / app / f"{module}.py"]
    if app in ride.checkpoint.folders:
        places.append(ride.project.root / ride.checkpoint.folders[app] / f"{module}.py")
    path = next((place for place in places if place.is_file()), None)
    return (name, str(path), path.read_text(encoding="utf-8")) if path else None


def read_details(ride: Ride) -> dict[str, Any]:
    """The kept details; nothing where somebody removed them."""
    try:
        found = parse((ride.work / FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}

"""Which lines of what makemigrations would write alone belong to a part that waits: read from the syntax tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from migwizard.engine.previews import Waiting

SETTING = "__setting__"
_OPTIONS = {
    "AlterUniqueTogether": "unique_together",
    "AlterIndexTogether": "index_together",
    "AlterOrderWithRespectTo": "order_with_respect_to",
}
_LISTED = ("indexes", "constraints")

Span = tuple[int, int]
"""First and last line, from 1."""


def split_lines(text: str) -> list[str]:
    """Lines as Python counts them; a form feed ends none."""
    lines = re.split(r"\r\n|\r|\n", text)
    return lines[:-1] if lines and not lines[-1] else lines


@dataclass(slots=True)
class Outline:
    """Where in a migration the parts of its operations stand."""

    parts: dict[str, Span] = field(default_factory=dict)
    wholes: list[tuple[Span, tuple[str, ...]]] = field(default_factory=list)
    """Spans around parts: a dict of options goes when all in it goes."""
    dependencies: dict[tuple[str, str], Span] = field(default_factory=dict)


def outline(text: str) -> Outline:
    """The outline of a migration's text; an empty one where it cannot be parsed."""
    found = Outline()
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return found
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == "Migration":
            _class(found, node)
    return found


def waiting_lines(text: str, waiting: Sequence[Waiting], kept: Outline) -> tuple[dict[int, int], set[str]]:
    """The owner (its number in `waiting`) of each line that waits, by line from 0, and the parts that have lines.

    `kept` is the outline of what was written: a dependency that is there too does not wait.
    """
    here = outline(text)
    owners = {part: number for number, item in enumerate(waiting) for part in item.parts}
    spans = [(span, owners[part]) for part, span in here.parts.items() if part in owners]
    for span, inside in here.wholes:
        if inside and all(part in owners for part in inside):
            spans.append((span, owners[inside[0]]))
    for key, span in here.dependencies.items():
        owner = None if key in kept.dependencies else _awaited_by(key, waiting)
        if owner is not None:
            spans.append((span, owner))
    lines: dict[int, int] = {}
    # What lies inside of something else that waits has an owner of its own.
    for (first, last), owner in sorted(spans, key=lambda item: item[0][0] - item[0][1]):
        lines.update(dict.fromkeys(range(first - 1, last), owner))
    return lines, {part for part in here.parts if part in owners}


def _awaited_by(key: tuple[str, str], waiting: Sequence[Waiting]) -> int | None:
    """The part that waits for the app, or the swappable model, that a dependency names."""
    app, name = key
    for number, item in enumerate(waiting):
        if (name in item.settings) if app == SETTING else (app in item.waits_for):
            return number
    return None


def _class(found: Outline, migration: ast.ClassDef) -> None:
    for statement in migration.body:
        if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.List):
            continue
        names = {target.id for target in statement.targets if isinstance(target, ast.Name)}
        if "dependencies" in names:
            for element in statement.value.elts:
                key = _dependency(element)
                if key is not None:
                    found.dependencies[key] = _span(element)
        if "operations" in names:
            for element in statement.value.elts:
                _operation(found, element)


def _dependency(node: ast.expr) -> tuple[str, str] | None:
    if isinstance(node, ast.Tuple) and len(node.elts) == 2:
        app, name = (_text(item) for item in node.elts)
        return (app, name) if app and name else None
    if isinstance(node, ast.Call) and _name(node) == "swappable_dependency" and node.args:
        argument = node.args[0]
        return (SETTING, argument.attr) if isinstance(argument, ast.Attribute) else None
    return None


def _operation(found: Outline, node: ast.expr) -> None:
    if not isinstance(node, ast.Call):
        return
    kind, keywords = _name(node), {keyword.arg: keyword.value for keyword in node.keywords}
    if kind == "SeparateDatabaseAndState":
        for element in _elements(keywords.get("state_operations")):
            _operation(found, element)
        return
    model = _text(keywords.get("model_name") or keywords.get("name")).lower()
    if kind == "CreateModel":
        found.parts[f"{model} model"] = _span(node)
        for element in _elements(keywords.get("fields")):
            if isinstance(element, ast.Tuple) and element.elts:
                found.parts[f"{model} field {_text(element.elts[0])}"] = _span(element)
        for keyword in node.keywords:
            if keyword.arg == "options" and isinstance(keyword.value, ast.Dict):
                inside = [part for part, _ in _options(found, model, keyword.value)]
                found.wholes.append((_span(keyword), tuple(inside)))
    elif kind == "AddField":
        found.parts[f"{model} field {_text(keywords.get('name'))}"] = _span(node)
    elif kind in ("AddIndex", "AddConstraint"):
        key, argument = ("indexes", "index") if kind == "AddIndex" else ("constraints", "constraint")
        found.parts[f"{model} {key} {_named(keywords.get(argument))}"] = _span(node)
    elif kind in _OPTIONS:
        found.parts[f"{model} {_OPTIONS[kind]}"] = _span(node)


def _options(found: Outline, model: str, options: ast.Dict) -> Iterator[tuple[str, Span]]:
    """The parts in the options of a model; what is no part of its own is given a name that nobody waits for."""
    for key, value in zip(options.keys, options.values, strict=True):
        name = _text(key)
        entry = (key.lineno if key else value.lineno, value.end_lineno or value.lineno)
        if name in _LISTED:
            members = [(f"{model} {name} {_named(item)}", _span(item)) for item in _elements(value)]
            found.parts.update(members)
            found.wholes.append((entry, tuple(part for part, _ in members)))
            yield from members
        else:
            found.parts[f"{model} {name}"] = entry
            yield f"{model} {name}", entry


def _elements(node: ast.expr | None) -> list[ast.expr]:
    return node.elts if isinstance(node, (ast.List, ast.Tuple)) else []


def _named(node: ast.expr | None) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return _text({keyword.arg: keyword.value for keyword in node.keywords}.get("name"))


def _name(call: ast.Call) -> str:
    function = call.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _span(node: ast.expr | ast.keyword) -> Span:
    return node.lineno, node.end_lineno or node.lineno

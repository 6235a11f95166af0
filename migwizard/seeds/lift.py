"""Lift operations out of the class Migration, so that each can be moved with what it needs of its module.

The text of the old migration stays as it is; what is lifted is appended as ordinary statements of the module. So a
lambda, a partial, a factory's call or a function of the class itself moves like any function with a name.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from migwizard.seeds.extract import CannotMove
from migwizard.seeds.layout import dedented
from migwizard.seeds.locate import argument, find_operation, last_word, migration_class
from migwizard.seeds.spell import replaced

OPERATION = "operation_at_"
"""A lifted operation is bound to this and its path: ``operation_at_2_0``."""

NONE = "it had no way back"
LOST = "its way back cannot be moved"


@dataclass(frozen=True, slots=True)
class Lifted:
    """One operation as an expression of its module; ``members`` are the statements of the class that it needs."""

    name: str
    source: str
    members: tuple[str, ...] = ()
    no_way_back: str = ""
    """Why going back does nothing where a way back was put in."""

    @property
    def statement(self) -> str:
        """The assignment that stands for the operation in the module."""
        return f"{self.name} = {self.source}\n"


def lift(source: str, facts: Mapping[str, Any], count: int, *, go_back: bool = True) -> Lifted | None:
    """The operation as it stands in its list; None where the source does not show it.

    A RunPython that cannot be taken back gets a way back that does nothing; so does every other one without `go_back`.
    Raises CannotMove where what it needs of the class cannot stand in the module.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    node = find_operation(tree, facts, count)
    if node is None:
        return None
    text = _text(source, node)
    why = ""
    if facts["kind"] == "RunPython" and not (facts["has_reverse"] and go_back):
        with_way = _with_way_back(text)
        if with_way is None and not go_back:
            return None
        if with_way is not None:
            text, why = with_way, LOST if facts["has_reverse"] else NONE
    members = _members(source, tree, ast.parse(f"({text}\n)", mode="eval"))
    return Lifted(OPERATION + facts["path"].replace(".", "_"), text, members, why)


def lifted_source(source: str, operations: Iterable[Lifted]) -> str:
    """The module with the operations as its last statements, in place of what its class Migration holds."""
    operations = list(operations)
    owner = migration_class(ast.parse(source)) if operations else None
    source = replaced(source, [(owner, "class Migration: ...")]) if owner else source
    members = dict.fromkeys(member for each in operations for member in each.members)
    return "\n".join([source.rstrip("\n") + "\n", *members, *(each.statement for each in operations)])


def _text(source: str, node: ast.expr) -> str:
    """The expression, as if it stood at the left margin."""
    text = ast.get_source_segment(source, node) or ast.unparse(node)
    line = source.split("\n")[node.lineno - 1]
    text = dedented(text, len(line) - len(line.lstrip()))
    try:
        ast.parse(text, mode="eval")
    except SyntaxError:
        return f"(\n{text}\n)"
    return text


def _with_way_back(text: str) -> str | None:
    """The call with a way back that does nothing; None where it is no plain call of RunPython."""
    call = ast.parse(text, mode="eval").body
    if not isinstance(call, ast.Call) or last_word(call.func) != "RunPython" or argument(call, 0, "code") is None:
        return None
    noop = f"{ast.get_source_segment(text, call.func)}.noop"
    reverse = argument(call, 1, "reverse_code")
    if reverse is not None:
        return replaced(text, [(reverse, noop)])
    last = max(
        [*call.args, *(each.value for each in call.keywords)], key=lambda node: (node.end_lineno, node.end_col_offset)
    )
    named = f"reverse_code={noop}" if call.keywords else noop
    return replaced(text, [(last, f"{ast.get_source_segment(text, last)}, {named}")])


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _members(source: str, tree: ast.Module, expression: ast.AST) -> tuple[str, ...]:
    """The statements of the class Migration whose names an expression in it reads, in source order."""
    owner = migration_class(tree)
    statements = owner.body if owner else []
    bound = [(_bound(each), each) for each in statements]
    wanted, chosen = _names(expression), set[int]()
    while new := {n for n, (names, _) in enumerate(bound) if n not in chosen and names & wanted}:
        chosen |= new
        # A function's body does not see the class around it.
        wanted = wanted.union(*(_names(part) for n in new for part in _evaluated(bound[n][1])))
    outside = {name for each in tree.body for name in _bound(each)}
    for name in sorted({name for number in chosen for name in bound[number][0]} & outside):
        raise CannotMove(f"`{name}` is a name of the class Migration and of its module.")
    return tuple(_member(source, bound[number][1]) for number in sorted(chosen))


def _bound(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    targets: Sequence[ast.expr] = ()
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign | ast.AugAssign):
        targets = [statement.target]
    names = {name for target in targets for name in _names(target)}
    return names - {"operations", "dependencies", "replaces", "run_before", "initial", "atomic"}


def _evaluated(statement: ast.stmt) -> list[ast.AST]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return [*statement.decorator_list, statement.args]
    return [statement]


def _member(source: str, statement: ast.stmt) -> str:
    """A statement of the class as a statement of a module; a static method is a function there."""
    decorators = list(getattr(statement, "decorator_list", ()))
    lines = source.split("\n")
    start = min([statement.lineno, *(each.lineno for each in decorators)])
    static = {each.lineno for each in decorators if last_word(each) == "staticmethod"}
    kept = [lines[number - 1] for number in range(start, (statement.end_lineno or start) + 1) if number not in static]
    return dedented("\n".join(kept), statement.col_offset) + "\n"

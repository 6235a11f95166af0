"""Find the expression that makes an operation in the source of its migration."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Elements = list[ast.expr]


def migration_class(tree: ast.Module) -> ast.ClassDef | None:
    """The class Migration of a module."""
    found = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Migration"]
    return found[-1] if found else None


def find_operation(tree: ast.Module, facts: Mapping[str, Any], count: int) -> ast.expr | None:
    """The element of the list of operations that stands at the path of an observed operation.

    `count` is the number of operations that the loaded migration has: a list of another length is not the one that was
    used. None where the list is computed, where several lists fit, or where another operation stands at that place.
    """
    owner = migration_class(tree)
    if owner is None:
        return None
    lists = [
        elements
        for value in _values(owner.body, "operations")
        for elements in _alternatives(value, tree, owner)
        if len(elements) == count
    ]
    found = [_follow(elements, facts["path"].split("."), tree, owner) for elements in lists]
    if not found or any(node is None for node in found) or len({ast.dump(node) for node in found if node}) > 1:
        return None
    return found[0] if found[0] is not None and _fits(found[0], facts) else None


def last_word(node: ast.expr) -> str:
    """``c`` of the expression ``a.b.c``."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _follow(
    elements: Sequence[ast.expr], path: Sequence[str], tree: ast.Module, owner: ast.ClassDef
) -> ast.expr | None:
    """The element at a path whose further numbers lead into a SeparateDatabaseAndState."""
    index, *rest = path
    element = elements[int(index)] if int(index) < len(elements) else None
    if not rest or element is None:
        return element
    if not isinstance(element, ast.Call) or last_word(element.func) != "SeparateDatabaseAndState":
        return None
    inner = argument(element, 0, "database_operations")
    lists = list(_alternatives(inner, tree, owner)) if inner is not None else []
    return _follow(lists[0], rest, tree, owner) if len(lists) == 1 else None


def argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    """An argument by its position or its name; None where it is absent, or where stars hide what is what."""
    if any(isinstance(each, ast.Starred) for each in call.args) or any(each.arg is None for each in call.keywords):
        return None
    if position < len(call.args):
        return call.args[position]
    return next((each.value for each in call.keywords if each.arg == name), None)


def _fits(node: ast.expr, facts: Mapping[str, Any]) -> bool:
    """Whether nothing says that this expression makes another operation than the one that was observed."""
    if not isinstance(node, ast.Call):
        return isinstance(node, ast.Name | ast.Attribute)
    if (
        last_word(node.func) in ("RunPython", "RunSQL", "SeparateDatabaseAndState")
        and last_word(node.func) != facts["class"]
    ):
        return False
    code = facts.get("code")
    forwards = argument(node, 0, "code")
    if code is None or not code["named"] or not isinstance(forwards, ast.Name) or facts["kind"] != "RunPython":
        return True
    # What an import renames, and what a class holds, has another name here.
    return forwards.id == code["qualname"] or not code["module"].endswith(f".{facts.get('migration')}")


def _values(body: Sequence[ast.stmt], name: str) -> Iterator[ast.expr]:
    """What is assigned to a name in a block and in the branches of its ifs and tries."""
    for statement in body:
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            if statement.value is not None and any(last_word(target) == name for target in targets):
                yield statement.value
        elif isinstance(statement, ast.If | ast.Try):
            for block in (
                statement.body,
                *(each.body for each in getattr(statement, "handlers", ())),
                statement.orelse,
            ):
                yield from _values(block, name)


def _alternatives(value: ast.expr, tree: ast.Module, owner: ast.ClassDef, depth: int = 0) -> Iterator[Elements]:
    """The lists that an expression may be, as far as they stand in the source; none for what is computed."""
    if depth > 9:
        return
    if isinstance(value, ast.List | ast.Tuple):
        yield from _joined(value.elts, tree, owner, depth)
    elif isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        for left in _alternatives(value.left, tree, owner, depth + 1):
            for right in _alternatives(value.right, tree, owner, depth + 1):
                yield [*left, *right]
    elif isinstance(value, ast.IfExp):
        yield from _alternatives(value.body, tree, owner, depth + 1)
        yield from _alternatives(value.orelse, tree, owner, depth + 1)
    elif isinstance(value, ast.Name):
        for each in [*_values(owner.body, value.id), *_values(tree.body, value.id)]:
            yield from _alternatives(each, tree, owner, depth + 1)


def _joined(elements: Sequence[ast.expr], tree: ast.Module, owner: ast.ClassDef, depth: int) -> Iterator[Elements]:
    """A list with what its stars bring."""
    lists: list[Elements] = [[]]
    for element in elements:
        if isinstance(element, ast.Starred):
            inner = list(_alternatives(element.value, tree, owner, depth + 1))
            lists = [[*before, *each] for before in lists for each in inner]
        else:
            lists = [[*before, element] for before in lists]
    yield from lists

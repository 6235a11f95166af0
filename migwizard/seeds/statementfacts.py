"""What one top-level statement mentions and changes, as far as its text alone tells.

Imports libcst: only modules that are imported late themselves import this one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields

import libcst as cst

_SPACE = re.compile("whitespace|lines|header|footer|^indent$|^newline$|^comma$|^semicolon$|^[lr]par$")
"""Attributes that hold space, comments and signs, which say nothing."""
BUILDS = (cst.Call, cst.List, cst.Dict, cst.Set, cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """The facts of one statement, nested blocks and functions included."""

    nodes: frozenset[cst.CSTNode]
    mentions: frozenset[str]
    """Imported modules and members, and strings that could name one; dotted, relative ones with their dots."""
    captures: frozenset[str]
    """Names bound by ``match`` patterns and ``:=``, which libcst's scopes do not know."""
    changes: frozenset[str]
    """Names whose objects running the statement changes: ``X.append(1)``, ``X["a"] = 1``, ``f(X)``, ``del X``."""
    star: bool
    declares_global: bool
    builds_at_import: bool
    """Whether running it calls something or builds a list, dict or set: two such objects are never one."""

    @classmethod
    def of(cls, statement: cst.CSTNode) -> StatementFacts:
        """Read a statement."""
        nodes, running = list(walk(statement)), list(_run(statement))
        return cls(
            frozenset(nodes),
            frozenset(name for node in nodes for name in _mentions(node)),
            frozenset(name for node in nodes for name in _captures(node)),
            frozenset(name for node in running for name in _changes(node)),
            any(isinstance(node, cst.ImportStar) for node in nodes),
            any(isinstance(node, cst.Global) for node in nodes),
            any(isinstance(node, (*BUILDS, cst.Decorator)) for node in running),
        )


def walk(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The node and all nodes below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The nodes directly below a node in source order, but for the space around them; `node.children` copies for that."""
    for name in _holding(node):
        held = getattr(node, name)
        if isinstance(held, cst.CSTNode):
            yield held
        elif isinstance(held, list | tuple):
            yield from (each for each in held if isinstance(each, cst.CSTNode))


_HOLDING: dict[type[cst.CSTNode], tuple[str, ...]] = {}


def _holding(node: cst.CSTNode) -> tuple[str, ...]:
    """The attributes of its kind of nodes that hold others, in the order in which libcst visits them."""
    if type(node) not in _HOLDING:
        node.visit(order := _Order())
        # libcst passes some over that this one node has not.
        names = dict.fromkeys([*order.names, *(each.name for each in fields(node))])
        _HOLDING[type(node)] = tuple(name for name in names if not _SPACE.search(name))
    return _HOLDING[type(node)]


class _Order(cst.CSTVisitor):
    """Notes the attributes of the node that it visits, and goes no deeper."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self._node: cst.CSTNode | None = None

    def on_visit(self, node: cst.CSTNode) -> bool:
        is_first, self._node = self._node is None, self._node or node
        return is_first

    def on_visit_attribute(self, node: cst.CSTNode, attribute: str) -> None:
        if node is self._node:
            self.names.append(attribute)


def _run(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Like ``walk``, without the bodies of functions: what happens when the module is imported."""
    yield node
    late = node.body if isinstance(node, cst.FunctionDef | cst.Lambda) else None
    for child in children(node):
        if child is not late:
            yield from _run(child)


def root_node(node: cst.CSTNode) -> cst.Name | None:
    """The node of ``a`` in the expression ``a.b().c[0]``, None where no name stands at its beginning."""
    while True:
        if isinstance(node, cst.Attribute | cst.Subscript):
            node = node.value
        elif isinstance(node, cst.Call):
            node = node.func
        else:
            return node if isinstance(node, cst.Name) else None


def root_name(node: cst.CSTNode) -> str | None:
    """The name at the beginning of an expression."""
    name = root_node(node)
    return name.value if name else None


def _mentions(node: cst.CSTNode) -> Iterator[str]:
    if isinstance(node, cst.SimpleString) and isinstance(node.evaluated_value, str):
        yield node.evaluated_value
    elif isinstance(node, cst.Import):
        yield from (alias.evaluated_name for alias in node.names)
    elif isinstance(node, cst.ImportFrom):
        dotted = (cst.Module([]).code_for_node(node.module) if node.module else "").replace(" ", "")
        module = "." * len(node.relative) + dotted
        yield module
        if not isinstance(node.names, cst.ImportStar):
            separator = "" if module.endswith(".") else "."
            yield from (f"{module}{separator}{alias.evaluated_name}" for alias in node.names)


def _captures(node: cst.CSTNode) -> Iterator[str]:
    if isinstance(node, cst.MatchAs | cst.MatchStar) and node.name:
        yield node.name.value
    elif isinstance(node, cst.MatchMapping) and node.rest:
        yield node.rest.value
    elif isinstance(node, cst.NamedExpr) and isinstance(node.target, cst.Name):
        yield node.target.value


def _changes(node: cst.CSTNode) -> Iterator[str]:
    changed: list[cst.CSTNode] = []
    if isinstance(node, cst.AssignTarget | cst.AnnAssign | cst.AugAssign):
        # A plain name on the left is bound, not changed: the scopes know it.
        changed = [part for part in _elements(node.target) if not isinstance(part, cst.Name)]
    elif isinstance(node, cst.Del):
        changed = list(_elements(node.target))
    elif isinstance(node, cst.Expr) and isinstance(node.value, cst.Call):
        changed = [node.value, *(arg.value for arg in node.value.args)]
    yield from (name for part in changed if (name := root_name(part)))


def _elements(target: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """The single targets of ``(a, b.c), d[0] = ...``."""
    if isinstance(target, cst.Tuple | cst.List):
        for element in target.elements:
            yield from _elements(element.value)
    else:
        yield target

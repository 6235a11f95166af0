"""A module as a list of top-level statements, with the global names that each binds, uses and changes.

Imports libcst: only the functions that need it import this module.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import libcst as cst
from libcst.metadata import (
    Assignment,
    BuiltinAssignment,
    ExpressionContext,
    ExpressionContextProvider,
    GlobalScope,
    Scope,
    ScopeProvider,
)
from libcst.metadata.expression_context_provider import ExpressionContextVisitor
from libcst.metadata.scope_provider import ScopeVisitor

from migwizard.seeds.imports import Import, parse_imports
from migwizard.seeds.pieces import Piece
from migwizard.seeds.statementfacts import StatementFacts, children, root_name

TopLevel = cst.SimpleStatementLine | cst.BaseCompoundStatement


@dataclass(frozen=True, slots=True)
class Statement:
    """One top-level statement and its part in the module's global scope."""

    node: TopLevel
    imports: tuple[Import, ...]
    """The bindings, when the line holds nothing but imports."""
    binds: tuple[str, ...]
    """Global names bound here."""
    uses: frozenset[str]
    """Global names read anywhere inside, dotted (``a.b``) where an ``import a.b`` answers for them."""
    builtins: frozenset[str]
    unknown: frozenset[str]
    """Names read inside that neither the module nor Python defines."""
    facts: StatementFacts

    @property
    def roots(self) -> frozenset[str]:
        """``uses`` without what follows the first dot."""
        return frozenset(name.partition(".")[0] for name in self.uses)

    @property
    def is_definition(self) -> bool:
        return isinstance(self.node, cst.FunctionDef | cst.ClassDef)


@dataclass(frozen=True, slots=True)
class ModuleScope:
    """A parsed module; ``star`` tells whether ``import *`` may bind names that nobody sees."""

    text: str
    tree: cst.Module
    statements: tuple[Statement, ...]
    scope: GlobalScope
    star: bool

    def piece(self, statement: Statement, node: TopLevel | None = None) -> Piece:
        """The statement with the comments above it; ``node`` replaces its own node where that was rewritten."""
        node = node or statement.node
        lines = list(node.leading_lines)
        if statement is self.statements[0]:
            lines = [*_last_paragraph(self.tree.header), *lines]
        blank = bool(lines) and lines[0].comment is None
        while lines and lines[0].comment is None:
            del lines[0]
        text = self.tree.code_for_node(node.with_changes(leading_lines=lines))
        return Piece(text.rstrip("\n") + "\n", statement.is_definition, blank)


def _last_paragraph(lines: Sequence[cst.EmptyLine]) -> list[cst.EmptyLine]:
    """What stands directly above the first statement; the file's own heading is set apart by a blank line."""
    blanks = [number for number, line in enumerate(lines) if line.comment is None]
    return list(lines[blanks[-1] + 1 :]) if blanks else list(lines)


# The same old migrations are asked for again for each operation, helper and rung; trees are large and are not changed.
@lru_cache(maxsize=64)
def read_module(source: str) -> ModuleScope:
    """Parse a module and resolve its names; libcst.ParserSyntaxError when it is no Python that libcst knows."""
    source = source.removeprefix("\ufeff").replace("\r\n", "\n")
    tree = cst.parse_module(source)
    scopes = _Scopes(tree).found
    found = [StatementFacts.of(node) for node in tree.body]
    owner = {node: number for number, facts in enumerate(found) for node in facts.nodes}
    resolved = _Resolved(len(found))
    # An empty module has no scope at all.
    scope = next((scope for scope in scopes if isinstance(scope, GlobalScope)), None) or GlobalScope()
    resolved.read_global(scope, owner)
    resolved.read_accesses(scopes, owner, found)
    statements = tuple(
        Statement(
            node,
            _only_imports(tree, node),
            tuple(resolved.binds[number]),
            frozenset(resolved.uses[number]),
            frozenset(resolved.builtins[number]),
            frozenset(resolved.unknown[number]),
            found[number],
        )
        for number, node in enumerate(tree.body)
    )
    return ModuleScope(source, tree, statements, scope, any(facts.star for facts in found))


class _InPlace(cst.CSTVisitor):
    """Goes below a node by itself: libcst makes copies of all nodes on its way, and visits the space between them."""

    def on_visit(self, node: cst.CSTNode) -> bool:
        if super().on_visit(node):
            for child in children(node):
                child.visit(self)
        return False


class _ContextVisitor(_InPlace, ExpressionContextVisitor):
    pass


class _ScopeVisitor(_InPlace, ScopeVisitor):
    pass


class _Scopes(ScopeProvider):
    """The scopes of a module. A MetadataWrapper finds the same, but goes through the tree twice more for it."""

    def __init__(self, tree: cst.Module) -> None:
        super().__init__()
        self._contexts, self._by_node = ExpressionContextProvider(), dict[cst.CSTNode, Scope | None]()
        tree.visit(_ContextVisitor(self._contexts, ExpressionContext.LOAD))
        visitor = _ScopeVisitor(self)
        tree.visit(visitor)
        visitor.infer_accesses()

    @property
    def found(self) -> dict[Scope, None]:
        return {scope: None for scope in self._by_node.values() if scope is not None}

    def get_metadata(self, key: Any, node: cst.CSTNode, default: Any = None) -> Any:
        return self._contexts.get_metadata(key, node, default)

    def set_metadata(self, node: cst.CSTNode, value: Any) -> None:
        self._by_node[node] = value


class _Resolved:
    """What libcst's scope analysis says, sorted by top-level statement."""

    def __init__(self, count: int) -> None:
        self.binds: list[dict[str, None]] = [{} for _ in range(count)]
        self.uses: list[set[str]] = [set() for _ in range(count)]
        self.builtins: list[set[str]] = [set() for _ in range(count)]
        self.unknown: list[set[str]] = [set() for _ in range(count)]

    def read_global(self, scope: GlobalScope, owner: Mapping[cst.CSTNode, int]) -> None:
        for assignment in scope.assignments:
            if isinstance(assignment, Assignment) and assignment.node in owner:
                self.binds[owner[assignment.node]].setdefault(assignment.name.partition(".")[0])
            for access in assignment.references:
                if access.node in owner:
                    self.uses[owner[access.node]].add(assignment.name)

    def read_accesses(
        self, scopes: Iterable[Scope], owner: Mapping[cst.CSTNode, int], found: Sequence[StatementFacts]
    ) -> None:
        for access in (access for scope in scopes for access in scope.accesses):
            name, number = root_name(access.node), owner.get(access.node)
            if name is None or number is None:
                continue
            if any(isinstance(referent, BuiltinAssignment) for referent in access.referents):
                self.builtins[number].add(name)
            elif not access.referents and not access.is_annotation and name not in found[number].captures:
                self.unknown[number].add(name)


def _only_imports(tree: cst.Module, node: TopLevel) -> tuple[Import, ...]:
    if not isinstance(node, cst.SimpleStatementLine):
        return ()
    if not all(isinstance(part, cst.Import | cst.ImportFrom) for part in node.body):
        return ()
    text = tree.code_for_node(node.with_changes(leading_lines=()))
    return tuple(binding for binding in parse_imports([text]) if binding.name != "*")

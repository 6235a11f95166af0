"""Rename global names of a module, and nothing that only looks like them.

Imports libcst: only the functions that need it import this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import libcst as cst
from libcst import CSTNodeT
from libcst.metadata import Assignment

from migwizard.seeds.extract import CannotMove
from migwizard.seeds.modulescope import ModuleScope, Statement
from migwizard.seeds.pieces import Piece
from migwizard.seeds.statementfacts import root_node


class Renamer:
    """Rewrites statements of one module by a mapping of old to new global names.

    Names are resolved, not matched: keyword arguments, attributes, strings and local names that shadow a global one
    stay. Raises CannotMove for a binding that Python cannot spell under another name.
    """

    def __init__(self, module: ModuleScope, names: Mapping[str, str]) -> None:
        self._module = module
        self._names = names
        self._new: dict[cst.CSTNode, str] = {}
        for assignment in module.scope.assignments:
            if assignment.name.partition(".")[0] in names:
                self._mark(assignment.node if isinstance(assignment, Assignment) else None, assignment.name)
                for access in assignment.references:
                    self._mark_reference(access.node)

    def piece(self, statement: Statement) -> Piece:
        """The text of a statement under the new names."""
        if self._new.keys().isdisjoint(statement.facts.nodes):
            return self._module.piece(statement)
        rewritten = statement.node.visit(_Rewriter(self._new))
        return self._module.piece(statement, cast("cst.SimpleStatementLine | cst.BaseCompoundStatement", rewritten))

    def _mark(self, node: cst.CSTNode | None, name: str) -> None:
        """Note the node that binds a name."""
        if isinstance(node, cst.Name):
            self._new[node] = self._names[node.value]
        elif isinstance(node, cst.FunctionDef | cst.ClassDef):
            self._new[node.name] = self._names[node.name.value]
        elif isinstance(node, cst.Import | cst.ImportFrom) and not isinstance(node.names, cst.ImportStar):
            for alias in node.names:
                self._mark_alias(alias, isinstance(node, cst.Import))
        else:
            raise CannotMove(f"`{name}` is bound in a way that cannot be renamed.")

    def _mark_alias(self, alias: cst.ImportAlias, binds_package: bool) -> None:
        words = alias.evaluated_name.split(".")
        new = self._names.get(alias.evaluated_alias or words[0])
        if new is None:
            return
        if binds_package and len(words) > 1 and not alias.evaluated_alias:
            raise CannotMove(f"`import {alias.evaluated_name}` binds `{words[0]}`, which another part needs.")
        self._new[alias] = new

    def _mark_reference(self, node: cst.CSTNode) -> None:
        name = root_node(node)  # None for an annotation in quotes, which nothing evaluates
        if name is not None:
            self._new[name] = self._names[name.value]


class _Rewriter(cst.CSTTransformer):
    def __init__(self, new: Mapping[cst.CSTNode, str]) -> None:
        super().__init__()
        self._new = new

    def on_leave(
        self, original_node: CSTNodeT, updated_node: CSTNodeT
    ) -> CSTNodeT | cst.RemovalSentinel | cst.FlattenSentinel[CSTNodeT]:
        new = self._new.get(original_node)
        if new and isinstance(updated_node, cst.Name):
            return updated_node.with_changes(value=new)
        if new and isinstance(updated_node, cst.ImportAlias):
            return updated_node.with_changes(asname=cst.AsName(cst.Name(new)))
        return updated_node

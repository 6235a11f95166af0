"""What decorators change: `@step` may put the function below it on a list that other code of the module goes through.

Imports libcst by way of the modules that it reads: only functions that need it import this module.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping

import libcst as cst

from migwizard.seeds.imports import Import
from migwizard.seeds.modulescope import ModuleScope, Statement
from migwizard.seeds.statementfacts import root_name

FOREIGN = frozenset({"django", *sys.stdlib_module_names})
"""Packages whose decorators keep nothing for the code of a migration."""


def filled_by_decorators(module: ModuleScope) -> Mapping[int, frozenset[str]]:
    """The global names that a statement's decorators may have changed, by number of the statement."""
    decorated = {number: roots for number, each in enumerate(module.statements) if (roots := _decorators(each))}
    if not decorated:
        # Nearly all migrations are so, and what follows goes through every name of the module.
        return {}
    bound: dict[str, list[Statement]] = {}
    for statement in module.statements:
        for name in statement.binds:
            bound.setdefault(name, []).append(statement)
    spoken_of = {name for statement in module.statements for name in _beyond_decorators(statement.node)}
    return {
        number: frozenset(name for name in _reached(roots, bound) if _keeps(name, bound[name], spoken_of))
        for number, roots in decorated.items()
    }


def _decorators(statement: Statement) -> set[str]:
    """The global names in the decorators of a statement, arguments included."""
    decorators = [node for node in statement.facts.nodes if isinstance(node, cst.Decorator)]
    return {name for decorator in decorators for name in _names(decorator)} & statement.roots


def _beyond_decorators(node: cst.CSTNode) -> Iterator[str]:
    """The names in a statement that stand elsewhere than in imports and decorators."""
    if isinstance(node, cst.Decorator | cst.Import | cst.ImportFrom):
        return
    if isinstance(node, cst.Name):
        yield node.value
    for child in node.children:
        yield from _beyond_decorators(child)


def _names(node: cst.CSTNode) -> Iterator[str]:
    if isinstance(node, cst.Name | cst.Attribute) and (name := root_name(node)):
        yield name
    for child in node.children:
        yield from _names(child)


def _reached(names: Iterable[str], bound: Mapping[str, list[Statement]]) -> set[str]:
    """The names with all that the module's own definitions behind them mention, and what was imported beside them."""
    reached: set[str] = set()
    waiting = set(names) & bound.keys()
    while waiting:
        name = waiting.pop()
        reached.add(name)
        for statement in bound[name]:
            beside = _beside(name, bound) if statement.imports else set()
            waiting |= ({*statement.roots, *beside} & bound.keys()) - reached
    return reached


def _beside(name: str, bound: Mapping[str, list[Statement]]) -> set[str]:
    """What else is imported from the module that `name` comes from."""
    imports = [binding for statements in bound.values() for each in statements for binding in each.imports]
    sources = {binding.module for binding in imports if binding.bound == name}
    return {binding.bound for binding in imports if binding.module in sources and not _is_foreign(binding)}


def _keeps(name: str, statements: Iterable[Statement], spoken_of: Collection[str]) -> bool:
    """Whether what a name stands for can hold something: a list, an object, a class; a function that speaks of itself.

    What is imported may be anything; it counts where it is more than a decorator.
    """
    for statement in statements:
        if statement.imports:
            own = any(binding.bound == name and not _is_foreign(binding) for binding in statement.imports)
            keeps = own and name in spoken_of
        elif isinstance(statement.node, cst.FunctionDef):
            keeps = name in statement.roots
        else:
            keeps = statement.facts.builds_at_import or isinstance(statement.node, cst.ClassDef)
        if keeps:
            return True
    return False


def _is_foreign(binding: Import) -> bool:
    return binding.module.partition(".")[0] in FOREIGN

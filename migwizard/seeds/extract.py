"""Take functions out of an old migration, with everything of their module that they need.

The result is text again, so that a seed reads as its author wrote it. Whatever cannot be moved without guessing is
refused with a reason, and the seed falls back to literal rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migwizard.seeds.imports import FUTURE, Import
from migwizard.seeds.pieces import Piece, join_pieces

if TYPE_CHECKING:
    from migwizard.seeds.modulescope import ModuleScope, Statement

SEES_ALL_NAMES = frozenset({"globals", "eval", "exec"})
"""Builtins through which code reaches names that its text does not show."""


class CannotMoveError(Exception):
    """A function cannot be moved as it is; ``reason`` says why in a plain sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


CannotMove = CannotMoveError
"""The outcome's name where it is handled as an outcome."""


@dataclass(frozen=True, slots=True)
class Extract:
    """A piece of a module that runs by itself.

    ``imports`` holds one statement for each bound name, ``body`` the rest in source order (it ends with a newline
    unless empty), ``defines`` the needed names that the body binds.
    """

    imports: tuple[str, ...] = ()
    body: str = ""
    defines: tuple[str, ...] = ()


def extract(source: str, names: Sequence[str], *, package: str, project_migrations: Collection[str]) -> Extract:
    """The globals ``names`` of a migration module with the helpers, constants and imports that they need.

    ``package`` is the dotted package of the module ("shop.migrations"); the extract must be put in the same package,
    since relative imports stay relative. ``project_migrations`` are the dotted names of the modules that are going to
    vanish. Raises CannotMove.
    """
    from libcst import ParserSyntaxError

    from migwizard.seeds.modulescope import read_module

    try:
        module = read_module(source)
    except ParserSyntaxError as error:
        raise CannotMove(f"The file cannot be parsed: {error.message}.") from error
    for name in names:
        _check_bound(module, name)
    closure = _Closure(module)
    for name in names:
        closure.need(name)
    closure.settle()
    for statement in closure.statements:
        _check_movable(module, statement)
        _check_neighbours(statement, closure.imports(statement), package, project_migrations)
    return _assemble(closure)


def _check_bound(module: ModuleScope, name: str) -> None:
    """Refuse a name that the module does not bind itself, with the reason that applies."""
    if not any(name in statement.binds for statement in module.statements):
        raise CannotMove(_why_missing(module, name))


def _why_missing(module: ModuleScope, name: str) -> str:
    import libcst as cst

    for statement in module.statements:
        inside = (node for node in statement.facts.nodes if isinstance(node, cst.FunctionDef))
        if any(node.name.value == name for node in inside):
            kind = "class" if isinstance(statement.node, cst.ClassDef) else "function"
            return f"`{name}` is nested in a {kind}, not defined by the module itself."
    if module.star:
        return f"`{name}` may come from an `import *`, which hides where it is defined."
    return f"`{name}` is not defined at the top level of the file."


class _Closure:
    """The statements that a set of names needs, found by following the names that each statement uses."""

    def __init__(self, module: ModuleScope) -> None:
        from migwizard.seeds.decorated import filled_by_decorators

        self._module = module
        self._filled = filled_by_decorators(module)
        self._names: set[str] = set()
        self._statements: set[int] = set()

    @property
    def names(self) -> set[str]:
        """Needed global names, without what follows a dot."""
        return {name.partition(".")[0] for name in self._names}

    @property
    def statements(self) -> list[Statement]:
        """In source order."""
        return [self._module.statements[number] for number in sorted(self._statements)]

    @property
    def module(self) -> ModuleScope:
        return self._module

    def need(self, name: str) -> None:
        self._names.add(name)

    def settle(self) -> None:
        """Add statements until none is missing."""
        size = (-1, -1)
        while size != (size := (len(self._statements), len(self._names))):
            for number, statement in enumerate(self._module.statements):
                if number not in self._statements and self._wants(number, statement):
                    self._statements.add(number)
                    self._names |= statement.uses

    def imports(self, statement: Statement) -> list[Import]:
        """The needed bindings of a line of imports."""
        return [binding for binding in statement.imports if not self._names.isdisjoint(binding.provides)]

    def _wants(self, number: int, statement: Statement) -> bool:
        if statement.imports:
            return bool(self.imports(statement))
        names = self.names
        # Code of the module that fills a needed list or marks a needed function belongs to it.
        changed = () if statement.is_definition else statement.facts.changes
        filled = self._filled.get(number, ())
        return any(not names.isdisjoint(each) for each in (statement.binds, changed, filled))


def _check_movable(module: ModuleScope, statement: Statement) -> None:
    """Refuse code that means something else in another module."""
    facts = statement.facts
    if "Migration" in statement.binds and not statement.imports:
        raise CannotMove("It uses the class Migration of its own file.")
    if facts.declares_global:
        raise CannotMove("It uses a `global` statement.")
    if hidden := sorted(SEES_ALL_NAMES & statement.builtins):
        raise CannotMove(f"It uses {hidden[0]}(), which reaches names that the text does not show.")
    if unknown := sorted(statement.unknown - {"__file__"}):
        raise CannotMove(_why_missing(module, unknown[0]))


def _check_neighbours(
    statement: Statement, imports: Sequence[Import], package: str, project_migrations: Collection[str]
) -> None:
    """Refuse what leans on another migration of the project, by import or by ``import_module("...")``."""
    mentions: set[str] = set(statement.facts.mentions)
    if statement.imports:
        dot = {binding: "" if binding.module.endswith(".") else "." for binding in imports}
        mentions = {binding.module for binding in imports}
        mentions |= {f"{binding.module}{dot[binding]}{binding.name}" for binding in imports if binding.name}
    for mention in sorted(mentions):
        module = absolute(mention, package)
        if module in project_migrations:
            raise CannotMove(f"It uses code of another migration, {module}.")


def absolute(mention: str, package: str) -> str:
    """A dotted name with its leading dots resolved in ``package``."""
    tail = mention.lstrip(".")
    level = len(mention) - len(tail)
    if not level:
        return mention
    words = package.split(".")
    return ".".join([*words[: len(words) - level + 1], *([tail] if tail else [])])


def _assemble(closure: _Closure) -> Extract:
    contested = _contested(closure)
    hoisted: dict[Import, None] = {}
    pieces: list[Piece] = []
    for statement in closure.statements:
        if not statement.imports:
            pieces.append(closure.module.piece(statement))
        for binding in closure.imports(statement):
            if binding.bound in contested:
                pieces.append(Piece(binding.source + "\n", False, False))
            else:
                hoisted.setdefault(binding)
    defines = dict.fromkeys(name for statement in closure.statements for name in _defines(statement, contested))
    return Extract(
        (*_future(closure), *(binding.source for binding in hoisted)),
        join_pieces(pieces),
        tuple(name for name in defines if name in closure.names),
    )


def _defines(statement: Statement, contested: Collection[str]) -> Iterator[str]:
    """The names that the statement binds in the body of the extract."""
    yield from (name for name in statement.binds if not statement.imports or name in contested)


def _contested(closure: _Closure) -> set[str]:
    """Imported names that something else binds too: their imports must stay where they are, since order decides."""
    meanings: dict[str, set[object]] = {}
    for number, statement in enumerate(closure.statements):
        for binding in closure.imports(statement):
            meanings.setdefault(binding.bound, set()).add(binding.target)
        for name in statement.binds if not statement.imports else ():
            meanings.setdefault(name, set()).add(number)
    return {name for name, found in meanings.items() if len(found) > 1}


def _future(closure: _Closure) -> Iterator[str]:
    """How annotations are evaluated is a trait of the whole module; the other future imports say nothing today."""
    for statement in closure.module.statements:
        for binding in statement.imports:
            if (binding.module, binding.name) == (FUTURE, "annotations") and closure.statements:
                yield Import(FUTURE, "annotations").source

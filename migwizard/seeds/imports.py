"""Imports as values: one bound name each, comparable, and laid out as isort would."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

LINE_LENGTH = 88
FUTURE = "__future__"


@dataclass(frozen=True, slots=True)
class Import:
    """One binding made by an import statement.

    ``module`` keeps its leading dots; ``name`` is empty for ``import module``; ``alias`` is empty where ``as`` is
    absent or says nothing new.
    """

    module: str
    name: str = ""
    alias: str = ""

    @property
    def bound(self) -> str:
        """The name that the statement binds."""
        return self.alias or self.name or self.module.partition(".")[0]

    @property
    def target(self) -> tuple[str, str]:
        """What the bound name stands for; equal for all of ``import a``, ``import a.b`` and ``import a.c``."""
        return (self.bound, "") if self.binds_package else (self.module, self.name)

    @property
    def binds_package(self) -> bool:
        """Whether this is ``import a.b``, which binds the package ``a`` and not the module named."""
        return not self.name and not self.alias

    @property
    def provides(self) -> tuple[str, ...]:
        """The dotted names that this makes usable: ``a`` and ``a.b`` for ``import a.b``."""
        if not self.binds_package:
            return (self.bound,)
        words = self.module.split(".")
        return tuple(".".join(words[: count + 1]) for count in range(len(words)))

    @property
    def source(self) -> str:
        """The statement, in one line."""
        alias = f" as {self.alias}" if self.alias else ""
        return f"from {self.module} import {self.name}{alias}" if self.name else f"import {self.module}{alias}"

    def bound_to(self, name: str) -> Import:
        """The same thing under another name; ValueError where Python has no syntax for it (``import a.b``)."""
        if name == self.bound:
            return self
        if self.binds_package and "." in self.module:
            raise ValueError(f"`{self.source}` cannot bind another name")
        return replace(self, alias="" if name == (self.name or self.module) else name)


def parse_imports(lines: Iterable[str]) -> list[Import]:
    """The bindings of import statements, in order; ValueError for anything that is no import."""
    return [binding for line in lines for statement in ast.parse(line).body for binding in _bindings(statement)]


def _bindings(statement: ast.stmt) -> Iterator[Import]:
    if isinstance(statement, ast.ImportFrom):
        module = "." * statement.level + (statement.module or "")
        names = [Import(module, alias.name, alias.asname or "") for alias in statement.names]
    elif isinstance(statement, ast.Import):
        names = [Import(alias.name, "", alias.asname or "") for alias in statement.names]
    else:
        raise ValueError(f"not an import: {ast.unparse(statement)}")
    for binding in names:
        yield replace(binding, alias="") if binding.alias == (binding.name or binding.module) else binding


def name_prefix(key: str) -> str:
    """A migration's name as the beginning of a Python name: ``m0004_seed_``."""
    word = re.sub(r"\W", "_", key)
    return f"m{word}_" if word[:1].isdigit() else f"{word}_"


def layout_imports(imports: Iterable[Import]) -> str:
    """The statements in sections (future, standard library, Django, others, relative), each once, sorted.

    Ends without a newline; empty for no imports.
    """
    sections: dict[int, list[Import]] = {}
    for binding in sorted(set(imports), key=_order):
        sections.setdefault(_section(binding), []).append(binding)
    return "\n\n".join("\n".join(_statements(sections[number])) for number in sorted(sections))


def _section(binding: Import) -> int:
    root = binding.module.partition(".")[0]
    if root == FUTURE:
        return 0
    if not root:
        return 4
    if root in sys.stdlib_module_names:
        return 1
    return 2 if root == "django" else 3


def _order(binding: Import) -> tuple[object, ...]:
    """Plain imports first, far packages before near ones, and constants, classes, functions within a statement."""
    tail = binding.module.lstrip(".")
    dots = len(binding.module) - len(tail)
    kind = 0 if binding.name.isupper() and len(binding.name) > 1 else 1 if binding.name[:1].isupper() else 2
    return (bool(binding.name), -dots, tail.lower(), tail, bool(binding.alias), kind, binding.name, binding.alias)


def _statements(imports: list[Import]) -> Iterator[str]:
    """One statement for each module; a name with ``as`` has a statement of its own."""
    together: dict[str, list[str]] = {}
    for binding in imports:
        if binding.name and not binding.alias:
            together.setdefault(binding.module, []).append(binding.name)
    for binding in imports:
        if not binding.name or binding.alias:
            yield binding.source
        elif binding.module in together:
            yield _from_statement(binding.module, together.pop(binding.module))


def _from_statement(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= LINE_LENGTH:
        return line
    rows = "".join(f"    {name},\n" for name in names)
    return f"from {module} import (\n{rows})"

"""Spell out what code takes from the place where it stands, so that it means the same in another module."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

Replacement = tuple[ast.AST, str]


def spelled_out(source: str, *, module: str, stars: Mapping[str, Sequence[str]]) -> str:
    """The module's text with the used names in place of ``import *`` and its dotted name in place of ``__name__``.

    `stars` are the names that each star import gave when the module was loaded, by the module as it is written. A
    star import that is not among them stays; so does ``getLogger(__name__)``, where the name is only a label.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source
    return replaced(source, [*_stars(tree, stars), *_own_names(tree, module)])


def replaced(source: str, replacements: Sequence[Replacement]) -> str:
    """The text with other text in place of some nodes, none of which lies in another."""
    lines = source.split("\n")
    starts = [0]
    for text in lines:
        starts.append(starts[-1] + len(text) + 1)

    def offset(line: int, column: int) -> int:
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    for node, new in sorted(replacements, key=lambda each: _position(each[0]), reverse=True):
        line, column, end_line, end_column = _position(node)
        source = source[: offset(line, column)] + new + source[offset(end_line, end_column) :]
    return source


def _position(node: ast.AST) -> tuple[int, int, int, int]:
    line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
    return line, column, getattr(node, "end_lineno", None) or line, getattr(node, "end_col_offset", None) or column


def written_module(node: ast.ImportFrom) -> str:
    """The module of an import as it is written: with its leading dots."""
    return "." * node.level + (node.module or "")


def _stars(tree: ast.Module, stars: Mapping[str, Sequence[str]]) -> Iterator[Replacement]:
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for node in tree.body:
        if not isinstance(node, ast.ImportFrom) or node.names[0].name != "*":
            continue
        module = written_module(node)
        if module in stars:
            names = sorted(used.intersection(stars[module]))
            yield node, f"from {module} import {', '.join(names)}" if names else "pass"


def _own_names(tree: ast.Module, module: str) -> Iterator[Replacement]:
    labels = {
        argument
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "getLogger"
        for argument in node.args
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "__name__" and node not in labels:
            yield node, repr(module)

"""Bring in what a migration takes from another migration, whose module is going to vanish."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from migwizard.seeds.extract import CannotMove, Extract, absolute
from migwizard.seeds.imports import name_prefix
from migwizard.seeds.spell import replaced, written_module

Reach = Callable[[str, list[str]], Extract]
"""What the globals of a vanishing module, given by its dotted name, need. Raises CannotMove."""


@dataclass(slots=True)
class _Uses:
    """How a module uses one other: the nodes that stand for names of it, and the statements that bind it."""

    names: dict[str, list[ast.expr]] = field(default_factory=dict)
    """Expressions such as ``old.load`` by the name that they lead to."""
    imported: dict[str, set[str]] = field(default_factory=dict)
    """Names that are imported, with what they are bound to here."""
    binders: list[ast.AST] = field(default_factory=list)


def joined(source: str, *, package: str, vanishing: Iterable[str], reach: Reach) -> str:
    """The module's text with the code of other migrations that it uses, instead of its imports of them.

    What cannot be brought in stays as it is: whoever needs it is refused.
    """
    failed: set[str] = set()
    while True:
        try:
            uses = _all_uses(ast.parse(source), package, set(vanishing))
        except SyntaxError:
            return source
        module = next((name for name in sorted(uses) if name not in failed), None)
        if module is None:
            return source
        try:
            source = _with_code(source, module, uses[module], reach)
        except CannotMove:
            failed.add(module)


def absolute_imports(source: str, package: str) -> str:
    """The text with absolute imports, for a module of another package."""
    tree = ast.parse(source)
    relative = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
    return replaced(source, [(node, _from(absolute(written_module(node), package), node.names)) for node in relative])


def _from(module: str, names: Iterable[ast.alias]) -> str:
    return f"from {module} import {', '.join(map(ast.unparse, names))}"


def _with_code(source: str, module: str, uses: _Uses, reach: Reach) -> str:
    """The text with the code of one other module in place of what leads to it."""
    from migwizard.seeds.modulescope import read_module
    from migwizard.seeds.rename import Renamer

    wanted = sorted({*uses.names, *uses.imported})
    part = reach(module, wanted)
    code = read_module("".join(f"{line}\n" for line in part.imports) + part.body)
    tree = ast.parse(source)
    same = {name for name, bound in uses.imported.items() if bound == {name}}
    taken = _words(tree) - same
    prefix = name_prefix(module.rpartition(".")[2])
    # What both import from one place is one.
    ours = {ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)}
    kept = {name for each in code.statements if each.imports and each.imports[0].source in ours for name in each.binds}
    bound = {name for each in code.statements for name in each.binds} - kept
    new = {name: prefix + name for name in bound & taken}
    renamer = Renamer(code, new)
    text = "".join(renamer.piece(statement).text for statement in code.statements)
    if "annotations" not in kept and "from __future__" in text:
        raise CannotMove(f"{module} evaluates its annotations in another way.")
    changes: list[tuple[ast.AST, str]] = [
        (node, new.get(name, name)) for name, nodes in uses.names.items() for node in nodes
    ]
    changes += [(node, _without(node, module, uses, new)) for node in uses.binders]
    return _placed(replaced(source, changes), text)


def _without(node: ast.AST, module: str, uses: _Uses, new: Mapping[str, str]) -> str:
    """What remains of a statement that binds a module or names of it."""
    rest: list[str] = []
    if isinstance(node, ast.ImportFrom):
        named = {alias.name: alias.asname or alias.name for alias in node.names}
        last = module.rpartition(".")[2]
        if set(named) <= set(uses.imported):
            rest = [f"{bound} = {new.get(name, name)}" for name, bound in named.items() if bound != new.get(name, name)]
        elif others := [alias for alias in node.names if alias.name != last]:
            rest = [_from(written_module(node), others)]
    elif isinstance(node, ast.Import) and (others := [alias for alias in node.names if alias.name != module]):
        rest = [f"import {', '.join(map(ast.unparse, others))}"]
    return "; ".join(rest) or "pass"


def _placed(source: str, text: str) -> str:
    """The text with other statements behind its docstring and its future imports."""
    tree = ast.parse(source)
    end = 0
    for node in tree.body:
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not is_text and not (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
            break
        end = node.end_lineno or end
    lines = source.split("\n")
    return "\n".join([*lines[:end], text, *lines[end:]])


def _words(tree: ast.AST) -> set[str]:
    """Every name that something is bound to, or that is read, attributes apart."""
    found: set[str] = set(dir(__builtins__))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).partition(".")[0])
    return found


def _all_uses(tree: ast.Module, package: str, vanishing: set[str]) -> dict[str, _Uses]:
    """By vanishing module, how it is used; those that are used in a way that cannot be replaced are left out."""
    uses: dict[str, _Uses] = {}
    aliases: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            module = absolute(written_module(node), package)
            if module in vanishing and node.names[0].name != "*":
                found = uses.setdefault(module, _Uses())
                found.binders.append(node)
                for alias in node.names:
                    found.imported.setdefault(alias.name, set()).add(alias.asname or alias.name)
        for name, module in _bound_modules(node, package, vanishing):
            uses.setdefault(module, _Uses()).binders.append(node)
            aliases.setdefault(name, []).append(module)
    refused = {module for name, modules in aliases.items() for module in modules if _times(tree, name) != len(modules)}
    leading = {node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            module = _module_of(node.value, package, vanishing, aliases)
            if module:
                uses.setdefault(module, _Uses()).names.setdefault(node.attr, []).append(node)
        elif (
            isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in aliases and node not in leading
        ):
            refused.update(aliases[node.id])
    return {module: each for module, each in uses.items() if module not in refused and (each.names or each.imported)}


def _bound_modules(node: ast.AST, package: str, vanishing: set[str]) -> Iterator[tuple[str, str]]:
    """(name, module) for each vanishing module that a statement binds as a whole."""
    if isinstance(node, ast.ImportFrom):
        parent = written_module(node)
        for alias in node.names:
            module = absolute(f"{parent}{'' if parent.endswith('.') else '.'}{alias.name}", package)
            if module in vanishing:
                yield alias.asname or alias.name, module
    elif isinstance(node, ast.Import):
        yield from ((alias.asname, alias.name) for alias in node.names if alias.asname and alias.name in vanishing)
    elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        module = _import_call(node.value, package)
        if module in vanishing:
            yield node.targets[0].id, module


def _import_call(node: ast.AST, package: str) -> str:
    """The module that ``import_module("...")`` names; empty for any other expression."""
    if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
        return ""
    if getattr(node.func, "attr", getattr(node.func, "id", "")) != "import_module":
        return ""
    return absolute(str(node.args[0].value), package)


def _module_of(node: ast.expr, package: str, vanishing: set[str], aliases: Mapping[str, list[str]]) -> str:
    """The vanishing module that an expression stands for."""
    if isinstance(node, ast.Name) and len(set(aliases.get(node.id, ()))) == 1:
        return aliases[node.id][0]
    called = _import_call(node, package)
    return called if called in vanishing else ""


def _times(tree: ast.Module, name: str) -> int:
    """How often a name is bound anywhere."""
    bound = 0
    for node in ast.walk(tree):
        bound += isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
        bound += isinstance(node, ast.arg) and node.arg == name
        bound += isinstance(node, ast.alias) and (node.asname or node.name).partition(".")[0] == name
        bound += isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name
    return bound

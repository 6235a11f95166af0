"""The script for other environments: the agent's own switch, written out into one file that needs Django alone.

It is no second implementation. The modules are joined as they are, after each other, with one block of imports; what they
take from each other is there already.
"""

from __future__ import annotations

import ast
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from graphlib import TopologicalSorter
from itertools import takewhile
from pathlib import Path

from migwizard.switch.manifest import FILE_NAME as MANIFEST
from migwizard.switch.manifest import Manifest

FILE_NAME = "migwizard_switch.py"
AGENT = Path(__file__).parents[1] / "project" / "agent"

_HEADER = '''\
#!/usr/bin/env python3
# ruff: noqa
# flake8: noqa
# fmt: off
# mypy: ignore-errors
"""Tell a database of this project about its new migrations: the safe way to `migrate --fake`.

migwizard wrote this file, and {manifest} beside it, in the reset {run} of {day}.
{apps}
Commit both files with the new migrations. This one needs Python 3.8 or newer and the project's own Django, nothing else.
Wherever the project was migrated before the reset, once for each database:

    python {script} check --all
    python {script} switch --database default
    python manage.py migrate

Only `switch` and `undo` write. `undo` gives the old rows back. A database that is empty, or switched already, is left as
it is; one that lacks an old migration is refused, with what it lacks. `--help` says more. When every environment has
moved, both files can go.
"""

from __future__ import annotations

'''

_NEEDS_DJANGO = """\
try:
    import django
except ImportError:
    print(f"{sys.executable} has no Django: run this with the Python of the project.", file=sys.stderr)
    sys.exit(3)"""

_FOOTER = """

if __name__ == "__main__":
    sys.exit(main())
"""


def script(manifest: Manifest) -> str:
    """The text of the script for one reset."""
    header = _HEADER.format(
        manifest=MANIFEST,
        script=FILE_NAME,
        apps=textwrap.fill(f"It is of the apps {', '.join(manifest.apps)}.", 120),
        run=manifest.run_id,
        day=manifest.created[:10] or "an unknown day",
    )
    return header + join(sources(), before_django=_NEEDS_DJANGO) + _FOOTER


def sources() -> dict[str, str]:
    """The modules of the switch by name."""
    paths = [AGENT / "manage_py.py", *sorted((AGENT / "switch").glob("[!_]*.py"))]
    return {path.stem: path.read_text(encoding="utf-8") for path in paths}


def join(modules: Mapping[str, str], *, before_django: str = "") -> str:
    """One module of many, what is needed by others before them; `before_django` stands before the first import of it.

    Raises ValueError where two define the same name, or one takes a module instead of names from another.
    """
    trees = {name: ast.parse(text) for name, text in modules.items()}
    _check_names(trees)
    needs = {name: sorted({_module(node) for node in _relative(tree)}) for name, tree in trees.items()}
    order = TopologicalSorter(needs).static_order()
    bodies = [_body(modules[name], trees[name]) for name in order]
    standard, others = _imports(trees.values())
    imports = "\n\n".join(filter(None, [standard, before_django, others]))
    return "\n\n\n".join([imports, *bodies]) + "\n"


def _relative(tree: ast.Module) -> Iterator[ast.ImportFrom]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level)


def _absolute(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in tree.body:
        if isinstance(node, ast.Import) or (
            isinstance(node, ast.ImportFrom) and not node.level and node.module != "__future__"
        ):
            yield node


def _module(node: ast.ImportFrom) -> str:
    if node.module is None or node.col_offset or any(alias.asname for alias in node.names):
        raise ValueError(f"line {node.lineno}: only names that a module takes from another at its top can be joined")
    return node.module


def _imports(trees: Iterable[ast.Module]) -> tuple[str, str]:
    """What all modules import from the standard library, and from elsewhere, each name once."""
    plain: set[str] = set()
    names: dict[str, set[str]] = {}
    for node in (node for tree in trees for node in _absolute(tree)):
        if isinstance(node, ast.Import):
            plain.update(ast.unparse(alias) for alias in node.names)
        else:
            names.setdefault(str(node.module), set()).update(ast.unparse(alias) for alias in node.names)
    lines = [f"import {module}" for module in sorted(plain)]
    lines += [f"from {module} import {', '.join(sorted(found))}" for module, found in sorted(names.items())]
    standard = [line for line in lines if line.split()[1].partition(".")[0] in sys.stdlib_module_names]
    return "\n".join(standard), "\n".join(line for line in lines if line not in standard)


def _check_names(trees: Mapping[str, ast.Module]) -> None:
    seen = {
        alias.asname or alias.name: "an import"
        for tree in trees.values()
        for node in _absolute(tree)
        for alias in node.names
    }
    for module, tree in trees.items():
        for name in _defined(tree.body):
            if name in seen:
                raise ValueError(f"{seen[name]} and {module} both define {name}")
            seen[name] = module


def _defined(body: Iterable[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (
                found.id for target in node.targets for found in ast.walk(target) if isinstance(found, ast.Name)
            )
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def _body(text: str, tree: ast.Module) -> str:
    """What follows docstring and imports, with the docstring as a comment above."""
    heads = takewhile(lambda node: isinstance(node, (ast.Expr, ast.Import, ast.ImportFrom)), tree.body)
    last = max((node.end_lineno or 0 for node in heads), default=0)
    comment = "\n".join(f"# {line}".rstrip() for line in (ast.get_docstring(tree) or "").splitlines())
    rest = "\n".join(text.splitlines()[last:]).strip("\n")
    return f"{comment}\n\n\n{rest}"

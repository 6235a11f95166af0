"""The text of one seed migration."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from migwizard.seeds.imports import layout_imports, parse_imports
from migwizard.seeds.layout import indented
from migwizard.seeds.sqlliteral import sql_literal

__all__ = ["SeedOperation", "SeedPart", "seed_file", "sql_literal", "with_replaces"]

_HEAD = "class Migration(migrations.Migration):\n"

OWN_IMPORTS = {"migrations": "from django.db import migrations", "settings": "from django.conf import settings"}
"""Imports of names that the file's own frame may use."""


@dataclass(frozen=True, slots=True)
class SeedOperation:
    """One operation as Python source; ``origin`` names the migration that it stems from (``shop.0004_seed``)."""

    source: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class SeedPart:
    """Imports and definitions that some operations need, and these operations.

    Parts of one file must not clash in their names: ``merge`` sees to that.
    """

    imports: tuple[str, ...] = ()
    body: str = ""
    operations: tuple[SeedOperation, ...] = ()


def seed_file(
    *,
    header: str,
    dependencies: Sequence[str],
    parts: Sequence[SeedPart],
    atomic: bool = True,
    replaces: Sequence[tuple[str, str]] = (),
) -> str:
    """One migration: heading, imports, definitions of all parts, and their operations in order.

    ``header`` is plain text that becomes a comment. ``dependencies`` are sources such as ``("shop", "0001_initial")``
    or ``migrations.swappable_dependency(settings.AUTH_USER_MODEL)``; their order is kept. ``atomic=False`` takes the
    migration out of its transaction, ``replaces`` are migrations that it stands in for. Raises ValueError for an operation or dependency that is no expression.
    """
    operations = [operation for part in parts for operation in part.operations]
    for source in [*dependencies, *(operation.source for operation in operations)]:
        _check_expression(source)
    imports = parse_imports(line for part in parts for line in part.imports)
    used = {"migrations"} | _names([*dependencies, *(operation.source for operation in operations)])
    bound = {binding.bound for binding in imports}
    imports += parse_imports(line for name, line in OWN_IMPORTS.items() if name in used - bound)
    bodies = [part.body.strip("\n") for part in parts if part.body.strip()]
    top = [text for text in (_comment(header), layout_imports(imports)) if text]
    frame = _migration(dependencies, operations, atomic, replaces)
    gap = "\n\n" if bodies and not _starts_with_definition(bodies[0]) else "\n\n\n"
    return "\n\n".join(top) + gap + "\n\n\n".join([*bodies, frame])


def _check_expression(source: str) -> None:
    try:
        ast.parse(source.strip(), mode="eval")
    except SyntaxError as error:
        raise ValueError(f"not a Python expression: {source!r}") from error


def _names(sources: Iterable[str]) -> set[str]:
    """The names that expressions read."""
    trees = (ast.parse(source.strip(), mode="eval") for source in sources)
    return {node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _comment(text: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in text.splitlines())


def _starts_with_definition(body: str) -> bool:
    code = next((line for line in body.splitlines() if line and not line.startswith("#")), "")
    return code.startswith(("def ", "class ", "async ", "@"))


def _migration(
    dependencies: Sequence[str], operations: Sequence[SeedOperation], atomic: bool, replaces: Sequence[tuple[str, str]]
) -> str:
    rows = "".join(f"        {source.strip()},\n" for source in dict.fromkeys(dependencies))
    entries = "".join(entry(operation) for operation in operations)
    return (
        _HEAD
        + _replaces(replaces)
        + ("" if atomic else "    atomic = False\n\n")
        + (f"    dependencies = [\n{rows}    ]\n\n" if rows else "    dependencies = []\n\n")
        + (f"    operations = [\n{entries}    ]\n" if entries else "    operations = []\n")
    )


def _replaces(nodes: Sequence[tuple[str, str]]) -> str:
    old = "".join(f'        ("{app}", "{name}"),\n' for app, name in nodes)
    return f"    replaces = [\n{old}    ]\n\n" if old else ""


def with_replaces(text: str, nodes: Sequence[tuple[str, str]]) -> str:
    """A text of `seed_file` that replaces other migrations; all else stays byte for byte."""
    place = text.rindex(_HEAD) + len(_HEAD)
    rest = re.sub(r"\A    replaces = \[\n.*?\n    \]\n\n", "", text[place:], count=1, flags=re.DOTALL)
    return text[:place] + _replaces(nodes) + rest


def entry(operation: SeedOperation) -> str:
    """The lines of an operation in the list of a migration."""
    origin = f"        # from {operation.origin}\n" if operation.origin else ""
    return f"{origin}{indented(operation.source.strip(), ' ' * 8)},\n"

"""What a schema migration needs before its first table: spliced into the text that makemigrations wrote."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from migwizard.seeds.guard import OPERATION, after_bracket, offset
from migwizard.seeds.imports import parse_imports
from migwizard.seeds.seedfile import SeedOperation, entry


@dataclass(frozen=True, slots=True)
class Prelude:
    """Operations to be put in front, the import lines that they need, and further dependencies."""

    operations: tuple[SeedOperation, ...] = ()
    imports: tuple[str, ...] = ()
    dependencies: tuple[tuple[str, str], ...] = ()


def splice(source: str, prelude: Prelude) -> str:
    """The file with the operations in front of its own, but behind the guard; all else stays byte for byte.

    Raises CannotGuardError if the text has no `class Migration` with lists of dependencies and operations.
    """
    newline = "\r\n" if "\r\n" in source else "\n"
    if prelude.operations:
        source = _in_front(source, "operations", "".join(map(entry, prelude.operations)), newline)
    if prelude.dependencies:
        lines = "".join(f'        ("{app}", "{name}"),\n' for app, name in prelude.dependencies)
        source = _in_front(source, "dependencies", lines, newline)
    return _with_imports(source, prelude.imports, newline)


def _in_front(source: str, name: str, lines: str, newline: str) -> str:
    """The lines as the first items of a list of the migration, which is spread over lines where it is not yet."""
    place = after_bracket(source, name)
    guard = re.match(rf"\s*{re.escape(OPERATION)},?", source[place:])
    place += guard.end() if guard else 0
    rest = source[place:]
    text = newline + lines.rstrip("\n").replace("\n", newline)
    if re.match(r"[ \t]*(#|\r|\n)", rest):
        return source[:place] + text + rest
    return source[:place] + text + newline + ("    " if rest.lstrip().startswith("]") else "        ") + rest.lstrip()


def _with_imports(source: str, imports: Sequence[str], newline: str) -> str:
    """The file with the import lines that it lacks, in front of its first import."""
    found = [node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)]
    present = set(parse_imports(ast.unparse(node) for node in found))
    lacking = sorted({each.source for each in parse_imports(imports) if each not in present})
    if not lacking or not found:
        return source
    place = offset(source, found[0].lineno, 0)
    return source[:place] + "".join(f"{line}{newline}" for line in lacking) + source[place:]

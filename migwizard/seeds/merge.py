"""Join what several old migrations of one app need into one module, without mixing up their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from migwizard.seeds.extract import CannotMove, Extract
from migwizard.seeds.imports import FUTURE, Import, name_prefix, parse_imports
from migwizard.seeds.lift import OPERATION
from migwizard.seeds.pieces import join_pieces

if TYPE_CHECKING:
    from migwizard.seeds.modulescope import ModuleScope, Statement

Meaning = tuple[str, ...]
"""What a global name stands for; two names that are equal in text and in meaning may be one."""

BUILTIN: Meaning = ("builtin",)
FILE_IMPORTS = ("from django.db import migrations", "from django.conf import settings")
FILE_NAMES: Mapping[str, Meaning] = {
    **{binding.bound: ("import", *binding.target) for binding in parse_imports(FILE_IMPORTS)},
    "Migration": ("migration",),
}
"""Names that every seed file uses itself."""


@dataclass(frozen=True, slots=True)
class Merged:
    """One module made of several extracts.

    ``names`` maps (key of the part, old global name) to what stands for it: the new name or, for a lifted operation,
    its expression.
    """

    imports: tuple[str, ...]
    body: str
    names: Mapping[tuple[str, str], str]


def merge(parts: Sequence[tuple[str, Extract]], *, imports: Sequence[str] = ()) -> Merged:
    """Join extracts, each under the name of its migration ("0004_seed"), in the order given.

    A name that means different things in two parts is prefixed with the migration's name (``m0004_seed_rows``), equal
    imports become one, and equal definitions without state of their own are kept once. ``imports`` are the imports
    that the operations of the file need: their names keep their meaning. Raises CannotMove where a name cannot be
    told apart, ValueError for two parts with one key.
    """
    if len({key for key, _ in parts}) != len(parts):
        raise ValueError("two parts have the same key")
    return _merged(tuple(parts), tuple(imports))


# Each trial of the seeds, and each try to find their places, joins the same again.
@lru_cache(maxsize=128)
def _merged(parts: tuple[tuple[str, Extract], ...], imports: tuple[str, ...]) -> Merged:
    file_imports = parse_imports(imports)
    reserved = {**FILE_NAMES, **{binding.bound: ("import", *binding.target) for binding in file_imports}}
    read: list[_Part] = []
    for key, part in parts:
        read.append(_Part.read(key, part, read))
    names = _new_names(read, reserved)
    merged = dict.fromkeys(file_imports)
    bodies, operations = [], {}
    for each in read:
        renames = {name: names[name, meaning] for name, meaning in each.meanings.items()}
        merged.update(dict.fromkeys(_renamed(binding, renames) for binding in each.hoisted))
        changed = {old: new for old, new in renames.items() if old != new}
        bodies.append(each.body(changed))
        operations.update({(each.key, name): source for name, source in each.operations(changed)})
    return Merged(
        tuple(binding.source for binding in merged),
        "\n\n".join(body for body in bodies if body),
        {(each.key, name): names[name, meaning] for each in read for name, meaning in each.meanings.items()}
        | operations,
    )


def _renamed(binding: Import, renames: Mapping[str, str]) -> Import:
    try:
        return binding.bound_to(renames.get(binding.bound, binding.bound))
    except ValueError as error:
        raise CannotMove(f"`{binding.source}` binds `{binding.bound}`, which another part needs.") from error


@dataclass(frozen=True, slots=True)
class _Part:
    """An extract, read: which of its global names mean what."""

    key: str
    module: ModuleScope
    hoisted: tuple[Import, ...]
    statements: tuple[Statement, ...]
    """The statements of the body."""
    meanings: Mapping[str, Meaning]

    @classmethod
    def read(cls, key: str, part: Extract, earlier: Iterable[_Part]) -> _Part:
        """Parse an extract; what it has in common with an earlier part takes its meaning from there."""
        from migwizard.seeds.modulescope import read_module

        module = read_module("".join(f"{line}\n" for line in part.imports) + part.body)
        hoisted = tuple(parse_imports(part.imports))
        statements = module.statements[len(part.imports) :]
        meanings: dict[str, Meaning] = {
            binding.bound: ("import", *binding.target) for binding in hoisted if binding.module != FUTURE
        }
        meanings.update({name: ("definition", key) for statement in statements for name in statement.binds})
        mine = cls(key, module, hoisted, statements, meanings)
        for other in earlier:
            meanings.update({name: other.meanings[name] for name in _shared(mine, other)})
        return mine

    @property
    def own(self) -> list[str]:
        """The names that this part defines, not those that it imports or shares."""
        return [name for name, meaning in self.meanings.items() if meaning == ("definition", self.key)]

    @property
    def builtins(self) -> set[str]:
        return {name for statement in self.statements for name in statement.builtins}

    @property
    def words(self) -> set[str]:
        """Every name in the text, local ones included."""
        return set(re.findall(r"\w+", self.module.text))

    def definition(self, name: str) -> list[Statement]:
        return [statement for statement in self.statements if name in statement.binds]

    def text(self, name: str) -> list[str]:
        return [self.module.piece(statement).text for statement in self.definition(name)]

    def body(self, renames: Mapping[str, str]) -> str:
        """The text without what an earlier part provides."""
        from migwizard.seeds.rename import Renamer

        renamer, own = Renamer(self.module, renames), set(self.own)
        kept = (each for each in self.statements if not each.binds or not own.isdisjoint(each.binds))
        return join_pieces(renamer.piece(statement) for statement in kept if statement not in self.lifted)

    @property
    def lifted(self) -> list[Statement]:
        """The statements that stand for operations."""
        return [each for each in self.statements if any(name.startswith(OPERATION) for name in each.binds)]

    def operations(self, renames: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """The name of each lifted operation with its expression."""
        from migwizard.seeds.rename import Renamer

        renamer = Renamer(self.module, {old: new for old, new in renames.items() if not old.startswith(OPERATION)})
        for statement in self.lifted:
            name = statement.binds[0]
            yield name, renamer.piece(statement).text.partition(f"{name} = ")[2].rstrip("\n")


def _shared(mine: _Part, other: _Part) -> set[str]:
    """Names of ``mine`` whose definitions are those of ``other``: same text, no state, and so all that they use.

    The greatest such set: begin with all equal texts, take away what leans on something different until it is stable.
    """
    common = [name for name in mine.own if name in other.meanings and other.definition(name)]
    shared = {name for name in common if _is_stateless(mine, name) and mine.text(name) == other.text(name)}
    while differing := {name for name in shared if not _agree(mine, other, name, shared)}:
        shared -= differing
    return shared


def _is_stateless(part: _Part, name: str) -> bool:
    """Whether one object can stand for two: no list or other object that either user could change."""
    disturbed = {used for statement in part.statements for used in statement.facts.changes}
    disturbed |= {used for statement in part.statements if not statement.binds for used in statement.roots}
    return name not in disturbed and not any(each.facts.builds_at_import for each in part.definition(name))


def _agree(mine: _Part, other: _Part, name: str, shared: set[str]) -> bool:
    for one, two in zip(mine.definition(name), other.definition(name), strict=True):
        if one.uses != two.uses or not shared.issuperset(one.binds):
            return False
        if any(used not in shared and mine.meanings[used] != other.meanings[used] for used in one.roots):
            return False
    return True


def _new_names(parts: Sequence[_Part], reserved: Mapping[str, Meaning]) -> dict[tuple[str, Meaning], str]:
    """The final name for each (name, meaning): the name itself, unless it means something else elsewhere."""
    users: dict[str, dict[Meaning, _Part]] = {}
    for part in parts:
        for name, meaning in part.meanings.items():
            users.setdefault(name, {}).setdefault(meaning, part)
    builtins = {name for part in parts for name in part.builtins}
    taken = {*reserved, *builtins}.union(*(part.words for part in parts))
    final: dict[tuple[str, Meaning], str] = {}
    for name, meanings in users.items():
        rivals = [*meanings, *([BUILTIN] if name in builtins else []), *([reserved[name]] if name in reserved else [])]
        keeper = rivals[0] if len(set(rivals)) == 1 else _keeper(name, rivals, reserved)
        for meaning, part in meanings.items():
            final[name, meaning] = name if meaning == keeper else _fresh(name_prefix(part.key) + name, taken)
            taken.add(final[name, meaning])
    return final


def _keeper(name: str, rivals: Sequence[Meaning], reserved: Mapping[str, Meaning]) -> Meaning | None:
    """The meaning that keeps a contested name: the file's own, Python's, a package's, else the only import's."""
    if name in reserved:
        return reserved[name]
    package: Meaning = ("import", name, "")
    if BUILTIN in rivals or package in rivals:
        return BUILTIN if BUILTIN in rivals else package
    imported = [meaning for meaning in rivals if meaning[0] == "import"]
    return imported[0] if len(imported) == 1 else None


def _fresh(name: str, taken: set[str]) -> str:
    number, fresh = 1, name
    while fresh in taken:
        number += 1
        fresh = f"{name}_{number}"
    return fresh

"""How an operation of the old history is written into another file: as its source has it, or by its functions' names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from migwizard.seeds.extract import CannotMove, Extract, extract
from migwizard.seeds.lift import LOST, NONE, Lifted, lift, lifted_source
from migwizard.seeds.renames import Fates, Model
from migwizard.seeds.rewrite import lost_models, rewritten
from migwizard.seeds.siblings import absolute_imports, joined
from migwizard.seeds.spell import spelled_out
from migwizard.seeds.verdicts import Judged

NOOP = "migrations.RunPython.noop"


@dataclass(frozen=True)
class OldModule:
    """An old migration: its text, and what only the loaded module tells."""

    package: str
    """Dotted package of the module ("shop.migrations")."""
    name: str
    text: str
    count: int
    """Operations that the loaded migration has."""
    stars: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What each ``import *`` gave, by the module as it is written."""

    @property
    def dotted(self) -> str:
        return f"{self.package}.{self.name}"

    @cached_property
    def spelled(self) -> str:
        """The text without what depends on its place."""
        return spelled_out(self.text, module=self.dotted, stars=self.stars)


@dataclass(frozen=True, slots=True)
class Old:
    """The old history as code: the dotted names of the modules that are going to vanish, and how to read one."""

    vanishing: Collection[str]
    read: Callable[[str], OldModule | None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Move:
    """An operation on its way into another file.

    In `source`, `{name}` of `names` stands for a global that an extract of the old module defines, and
    `{module:function}` of `borrowed` for a function of a module that stays.
    """

    source: str
    names: tuple[str, ...] = ()
    borrowed: tuple[tuple[str, str], ...] = ()
    lifted: Lifted | None = None
    no_way_back: str = ""
    """Why going back does nothing where the old operation says something else."""


def plan_move(judged: Judged, module: OldModule, old: Old) -> Move:
    """The gentlest way of moving an operation that runs code of its own. Raises CannotMove with the reason."""
    lifted, reason = _lifted(judged, module, old)
    if lifted is not None:
        return Move(f"{{{lifted.name}}}", (lifted.name,), lifted=lifted, no_way_back=lifted.no_way_back)
    if judged.facts["kind"] != "RunPython" or not _has_names(judged, module, old):
        raise CannotMove(reason or _why_nameless(judged, module))
    move = _by_name(judged, module, old)
    if move.names:
        take([move], module, old)
    return move


def take(moves: Sequence[Move], module: OldModule, old: Old, fates: Fates | None = None) -> Extract:
    """What several operations of one migration need of its module, in one extract. Raises CannotMove.

    With `fates` it is written anew with the names that models and fields have today.
    """
    source = lifted_source(module.spelled, [move.lifted for move in moves if move.lifted])
    names = dict.fromkeys(name for move in moves for name in move.names)
    source = _joined(source, module, old, ())
    return _extract(rewritten(source, fates) if fates else source, list(names), module, old)


def lost(
    moves: Sequence[Move], module: OldModule, old: Old, fates: Fates, known: set[Model]
) -> list[tuple[Model, Model]]:
    """The models that moved operations get under names that no model has today, each with its name of today."""
    part = take(moves, module, old)
    return lost_models(part.body, fates, known)


def _extract(source: str, names: list[str], module: OldModule, old: Old) -> Extract:
    # Its own name is a text like any other: it stands for `__name__`.
    others = frozenset(old.vanishing) - {module.dotted}
    return _extracted(source, tuple(names), module.package, others)


# Each trial of the seeds asks for the same again.
@lru_cache(maxsize=256)
def _extracted(source: str, names: tuple[str, ...], package: str, others: frozenset[str]) -> Extract:
    return extract(source, names, package=package, project_migrations=others)


def _joined(source: str, module: OldModule, old: Old, path: tuple[str, ...]) -> str:
    """The source with what other migrations have to give; `path` are the modules that led here."""

    def reach(dotted: str, wanted: list[str]) -> Extract:
        other = old.read(dotted)
        if other is None or dotted in path:
            raise CannotMove(f"It uses code of another migration, {dotted}.")
        text = other.spelled
        text = text if other.package == module.package else absolute_imports(text, other.package)
        return _extract(_joined(text, other, old, (*path, module.dotted)), wanted, other, old)

    return joined(source, package=module.package, vanishing=old.vanishing, reach=reach)


def _lifted(judged: Judged, module: OldModule, old: Old) -> tuple[Lifted | None, str]:
    """The operation as its source has it, without its way back where only that cannot be moved; else the reason."""
    reason = ""
    for go_back in (True, False):
        try:
            lifted = lift(module.spelled, judged.facts, module.count, go_back=go_back)
            if lifted is None:
                break
            take([Move("", (lifted.name,), lifted=lifted)], module, old)
        except CannotMove as error:
            reason = reason or error.reason
        else:
            return lifted, ""
    return None, reason


def _has_names(judged: Judged, module: OldModule, old: Old) -> bool:
    code = judged.facts.get("code")
    if code is None or not is_importable(code):
        return False
    return code["module"] == module.dotted or code["module"] not in old.vanishing


def _why_nameless(judged: Judged, module: OldModule) -> str:
    code = judged.facts.get("code")
    if code is None:
        return "The list of operations is computed, so its source does not show the operation."
    what = f"What it runs, a {code['qualname']}, has no name of its own in {code['module']}"
    if is_importable(code):
        what = f"Its function {code['qualname']} lives in another migration, {code['module']}"
    return f"{what}, and its list of operations is computed."


def _by_name(judged: Judged, module: OldModule, old: Old) -> Move:
    """A RunPython of named functions; a way back without a name goes."""
    names, borrowed, arguments = [], [], []
    for code in (judged.facts["code"], judged.facts.get("reverse")):
        if (
            code is None
            or not is_importable(code)
            or (code["module"] != module.dotted and code["module"] in old.vanishing)
        ):
            arguments.append(NOOP)
        elif code["module"] == module.dotted:
            names.append(code["qualname"])
            arguments.append(f"{{{code['qualname']}}}")
        else:
            borrowed.append((code["module"], code["qualname"]))
            arguments.append(f"{{{code['module']}:{code['qualname']}}}")
    arguments += ["elidable=True"] * bool(judged.facts["elidable"])
    source = f"migrations.RunPython({', '.join(arguments)})"
    reverse = judged.facts.get("reverse")
    lost = LOST if reverse is not None and arguments[1] == NOOP else ""
    why = lost if judged.facts.get("has_reverse", True) else NONE
    return Move(source, tuple(dict.fromkeys(names)), tuple(borrowed), no_way_back=why)


def is_importable(code: Mapping[str, Any]) -> bool:
    """Whether a callable is what an import of its module gives under its name."""
    return bool(code["named"])


def has_way_back(judged: Judged) -> bool:
    """Whether an operation that comes along undoes something when it goes back."""
    if judged.facts["kind"] == "RunSQL":
        return any(judged.facts["reverse_sql"] or ())
    if judged.facts["kind"] == "RunPython":
        return judged.facts.get("reverse") is not None
    return bool(judged.facts["reversible"])


def has_name(judged: Judged) -> bool:
    """Whether a new file could name what the operation runs, wherever it stands."""
    code = judged.facts.get("code")
    return code is None or is_importable(code)

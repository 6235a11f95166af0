"""The ladder: the gentlest way in which a seed can come along."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any

from migwizard.seeds.extract import CannotMove, Extract, extract
from migwizard.seeds.verdicts import Judged


class Rung(StrEnum):
    """How an operation gets into the new history."""

    MOVE = "move"
    """The function or SQL, unchanged, with everything that it needs of its module."""
    CARRY = "carry"
    """A custom operation as it deconstructs."""
    MATERIALISE = "materialise"
    """The rows that it left, as literal data."""
    CATALOGUE = "catalogue"
    """The definitions of its objects as the old database has them at the end."""
    DROP = "drop"


def movable(judged: Judged, source: str, package: str, vanishing: Collection[str]) -> Extract | None:
    """What a RunPython needs of its module to be moved; None where it stands in a module that stays and is imported.

    Raises CannotMove with the reason.
    """
    code, module = judged.facts["code"], f"{package}.{judged.migration}"
    if not is_importable(code) and (code["module"] != module or code["qualname"].isidentifier()):
        raise CannotMove(f"What it runs, a {code['qualname']}, has no name of its own in {code['module']}.")
    if code["module"] != module and code["module"] in vanishing:
        raise CannotMove(f"Its function {code['qualname']} lives in another migration, {code['module']}.")
    names = own_names(judged, package)
    return extract(source, names, package=package, project_migrations=vanishing) if names else None


def has_name(judged: Judged) -> bool:
    """Whether a new file could name what the operation runs: a lambda, say, or a function inside another one cannot be."""
    code = judged.facts.get("code")
    return code is None or is_importable(code)


def is_importable(code: Mapping[str, Any]) -> bool:
    """Whether a callable is what an import of its module gives under its name."""
    return bool(code["named"])


def own_names(judged: Judged, package: str) -> list[str]:
    """The functions of a RunPython that stand in its own module: forwards and, where it can be named, backwards."""
    module = f"{package}.{judged.migration}"
    code, reverse = judged.facts.get("code"), judged.facts.get("reverse")
    names = [code["qualname"]] if code and code["module"] == module else []
    if reverse and is_importable(reverse) and reverse["module"] == module:
        names.append(reverse["qualname"])
    return list(dict.fromkeys(names))


def first_rung(judged: Judged, can_move: bool) -> Rung:
    """The rung to try first."""
    if judged.facts["kind"] == "RunPython":
        return Rung.MOVE if can_move else Rung.MATERIALISE
    if judged.facts["kind"] == "RunSQL" and is_plain(judged):
        return Rung.MOVE
    return Rung.CARRY if judged.facts.get("written") else Rung.MATERIALISE


def is_plain(judged: Judged) -> bool:
    """Whether a RunSQL is nothing but statements: parameters are carried as Django writes them."""
    forwards, backwards = judged.facts["sql"], judged.facts["reverse_sql"]
    return forwards is not None and (backwards is not None or not judged.facts["reversible"])


def share_rows(judged: Sequence[Judged], rungs: Mapping[str, Rung]) -> dict[str, Rung]:
    """Operations that share rows with a materialised one are materialised too: literal rows hold their last values.

    What is left out stays out.
    """
    result: dict[str, Rung] = dict(rungs)
    owners: dict[Any, list[str]] = {}
    for operation in judged:
        for key in operation.keys:
            owners.setdefault(key, []).append(operation.id)
    changed = True
    while changed:
        changed = False
        for sharing in owners.values():
            if any(result[id] is Rung.MATERIALISE for id in sharing):
                for id in (id for id in sharing if result[id] is not Rung.DROP):
                    changed |= result[id] is not Rung.MATERIALISE
                    result[id] = Rung.MATERIALISE
    return result

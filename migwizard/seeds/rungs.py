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
    code, reverse = judged.facts["code"], judged.facts.get("reverse")
    module = f"{package}.{judged.migration}"
    if code["module"] != module:
        if code["module"] in vanishing or "." in code["qualname"] or not str(code["module"]):
            raise CannotMove(f"its function {code['qualname']} lives in {code['module']}")
        return None
    names = [code["qualname"]]
    if reverse and reverse["module"] == module and "." not in reverse["qualname"]:
        names.append(reverse["qualname"])
    return extract(source, names, package=package, project_migrations=vanishing)


def first_rung(judged: Judged, can_move: bool) -> Rung:
    """The rung to try first."""
    if judged.facts["kind"] == "RunPython":
        return Rung.MOVE if can_move else Rung.MATERIALISE
    if judged.facts["kind"] == "RunSQL":
        return Rung.MOVE if judged.facts["sql"] is not None else Rung.MATERIALISE
    if judged.facts["kind"] == "custom" and judged.facts.get("written"):
        return Rung.CARRY
    return Rung.MATERIALISE


def share_rows(judged: Sequence[Judged], rungs: Mapping[str, Rung]) -> dict[str, Rung]:
    """Operations that share rows with a materialised one are materialised too: literal rows hold their last values."""
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
                for id in sharing:
                    changed |= result[id] is not Rung.MATERIALISE
                    result[id] = Rung.MATERIALISE
    return result

"""The ladder: the gentlest way in which a seed can come along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from migwizard.seeds.verdicts import Judged


class Rung(StrEnum):
    """How an operation gets into the new history."""

    MOVE = "move"
    """The operation as its source has it, unchanged, with everything that it needs of its module."""
    REWRITE = "rewrite"
    """The same with the names that models and fields have today."""
    CARRY = "carry"
    """A custom operation as it deconstructs."""
    MATERIALISE = "materialise"
    """The rows that it left, as literal data."""
    CATALOGUE = "catalogue"
    """The definitions of its objects as the old database has them at the end."""
    DROP = "drop"


AS_CODE = (Rung.MOVE, Rung.REWRITE, Rung.CARRY)
"""The ways in which an operation comes along with its logic."""


def first_rung(judged: Judged, can_move: bool) -> Rung:
    """The rung to try first."""
    if judged.facts["kind"] == "RunSQL" and is_plain(judged):
        return Rung.MOVE
    if judged.facts.get("written"):
        return Rung.CARRY
    return Rung.MOVE if can_move else Rung.MATERIALISE


def is_plain(judged: Judged) -> bool:
    """Whether a RunSQL is nothing but statements: parameters and hints are carried as Django writes them."""
    forwards, backwards = judged.facts["sql"], judged.facts["reverse_sql"]
    if judged.facts.get("hints") and judged.facts.get("written"):
        return False
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

"""Which rows a switch takes out, and which it puts in."""

from __future__ import annotations

import typing

from .history import History, Row
from .refusal import SwitchError
from .words import Facts, Keys, keys, listed

Consistent = typing.Callable[[Keys], typing.List[str]]


class Plan(typing.NamedTuple):
    """`leaving` rows are of the old history, `arriving` names of the new one, `after` all that is recorded then."""

    leaving: typing.List[Row]
    arriving: Keys
    after: Keys


def make_plan(rows: typing.List[Row], manifest: Facts) -> Plan:
    """All rows of the project leave but the kept ones; a kept name that only a squash stood for arrives too."""
    apps, keep = set(manifest["apps"]), keys(manifest["keep"])
    leaving = [row for row in rows if row.app in apps and row.key not in keep]
    staying = [row.key for row in rows if row.app not in apps or row.key in keep]
    arriving = [key for key in keep if key not in staying] + keys(manifest["new"]["nodes"])
    return Plan(leaving, arriving, staying + arriving)


def refuse_orphans(history: History, plan: Plan, consistent: typing.Optional[Consistent]) -> None:
    """Raise SwitchError where rows would be recorded without their parents."""
    complaints = consistent(plan.after) if consistent else []
    if complaints:
        sentence = f"After the switch the history would be inconsistent: {listed(complaints)}."
        sentence = f"{history} is not switched. {sentence} Are the new migration files in place?"
        raise SwitchError("MW-E16", sentence, {"complaints": complaints})

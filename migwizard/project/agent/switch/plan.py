"""Which rows a switch takes out, and which it puts in."""

from __future__ import annotations

import typing

from .files import Orphans
from .history import History, Row
from .refusal import SwitchError
from .words import Facts, Keys, behind, full_name, keys, listed

Consistent = typing.Callable[[Keys], Orphans]


class Plan(typing.NamedTuple):
    """`leaving` rows are of the old history, `arriving` names of the new one, `after` all that is recorded then.

    `on_top` are rows of the project that stay, since a file beyond both histories bears their name.
    """

    leaving: typing.List[Row]
    arriving: Keys
    after: Keys
    on_top: typing.List[Row]


def make_plan(rows: typing.List[Row], found: Facts, manifest: Facts) -> Plan:
    """All rows of the project leave but those kept or on top; a kept name that only a squash stood for arrives too.

    Where the new migrations replace the old ones by name none leaves: Django tells by them that the new ones are applied.
    """
    apps, keep, above = set(manifest["apps"]), keys(manifest["keep"]), keys(found["on_top"])
    on_top = [row for row in rows if row.key in above]
    leaving = [row for row in rows if row.app in apps and row.key not in keep and row.key not in above]
    leaving = [] if manifest.get("replaces") else leaving
    gone = {row.id for row in leaving}
    staying = [row.key for row in rows if row.id not in gone]
    arriving = [key for key in keep if key not in staying] + keys(manifest["new"]["nodes"])
    return Plan(leaving, arriving, staying + arriving, on_top)


def refuse_orphans(history: History, plan: Plan, manifest: Facts, consistent: typing.Optional[Consistent]) -> None:
    """Raise SwitchError where rows would be recorded without their parents.

    A database that only lacks migrations of other apps is behind, since the new files depend on the newest ones of these.
    """
    orphans = consistent(plan.after) if consistent else []
    lacking = sorted({parent for _, parent in orphans})
    if lacking and not any(app in manifest["apps"] for app, _ in lacking):
        raise SwitchError(
            "MW-E12", behind(str(history), lacking, manifest), {"missing": [list(key) for key in lacking]}
        )
    if orphans:
        complaints = [f"{full_name(key)} needs {full_name(parent)}" for key, parent in orphans]
        sentence = f"After the switch the history would be inconsistent: {listed(complaints)}."
        sentence = f"{history} is not switched. {sentence} Are the new migration files in place?"
        raise SwitchError("MW-E16", sentence, {"complaints": complaints})

"""How long somebody else who writes to a database is waited for: briefly, and once longer where a person asked for it."""

from __future__ import annotations

from migwizard.engine.ride import Ride

SECONDS = 10.0
LONGER = 60.0

_ALIAS = "alias that is waited for"
_AGREED = "the switch of what is waited for was agreed to"


def ask(ride: Ride, alias: str, *, agreed: bool) -> None:
    """Wait longer for this database, the next time that it is looked at or switched.

    `agreed`: the person had agreed to its switch before it was found busy.
    """
    ride.facts[_ALIAS] = alias
    ride.facts[_AGREED] = agreed


def asked(ride: Ride, alias: str) -> bool:
    """Whether a person asked to wait longer for this database. True only once: the word was given for one try."""
    if ride.facts.get(_ALIAS) != alias:
        return False
    del ride.facts[_ALIAS]
    return True


def agreed(ride: Ride) -> bool:
    """Whether the person had agreed to the switch of what was waited for. True only once, as for `asked`."""
    return bool(ride.facts.pop(_AGREED, False))

"""How long somebody else who writes to a database is waited for: briefly, and once longer where a person asked for it."""

from __future__ import annotations

from migwizard.engine.ride import Ride

SECONDS = 10.0
LONGER = 60.0

_ALIAS = "alias that is waited for"


def ask(ride: Ride, alias: str) -> None:
    """Wait longer for this database, the next time that it is looked at or switched."""
    ride.facts[_ALIAS] = alias


def asked(ride: Ride, alias: str) -> bool:
    """Whether a person asked to wait longer for this database. True only once: the word was given for one try."""
    if ride.facts.get(_ALIAS) != alias:
        return False
    del ride.facts[_ALIAS]
    return True

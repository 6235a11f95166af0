"""Who the databases are that aliases lead to: the same alias may lead to another one with the settings or the environment of later.

What was done to a database, and what was said about it, holds for that one alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from migwizard.engine.ride import Ride, fingerprint
from migwizard.engine.surviving import journal
from migwizard.engine.surviving.checkpoint import NOT_TOUCHED
from migwizard.engine.surviving.journal import Act
from migwizard.errors import ConflictError
from migwizard.stored import printable

THERE = " through --via"
"""Ends the identity of what only the place knows where the project runs: its own files, and the servers that it calls local."""
LONG = 400
"""Characters of an identity that a message shows: a path in the project of somebody is rarely longer."""
SPENT = "spent"
"""What an answer is about once it was followed: no database."""
_LOCAL = ("", "localhost", "127.0.0.1", "::1")


def of(ride: Ride, alias: str) -> str:
    """Which database an alias leads to now."""
    return next(identity_of(ride, one) for one in ride.guest.facts["databases"] if one["alias"] == alias)


def identity_of(ride: Ride, database: Mapping[str, Any]) -> str:
    """The same by what the guest says of a database: words for people, without user and password."""
    name = str(database["identity"])
    return name + THERE if ride.project.interpreter.via and not _is_seen_here(ride, database) else name


def _is_seen_here(ride: Ride, database: Mapping[str, Any]) -> bool:
    """Whether the name means the same database here as it does where the project runs."""
    name = str(database["identity"])
    if not database["sqlite"]:
        host = name.partition("://")[2].rpartition("/")[0].rpartition(":")[0]
        return host not in _LOCAL and not host.startswith("/")
    here = ride.project.root / name
    return bool(database["inside"]) and (here.stat().st_ino if here.exists() else 0) == database["inode"]


def note(ride: Ride, alias: str, state: str) -> None:
    """Keep in the checkpoint in which state a database is, and which one it is."""
    ride.checkpoint.databases[alias] = state
    ride.checkpoint.identities[alias] = of(ride, alias)


def was_switched(ride: Ride, alias: str) -> bool:
    """Whether this reset switched the database, and did not take it back since."""
    here = of(ride, alias)
    return any(act.kind == "switch" and act.is_of(alias, here) for act in journal.switches(ride.workplace.journal))


def touched(ride: Ride, alias: str) -> bool:
    """Whether this reset switched the database, or was about to when it was killed."""
    noted, known = ride.checkpoint.databases.get(alias, NOT_TOUCHED), ride.checkpoint.identities.get(alias, "")
    return (noted != NOT_TOUCHED and known in ("", of(ride, alias))) or was_switched(ride, alias)


def switched_elsewhere(ride: Ride) -> list[Act]:
    """The switches that stand in databases to which no alias leads now."""
    here = {identity_of(ride, one) for one in ride.guest.facts.get("databases", ())}
    stand = [act for act in journal.switches(ride.workplace.journal) if act.kind == "switch" and act.identity]
    return [act for act in stand if act.identity not in here]


def sentence(alias: str, database: str) -> str:
    """That a database is switched to which no alias leads now."""
    return f"{alias} was switched when it was {printable(database, LONG)}, and no alias leads there now."


def told_elsewhere(ride: Ride) -> tuple[str, ...]:
    """What is said of each of these to somebody who undoes nothing now."""
    leads = "Undo needs the settings and the environment that lead to it."
    return tuple(f"{sentence(act.alias, act.identity)} {leads}" for act in switched_elsewhere(ride))


def refuse_elsewhere(ride: Ride) -> None:
    """Raise ConflictError where a switched database would be left behind, and what leads back from it would go."""
    if found := switched_elsewhere(ride):
        raise ConflictError(
            f"{' '.join(sentence(act.alias, act.identity) for act in found)} Its rows would stay switched, and their backup would "
            "go. Nothing was changed.",
            code="still-needed",
            cures=(
                f"Undo again with the settings and the environment that lead to {printable(found[0].identity, LONG)}.",
                "Where several need each its own: migwizard undo, without --yes, puts back the rows of one alone.",
                "If it is gone for good: put an empty database in its place, and undo with that.",
            ),
            details={"databases": [{"alias": act.alias, "database": act.identity} for act in found]},
        )


def keep_answer(ride: Ride, alias: str) -> None:
    """Note of which database it is that somebody said to switch it, or not to."""
    _mark(ride, alias, _about(ride, alias))
    ride.save()


def spend_answer(ride: Ride, alias: str) -> None:
    """The switch was done: reports still tell who said so, and another switch is asked for anew."""
    _mark(ride, alias, SPENT)


def forget_answer(ride: Ride, alias: str) -> None:
    """What was said about the switch does not hold any more: its rows went back, or it is to be asked anew."""
    ride.checkpoint.decisions.pop(f"switch:{alias}", None)


def forget_foreign_answer(ride: Ride, alias: str) -> None:
    """The same for an answer that is spent, that was given about another database, or about nobody noted which."""
    said = ride.checkpoint.decisions.get(f"switch:{alias}")
    if said is not None and said.about != _about(ride, alias):
        forget_answer(ride, alias)


def _mark(ride: Ride, alias: str, about: str) -> None:
    if said := ride.checkpoint.decisions.get(f"switch:{alias}"):
        ride.checkpoint.decisions[f"switch:{alias}"] = replace(said, about=about)


def _about(ride: Ride, alias: str) -> str:
    return fingerprint(of(ride, alias))

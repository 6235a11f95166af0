"""Real databases held against what the histories build, before their switch: what is told, and what is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from migwizard.engine.planning import keeping
from migwizard.engine.previews import DatabaseLine, FakePreview
from migwizard.engine.proving.catalogues import cut_catalogue, old_catalogue, proved_catalogue
from migwizard.engine.proving.scratch import ALIAS
from migwizard.engine.ride import PULLED, Ride, fingerprint
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Question
from migwizard.plan.operations import Node
from migwizard.project.guest import GuestError
from migwizard.proof.deviation import Deviation, deviations
from migwizard.words.counting import count
from migwizard.words.databases import engine_name

TOLD = "deviations were told"
"""Key of the aliases whose deviations were told in this sitting."""
SHOWN = 5
"""So many are told in a question or as lines; the details of the database have all."""


def find(ride: Ride, database: Mapping[str, Any], lacking: Sequence[Node] = ()) -> tuple[tuple[Deviation, ...], str]:
    """What deviates in a real database, which is only read; else why it could not be compared.

    `lacking` are the migrations on top of both histories that it has not applied: where those are all, it is at the cut.
    """
    alias, on_top = str(database["alias"]), keeping.kept(ride).nodes
    if lacking and len(lacking) < len(on_top):
        applied = len(on_top) - len(lacking)
        return (
            (),
            f"it has applied {applied} of the {count(len(on_top), 'migration')} on top, and no history ends there",
        )
    ends = (cut_catalogue(ride),) * 2 if lacking else (old_catalogue(ride), proved_catalogue(ride))
    # What is kept here, if anything, is of another reset than a pulled one.
    if PULLED in ride.facts or not all(path.is_file() for path in ends):
        where = "in this checkout" if PULLED in ride.facts else "in .migwizard any more"
        return (), f"what the old history builds is not kept {where}"
    old, new = (json.loads(path.read_bytes()) for path in ends)
    try:
        real = ride.guest.call("read_schema", alias=alias)
    except GuestError as error:
        if error.kind == "died":
            # It says nothing about the database, which must not be switched unseen for it.
            raise
        return (), error.sentence
    if real["engine"] != old["engine"]:
        return (), f"it runs on {real['engine']}, and the proof ran on {old['engine']}"
    if _release(real) != _release(old):
        ran, proved = (engine_name(one["engine"], one["version"]) for one in (real, old))
        return (), f"it runs on {ran} {real['version']}, and the proof ran on {proved} {old['version']}"
    registry, labels = ride.built() if lacking else ride.registry(), set(ride.apps.labels)
    tables = {model["table"]: model["app"] for model in registry["models"]} | registry["auto_tables"]
    found = deviations(
        real,
        old,
        new,
        explicit_names=registry["explicit_names"],
        foreign=[table for table, app in tables.items() if app not in labels],
        partial=alias != ALIAS,
    )
    return found, ""


def _release(catalogue: Mapping[str, Any]) -> tuple[str, str]:
    """What has to be the same for definitions to be comparable: another release of a server writes them in another way."""
    version, name = str(catalogue["version"]), engine_name(catalogue["engine"], str(catalogue["version"]))
    parts = 0 if name == "SQLite" else 1 if name == "PostgreSQL" else 2
    return name, ".".join(version.split(".")[:parts])


def tell(ride: Ride, line: DatabaseLine) -> None:
    """Say once a sitting what deviates in a database that is about to be switched."""
    told: set[str] = ride.facts.setdefault(TOLD, set())
    if line.alias in told:
        return
    told.add(line.alias)
    if line.uncompared:
        ride.tell("note", f"The schema of {line.alias} was not compared: {line.uncompared}.")
    grave = [item for item in line.deviations if item.weight != "info"]
    for item in grave[:SHOWN]:
        ride.tell("warning", f"{line.alias}: {item.sentence}", alias=line.alias, deviation=as_json(item))
    if more := len(line.deviations) - len(grave[:SHOWN]):
        ride.tell("note", f"{line.alias}: {count(more, 'more deviation')} from what the old history builds.")


def accepted(ride: Ride, lines: tuple[DatabaseLine, ...], line: DatabaseLine) -> bool:
    """Whether a database may be switched although it lacks tables or columns: only a person can say so.

    Raises UndecidedError where nobody does.
    """
    if not _lost(line):
        return True
    question = question_of(lines, line)
    return ride.ask(question if ride.options.review else replace(question, default=None)) == "accept"


def question_of(lines: tuple[DatabaseLine, ...], line: DatabaseLine) -> Question:
    """The question about a database that lacks tables or columns; its answer holds for what was seen."""
    lost = _lost(line)
    seen = fingerprint([(item.kind, item.table, item.name) for item in lost])[:8]
    shown = " ".join(item.sentence for item in lost[:SHOWN])
    more = f" And {count(len(lost) - SHOWN, 'more')}." if len(lost) > SHOWN else ""
    return Question(
        f"deviates:{line.alias}:{seen}",
        State.FAKE,
        f"{line.alias} lacks what the project needs",
        f"{shown}{more} The switch would only exchange rows of django_migrations; what is missing stays missing, and the "
        "project fails where it uses it.",
        (
            Choice("later", f"{line.alias} stays as it is; mend it, then switch it", "Not yet"),
            Choice("accept", "it is switched although this is missing", "Switch it all the same"),
        ),
        safe=None,
        default="later",
        preview=FakePreview(lines, "", line.alias),
        details=definitions(line.deviations),
    )


def _lost(line: DatabaseLine) -> list[Deviation]:
    return [item for item in line.deviations if item.weight == "stop"]


def definitions(found: Sequence[Deviation]) -> str:
    """Each with both definitions."""
    return "\n\n".join(
        f"{item.sentence}\n  old history: {item.expected or '(nothing)'}\n  database:    {item.found or '(nothing)'}"
        for item in found
    )


def as_json(item: Deviation) -> dict[str, Any]:
    """A deviation as `--json` prints it."""
    return {
        "weight": item.weight,
        "kind": item.kind,
        "table": item.table,
        "name": item.name,
        "expected": item.expected,
        "found": item.found,
    }

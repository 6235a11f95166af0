"""Proof: old and new history, each from zero, and every difference between the databases they build."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Literal

from migwizard import __version__
from migwizard.engine import composing, durable
from migwizard.engine.ride import Ride, fingerprint
from migwizard.engine.runs import ALIAS, Runs, history_fingerprint, old_result
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Question
from migwizard.errors import MigwizardError, UndecidedError
from migwizard.proof.catalogue import compare_catalogues, count_objects, count_tables
from migwizard.proof.certificate import Certificate, Count, Decided
from migwizard.proof.difference import Difference
from migwizard.proof.rows import MORE, compare_rows, count_rows, volatile_cells


def run(ride: Ride) -> dict[str, Any]:
    """Prove equality and keep the certificate. Raises MigwizardError with what differs; the tree is untouched."""
    history = history_fingerprint(ride)
    files = {name: str(durable.file_hash(ride.workplace.staging / name)) for name in ride.checkpoint.files}
    certificate, seconds = prove(ride)
    write_certificate(ride, certificate)
    if not certificate.settled:
        raise _not_equal(ride, certificate)
    # What was proved is what Apply swaps in, edits by hand included.
    ride.checkpoint.files = files
    return summary(certificate) | {"seconds": seconds, "history": history}


def prove(ride: Ride) -> tuple[Certificate, dict[str, float]]:
    """Run both histories and compare; nothing in the project changes."""
    with Runs(ride) as runs:
        old_future, second_future, new_future = runs.old(), runs.second(), runs.new("new")
        old = old_result(old_future)
        second, new = second_future.result(), new_future.result()
    explicit = ride.registry()["explicit_names"]
    volatile = volatile_cells(old["rows"], second["rows"], old["catalogue"])
    schema = compare_catalogues(old["catalogue"], new["catalogue"], explicit_names=explicit)
    rows = compare_rows(
        old["rows"],
        new["rows"],
        catalogue_old=old["catalogue"],
        catalogue_new=new["catalogue"],
        volatile=volatile,
        labels=composing.declared_permissions(ride),
    )
    said = ride.guest.call("check_changes", folders=ride.new_folders())
    durable.write_file(proved_catalogue(ride), json.dumps(new["catalogue"]).encode())
    certificate = Certificate(
        run_id=ride.checkpoint.run_id,
        created=ride.checkpoint.timestamp,
        engine=str(old["catalogue"]["engine"]),
        versions={
            "migwizard": __version__,
            "python": ride.guest.facts["python"],
            "django": ride.guest.facts["django"],
            "sqlite": str(old["catalogue"]["version"]),
        },
        tables=Count(count_tables(old["catalogue"]), count_tables(new["catalogue"])),
        rows=Count(count_rows(old["rows"]), count_rows(new["rows"])),
        objects=Count(count_objects(old["catalogue"]), count_objects(new["catalogue"])),
        schema_equal=not _errors(schema),
        rows_equal=not _errors(rows),
        check_equal=said == ride.checkpoint.results.get("drift", {}),
        differences=tuple(_decide(ride, item) for item in _with_causes([*schema, *rows], old["observations"])),
        volatile=volatile.names,
        caveats=_caveats(ride),
    )
    return certificate, {"old": old["seconds"], "new": new["seconds"], "second": second["seconds"]}


def proved_catalogue(ride: Ride) -> Path:
    """Where the catalogue that the proof saw is kept, for the look at the tree after Apply."""
    return ride.work / "new-catalogue.json"


def write_certificate(ride: Ride, certificate: Certificate) -> None:
    durable.write_file(ride.workplace.certificate, certificate.to_json().encode())
    durable.write_file(ride.workplace.report, certificate.to_text().encode())


def summary(certificate: Certificate) -> dict[str, Any]:
    """The proof in the report of a run."""
    return {
        "engine": certificate.engine,
        "schema_equal": certificate.schema_equal,
        "rows_equal": certificate.rows_equal,
        "check_equal": certificate.check_equal,
        "settled": certificate.settled,
        "tables": asdict(certificate.tables),
        "rows": asdict(certificate.rows),
        "differences": [asdict(item.difference) | {"decision": item.decision} for item in certificate.differences],
    }


def _errors(differences: Sequence[Difference]) -> list[Difference]:
    return [difference for difference in differences if difference.severity == "error"]


def _with_causes(differences: Sequence[Difference], observations: Mapping[str, Any]) -> list[Difference]:
    """Add to each difference the old operations that are behind it, as far as they were observed."""
    makers = {(kind, name): owner for kind, name, owner in observations["objects"]}
    writers: dict[str, list[str]] = {}
    for facts in observations["operations"]:
        for table in facts["rows"]:
            writers.setdefault(table, []).append(facts["id"])
    told = []
    for item in differences:
        made = makers.get((item.kind, item.name)) or (None if item.of_rows else makers.get(("table", item.table or "")))
        causes = [made] if made else writers.get(item.table or "", []) if item.of_rows else []
        if causes and item.severity == "error":
            item = replace(item, sentence=f"{item.sentence} In the old history: {', '.join(causes[:4])}.")
        told.append(item)
    return told


def question_id(item: Difference) -> str:
    """Names the difference and, by a hash, what differs: an answer holds for nothing that the person did not see."""
    return f"difference:{item.kind}:{item.table or ''}:{item.name}:{fingerprint(item.old, item.new)[:8]}"


def _decide(ride: Ride, item: Difference) -> Decided:
    """The person's decision on a difference; without one it stays open."""
    decision: Literal["accepted"] | None = None
    answerable = item.severity == "error" and item.name != MORE
    stored = ride.checkpoint.decisions.get(question_id(item))
    if ride.read_only and answerable:
        decision = "accepted" if stored is not None and stored.choice == "accept" else None
    elif answerable:
        question = Question(
            question_id(item),
            State.PROOF,
            "Old and new differ",
            item.sentence,
            (
                Choice("accept", "the difference stays: new databases will be built like this"),
                Choice("stop", "nothing is swapped; go back to the seeds, or mend the models"),
            ),
            safe=None,
        )
        try:
            decision = "accepted" if ride.ask(question) == "accept" else None
        except UndecidedError:
            decision = None
    return Decided(item, decision)


def _caveats(ride: Ride) -> tuple[str, ...]:
    others = [database["alias"] for database in ride.guest.facts["databases"] if database["alias"] != ALIAS]
    caveats = ["Seeds were compared under one environment and one settings module; others may take other branches."]
    if others:
        caveats.append(f"The proof ran as database {ALIAS}; it says nothing of {', '.join(others)}.")
    return tuple(caveats)


def _not_equal(ride: Ride, certificate: Certificate) -> MigwizardError:
    open_items = [item.difference for item in certificate.differences if item.open]
    shown = " ".join(item.sentence for item in open_items[:3])
    more = f" (and {len(open_items) - 3} more)" if len(open_items) > 3 else ""
    if not certificate.check_equal:
        shown = f"{shown} makemigrations --check does not say what it said before.".strip()
    return MigwizardError(
        f"Old and new differ in {len(open_items)} place(s). {shown}{more} The project is unchanged; the whole report is in "
        f"{ride.workplace.report.relative_to(ride.project.root)}.",
        code="not-equal",
        cures=(
            "Go back to the seeds and keep what is missing.",
            *(f'Accept it: {{"{question_id(item)}": "accept"}} in a file for --answers.' for item in open_items[:3]),
        ),
        details=summary(certificate),
    )

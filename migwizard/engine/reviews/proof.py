"""The approval of the proof: the certificate, and every difference with its decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from migwizard.engine.previews import ProofPreview
from migwizard.engine.proving import differing
from migwizard.engine.proving.tally import Tally, tally
from migwizard.engine.ride import Ride
from migwizard.engine.states import State
from migwizard.engine.surviving import durable
from migwizard.engine.talk import Choice, Question
from migwizard.proof.certificate import Certificate
from migwizard.words.counting import count

SAVED = "proof.txt"
"""The name of the copy; the report itself is written anew by each proof."""


def question(ride: Ride) -> Question:
    """What is asked when both histories were built and compared."""
    certificate = Certificate.from_json(ride.workplace.certificate.read_text(encoding="utf-8"))
    preview = _preview(ride, certificate, ride.checkpoint.results[State.PROOF])
    further = (
        (Choice("continue", "the swap of the files is shown before it happens", "Continue to Apply"),)
        if certificate.settled
        else ()
    )
    return Question(
        "review:proof",
        State.PROOF,
        _headline(certificate),
        " ".join(filter(None, [_text(certificate), tally(ride).sentence])),
        (
            *further,
            Choice("again", "both databases are built and compared anew", "Run it again"),
            Choice("save:report", f"a copy is written to {_copy(ride)}", "Save the report", group="save"),
        ),
        safe="continue" if certificate.settled else None,
        kind="review",
        default="continue" if certificate.settled else None,
        preview=preview,
        details=preview.text,
    )


def _headline(certificate: Certificate) -> str:
    if certificate.equal:
        return "Equal: old and new build the same database"
    accepted = _accepted(certificate)
    if certificate.settled:
        return f"{count(accepted, 'difference')}, accepted by name"
    return "Do old and new build the same database?"


def _text(certificate: Certificate) -> str:
    """What came out, in two sentences."""
    tables, rows = certificate.tables, certificate.rows
    if certificate.equal:
        return f"{count(tables.new, 'table')} and {count(rows.new, 'row')} came out equal from both histories."
    accepted = _accepted(certificate)
    return f"They differ in {count(accepted, 'place')}; each was accepted by name, and the certificate lists it."


def _accepted(certificate: Certificate) -> int:
    return sum(item.decision is not None for item in certificate.differences)


def _preview(ride: Ride, certificate: Certificate, result: Mapping[str, Any]) -> ProofPreview:
    seconds = result.get("seconds", {})
    figures = tuple((str(what), str(old), str(new), bool(equal)) for what, old, new, equal in result.get("figures", ()))
    files = next(((old, new) for what, old, new, _ in figures if what == "files"), None)
    causes = {key: tuple(found) for key, found in result.get("causes", {}).items()}
    return ProofPreview(
        engine=f"{certificate.engine} {certificate.versions.get(certificate.engine, '')}".strip(),
        equal=certificate.equal,
        settled=certificate.settled,
        figures=(*figures, differing.check_figure(certificate)),
        differences=differing.lines(certificate.differences, causes),
        caveats=certificate.caveats,
        text=certificate.to_text(),
        runs=tuple(
            (name, f"{count(int(number), 'file')}, {seconds[name]:.1f} s")
            for name, number in zip(("old", "new"), files or (), strict=False)
            if name in seconds
        )
        + ((("second", _unsteady(certificate)),) if "second" in seconds else ()),
        path=str(ride.workplace.certificate.relative_to(ride.project.root)),
        operations=_operations(tally(ride)),
    )


def _operations(numbers: Tally) -> tuple[str, str]:
    """How many there were and what became of them, in the width of a column."""
    if not numbers.total:
        return "", ""
    left = numbers.total - numbers.kept
    return str(numbers.total), f"{numbers.kept} kept" + (f", {left} not" if left else "")


def _unsteady(certificate: Certificate) -> str:
    """What the second run of the old history has shown."""
    number = len(certificate.volatile)
    if not number:
        return "same rows again"
    return count(number, "column differs by itself", "columns differ by themselves")


def _copy(ride: Ride) -> str:
    return f"{ride.workplace.folder.name}/saved/{SAVED}"


def change(ride: Ride, answer: str) -> State:
    """Save a copy of the report, out of the way of the next proof; nothing else can be changed here."""
    if answer == "save:report":
        certificate = Certificate.from_json(ride.workplace.certificate.read_text(encoding="utf-8"))
        target = ride.project.root / _copy(ride)
        durable.write_file(target, certificate.to_text().encode())
        ride.tell("note", f"The report is in {_copy(ride)}.", saved=str(target))
    return State.PROOF

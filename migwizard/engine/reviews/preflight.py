"""The approval of preflight."""

from __future__ import annotations

from migwizard.engine.findings import Finding
from migwizard.engine.previews import PreflightPreview
from migwizard.engine.ride import Ride
from migwizard.engine.states import State
from migwizard.engine.steps.looking import GRAPHVIZ
from migwizard.engine.talk import Choice, Question


def question(ride: Ride) -> Question:
    """What is asked when every check has passed; notes are there to be read."""
    result = ride.checkpoint.results.get(State.PREFLIGHT, {})
    findings = tuple(Finding(**finding) for finding in result.get("findings", ()))
    return Question(
        "review:preflight",
        State.PREFLIGHT,
        "Ready. Nothing stands in the way",
        "We only looked; nothing was written outside of our own folder .migwizard.",
        tuple(_choices(findings)),
        safe="continue",
        kind="review",
        default="continue",
        preview=PreflightPreview(findings),
    )


def _choices(findings: tuple[Finding, ...]) -> list[Choice]:
    choices = [
        Choice("continue", "goes on to the apps that take part", "Continue"),
        Choice("again", "looks at everything anew", "Check again"),
    ]
    for finding in findings:
        if finding.detail and finding.name != "Graphviz":
            key = f"show:{finding.name.lower().replace(' ', '-')}"
            choices.append(Choice(key, finding.text, f"Show {finding.name}", group="details", shows=finding.detail))
        elif finding.detail == GRAPHVIZ:
            effect = "pictures as text and as .dot work without it"
            choices.append(Choice("show:graphviz", effect, "How to install Graphviz", group="details", shows=GRAPHVIZ))
    return choices


def change(ride: Ride, answer: str) -> State:
    """Nothing can be changed here but by looking again; texts to read come back to the same question."""
    return State.PREFLIGHT

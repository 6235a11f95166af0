"""Done: what was reached, in figures, with a page for the pull request and a commit message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from migwizard.engine.proving.tally import tally
from migwizard.engine.ride import BY_NOBODY, Ride
from migwizard.engine.seeding import facts, overrule, words
from migwizard.engine.states import State
from migwizard.engine.surviving import durable
from migwizard.engine.swapping import commitline, leftovers, shown, summary, swap, uncommitted
from migwizard.engine.swapping.commitline import MESSAGE
from migwizard.engine.swapping.summary import Decision, Kept, Reached, Waited
from migwizard.engine.switching import runbook
from migwizard.proof.certificate import Certificate
from migwizard.seeds.rungs import Rung
from migwizard.seeds.verdicts import Verdict
from migwizard.words.counting import some
from migwizard.words.databases import STANDS, engine_name

PAGE = "summary.md"


def run(ride: Ride) -> dict[str, Any]:
    """Everything is done; the report is built from the results of the states before. Writes page, message and runbook."""
    loose = uncommitted.find(ride)
    found = reached(ride, loose)
    durable.write_file(ride.workplace.folder / MESSAGE, summary.commit_message(found).encode())
    durable.write_file(ride.workplace.folder / PAGE, summary.page(found).encode())
    durable.write_file(ride.workplace.folder / runbook.NAME, runbook.of(ride).encode())
    saved = [f"{ride.workplace.folder.name}/{name}" for name in (MESSAGE, PAGE, runbook.NAME)]
    if ignored := commitline.ignored(ride):
        ride.tell(
            "warning",
            f"git ignores {some(ignored)}, which belong to the reset: the command for git adds them all the same.",
        )
    command = commitline.command(ride, loose)
    return {"saved": saved, "leftovers": leftovers.find(ride), "commit": command, uncommitted.KEY: loose}


ONLY_SHOWN = ("dot",)
"""Decisions about what a screen shows: they change nothing, and name places of this machine."""


def reached(ride: Ride, loose: Sequence[str]) -> Reached:
    """The figures of the whole ride, from what the states left; `loose` are the files that no commit has as they were proved."""
    results = ride.checkpoint.results
    certificate = Certificate.from_json(ride.workplace.certificate.read_text(encoding="utf-8"))
    levels, rendered = results.get(State.LEVELS, {}), results[State.PROOF].get("rendered", {})
    return Reached(
        project=ride.project.root.name,
        run_id=ride.checkpoint.run_id,
        apps=_apps(ride),
        rendered_before=rendered.get("old", 0),
        rendered_after=rendered.get("new", 0),
        model_levels=results.get(State.GRAPH, {}).get("model_levels", 0),
        batch_levels=levels.get("batch_levels", 0),
        waited=tuple(
            Waited(item["what"], tuple(item["waits_for"]), item["returns_in"])
            for batch in levels.get("batches", ())
            for item in batch["deferred"]
        ),
        seeds=_seeds(ride),
        engine=_engine(certificate),
        equal=certificate.equal,
        tables=certificate.tables.new,
        rows=certificate.rows.new,
        accepted=tuple(item.difference.sentence for item in certificate.differences if item.decision == "accepted"),
        notes=tuple(item.difference.sentence for item in certificate.differences if item.difference.severity == "info"),
        tally=tally(ride),
        caveats=certificate.caveats,
        uncommitted=tuple(loose),
        drift=certificate.drift,
        kept=certificate.kept,
        replaces=certificate.replaces,
        versions=", ".join(f"{name} {version}" for name, version in certificate.versions.items()),
        databases=tuple((alias, STANDS.get(state, state)) for alias, state in ride.checkpoint.databases.items()),
        decisions=tuple(
            Decision(question, answer.choice, answer.by)
            for question, answer in sorted(ride.checkpoint.decisions.items())
            if question not in ONLY_SHOWN
        ),
    )


def _seeds(ride: Ride) -> tuple[Kept, ...]:
    """The old operations; with what was seen of those about which only a person could have decided, and none did."""
    found = []
    details = facts.read_details(ride)
    for seed in ride.checkpoint.results.get(State.SEEDS, {}).get("seeds", ()):
        operation, verdict, how = seed["operation"], seed["verdict"], _how(seed["rung"])
        evidence: tuple[str, ...] = ()
        if verdict == Verdict.ASK:
            decision = ride.checkpoint.decisions.get(overrule.question_id(operation))
            verdict = "kept" if how else "left out"
            if decision is not None and decision.by != BY_NOBODY:
                verdict += ", as decided"
            else:
                verdict += ", since nobody decided"
                evidence = tuple(details.get(operation, {}).get("evidence") or [f"{seed.get('evidence', '')}."])
        found.append(Kept(seed.get("title") or operation, verdict, how, evidence))
    return tuple(found)


def _how(rung: str | None) -> str:
    return words.WAYS.get(Rung(rung), rung) if rung else ""


def _engine(certificate: Certificate) -> str:
    return engine_name(certificate.engine, certificate.versions.get(certificate.engine, ""))


def _apps(ride: Ride) -> tuple[tuple[str, int, int], ...]:
    """Migrations of each app before and after, the greatest drop first."""
    apps = shown.apps(ride, swap.made_steps(ride))
    figures = [(app.label, len(app.out) + len(app.kept), len(app.into) + len(app.kept)) for app in apps]
    return tuple(sorted(figures, key=lambda app: (app[2] - app[1], app[0])))

"""Preflight: everything that would make a reset fail or hurt later is found now, each finding with its cure."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from migwizard.engine.findings import Finding
from migwizard.engine.planning import keeping
from migwizard.engine.ride import Ride
from migwizard.engine.staging import drift
from migwizard.engine.states import State
from migwizard.engine.steps import earlier
from migwizard.engine.steps.looking import checks_of, drift_lines, look_at
from migwizard.engine.steps.seen import Seen
from migwizard.engine.surviving import since
from migwizard.engine.swapping import checkout
from migwizard.engine.talk import Answer, Choice, Question
from migwizard.errors import MigwizardError, ProjectError, UndecidedError

FINDINGS = "findings"


def run(ride: Ride) -> dict[str, Any]:
    """Check the project, its history and its databases; nothing is written. Raises the first of what stands in the way.

    All checks are made, so that a person sees everything at once.
    """
    if not ride.apps.labels:
        return _nothing(ride)
    seen = Seen()
    findings = _look(ride, seen)
    ride.facts[FINDINGS] = findings
    if ride.checkpoint.results.get("drift", seen.drift) != seen.drift:
        # What was said about another drift says nothing about this one.
        ride.checkpoint.decisions.pop("drift", None)
    ride.checkpoint.results["drift"] = seen.drift
    _ask_elsewhere(ride, seen)
    if seen.drift:
        _ask_drift(ride, seen)
    if why := earlier.nothing_since(ride):
        return _nothing_to_do(ride, why)
    ride.checkpoint.folders = {
        label: Path(folder).resolve().relative_to(ride.project.root.resolve()).as_posix()
        for label, folder in ride.apps.folders.items()
    }
    _check_neighbours(ride)
    _check_included(ride)
    since.remember(ride)
    return {
        "labels": list(ride.apps.labels),
        "excluded": list(ride.apps.excluded),
        "unmigrated": list(ride.apps.unmigrated),
        "files_before": count_files(ride),
        "drift": seen.drift,
        "databases": seen.databases,
        FINDINGS: [asdict(finding) for finding in findings],
    }


def _look(ride: Ride, seen: Seen) -> list[Finding]:
    """Make every check. Raises the first error, with all findings in its details and the others beside it."""
    findings: list[Finding] = []
    stops: dict[str, MigwizardError] = {}
    checks = checks_of(ride)
    for number, check in enumerate(checks, 1):
        ride.tell("progress", f"looking at {check.name}", name=check.name, number=number, total=len(checks))
        blocked = [f.name for f in findings if f.name in check.needs and f.status in ("stop", "waiting")]
        if blocked:
            found: list[tuple[Finding, MigwizardError | None]] = [
                (Finding(check.name, "waiting", f"not looked at yet: waits for {blocked[0]}"), None)
            ]
        else:
            found = look_at(ride, check, seen)
        for finding, error in found:
            findings.append(finding)
            if error is not None:
                stops[finding.name] = error
            ride.tell("finding", finding.text, name=finding.name, status=finding.status, detail=finding.detail)
    if stops:
        first = next(iter(stops.values()))
        first.details.update(findings=[asdict(finding) for finding in findings], stops=stops)
        raise first
    return findings


def count_files(ride: Ride) -> int:
    """Migration modules of the project's apps, squashed originals included."""
    return sum(app in ride.apps.labels for app, _, _ in ride.whole_history()["disk"])


def _nothing_to_do(ride: Ride, why: str) -> dict[str, Any]:
    return {"nothing": True, "why": why, "excluded": list(ride.apps.excluded)}


def _nothing(ride: Ride) -> dict[str, Any]:
    """No app takes part: that is an end, not an error; a person may look again. Raises ProjectError where there is no app at all."""
    if not ride.registry()["apps"]:
        raise ProjectError(
            f"The settings {ride.guest.facts['settings']} name no apps: INSTALLED_APPS is empty there. Nothing was changed.",
            code="project",
            cures=("Name the settings of the project: --settings MODULE.",),
        )
    result = _nothing_to_do(ride, "no app of this project has migrations.")
    if not ride.options.review:
        return result
    question = Question(
        "nothing",
        State.PREFLIGHT,
        "Nothing to reset",
        "No app of this project has migrations of its own: " + _why_nothing(ride),
        (
            Choice("finish", "ends here; nothing was changed", "Finish"),
            Choice("apps", "", "Show the apps", shows=_apps_text(ride)),
            Choice("again", "loads the project once more", "Look again"),
        ),
        safe="finish",
        default="finish",
    )
    while (answer := ride.review(question)) != "finish":
        if answer == "again":
            ride.facts.clear()
            checkout.load_anew(ride)
            return run(ride)
    return result


def _why_nothing(ride: Ride) -> str:
    if ride.apps.excluded:
        return f"{', '.join(ride.apps.excluded)} were left out."
    if ride.apps.unmigrated:
        return f"{', '.join(ride.apps.unmigrated)} have no migrations folder, and the others come from packages."
    return "all apps come from packages."


def _apps_text(ride: Ride) -> str:
    own = {*ride.apps.excluded, *ride.apps.unmigrated}
    lines = []
    for app in ride.registry()["apps"]:
        whose = (
            "left out"
            if app["label"] in ride.apps.excluded
            else "yours, without migrations"
            if app["label"] in own
            else "from a package"
        )
        lines.append(f"{app['label']}: {whose} ({app['path']})")
    return "\n".join(lines)


def _ask_elsewhere(ride: Ride, seen: Seen) -> None:
    """Work that is not committed mixes with the reset's in git diff; only a person may mind, so only one is asked."""
    if not ride.options.review or seen.elsewhere == ():
        return
    if seen.elsewhere is None:
        text = "There is no git here. Our own backup keeps the migration files, in two places."
        details = ""
    else:
        number = len(seen.elsewhere)
        text = (
            f"{number} file{'' if number == 1 else 's'} outside of the migration folders {'is' if number == 1 else 'are'} "
            f"not committed ({', '.join(seen.elsewhere[:3])}{', ...' if number > 3 else ''}). Our backup covers the "
            "migration files; git diff will show your changes and ours together."
        )
        details = "\n".join(seen.elsewhere)
    ride.ask(
        Question(
            "dirty-elsewhere",
            State.PREFLIGHT,
            "Not everything is in git",
            text,
            (Choice("go-on", "nothing of it is touched; the backup covers the migrations", "Go on"),),
            safe="go-on",
            default="go-on",
            details=details,
        )
    )


def _ask_drift(ride: Ride, seen: Seen) -> None:
    shown = "; ".join(f"{app}: {', '.join(changes)}" for app, changes in seen.drift.items())
    if ride.options.drift:
        ride.checkpoint.decisions[drift.KEY] = Answer(ride.options.drift, "--drift")
    foldable = bool(drift.own(seen.drift, ride.apps.labels))
    question = Question(
        drift.KEY,
        State.PREFLIGHT,
        "Models and migrations disagree already",
        f"makemigrations would write: {shown}.",
        (
            Choice(
                drift.LEAVE,
                "the new history builds what databases have now; makemigrations finds the same afterwards",
                "Leave it",
            ),
            *((_fold(seen),) if foldable else ()),
        ),
        safe=drift.LEAVE,
        default=drift.LEAVE,
        details=drift_lines(seen.drift),
    )
    if not foldable and ride.options.drift == drift.FOLD:
        ride.tell("note", "The drift is of apps that take no part in the reset, so it is left as it is.")
        ride.checkpoint.decisions[drift.KEY] = Answer(drift.LEAVE, "--drift")
    if ride.ask(question) == drift.FOLD and seen.asks:
        # Whoever comes back is asked again: the drift may be gone, or they may have thought better of it.
        ride.checkpoint.decisions.pop(drift.KEY, None)
        ride.save()
        raise UndecidedError(
            f"To fold the drift in, makemigrations has to ask you first: {'; '.join(seen.asks)}. "
            f"The drift is: {shown}. Nothing was changed.",
            code="drift",
            cures=(
                "Run manage.py makemigrations, answer it there, migrate, commit, and start again.",
                "Or leave the drift as it is: --drift leave.",
            ),
            details={"drift": seen.drift, "asks": seen.asks},
        )


def _fold(seen: Seen) -> Choice:
    if seen.asks:
        effect = f"stops, so that you can run makemigrations first: it asks {'; '.join(seen.asks)}"
        return Choice(drift.FOLD, effect, "Fold it in first")
    loses = f"; that removes values: {', '.join(seen.loses)}" if seen.loses else ""
    effect = f"one more migration on top of the new history, which every database applies with its next migrate{loses}"
    return Choice(drift.FOLD, effect, "Fold it in")


def _check_included(ride: Ride) -> None:
    """An app without migrations has no history that could be reset; who names it is told what to do first."""
    for label in ride.project.config.include:
        if label in ride.apps.unmigrated:
            ride.tell(
                "warning",
                f"{label} is named in include and has no migrations, so it stays as it is. To take it in, run makemigrations "
                f"{label}, record it on every database (migrate {label} --fake-initial), commit, and start again.",
            )


def _check_neighbours(ride: Ride) -> None:
    """Third-party migrations that name one of ours keep their foothold: a new migration stands in for the named one."""
    named = keeping.named_by_others(ride)
    asked = {f"pin:{app}.{name}" for app, name, _ in named}
    for key in [key for key in ride.checkpoint.decisions if key.startswith("pin:") and key not in asked]:
        # It was said for an app that was left out then, and takes part again.
        del ride.checkpoint.decisions[key]
    for app, name, by in named:
        ride.ask(
            Question(
                f"pin:{app}.{name}",
                State.PREFLIGHT,
                f"{by.partition('.')[0]} needs {app}.{name}",
                f"{by} depends on {app}.{name}, which the reset removes.",
                (Choice("pin", f"the first new migration of {app} stands in for it, and its row stays", "Keep it"),),
                safe="pin",
                default="pin",
            )
        )

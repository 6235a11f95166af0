"""Preflight: everything that would make a reset fail or hurt later is found now, each finding with its cure."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from migwizard.engine import resuming
from migwizard.engine.previews import Finding
from migwizard.engine.ride import Ride
from migwizard.engine.states import State
from migwizard.engine.steps.looking import CHECKS, Seen, drift_lines, look_at
from migwizard.engine.talk import Choice, Question
from migwizard.errors import MigwizardError, UndecidedError

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
        _ask_drift(ride, seen.drift)
    ride.checkpoint.folders = {
        label: Path(folder).resolve().relative_to(ride.project.root.resolve()).as_posix()
        for label, folder in ride.apps.folders.items()
    }
    _check_neighbours(ride)
    resuming.remember(ride)
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
    for number, check in enumerate(CHECKS, 1):
        ride.tell("progress", f"looking at {check.name}", name=check.name, number=number, total=len(CHECKS))
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
    return sum(app in ride.apps.labels for app, _, _ in ride.history()["disk"])


def _nothing(ride: Ride) -> dict[str, Any]:
    """No app takes part: that is an end, not an error; a person may look again."""
    result = {"nothing": True, "excluded": list(ride.apps.excluded)}
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
            ride.renew_guest()
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


def _ask_drift(ride: Ride, drift: dict[str, list[str]]) -> None:
    shown = "; ".join(f"{app}: {', '.join(changes)}" for app, changes in drift.items())
    question = Question(
        "drift",
        State.PREFLIGHT,
        "Models and migrations disagree already",
        f"makemigrations would write: {shown}.",
        (
            Choice(
                "leave",
                "the new history builds what databases have now; makemigrations finds the same afterwards",
                "Leave it",
            ),
            Choice("fold", "stop, so that you can run makemigrations and migrate first", "Fold it in first"),
        ),
        safe="leave",
        default="leave",
        details=drift_lines(drift),
    )
    if ride.options.drift:
        ride.checkpoint.decisions.pop("drift", None)
    choice = ride.options.drift or ride.ask(question)
    if choice == "fold":
        # Whoever comes back is asked again: the drift may be gone, or they may have thought better of it.
        ride.checkpoint.decisions.pop("drift", None)
        ride.save()
        raise UndecidedError(
            "To fold the drift in, let Django write it first: existing databases need a real migration for it. "
            f"It is: {shown}. Nothing was changed.",
            code="drift",
            cures=("Run manage.py makemigrations and migrate, commit, and start again.",),
            details={"drift": drift},
        )


def _check_neighbours(ride: Ride) -> None:
    """Third-party migrations that name one of ours keep their foothold: a new migration stands in for the named one."""
    if ride.guest.facts["routers"]:
        ride.tell(
            "warning",
            "This project has database routers: where one keeps an app out of a database, the guard in its new files does "
            "not run there. Switch every database before anybody runs migrate on it.",
        )
    for label, external in ride.history()["external"].items():
        for app, name, by in external["waits_named"]:
            ride.ask(
                Question(
                    f"pin:{app}.{name}",
                    State.PREFLIGHT,
                    f"{label} needs {app}.{name}",
                    f"{by} depends on {app}.{name}, which the reset removes.",
                    (
                        Choice(
                            "pin", f"the first new migration of {app} stands in for it, and its row stays", "Keep it"
                        ),
                    ),
                    safe="pin",
                    default="pin",
                )
            )

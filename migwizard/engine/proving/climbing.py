"""A database that has nothing of what is kept: switched, and then migrated, it has to arrive where all others are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from migwizard.engine.planning import keeping
from migwizard.engine.proving.runs import Runs, old_result
from migwizard.engine.ride import Ride
from migwizard.engine.staging import drift
from migwizard.engine.switching.manifests import staged_manifest
from migwizard.errors import MigwizardError
from migwizard.proof.catalogue import compare_catalogues


def check(ride: Ride, new: Mapping[str, Any]) -> None:
    """Take a scratch database of what lies below the cut that way; `new` is the new history from zero.

    Raises MigwizardError where `migrate` has something else to apply, or where it builds other tables.
    """
    kept = keeping.kept(ride)
    if not kept:
        return
    with Runs(ride, below=True) as runs:
        old_result(runs.old(database=True))
        arrived = runs.advanced(staged_manifest(ride)).result()
    expected = sorted([*keeping.names(ride), *drift.names(ride)])
    applied = sorted(f"{app}.{name}" for app, name in arrived["applied"] if app in ride.apps.labels)
    if applied != expected:
        raise _refused(f"migrate would apply {', '.join(applied) or 'nothing'}, and not {', '.join(expected)}")
    found = compare_catalogues(new["catalogue"], arrived["catalogue"], explicit_names=ride.registry()["explicit_names"])
    wrong = [item.sentence for item in found if item.severity == "error"]
    if wrong:
        raise _refused(f"migrate builds something else than from zero: {wrong[0].rstrip('.')}")


def _refused(what: str) -> MigwizardError:
    return MigwizardError(
        f"On a database that has nothing of what is kept, after its switch {what}. Nothing was changed.",
        code="kept",
        cures=(f"Choose another point with {keeping.OPTION}.",),
    )

"""Proof: old and new history, each from zero, and every difference between the databases they build."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from migwizard import __version__
from migwizard.engine.planning import keeping, replacing
from migwizard.engine.planning.plans import make_plan
from migwizard.engine.proving import climbing, elsewhere, late, scratch, scratchcopies, sources, tenancy
from migwizard.engine.proving.catalogues import old_catalogue, proved_catalogue
from migwizard.engine.proving.differing import Causes, Decider, question_id
from migwizard.engine.proving.dropped import as_difference, differing_rows, differing_runs, volatile_rows
from migwizard.engine.proving.runs import Runs, history_fingerprint, new_result, old_result
from migwizard.engine.ride import Ride, Turn
from migwizard.engine.seeding import composing
from migwizard.engine.staging import drift
from migwizard.engine.staging.drift import migration_files
from migwizard.engine.states import State
from migwizard.engine.surviving import durable
from migwizard.engine.swapping import checkout
from migwizard.engine.switching.manifests import staged_manifest
from migwizard.errors import MigwizardError
from migwizard.proof.catalogue import compare_catalogues, count_kinds, count_objects, count_tables
from migwizard.proof.certificate import Certificate, Count, Decided, ScratchCopied
from migwizard.proof.difference import Difference
from migwizard.proof.rows import count_rows
from migwizard.proof.unread import unread
from migwizard.proof.volatile import Volatile
from migwizard.seeds.rungs import Rung
from migwizard.words.counting import KINDS, count

LAZY = (
    "The new history was run as migrate runs it. In the old one models were rendered when an operation asked for them, which "
    "is quicker; --stock-proof runs both as migrate does."
)
STOCK = "Both histories were run as migrate runs them."
CHECKED = "Once it was run as migrate runs it too, since a seed left other rows in the new one, and built the same."
AGAIN = "Something differs: the old history is run once more, as migrate runs it"

Figure = tuple[str, str, str, bool]
"""(what, old, new, equal)"""


@dataclass(frozen=True, slots=True)
class Compared:
    """Both databases, what differs between them, and what it stems from."""

    draft: Certificate
    """With every difference still undecided."""
    causes: Causes
    figures: tuple[Figure, ...]
    seconds: dict[str, float]
    rendered: dict[str, int]
    """Model classes that a migrate from zero renders: most of its time."""
    lazy: bool
    """Whether models of the old history were rendered only when an operation asked for them."""
    old: Mapping[str, Any]
    """What the first run of the old history built."""
    volatile: Volatile
    misled: bool = False
    """Whether that was something else than migrate builds, so that the seeds were judged by what is not there."""


def run(ride: Ride) -> dict[str, Any]:
    """Prove equality and keep the certificate. Raises MigwizardError with what differs; the tree is untouched."""
    history = history_fingerprint(ride)
    files = {name: str(durable.file_hash(ride.workplace.staging / name)) for name in ride.checkpoint.files}
    compared = compare(ride)
    if compared.misled:
        late.turn_off(
            ride, "Rendered late the old history built something else than migrate builds: its seeds are judged again."
        )
        raise Turn("back")
    certificate = decide(ride, compared)
    write_certificate(ride, certificate)
    if not certificate.settled:
        raise _not_equal(ride, certificate)
    # What was proved is what Apply swaps in, edits by hand included.
    ride.checkpoint.files = files
    return summary(certificate) | {
        "seconds": compared.seconds,
        "rendered": compared.rendered,
        "lazy": compared.lazy,
        "history": history,
        scratch.PROVED: scratch.place(ride),
        "copies": len(certificate.scratch_copies),
        "figures": [list(figure) for figure in compared.figures],
        "causes": {key: list(causes) for key, causes in compared.causes.items()},
    }


def prove(ride: Ride) -> tuple[Certificate, dict[str, float]]:
    """Run both histories and compare; nothing in the project changes."""
    compared = compare(ride)
    return decide(ride, compared), compared.seconds


def decide(ride: Ride, compared: Compared) -> Certificate:
    """The certificate with the person's decision on each difference."""
    decider = Decider(ride, compared.draft, compared.causes, compared.figures)
    return replace(compared.draft, differences=decider.decide())


def compare(ride: Ride) -> Compared:
    """Run both histories from zero, and find every difference; one that may stem from late rendering counts for nothing."""
    compared = _compare(ride, stock=False)
    if compared.lazy and any(item.open for item in compared.draft.differences):
        ride.tell("progress", AGAIN, run="compare", words="comparing", number=0, total=0)
        rendered_late, compared = compared, _compare(ride, stock=True)
        labels = composing.declared_permissions(ride.registry())
        misled = bool(differing_runs(rendered_late.old, compared.old, compared.volatile, labels))
        compared = replace(compared, misled=misled)
    return compared


def _compare(ride: Ride, *, stock: bool) -> Compared:
    with Runs(ride, stock=stock) as runs:
        late_and = CHECKED if runs.was_checked else ""
        needed = drift.is_folded(ride) or replacing.is_on(ride)
        old_future, second_future, new_future = runs.old(database=needed), runs.second(), runs.new("new")
        old = old_result(old_future)
        second, new = second_future.result(), new_result(new_future, ride.apps, read_only=ride.read_only)
        # With drift on top, what counts is where a database of the old history arrives.
        before, old = old, _advanced(ride, runs, old)
    sources.keep_proved(ride, (before, second, new))
    climbing.check(ride, new)
    others = elsewhere.compare(ride)
    ride.tell("progress", "Comparing tables, indexes and rows", run="compare", words="comparing", number=0, total=0)
    explicit = ride.registry()["explicit_names"]
    schema = compare_catalogues(old["catalogue"], new["catalogue"], explicit_names=explicit)
    volatile = volatile_rows(before, second)
    rows, gone = _compare_rows(ride, old, new, volatile)
    apart = _in_schemas(ride, before, [*schema, *rows], volatile)
    schema = (*schema, *(item for item in apart if not item.of_rows))
    rows += [item for item in apart if item.of_rows]
    said = ride.guest.call("check_changes", folders=ride.new_folders())
    durable.write_file(old_catalogue(ride), json.dumps(before["catalogue"]).encode())
    durable.write_file(proved_catalogue(ride), json.dumps(new["catalogue"]).encode())
    seconds = {"old": old["seconds"], "new": new["seconds"], "second": second["seconds"]}
    told, causes = _with_causes([*schema, *rows], old["observations"], gone)
    told += others.differences
    certificate = Certificate(
        run_id=ride.checkpoint.run_id,
        created=ride.checkpoint.timestamp,
        engine=str(old["catalogue"]["engine"]),
        versions={
            "migwizard": __version__,
            "python": ride.guest.facts["python"],
            "django": ride.guest.facts["django"],
            str(old["catalogue"]["engine"]): str(old["catalogue"]["version"]),
        },
        tables=Count(count_tables(old["catalogue"]), count_tables(new["catalogue"])),
        rows=Count(count_rows(old["rows"]), count_rows(new["rows"])),
        objects=Count(count_objects(old["catalogue"]), count_objects(new["catalogue"])),
        schema_equal=not any(not item.of_rows for item in _errors(told)),
        rows_equal=not any(item.of_rows for item in _errors(told)),
        check_equal=drift.is_as_before(ride, said),
        differences=tuple(Decided(item) for item in told),
        volatile=volatile.names,
        rendering=" ".join(filter(None, (LAZY, late_and) if before["lazy"] else (STOCK, before.get(late.WHY_NOT)))),
        drift=drift.sentences(ride),
        kept=keeping.sentences(ride),
        replaces=replacing.sentences(ride),
        elsewhere=others.proved,
        caveats=(*_caveats(ride), *tenancy.caveats(ride), *others.caveats, *unread(old["catalogue"])),
        scratch_copies=_scratch_copies(ride),
    )
    rendered = {"old": before["rendered"], "new": new["rendered"]}
    figures = _figures(ride, old, new, told)
    return Compared(certificate, causes, figures, seconds, rendered, before["lazy"], before, volatile)


def _in_schemas(
    ride: Ride, old: Mapping[str, Any], found: Sequence[Difference], volatile: Volatile
) -> list[Difference]:
    """What differs besides where tenants have a schema each."""
    if not tenancy.is_compared(ride):
        return []
    known = tenancy.Known(old, found, volatile, _left(ride), composing.declared_permissions(ride.registry()))
    with Runs(ride) as runs:
        return tenancy.compare(ride, runs, known)


def _advanced(ride: Ride, runs: Runs, old: dict[str, Any]) -> dict[str, Any]:
    """What became of the old database after the switch and a `migrate`, where drift was folded in; else what it was.

    Where the new files replace the old ones by name it is migrated without a switch, and looked at in any case. Raises
    MigwizardError where `migrate` had something else of the project to apply.
    """
    if not drift.nodes(ride) and not replacing.is_on(ride):
        return old
    replacing.check(ride)
    advanced = runs.advanced(staged_manifest(ride)).result()
    applied = [f"{app}.{name}" for app, name in advanced["applied"] if app in ride.apps.labels]
    if sorted(applied) != sorted(drift.names(ride)):
        raise MigwizardError(
            f"On a database of the old history migrate would then apply {', '.join(applied) or 'nothing'}, and not "
            f"{', '.join(drift.names(ride)) or 'nothing'}. Nothing was changed.",
            code="drift-write" if drift.nodes(ride) else replacing.KEY,
        )
    if replacing.is_on(ride):
        replacing.check_recorded(ride, advanced)
    if not drift.nodes(ride):
        return old
    rows = drift.without_stale(ride, make_plan(ride), advanced["rows"])
    return old | {"catalogue": advanced["catalogue"], "rows": rows}


def _compare_rows(
    ride: Ride, old: Mapping[str, Any], new: Mapping[str, Any], volatile: Volatile
) -> tuple[list[Difference], dict[str, tuple[str, ...]]]:
    """The differences of the rows; and the operations behind those that are missing because they were left out."""
    found, gone = differing_rows(
        old, new, volatile, _left(ride), labels=composing.declared_permissions(ride.registry())
    )
    lost = {item: as_difference(item, volatile) for item in gone}
    return [*lost.values(), *found], {question_id(difference): (item.operation,) for item, difference in lost.items()}


def _left(ride: Ride) -> list[str]:
    """The operations that were left out with the rows that they leave."""
    seeds = ride.checkpoint.results.get(State.SEEDS, {}).get("seeds", ())
    return [seed["operation"] for seed in seeds if seed["rung"] == Rung.DROP]


def _figures(
    ride: Ride, old: Mapping[str, Any], new: Mapping[str, Any], differences: Sequence[Difference]
) -> tuple[Figure, ...]:
    """What was counted, side by side; a line is equal where no difference of its kind stands in the way."""
    differing = {"row" if item.of_rows else item.kind for item in _errors(differences)}
    before, after = count_kinds(old["catalogue"]), count_kinds(new["catalogue"])
    own = set(ride.apps.labels)
    files = sum(node["app"] in own for node in ride.whole_history()["nodes"])
    counts = [
        (words, before.get(kind, 0), after.get(kind, 0), kind)
        for words, kind in KINDS.items()
        if kind in before or kind in after
    ]
    counts.append(("rows", count_rows(old["rows"]), count_rows(new["rows"]), "row"))
    told = [(words, str(left), str(right), kind not in differing) for words, left, right, kind in counts]
    return (("files", str(files), str(len(migration_files(ride.checkpoint.files))), True), *told)


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


def _with_causes(
    differences: Sequence[Difference], observations: Mapping[str, Any], known: Mapping[str, tuple[str, ...]]
) -> tuple[list[Difference], Causes]:
    """Add to each difference the old operations that are behind it, as far as they were observed; those also by id."""
    made_by = {(kind, name): owner for kind, name, owner in observations["objects"]}
    writers: dict[str, list[str]] = {}
    for facts in observations["operations"]:
        for table in facts["rows"]:
            writers.setdefault(table, []).append(facts["id"])
    told, found = [], {}
    for item in differences:
        key = question_id(item)
        made = made_by.get((item.kind, item.name)) or (
            None if item.of_rows else made_by.get(("table", item.table or ""))
        )
        causes = [made] if made else writers.get(item.table or "", []) if item.of_rows else []
        if item.severity == "error":
            found[key] = known.get(key) or tuple(causes)
        if causes and item.severity == "error" and key not in known:
            item = replace(item, sentence=f"{item.sentence} In the old history: {', '.join(causes[:4])}.")
        told.append(item)
    return told, found


def _scratch_copies(ride: Ride) -> tuple[ScratchCopied, ...]:
    return tuple(
        ScratchCopied(copy.name, durable.sha256(copy.original), durable.sha256(copy.data))
        for copy in scratchcopies.usable(ride)
    )


def _caveats(ride: Ride) -> tuple[str, ...]:
    caveats = ["Seeds were compared under one environment and one settings module; others may take other branches."]
    if ride.project.interpreter.via:
        copy = "" if checkout.sees_changes(ride) else ", with a copy of the files"
        caveats.append(f"The project ran through another command{copy}: {ride.project.interpreter.named}.")
    if place := scratch.place(ride):
        caveats.append(scratch.in_words(place))
        if place["there"]:
            caveats.append(
                f"What migrations do about {', '.join(place['there'])} was not seen: the databases had it already."
            )
    for seed in ride.checkpoint.results.get(State.SEEDS, {}).get("seeds", ()):
        if seed.get("depends") and seed["rung"] not in (None, Rung.DROP):
            caveats.append(f"What {seed['operation']} leaves may depend on {', '.join(seed['depends'])}.")
        if seed.get("lost_outside"):
            caveats.append(
                f"Outside of the database {seed['operation']} {seed['lost_outside']}; that did not come along."
            )
    caveats += [
        f"The old history was run with a changed scratch copy of {copy.name}; the project's own file was not run."
        for copy in scratchcopies.usable(ride)
    ]
    if replacing.is_on(ride):
        caveats.append(replacing.CANNOT)
    return tuple(caveats)


def _not_equal(ride: Ride, certificate: Certificate) -> MigwizardError:
    open_items = [item.difference for item in certificate.differences if item.open]
    shown = " ".join(item.sentence for item in open_items[:3])
    more = f" (and {len(open_items) - 3} more)" if len(open_items) > 3 else ""
    if not certificate.check_equal:
        shown = f"{shown} makemigrations --check does not say what it said before.".strip()
    return MigwizardError(
        f"Old and new differ in {count(len(open_items), 'place')}. {shown}{more} The project is unchanged; the whole report is in "
        f"{ride.workplace.report.relative_to(ride.project.root)}.",
        code="not-equal",
        cures=(
            "Go back to the seeds and keep what is missing.",
            *(f'Accept it: {{"{question_id(item)}": "accept"}} in a file for --answers.' for item in open_items[:3]),
        ),
        details=summary(certificate),
    )

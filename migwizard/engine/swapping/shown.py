"""How a swap of the migration files looks, before it or after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from migwizard.engine.planning import keeping
from migwizard.engine.previews import AppliedApp, ApplyPreview
from migwizard.engine.proving.tally import tally
from migwizard.engine.ride import Ride, fingerprint
from migwizard.engine.states import State
from migwizard.engine.surviving import halfway
from migwizard.engine.surviving.journal import Step
from migwizard.engine.swapping import committed, companions, git, stat
from migwizard.engine.swapping.stat import Change
from migwizard.engine.swapping.swap import files, kept_paths, migrations_of
from migwizard.engine.switching.manifests import load_manifest
from migwizard.words.counting import count


def predicted_stat(ride: Ride, steps: tuple[Step, ...]) -> str:
    """What `git diff --stat` says of the migrations folders after these steps, made or not, where no git can be asked."""
    kept, changes = halfway.backed_up(ride.workplace, ride.checkpoint.run_id), []
    for step in (step for step in steps if not committed.is_committed(step.path)):
        old = kept[step.before].read_bytes() if step.before in kept else b""
        new = (ride.workplace.folder / step.source).read_bytes() if step.source else b""
        changes.append(Change(step.path, stat.count_lines(new), stat.count_lines(old)))
    return stat.table(changes)


def real_stat(ride: Ride) -> str:
    """What git says of the migrations folders; empty where there is no git, or no commit."""
    root, found = ride.project.root.resolve(), list[Change]()
    for top, folders in git.repositories(root / folder for folder in ride.checkpoint.folders.values()).items():
        at = git.Place(root, top)
        changes = git.changes(at.base, [at.name(folder) for folder in folders]) or ()
        found += [replace(change, path=at.name(at.base / change.path, root)) for change in changes]
    return stat.table(found)


def preview(ride: Ride, steps: tuple[Step, ...], stat_text: str, callers: Sequence[str]) -> ApplyPreview:
    """The swap, before it or after it."""
    return ApplyPreview(
        apps=apps(ride, steps),
        backup=f".migwizard/backup: {_backed_up(ride)}",
        second_backup=str(ride.second),
        proof=proof_line(ride),
        stat=stat_text,
        applied=ride.checkpoint.applied,
        approved=fingerprint(sorted((step.path, step.before, step.after) for step in steps))[:8],
        stays=_stays(ride),
        callers=tuple(callers),
        also=tuple(sorted({step.path for step in steps if step.after} - {step.path for step in migrations_of(steps)})),
        kept=keeping.kept(ride).words,
    )


def apps(ride: Ride, steps: tuple[Step, ...]) -> tuple[AppliedApp, ...]:
    """What goes and what comes, app by app."""
    gone: dict[str, list[str]] = {}
    come: dict[str, list[str]] = {}
    kept: dict[str, list[str]] = {}
    labels, stay = {folder: label for label, folder in ride.checkpoint.folders.items()}, kept_paths(ride)
    for step in migrations_of(steps):
        folder, _, file = step.path.rpartition("/")
        names = gone if step.after is None else kept if step.path in stay else come
        names.setdefault(labels[folder], []).append(file.removesuffix(".py"))
    return tuple(
        AppliedApp(label, *(tuple(sorted(names.get(label, ()))) for names in (gone, come, kept)))
        for label in sorted({*gone, *come, *kept})
    )


def _backed_up(ride: Ride) -> str:
    number = sum(1 for _ in files(ride.workplace.backup))
    return f"whole folders, {count(number, 'file')}, read back and equal"


def _stays(ride: Ride) -> tuple[str, ...]:
    """What lies beside the migrations: helpers, data files."""
    old = {f"{app}/{name}.py" for app, name in (*load_manifest(ride).known, *keeping.kept(ride).files)}
    found = []
    for label in ride.checkpoint.folders:
        for path in files(ride.workplace.backup / label):
            name = str(path.relative_to(ride.workplace.backup))
            if name not in old and path.name != "__init__.py" and not companions.is_companion(name):
                found.append(name)
    return tuple(found)


def proof_line(ride: Ride) -> str:
    """What the proof said, in one line."""
    proof = ride.checkpoint.results[State.PROOF]
    accepted = sum(item["decision"] == "accepted" for item in proof["differences"])
    if proof["schema_equal"] and proof["rows_equal"]:
        said = f"equal: {count(proof['tables']['new'], 'table')} and {count(proof['rows']['new'], 'row')}"
    else:
        said = f"{count(accepted, 'difference')} accepted by you, all else equal"
    return ", ".join(filter(None, (said, tally(ride).noted)))

"""The staging folder: for each app a migrations package as it will be after Apply."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from migwizard import private
from migwizard.engine.planning import replacing
from migwizard.engine.planning.plans import Planned
from migwizard.engine.ride import Ride
from migwizard.engine.staging import edits, formatting, strays
from migwizard.engine.surviving import durable
from migwizard.errors import MigwizardError
from migwizard.paths import COMPANION
from migwizard.plan.operations import Node
from migwizard.plan.plan import Batch, Deferred, first_nodes
from migwizard.seeds.guard import add_behind_guard, add_guard
from migwizard.words.counting import one_of

if TYPE_CHECKING:
    from migwizard.seeds.prelude import Prelude

LEVELS = "levels.json"
_FACTS = {"app", "name", "written", "stripped", "literal"}
"""What `levels.json` says of every file."""


def migration_modules(history: Mapping[str, Any], label: str) -> set[str]:
    """Names of the modules of one app that hold a migration, earlier squashes and their originals included."""
    return {name for app, name, _ in history["disk"] if app == label}


def planned_files(planned: Planned) -> list[str]:
    """The files that makemigrations will write, by path relative to staging."""
    return [f"{batch.app}/{batch.name}.py" for batch in planned.plan.batches]


def prepare(ride: Ride, names: Iterable[str]) -> None:
    """Start staging anew: every migrations folder without its migrations, so with its helpers and data files.

    `names` are the files that will be generated there. What somebody changed in it, or added, is kept first.
    """
    strays.set_aside(ride)
    edits.unsettle(ride)
    shutil.rmtree(ride.workplace.staging, ignore_errors=True)
    private.make_folder(ride.workplace.staging)
    history = ride.whole_history()
    for label in ride.apps.labels:
        migrations = {f"{name}.py" for name in migration_modules(history, label)}
        target = ride.workplace.staging / label

        def drop(
            folder: str, names: list[str], top: str = str(_source(ride, label)), gone: set[str] = migrations
        ) -> set[str]:
            return {name for name in names if name == "__pycache__" or (folder == top and name in gone)}

        shutil.copytree(_source(ride, label), target, ignore=drop)
        (target / "__init__.py").touch(mode=private.FILE)
    # A makemigrations of django-linear-migrations writes its own file beside what it writes.
    strays.note(ride, [*names, *(f"{label}/{COMPANION}" for label in ride.apps.labels)])


def _source(ride: Ride, label: str) -> Path:
    return ride.workplace.backup / label if ride.checkpoint.applied else ride.apps.folders[label]


def write_schema(
    ride: Ride,
    planned: Planned,
    replaced: Mapping[str, Mapping[str, list[str]]],
    kept: Collection[Node],
    preludes: Mapping[Node, Prelude] = MappingProxyType({}),
) -> list[dict[str, Any]]:
    """Let the project's makemigrations write every batch into staging; returns the report of each level.

    `preludes` are put in front of what it wrote.

    Raises MigwizardError where the literal text and the written one differ by more than what is deferred.
    """
    progress = _Progress(ride, planned)
    report: list[dict[str, Any]] = ride.guest.call(
        "generate",
        on_event=progress.told,
        labels=list(ride.apps.labels),
        source=planned.source,
        levels=[[_asked(batch) for batch in level] for level in planned.plan.levels],
        staging={label: ride.workplace.staging / label for label in ride.apps.labels},
        timestamp=ride.checkpoint.timestamp,
        replaced=replaced,
        folders=ride.old_folders(),
        without=ride.without,
    )
    _check_explained(report)
    if preludes:
        from migwizard.seeds.prelude import splice
    for (app, name), prelude in preludes.items():
        path = ride.workplace.staging / app / f"{name}.py"
        durable.write_file(path, splice(path.read_text(encoding="utf-8"), prelude).encode())
    guard(ride, _roots(planned, ride.apps.labels), kept)
    literal = [(file["app"], item) for level in report for file in level["files"] for item in file["literal"]]
    formatting.format_files(ride, planned_files(planned), literal)
    _keep_report(ride, planned, report)
    edits.put_back(ride, planned_files(planned))
    return report


def _asked(batch: Batch) -> dict[str, Any]:
    """A file as the agent is asked for it."""
    return {
        "app": batch.app,
        "name": batch.name,
        "units": batch.units,
        "dependencies": batch.dependencies,
        "deferred": [key for item in batch.deferred for key in item.operations],
        "replaces": batch.stands_for,
        "run_before": batch.run_before,
    }


def _check_explained(report: list[dict[str, Any]]) -> None:
    """Raise MigwizardError where a file lacks something that was not deferred, or has more."""
    for file in (file for level in report for file in level["files"]):
        if file["unexplained"]:
            raise MigwizardError(
                f"{file['app']}/{file['name']}: what makemigrations would write and what was written differ by more "
                f"than what was deferred: {', '.join(file['unexplained'][:5])}. Nothing was changed.",
                code="unexplained",
            )


class _Progress:
    """Tells which level is being written; every event names the files of all levels, since a face may skip some."""

    def __init__(self, ride: Ride, planned: Planned) -> None:
        self._ride = ride
        self._levels = [[f"{batch.app}/{batch.name}" for batch in level] for level in planned.plan.levels]
        self._tell(0)

    def told(self, event: Mapping[str, Any]) -> None:
        self._tell(int(event["level"]) + 1, level=event["level"], of=event["of"], apps=event["apps"])

    def _tell(self, done: int, **more: Any) -> None:
        total, text = len(self._levels), "every level is written"
        if done < total:
            apps = " ".join(name.partition("/")[0] for name in self._levels[done])
            text = f"{one_of(done + 1, total, 'level')}: makemigrations {apps}"
        self._ride.tell("progress", text, number=done, total=total, levels=self._levels, **more)


def _keep_report(ride: Ride, planned: Planned, report: list[dict[str, Any]]) -> None:
    """Write `work/levels.json`: each level's command, each file's literal and written text, and what was stripped."""
    batches = {(batch.app, batch.name): batch for batch in planned.plan.batches}
    for level in report:
        for file in level["files"]:
            path = ride.workplace.staging / file["app"] / f"{file['name']}.py"
            file["written"] = path.read_text(encoding="utf-8")
            file["stripped"] = [
                {
                    "what": item.label,
                    "parts": list(item.parts),
                    "waits_for": list(item.waits_for),
                    "returns_in": item.returns_in,
                    "returns_at": item.returns_at,
                    "settings": _awaited_settings(planned, item),
                }
                for item in batches[file["app"], file["name"]].deferred
            ]
    durable.write_file(ride.workplace.work / LEVELS, json.dumps(report).encode())


def _awaited_settings(planned: Planned, item: Deferred) -> list[str]:
    """The settings whose swappable models it waits for."""
    swappable = {each for key in item.operations for each in planned.operations[key].swappable}
    return sorted({setting for setting, label in swappable if label in item.waits_for})


def read_report(ride: Ride) -> list[dict[str, Any]]:
    """What `work/levels.json` says of the last generation; empty where there was none, or where it cannot be read."""
    try:
        report: list[dict[str, Any]] = json.loads((ride.workplace.work / LEVELS).read_bytes())
        whole = all("command" in level and all(file.keys() >= _FACTS for file in level["files"]) for level in report)
    except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
        return []
    return report if whole else []


def schema_files(ride: Ride) -> list[str]:
    """The generated files, without seeds, by path relative to staging."""
    return [f"{file['app']}/{file['name']}.py" for level in read_report(ride) for file in level["files"]]


def _roots(planned: Planned, labels: Collection[str]) -> set[Node]:
    """The new schema migrations that `migrate` may reach before any other new one."""
    firsts = first_nodes(planned.plan.batches)
    roots = set()
    for batch in planned.plan.batches:
        swapped = {label for key in batch.operations for _, label in planned.operations[key].swappable}
        parents = {*batch.dependencies, *(firsts[label] for label in swapped - {batch.app} if label in firsts)}
        if is_root(parents, planned, labels):
            roots.add((batch.app, batch.name))
    return roots


def is_root(parents: Collection[Node], planned: Planned, labels: Collection[str]) -> bool:
    """Whether a new migration with these dependencies has no new one before it that would stop a forgotten switch.

    One that stands in for an old migration does not: where the old row is recorded, Django takes it for applied.
    """
    return all(app not in labels or (app, name) in planned.pins for app, name in parents)


def guard(ride: Ride, nodes: Iterable[Node], kept: Collection[Node]) -> None:
    """Give each of `nodes` the guard: against a forgotten switch, or a database that is behind where none is needed."""
    for app, name in sorted(nodes):
        path = ride.workplace.staging / app / f"{name}.py"
        text, labels = path.read_text(encoding="utf-8"), list(ride.apps.labels)
        if replacing.is_on(ride):
            guarded = add_behind_guard(text, labels=labels)
        else:
            guarded = add_guard(text, labels=labels, keep=sorted(kept))
        durable.write_file(path, guarded.encode())


def staged_files(ride: Ride, names: Iterable[Node]) -> dict[str, str]:
    """SHA-256 of the staged migrations by path relative to staging."""
    return hashes(ride, [f"{app}/{name}.py" for app, name in sorted(names)])


def hashes(ride: Ride, names: Iterable[str]) -> dict[str, str]:
    """SHA-256 of staged files by path relative to staging."""
    files = {}
    for name in names:
        digest = durable.file_hash(ride.workplace.staging / name)
        assert digest is not None
        files[name] = digest
    return files

"""The manifest of a reset, from the history and the names of the new files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from migwizard.engine.planning import keeping, replacing
from migwizard.engine.planning.plans import decided, known_names, make_plan
from migwizard.engine.proving.catalogues import old_catalogue
from migwizard.engine.ride import Ride
from migwizard.engine.staging import drift
from migwizard.engine.staging.drift import migration_files, node_of
from migwizard.engine.swapping import git
from migwizard.errors import ConflictError, MigwizardError
from migwizard.paths import Workplace
from migwizard.plan.operations import Node
from migwizard.stored import read_bytes
from migwizard.switch.manifest import FILE_NAME, Manifest, NameClashError, build, from_json

NAME = "manifest.json"


def staged_manifest(ride: Ride) -> Manifest:
    """The manifest of the files in staging. Raises MigwizardError where a new name was used before (MW-E02)."""
    replaced = replacing.written(ride)
    pins = replaced or make_plan(ride).pins
    keep = sorted({node for pinned in pins.values() for node in pinned})
    on_top = drift.nodes(ride)
    new = set(map(node_of, migration_files(ride.checkpoint.files))) - {*on_top, *keeping.kept(ride).files}
    return make_manifest(ride, sorted(new), keep, on_top, replaced)


def make_manifest(
    ride: Ride,
    new_nodes: Iterable[Node],
    keep: Iterable[Node] = (),
    on_top: Sequence[Node] = (),
    replaced: Mapping[Node, Sequence[Node]] = MappingProxyType({}),
) -> Manifest:
    """Old and new history of the project's apps. Raises MigwizardError where a new name was used before (MW-E02)."""
    history, labels = ride.history(), set(ride.apps.labels)
    old = [(node["app"], node["name"]) for node in history["nodes"] if node["app"] in labels]
    alt = {}
    for name, joined in history["replaces"].items():
        app, _, migration = name.partition(".")
        if app in labels:
            alt[app, migration] = [(a, m) for a, m in joined]
    tables = [m["table"] for m in ride.built()["models"] if m["app"] in labels and m["managed"] and not m["proxy"]]
    try:
        return build(
            run_id=ride.checkpoint.run_id,
            created=ride.checkpoint.timestamp,
            apps=ride.apps.labels,
            old_nodes=old,
            new_nodes=list(new_nodes),
            alt=alt,
            known=sorted(node for node in known_names(history) if node[0] in labels),
            keep=list(keep),
            tolerate=tolerated(ride),
            tables=tables,
            columns=_columns(ride),
            drift=on_top,
            kept=keeping.kept(ride).files,
            replaces=replaced,
            release=git.head(ride.project.root),
            folders=ride.checkpoint.folders,
        )
    except NameClashError as error:
        raise MigwizardError(f"{error} Nothing was changed.", code="MW-E02") from error


def _columns(ride: Ride) -> dict[str, list[str]]:
    """The columns that the old history gives the tables of the apps, as the proof saw it; none where something stays on top."""
    path = old_catalogue(ride)
    if keeping.kept(ride) or not path.is_file():
        return {}
    registry, labels = ride.registry(), set(ride.apps.labels)
    ours = {model["table"] for model in registry["models"] if model["app"] in labels and model["managed"]}
    ours |= {table for table, app in registry["auto_tables"].items() if app in labels}
    built = json.loads(path.read_bytes())["tables"]
    return {table: [column["name"] for column in built[table]["columns"]] for table in sorted(ours & built.keys())}


def tolerated(ride: Ride) -> set[Node]:
    """Rows that no file explains, and that somebody lets be by name."""
    names = (name.partition(".") for name, choice in decided(ride, "tolerate:").items() if choice == "tolerate")
    return {(app, name) for app, _, name in names}


def load_manifest(ride: Ride) -> Manifest:
    """The manifest that Apply wrote. Raises ConflictError where none is whole any more, or where it is of other folders."""
    place, run_id = ride.workplace, ride.checkpoint.run_id
    found = find_manifest(place, run_id)
    if found is None:
        raise ConflictError(
            f"The manifest of the reset {run_id} is gone or was changed: {place.folder / NAME}, its copy in {ride.second}, and "
            f"{FILE_NAME} beside manage.py. Nothing was changed.",
            code="checkpoint-corrupt",
            cures=(f"Take {FILE_NAME} from git, as it was committed with the new files, and start again.",),
        )
    if ride.checkpoint.applied and found.folders and dict(found.folders) != ride.checkpoint.folders:
        raise ConflictError(
            f"The checkpoint {place.checkpoint} and the manifest of its reset name other migrations folders. Nothing was changed.",
            code="checkpoint-corrupt",
            cures=(f"Put the checkpoint of {ride.second} in its place, and start again.",),
        )
    return found


def find_manifest(place: Workplace, run_id: str) -> Manifest | None:
    """The manifest of a reset: ours, else its copy beside the second backup, else the one that is to be committed."""
    for path in (place.folder / NAME, place.second_backup / run_id / NAME, place.root / FILE_NAME):
        try:
            found = from_json(read_bytes(path).decode())
        except (OSError, ValueError):
            continue
        if found.run_id == run_id:
            return found
    return None

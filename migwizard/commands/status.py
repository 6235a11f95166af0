"""`migwizard status`: where a reset stands, and what its databases hold. Writes nothing."""

from __future__ import annotations

import argparse
from typing import Any

from migwizard.commands.setup import again, face_of, options_of, project_of, say, to_switch
from migwizard.engine import machine
from migwizard.engine.later import undo
from migwizard.engine.later.retiring import standing
from migwizard.engine.opening import look_ride
from migwizard.engine.planning import replacing
from migwizard.engine.ride import Ride
from migwizard.engine.states import ORDER, State
from migwizard.engine.steps.apply import files_back
from migwizard.engine.surviving import halfway, journal, recovery
from migwizard.engine.surviving.checkpoint import Checkpoint, load_checkpoint
from migwizard.engine.swapping import swap
from migwizard.engine.switching import histories, identity, manifests, pulled, takenback
from migwizard.errors import MigwizardError
from migwizard.exit_codes import ExitCode
from migwizard.faces.jsonlines import emit
from migwizard.paths import Workplace
from migwizard.project.discovery import Project
from migwizard.switch.manifest import Manifest
from migwizard.words.counting import some
from migwizard.words.databases import told


def status(arguments: argparse.Namespace) -> int:
    """Where a reset stands and what became stale."""
    project = project_of(arguments)
    found = load_checkpoint(Workplace(project.root).checkpoint, project.root)
    data = _standing(project, found, arguments)
    if arguments.json:
        emit(data)
    elif found is None:
        for line in [*_nothing_begun(project, data, arguments), *_committed(data, arguments)]:
            say(line)
    else:
        for line in _told(found, data, arguments):
            say(line)
    return ExitCode.DONE


def _standing(project: Project, found: Checkpoint | None, arguments: argparse.Namespace) -> dict[str, Any]:
    """The result of `status`."""
    place = Workplace(project.root)
    entry = journal.unfinished(place.journal)
    data: dict[str, Any] = {"type": "result", "state": None, "stale": [], "applied": False, "databases": {}}
    refused = _refusal(place, entry, lost=found is None) if entry is not None else None
    if refused is not None:
        data["refused"] = {"code": refused.code, "sentence": refused.sentence, "cures": list(refused.cures)}
    if found is None:
        kept = [
            {"run_id": one.run_id, "begun": one.begun, "backup": str(one.folder), "half": one.half}
            for one in recovery.earlier(place)
        ]
        data |= {"unfinished": entry.kind if entry else None, "earlier": kept}
        manifest = pulled.find(place.root)
        if manifest is not None and not pulled.missing(place.root, manifest):
            data |= _pulled(project, manifest, arguments)
        elif (was := takenback.find(place.root)) and (line := _way_back(project, was, arguments)):
            data["taken_back"] = line
        return data
    data |= {
        "run_id": found.run_id,
        "state": _comes(found).value,
        "applied": found.applied,
        "unfinished": entry.kind if entry else None,
        "retired": standing.is_retired(place),
        "elsewhere": [],
        "decisions": {key: answer.choice for key, answer in sorted(found.decisions.items())},
    }
    if entry is not None:
        # The tree is half one history and half the other: nothing can be told from it.
        return data | {"databases": dict(found.databases)}
    if data["retired"]:
        # Rows that the manifest asks for may be gone by now, and that is right.
        return data
    other = pulled.foreign(place.root, found)
    if other is not None and pulled.missing(place.root, other):
        other = None
    if other is not None and found.applied:
        return data | {"applied": False, **_pulled(project, other, arguments)}
    with look_ride(project, face_of(arguments), options_of(arguments), found) as ride:
        data["stale"] = machine.stale(ride)
        has_manifest = (place.folder / manifests.NAME).is_file()
        data["elsewhere"] = swap.unlike_swapped(ride) if found.applied and has_manifest else []
        data["databases"] = states_of(ride) if has_manifest else dict(found.databases)
        if found.applied and (added := swap.built_on(ride)):
            data["on_top"] = [".".join(node) for node in added]
        if found.applied and not data["elsewhere"] and (edit := _edited(ride)) is not None:
            data["edited"] = {"sentence": edit.sentence, "cures": list(edit.cures)}
        if others := identity.switched_elsewhere(ride):
            data["switched_elsewhere"] = [{"alias": act.alias, "database": act.identity} for act in others]
    return data | (_pulled(project, other, arguments) if other is not None else {})


def _pulled(project: Project, manifest: Manifest, arguments: argparse.Namespace) -> dict[str, Any]:
    """The reset that came with a commit, and the databases here as its manifest sees them."""
    with pulled.pulled_ride(project, face_of(arguments), options_of(arguments), manifest) as ride:
        return {"committed": manifest.run_id, "databases": states_of(ride)}


def _way_back(project: Project, was: takenback.TakenBack, arguments: argparse.Namespace) -> str:
    """What leads databases back from a reset that was taken back; empty where all could be looked at, and none is at it."""
    try:
        with pulled.pulled_ride(project, face_of(arguments), options_of(arguments), was.manifest) as ride:
            states = states_of(ride)
    except MigwizardError:
        return was.way_back()
    there = [alias for alias, state in states.items() if state in histories.SWITCHED]
    if not there and histories.LOOKED_AT.issuperset(states.values()):
        return ""
    return was.way_back(there[0]) if len(there) == 1 else was.way_back()


def _refusal(place: Workplace, entry: journal.Entry, *, lost: bool) -> MigwizardError | None:
    """Why the next start would not settle a change of the files that is noted as cut off; None where it would."""
    try:
        halfway.planned(place, entry, back=lost)
    except MigwizardError as error:
        return error
    return None


def _edited(ride: Ride) -> MigwizardError | None:
    """Why undo would stop at a file that is not as the swap left it."""
    try:
        undo.check_swapped(ride, files_back(ride))
    except MigwizardError as error:
        return error if error.code == "file-changed" else None
    return None


def _refused(data: dict[str, Any]) -> list[str]:
    """What `run` says of a journal that it does not carry out."""
    said = data["refused"]
    return [f"A change of the files is noted that is not carried out. {said['sentence']}", *said["cures"]]


def _nothing_begun(project: Project, data: dict[str, Any], arguments: argparse.Namespace) -> list[str]:
    """No reset stands here; which earlier ones can be taken back."""
    place = Workplace(project.root)
    cut_off, found = journal.unfinished(place.journal), recovery.earlier(place)
    lines = ["No reset was begun here."]
    if cut_off is not None and cut_off.run_id not in [one.run_id for one in found]:
        lead = (
            f"A change of the files by the reset {cut_off.run_id} was interrupted half way, and its checkpoint is gone."
        )
        back = again(arguments, "undo")
        lines = [f"{lead} The old files lie in {place.backup}, and {back} takes it back."]
    if "refused" in data:
        lines = _refused(data)
    for one in found:
        back = again(arguments, "undo", "--run", one.run_id)
        if one.half:
            lines.append(
                f"The files are half swapped by the reset {one.named}, whose checkpoint is gone. Nothing is lost: its backup "
                f"lies in {one.folder}, and {back} takes it back."
            )
        else:
            lines.append(f"An earlier reset, {one.named}, has its backup in {one.folder}; {back} takes it back.")
    return [*lines, data["taken_back"]] if "taken_back" in data else lines


def _committed(data: dict[str, Any], arguments: argparse.Namespace) -> list[str]:
    """The reset that came with a commit, and what its manifest says of the databases here."""
    if "committed" not in data:
        return []
    lines = [
        f"The new files of the reset {data['committed']} came with the checkout; its manifest switches databases here."
    ]
    return [*lines, *_databases(data, arguments), *to_switch(data["databases"], arguments)]


def _told(found: Checkpoint, data: dict[str, Any], arguments: argparse.Namespace) -> list[str]:
    """The same for people."""
    if "committed" in data and found.applied:
        made = (
            f"Reset {found.run_id} was made here, and its files are not what is checked out now; what it keeps stays."
        )
        return [made, *_committed(data, arguments)]
    lines = [f"Reset {found.run_id}: {_next(found)}"]
    if "refused" in data:
        lines += _refused(data)
    elif data["unfinished"]:
        what = "change of the files" if data["unfinished"] == "apply" else "undo of the files"
        lines.append(
            f"The {what} was interrupted half way. Nothing is lost: {again(arguments, 'run')} finishes it, or takes it back "
            f"where it cannot; {again(arguments, 'undo')} takes it back."
        )
    elif data["retired"]:
        lines.append(
            f"It was retired: guards and manifest are gone. Take that back: {again(arguments, 'retire', '--undo')}"
        )
    elif data["elsewhere"]:
        lines.append(
            f"Files: not those that were swapped in, as {data['elsewhere'][0]} shows. If another branch is checked out, go back "
            f"to the one with the new files; {again(arguments, 'undo')} takes the reset back."
        )
    elif found.applied:
        lines.append("Files: the new ones are in your project; the old ones are in two backups.")
    else:
        lines.append("Files: your project is unchanged.")
    if "on_top" in data:
        lines.append(f"On top of it: {some(data['on_top'])}. Undo needs these to come off first.")
    if "edited" in data:
        lines += [f"Undo would stop: {data['edited']['sentence']}", *data["edited"]["cures"]]
    if data["stale"]:
        lines.append(
            f"Out of date, since your models or files changed: {', '.join(data['stale'])}. They are computed again."
        )
    if "committed" in data:
        return [*lines, *_committed(data, arguments)]
    lines += _databases(data, arguments)
    by_name = data["decisions"].get(replacing.KEY) == replacing.YES
    if State.DONE in found.results and not by_name:
        lines += to_switch(data["databases"], arguments)
    return lines


def _databases(data: dict[str, Any], arguments: argparse.Namespace) -> list[str]:
    lines = [told(alias, state) for alias, state in data["databases"].items()]
    behind = [alias for alias, state in data["databases"].items() if state == "BEHIND"]
    look = (again(arguments, "fake", "--database", alias, "--dry-run") for alias in behind)
    lines += [
        f"{identity.sentence(one['alias'], one['database'])} With the settings and the environment of that one, "
        f"{again(arguments, 'undo')} takes it back."
        for one in data.get("switched_elsewhere", ())
    ]
    return [*lines, *(f"What it lacks, and what to do: {command}" for command in look)]


def _comes(found: Checkpoint) -> State:
    """The step that comes next: a swap that was made is not made again, even where nobody has looked at it since."""
    return max(found.state, State.FAKE, key=ORDER.index) if found.applied else found.state


def _next(found: Checkpoint) -> str:
    if State.DONE in found.results:
        return "all steps are finished."
    state = _comes(found)
    return f"the next step is {state.value}, {ORDER.index(state) + 1} of {len(ORDER)}."


def states_of(ride: Ride) -> dict[str, str]:
    """The state of each database, or the sentence that says why it cannot be looked at."""
    states = {}
    for database in ride.guest.facts["databases"]:
        alias = database["alias"]
        if not (database["sqlite"] or (database["vendor"] != "other" and identity.touched(ride, alias))):
            states[alias] = "not looked at"
        elif not database["exists"]:
            states[alias] = "gone" if identity.was_switched(ride, alias) else "missing"
        else:
            try:
                states[alias] = str(histories.read_state(ride, alias)["state"])
            except MigwizardError as error:
                states[alias] = error.sentence
    return states

"""A person's own changes to staged files: kept by the hash of the text they were made on, and put back on it.

Staging is written anew whenever a state before it is. `work/settled.json` tells what was generated and what was left in
staging when that was finished; it is missing while staging is being written, so that a half-written staging after a kill
is never taken for somebody's work. What a person changed lies in `edits/`, and goes away only into `*.previous.py`.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from migwizard.engine.ride import Ride
from migwizard.engine.surviving import durable
from migwizard.stored import parse

SETTLED = "settled.json"
INDEX = "index.json"
_GENERATED = "generated texts"
_CLASS = "Migration"


@dataclass(frozen=True, slots=True)
class Edit:
    """A person's text of one staged file."""

    name: str
    """APP/NAME.py"""
    data: bytes
    bases: tuple[str, ...]
    """SHA-256 of the generated texts that it stands for."""


def problem(data: bytes) -> str:
    """What keeps a text from being a migration: "line 40: '(' was never closed"; empty where nothing does."""
    try:
        tree = ast.parse(data)
    except SyntaxError as error:
        return f"line {error.lineno or 1}: {error.msg}"
    except ValueError as error:
        return f"it cannot be read: {error}"
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == _CLASS]
    if len(classes) != 1:
        return f"it defines no class {_CLASS} any more" if not classes else f"it defines class {_CLASS} twice"
    for statement in classes[0].body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if any(isinstance(target, ast.Name) and target.id == "operations" for target in targets):
            return ""
    return f"its class {_CLASS} has no operations any more"


def load_edits(ride: Ride) -> dict[str, Edit]:
    """All edits, by name. A text without an entry is one of which a kill came before its entry; staging has it too."""
    found = {}
    for name, bases in read_facts(_folder(ride) / INDEX).items():
        path = _folder(ride) / name
        if _is_ours(ride, name) and path.is_file() and isinstance(bases, list):
            found[name] = Edit(name, path.read_bytes(), tuple(bases))
    return found


def changed(ride: Ride) -> list[str]:
    """The staged files that differ from what was left in staging; none while the tree holds the new history."""
    if ride.checkpoint.applied:
        return []
    here = {name: durable.file_hash(ride.workplace.staging / name) for name in _settled(ride)}
    return [name for name, facts in sorted(_settled(ride).items()) if here[name] not in (None, facts["left"])]


def adopt(ride: Ride) -> list[str]:
    """Keep every change that was made in staging since it was settled; returns the names of these files."""
    names = changed(ride)
    for name in names:
        keep(ride, name)
    return names


def keep(ride: Ride, name: str) -> None:
    """Keep what a staged file holds now as the person's text of it; the generated text again means no edit."""
    settled = _settled(ride)
    data = (ride.workplace.staging / name).read_bytes()
    if durable.sha256(data) == durable.sha256(settled[name]["text"].encode()):
        _forget(ride, name)
    else:
        old = load_edits(ride).get(name)
        _save(ride, Edit(name, data, tuple(dict.fromkeys((*(old.bases if old else ()), *settled[name]["bases"])))))
    settled[name]["left"] = durable.sha256(data)
    write_facts(ride.workplace.work / SETTLED, settled)


def restore(ride: Ride, name: str) -> Path | None:
    """Give a staged file its generated text again; returns the *.previous.py where the person's text went."""
    settled = _settled(ride)
    path, text, previous = ride.workplace.staging / name, settled[name]["text"].encode(), None
    if path.is_file() and path.read_bytes() != text:
        previous = keep_previous(ride, name, path.read_bytes())
    _forget(ride, name)
    durable.write_file(path, text)
    settled[name]["left"] = durable.sha256(text)
    write_facts(ride.workplace.work / SETTLED, settled)
    return previous


def generated(ride: Ride, name: str) -> str | None:
    """What was generated for a staged file, without the person's changes."""
    facts = _settled(ride).get(name)
    return str(facts["text"]) if facts else None


def previous_file(ride: Ride, name: str, number: int = 1) -> Path:
    """Where a text goes that lost against another; `number` counts such texts of one file."""
    path = _folder(ride) / name
    return path.with_name(f"{path.stem}.previous{f'-{number}' if number > 1 else ''}{path.suffix}")


def keep_previous(ride: Ride, name: str, data: bytes) -> Path:
    """Keep a text beside those that lost before, never in place of one; returns where."""
    number = 1
    while (path := previous_file(ride, name, number)).exists() and path.read_bytes() != data:
        number += 1
    durable.write_file(path, data)
    return path


def place_aside(ride: Ride) -> Path:
    """Where the person's texts go when our own folder is removed: a place of their own, which nothing is in yet."""
    run_id, number = ride.checkpoint.run_id, 1
    while (place := ride.workplace.second_backup / f"{run_id}-edits{f'-{number}' if number > 1 else ''}").exists():
        number += 1
    return place


def set_aside(ride: Ride) -> Path | None:
    """Copy the person's texts, also those that lost, to where they outlive our folder; None where there are none."""
    if not any(path.is_file() and path.name != INDEX for path in _folder(ride).rglob("*")):
        return None
    place = place_aside(ride)
    durable.copy_folder(_folder(ride), place)
    return place


def is_settled(ride: Ride) -> bool:
    """Whether staging is finished: nobody was interrupted while writing it."""
    found = read_facts(ride.workplace.work / SETTLED)
    return bool(found) and found.keys() == _settled(ride).keys()


def unsettle(ride: Ride) -> None:
    """Staging is about to be written anew: what somebody changed in it is kept first."""
    path = ride.workplace.work / SETTLED
    if path.is_file():
        adopt(ride)
        durable.remove_file(path)
        ride.facts.pop(_GENERATED, None)


def begin(ride: Ride) -> None:
    """A plan's files are generated for the first time: texts of an earlier plan do not count any more."""
    ride.facts.pop(_GENERATED, None)


def is_noted(ride: Ride, name: str) -> bool:
    """Whether the generated text of a file is known already while staging is being written."""
    return name in ride.facts.get(_GENERATED, {})


def put_back(ride: Ride, names: Iterable[str]) -> None:
    """After these files were generated: put the person's text in place of each that it was made on."""
    texts, edits = ride.facts.setdefault(_GENERATED, {}), load_edits(ride)
    for name in names:
        text = (ride.workplace.staging / name).read_bytes()
        facts = texts.setdefault(name, {"bases": []})
        facts["text"] = text.decode()
        base = durable.sha256(text)
        facts["bases"] = list(dict.fromkeys((*facts["bases"], base)))
        if name in edits and base in edits[name].bases:
            durable.write_file(ride.workplace.staging / name, edits[name].data)


def conflicts(ride: Ride, names: Iterable[str]) -> list[Edit]:
    """The edits of these files that were made on another text than the one generated now."""
    texts, edits = ride.facts.get(_GENERATED, {}), load_edits(ride)
    return [
        edits[name]
        for name in sorted(names)
        if name in edits and durable.sha256(texts[name]["text"].encode()) not in edits[name].bases
    ]


def take_over(ride: Ride, edit: Edit) -> None:
    """Use the person's text although another one was generated meanwhile; from now on it stands for that one too."""
    facts = ride.facts[_GENERATED][edit.name]
    _save(ride, Edit(edit.name, edit.data, (*edit.bases, durable.sha256(facts["text"].encode()))))
    durable.write_file(ride.workplace.staging / edit.name, edit.data)


def give_up(ride: Ride, edit: Edit) -> Path:
    """Use the generated text; returns the *.previous.py where the person's went."""
    previous = keep_previous(ride, edit.name, edit.data)
    _forget(ride, edit.name)
    return previous


def new_text(ride: Ride, name: str) -> str:
    """What was generated for a file while staging is being written."""
    return str(ride.facts[_GENERATED][name]["text"])


def settled(ride: Ride, names: Iterable[str]) -> None:
    """Staging is finished: note what was generated and what lies there now."""
    texts = ride.facts.get(_GENERATED, {})
    found = {}
    for name in sorted(names):
        found[name] = texts[name] | {"left": durable.file_hash(ride.workplace.staging / name)}
    write_facts(ride.workplace.work / SETTLED, found)


def _folder(ride: Ride) -> Path:
    return ride.workplace.folder / "edits"


def _settled(ride: Ride) -> dict[str, Any]:
    """By name; what is of another kind counts as missing."""
    found = read_facts(ride.workplace.work / SETTLED)
    return {name: facts for name, facts in found.items() if _is_ours(ride, name) and _is_settled(facts)}


def _is_settled(facts: object) -> bool:
    return isinstance(facts, dict) and isinstance(facts.get("bases"), list) and {"text", "left"} <= facts.keys()


def _save(ride: Ride, edit: Edit) -> None:
    """The text first: an entry without its text would be worth nothing."""
    durable.write_file(_folder(ride) / edit.name, edit.data)
    index = read_facts(_folder(ride) / INDEX)
    write_facts(_folder(ride) / INDEX, index | {edit.name: list(edit.bases)})


def _forget(ride: Ride, name: str) -> None:
    index = read_facts(_folder(ride) / INDEX)
    if name not in index:
        return
    write_facts(_folder(ride) / INDEX, {key: bases for key, bases in index.items() if key != name})
    durable.remove_file(_folder(ride) / name)


def _is_ours(ride: Ride, name: str) -> bool:
    """Whether a name leads to a file below our folders, symbolic links followed; a copied folder may say anything."""
    pure, root = PurePosixPath(name), ride.project.root.resolve()
    if len(pure.parts) != 2 or ".." in pure.parts or pure.suffix != ".py":
        return False
    return all((folder / pure).resolve().is_relative_to(root) for folder in (_folder(ride), ride.workplace.staging))


def read_facts(path: Path) -> dict[str, Any]:
    """What one of our own files about staging says; empty where it is missing or broken."""
    try:
        data = parse(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def write_facts(path: Path, data: Mapping[str, Any]) -> None:
    """The counterpart of `read_facts`."""
    durable.write_file(path, (json.dumps(data, sort_keys=True) + "\n").encode())

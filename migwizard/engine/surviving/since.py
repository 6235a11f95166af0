"""What the project was when preflight looked at it, and what changed since."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from migwizard.engine.ride import Ride
from migwizard.engine.surviving import durable
from migwizard.engine.swapping import git
from migwizard.stored import read_json

SEEN = "seen.json"
MOST = 12
"""Sentences of what changed; more are counted."""


def remember(ride: Ride) -> None:
    """Note models, migrations and commit as they are now, to name what changed when the person comes back."""
    if ride.checkpoint.applied or ride.read_only:
        return
    durable.write_file(ride.workplace.work / SEEN, json.dumps(_now(ride)).encode())


def _now(ride: Ride) -> dict[str, Any]:
    models: dict[str, list[str]] = {}
    names = {f"{model['app']}.{model['model']}".lower(): model["model"] for model in ride.registry()["models"]}
    for operation in ride.operations()["operations"]:
        for part in operation["parts"]:
            model, _, rest = part.partition(" ")
            name = names.get(f"{operation['app']}.{model}", model)
            models.setdefault(operation["app"], []).append(f"{name} {rest}")
    files = {
        label: {path.name: durable.file_hash(path) for path in sorted(Path(folder).glob("*.py"))}
        for label, folder in ride.apps.folders.items()
    }
    return {
        "head": git.head(ride.project.root),
        "models": {app: sorted(set(parts)) for app, parts in models.items()},
        "files": files,
    }


def changed(ride: Ride) -> tuple[list[str], str]:
    """Sentences about what is not as it was, and the whole list to read."""
    path = ride.workplace.work / SEEN
    seen = None if ride.checkpoint.applied else _seen(path)
    if seen is None:
        return [], ""
    now = _now(ride)
    sentences, lines = [], []
    for app in sorted({*seen["models"], *now["models"]}):
        old, new = set(seen["models"].get(app, ())), set(now["models"].get(app, ()))
        if old != new:
            sentences.append(f"models: {app}: {_model_words(old, new)}")
            lines += [f"- {app}.{item}" for item in sorted(old - new)] + [
                f"+ {app}.{item}" for item in sorted(new - old)
            ]
    for app in sorted({*seen["files"], *now["files"]}):
        names = _differing(seen["files"].get(app, {}), now["files"].get(app, {}))
        if names:
            shown = ", ".join(names[:2]) + (", ..." if len(names) > 2 else "")
            sentences.append(f"migrations: {app}: {shown}")
            lines += [f"{app}/{name}" for name in names]
    commits = git.log_since(ride.project.root, seen["head"]) if seen["head"] else []
    if commits:
        number = len(commits)
        sentences.append(f"git: {number} new commit{'' if number == 1 else 's'}")
        lines += ["", *commits]
    if len(sentences) > MOST:
        sentences[MOST:] = [f"and {len(sentences) - MOST} more"]
    return sentences, "\n".join(lines).strip()


def _seen(path: Path) -> dict[str, Any] | None:
    """What was noted; None where it cannot be read, since it only serves to name changes."""
    try:
        seen = read_json(path)
    except (OSError, ValueError):
        return None
    whole = isinstance(seen, dict) and "head" in seen
    return seen if whole and all(isinstance(seen.get(part), dict) for part in ("models", "files")) else None


def _model_words(old: set[str], new: set[str]) -> str:
    """ "1 field added (Order.note), 1 model removed (Cart)"."""
    words = []
    for verb, items, models in (
        ("added", new - old, _models(new) - _models(old)),
        ("removed", old - new, _models(old) - _models(new)),
    ):
        if models:
            words.append(_counted(len(models), "model", verb, sorted(models)))
        rest = [item for item in sorted(items) if item.split(" ")[0] not in models]
        fields = [f"{i.split(' ')[0]}.{i.split(' ')[2]}" for i in rest if i.split(" ")[1] == "field"]
        others = [f"{i.split(' ')[0]} {' '.join(i.split(' ')[1:])}" for i in rest if i.split(" ")[1] != "field"]
        if fields:
            words.append(_counted(len(fields), "field", verb, fields))
        if others:
            words.append(_counted(len(others), "other part", verb, others))
    return ", ".join(words)


def _models(parts: set[str]) -> set[str]:
    return {part.split(" ")[0] for part in parts if part.split(" ")[1:] == ["model"]}


def _counted(number: int, what: str, verb: str, names: list[str]) -> str:
    shown = ", ".join(names[:2]) + (", ..." if len(names) > 2 else "")
    return f"{number} {what}{'' if number == 1 else 's'} {verb} ({shown})"


def _differing(old: Mapping[str, str | None], new: Mapping[str, str | None]) -> list[str]:
    return sorted(name for name in {*old, *new} if old.get(name) != new.get(name))

"""New files as the project would write them: its own formatter, if it has one, over all that was generated at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from migwizard.engine.ride import Ride
from migwizard.engine.staging import edits
from migwizard.engine.surviving import durable
from migwizard.project.formatter import Formatter, FormatterError, find_formatter, format_texts

_FOUND = "formatter"


def format_files(ride: Ride, names: Iterable[str], literal: Sequence[tuple[str, dict[str, Any]]] = ()) -> None:
    """Format staged files (APP/NAME.py), and in place what they are compared with: `literal` holds (app, {text}).

    A formatter that is missing or fails leaves everything as it was, with a note.
    """
    formatter = _formatter(ride)
    texts = {name: (ride.workplace.staging / name).read_text(encoding="utf-8") for name in names}
    beside = {f"{app}/0000_literal_{number}.py": item for number, (app, item) in enumerate(literal)}
    if formatter is None or not texts:
        return
    texts |= {name: item["text"] for name, item in beside.items()}
    for name, text in _formatted(ride, formatter, texts, beside).items():
        if name in beside:
            beside[name]["text"] = text
        elif text != texts[name]:
            durable.write_file(ride.workplace.staging / name, text.encode())


def _formatted(ride: Ride, formatter: Formatter, texts: Mapping[str, str], shown: Collection[str]) -> dict[str, str]:
    """By name; the texts as they are where the formatter fails, or leaves something that is no migration.

    Those that are only `shown` run nowhere, and need not be looked at.
    """
    root = ride.project.root.resolve()
    places = {name: _place(root, ride.checkpoint.folders, name) for name in texts}
    try:
        found = format_texts(formatter, {places[name]: text for name, text in texts.items()})
    except FormatterError as error:
        _note(ride, str(error))
        return dict(texts)
    new = {name: found[place] for name, place in places.items()}
    if broken := [name for name, text in new.items() if name not in shown and edits.problem(text.encode())]:
        _note(ride, f"{formatter.name} made no migration of {broken[0]}")
        return dict(texts)
    return new


def _place(root: Path, folders: Mapping[str, str], name: str) -> Path:
    """Where a staged file will lie."""
    label, _, file = name.partition("/")
    return root / folders[label] / file


def _formatter(ride: Ride) -> Formatter | None:
    if _FOUND not in ride.facts:
        try:
            ride.facts[_FOUND] = find_formatter(ride.project)
        except FormatterError as error:
            ride.facts[_FOUND] = None
            _note(ride, str(error))
    found: Formatter | None = ride.facts[_FOUND]
    return found


def _note(ride: Ride, why: str) -> None:
    ride.tell("note", f"The new files are not formatted: {why}. They stay as makemigrations wrote them.")

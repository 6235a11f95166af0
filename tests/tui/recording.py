"""Questions as the engine asked them on the demo project, kept as JSON so that screens can be tested without an engine.

`python -m tests.tui.record` makes them anew; tests/tui/test_recording.py checks that they are still what the engine asks.
"""

from __future__ import annotations

import json
import types
import typing
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from migwizard.engine import previews
from migwizard.engine.talk import Question
from migwizard.proof.deviation import Deviation

DATA = Path(__file__).parent / "data" / "demo"


def file_of(question_id: str) -> Path:
    """Where the question with this id is kept."""
    safe = "".join(letter if letter.isalnum() or letter in "._-" else "-" for letter in question_id)
    return DATA / f"{safe}.json"


def recorded(question_id: str) -> Question:
    """The question that the engine asked on the demo."""
    return from_json(file_of(question_id).read_text(encoding="utf-8"))


def from_json(text: str) -> Question:
    """The question that `as_json` wrote."""
    question: Question = _build(Question, json.loads(text))
    return question


def as_json(question: Question) -> str:
    """The question as text for a file."""
    return json.dumps(_plain(question), indent=1, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        data = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {"": type(value).__name__, **data} if hasattr(previews, type(value).__name__) else data
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return value.value if isinstance(value, Enum) else value


def _build(kind: Any, data: Any) -> Any:
    if isinstance(data, dict) and "" in data:
        kind = getattr(previews, data[""])
    if is_dataclass(kind) and isinstance(kind, type):
        hints = typing.get_type_hints(kind, localns={**vars(previews), Deviation.__name__: Deviation})
        return kind(**{key: _build(hints[key], value) for key, value in data.items() if key})
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple and isinstance(data, list):
        if inner[-1] is Ellipsis:
            return tuple(_build(inner[0], item) for item in data)
        return tuple(_build(part, item) for part, item in zip(inner, data, strict=True))
    if origin in (typing.Union, types.UnionType):
        return None if data is None else _build(inner[0], data) if len(inner) == 2 and type(None) in inner else data
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(data)
    return data

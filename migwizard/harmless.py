"""Text of a project on its way to a terminal or into the log: it can say anything, and must not do anything there.

Names of migrations, messages of exceptions and rows of a database may hold sequences that move the cursor, rename the window,
or turn the direction of the writing so that a line reads as another one. They are shown as escapes.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TextIO

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
"""What programs colour their own lines with; nothing is lost without it."""
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
"""All but the tab and the end of a line; the signs that turn the direction; halves of characters, which no file can hold."""


def harmless(text: str) -> str:
    """A text that only says what it says."""
    return _CONTROL.sub(_escape, _COLOUR.sub("", text.replace("\r\n", "\n")))


def for_stream(text: str, stream: TextIO) -> str:
    """Data as it is for a file or a pipe, and harmless for a terminal."""
    return harmless(text) if stream.isatty() else text


def harmless_copy(value: Any, changed: dict[str, str]) -> Any:
    """The same dataclass, container or text with every text in it harmless; itself where they are.

    `changed` learns what each text was before, by what it is now.
    """
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        text = harmless(value)
        if text == value:
            return value
        changed[text] = value
        return text
    if is_dataclass(value) and not isinstance(value, type):
        now = {item.name: getattr(value, item.name) for item in fields(value) if item.init}
        new = {name: harmless_copy(item, changed) for name, item in now.items()}
        return replace(value, **new) if any(new[name] is not now[name] for name in now) else value
    if isinstance(value, dict):
        return {harmless_copy(key, changed): harmless_copy(item, changed) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = [harmless_copy(item, changed) for item in value]
        same = all(new is old for new, old in zip(items, value, strict=True))
        return value if same else _rebuilt(value, items)
    return value


def _rebuilt(value: Any, items: list[Any]) -> Any:
    return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"

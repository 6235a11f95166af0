"""Files of variables, `.env` and the like, for the project's own process and for nothing else.

A small subset that all readers of such files agree on: `NAME=value` a line, `export` before it, comments, values in single
quotes as they are, in double quotes with \\n, \\t, \\", \\\\ and \\$, both over several lines too. Where readers differ, in what
`$NAME` stands for, nothing is guessed: the file is refused. No message ever holds a value.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import Path

from migwizard.errors import UsageError

_ENTRY = re.compile(
    r"""
    (?:export[ \t]+)? (?P<name>[A-Za-z_][A-Za-z0-9_.-]*) [ \t]* = [ \t]*
    (?: '(?P<single>[^']*)' | "(?P<double>(?:[^"\\]|\\.)*)" | (?P<bare>(?:[^\s'"\#]|(?<==)\#)[^\n]*)? )
    [ \t]* (?:(?<=\s)\#[^\n]*)? (?:\n|\Z)
    """,
    re.VERBOSE | re.DOTALL,
)
_NOTHING = re.compile(r"[ \t]*(?:\#[^\n]*)?(?:\n|\Z)")
_COMMENT = re.compile(r"\s+\#.*\Z")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\", "$": "$"}
_OTHER = re.compile(r"(?<!\\)\$(?:\{|[A-Za-z_])")
"""The beginning of the name of another variable."""


def read_env_files(paths: Iterable[Path]) -> dict[str, str]:
    """The variables of all files; of two that give the same one the later counts. Raises UsageError, with file and line."""
    found: dict[str, str] = {}
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
            raise _refusal(f"The file of variables {path} cannot be read: {why}.") from error
        found |= parse_env(text.replace("\r\n", "\n"), str(path))
    return found


def parse_env(text: str, name: str) -> dict[str, str]:
    """The variables of one text; `name` is what it is called. Raises UsageError."""
    found: dict[str, str] = {}
    position = 0
    while position < len(text):
        if empty := _NOTHING.match(text, position):
            position = empty.end()
            continue
        line = text.count("\n", 0, position) + 1
        while text[position] in " \t":
            position += 1
        entry = _ENTRY.match(text, position)
        if entry is None:
            raise _refusal(f"{name}, line {line}: this is no NAME=value, or a quote is not closed.")
        found[entry["name"]] = _value(entry, f"{name}, line {line}")
        position = entry.end()
    return found


def _value(entry: re.Match[str], place: str) -> str:
    if (single := entry["single"]) is not None:
        return single
    double, bare = entry["double"], _COMMENT.sub("", entry["bare"] or "").rstrip()
    if _OTHER.search(bare if double is None else double):
        raise _refusal(
            f"{place}: the value of {entry['name']} names another variable with a dollar sign, and not every reader puts in "
            "the same. Write it out, or put the value in single quotes if it is to be taken as it stands."
        )
    return bare if double is None else _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[0]), double)


def _refusal(sentence: str) -> UsageError:
    return UsageError(f"{sentence} Nothing was changed.", code="env-file")


def file_with(text: str, folder: Path, known: Collection[str]) -> tuple[str, Path] | None:
    """A variable that a text names and that stands in a file in `folder`, `.env` or its kin, with that file.

    Those in `known` are none.
    """
    found = []
    for path in sorted({*folder.glob(".env*"), *folder.glob("*.env")}):
        try:
            names = parse_env(path.read_text(encoding="utf-8-sig"), path.name)
        except (OSError, UnicodeDecodeError, UsageError):
            continue
        found += [
            (name, path) for name in names if name not in known and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
        ]
    # The longest name is the most special one.
    return max(found, key=lambda item: len(item[0]), default=None)

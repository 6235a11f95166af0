"""SQL as a Python literal that people can read and that evaluates to exactly the same text."""

from __future__ import annotations

import re

QUOTES = '"""'


def sql_literal(text: str) -> str:
    """The text in triple quotes: raw where that spares doubled backslashes, escaped where it must be.

    Characters that a reader cannot see, or that an editor removes on saving (blanks at the end of a line), are
    escaped, so that the migration survives its next edit.
    """
    if "\\" in text and _can_be_raw(text):
        return f"r{QUOTES}{text}{QUOTES}"
    escaped = "".join(_escape(character) for character in text.replace("\\", "\\\\"))
    escaped = re.sub(r"[ \t](?=\n)", _escape_blank, escaped)
    # Three quotes end the literal, and so would any at the end of the text.
    escaped = re.sub(r'"{3,}|"+\Z', lambda quotes: '\\"' * len(quotes[0]), escaped)
    # The first line begins at the margin, as those below it do.
    start = "\\\n" if "\n" in escaped else ""
    return f"{QUOTES}{start}{escaped}{QUOTES}"


def _can_be_raw(text: str) -> bool:
    """Whether the text may stand in a raw literal as it is."""
    trailing = len(text) - len(text.rstrip("\\"))
    visible = all(_escape(character) == character for character in text)
    return (
        visible and QUOTES not in text and not text.endswith('"') and not trailing and not re.search(r"[ \t]\n", text)
    )


def _escape(character: str) -> str:
    if character in "\n\t" or character.isprintable():
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def _escape_blank(blank: re.Match[str]) -> str:
    return "\\x20" if blank[0] == " " else "\\t"

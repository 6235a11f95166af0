"""Colours of Python code, a line at a time: only what is on the screen is ever looked at."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

Piece = tuple[str, str]
"""(text, kind: "string", "keyword", "literal", "comment" or "")."""

TAB = 4
_UNPRINTABLE = dict.fromkeys((*range(32), 127, *range(128, 160)), "·")


def printable(text: str) -> str:
    """Without anything that a terminal would obey."""
    return text.expandtabs(TAB).translate(_UNPRINTABLE)


@lru_cache(maxsize=4096)
def pieces(line: str) -> tuple[Piece, ...]:
    """The line cut into pieces of one kind each. A string over several lines is not known as one; its text is shown."""
    from pygments.token import Comment, Keyword, Number, Operator, String

    kinds = (
        (String, "string"),
        (Comment, "comment"),
        (Keyword, "keyword"),
        (Operator.Word, "keyword"),
        (Number, "literal"),
    )
    found: list[Piece] = []
    for token, text in _lexer().get_tokens(printable(line)):
        kind = next((name for parent, name in kinds if token in parent), "")
        if not text.strip("\n"):
            continue
        if found and found[-1][1] == kind:
            found[-1] = (found[-1][0] + text.rstrip("\n"), kind)
        else:
            found.append((text.rstrip("\n"), kind))
    return tuple(found)


@lru_cache(maxsize=1)
def _lexer() -> Any:
    from pygments.lexers.python import PythonLexer

    return PythonLexer(stripnl=False, ensurenl=False)

"""Move source text to another indentation without touching what strings hold."""

from __future__ import annotations

import io
import tokenize


def indented(source: str, margin: str) -> str:
    """The source moved right, except for lines that begin inside a string: their blanks belong to the value."""
    inside = _inside_strings(source)
    lines = source.split("\n")
    return "\n".join(line if number in inside or not line else margin + line for number, line in enumerate(lines, 1))


def dedented(source: str, width: int) -> str:
    """The source moved left by `width` blanks where a line has that many; lines inside a string stay."""
    lines = source.split("\n")
    # A tokenizer minds the indentation of the first line only, so brackets make any fragment readable.
    inside = _inside_strings(f"({source}\n)")
    return "\n".join(
        line if number in inside else line[min(width, len(line) - len(line.lstrip())) :]
        for number, line in enumerate(lines, 1)
    )


def _inside_strings(source: str) -> set[int]:
    inside: set[int] = set()
    kinds = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", None), getattr(tokenize, "TSTRING_MIDDLE", None)}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in kinds:
            inside.update(range(token.start[0] + 1, token.end[0] + 1))
    return inside

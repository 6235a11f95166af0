"""Join the texts of top-level statements into one module text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """The text of one top-level statement with the comments above it; it ends with a newline."""

    text: str
    is_definition: bool
    """Whether it is a function or a class."""
    blank_before: bool
    """Whether its author set it apart from the statement above."""


def join_pieces(pieces: Iterable[Piece]) -> str:
    """One text with two blank lines around functions and classes, and at most one between other statements."""
    text, above = "", None
    for piece in pieces:
        if above is not None:
            apart = above.is_definition or piece.is_definition
            text += "\n\n" if apart else "\n" * piece.blank_before
        text += piece.text
        above = piece
    return text

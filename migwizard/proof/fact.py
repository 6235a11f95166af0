"""One fact about a database, in a form that is the same for every engine."""

from __future__ import annotations

from dataclasses import dataclass

from migwizard.proof.sql_text import lower

WITNESS = "as the database tells it"
"""Ends the name of an aspect that tells once more, and in other words, what others tell: it speaks when they say nothing."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A table, column, constraint, index, view or another object."""

    kind: str
    table: str | None
    """The table that it belongs to; None for a table or view itself."""

    name: str | None
    """None for a constraint without a name."""

    content: tuple[tuple[str, str], ...]
    """What must be equal, as pairs of an aspect and its value, without the own name of a constraint or index."""

    label: str
    """What it is, for a sentence: `the index shop_idx on shop_order (state)`."""

    shown: str
    """The definition as it is written."""

    subject: str | None = None
    """What a constraint is about, to find its counterpart when the content differs and it has no name."""

    column: str | None = None
    """The column with which it comes and goes."""

    stored_as: str | None = None
    """How the engine stores a column, where two declared types that are stored alike may stand for each other."""

    exact: bool = False
    """Whether the engine tells names apart by their case."""

    idle: str = ""
    """Why it is only told, where one side lacks it and the names of the migrations do not ask for it: it changes nothing."""

    def known_as(self, name: str) -> str:
        """A name as the engine compares it."""
        return name if self.exact else lower(name)

    @property
    def key(self) -> str | None:
        """The own name as the engine compares it."""
        return None if self.name is None else self.known_as(self.name)

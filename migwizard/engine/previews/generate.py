"""The staged files, each with the rows of its diff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from migwizard.engine.previews.levels import Waiting

DiffKind = Literal["equal", "out", "in", "waits", "returns"]


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One row of a diff, for both layouts; a number of 0 means that the side has no line here.

    `waits` rows stand where the stripped lines were; `note` tells the file and the level in which they return. In other
    rows `note` tells where a line comes from that nobody would expect.
    """

    kind: DiffKind
    left_number: int
    left: str
    right_number: int
    right: str
    note: str = ""
    target: str = ""
    """Of what waits: the file in which it returns, "app/name"."""
    what: str = ""
    """Of what waits: app.model.field."""


@dataclass(frozen=True, slots=True)
class StagedFile:
    """One generated file: what makemigrations alone would write, and what was written."""

    app: str
    name: str
    level: int
    path: str
    """Of the staged file, for an editor."""
    literal_lines: int
    written_lines: int
    waiting: tuple[Waiting, ...]
    rows: tuple[DiffRow, ...]
    edited: str = ""
    """A sentence about the person's own change; empty where there is none."""
    broken: str = ""
    """What keeps the person's text from being a migration: "line 40: '(' was never closed"; empty where nothing does."""
    command: str = ""
    """Of the level; the same for all of its files."""
    returning: int = 0
    """How many parts that waited elsewhere are in this file."""
    guard: int = 0
    """How many of its lines are our guard: it stops a plain migrate on a database that was not switched."""


@dataclass(frozen=True, slots=True)
class GeneratePreview:
    """Everything that was generated."""

    files: tuple[StagedFile, ...]
    commands: tuple[str, ...]
    """The command of each level."""
    accepted: tuple[str, ...] = ()
    """The files, as "app/name", that the person accepted as they are now."""

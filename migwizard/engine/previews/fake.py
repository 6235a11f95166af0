"""The databases, and what a switch would do to each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migwizard.proof.deviation import Deviation


@dataclass(frozen=True, slots=True)
class DatabaseLine:
    """A database and what the switch would do to it."""

    alias: str
    where: str
    local: bool
    """An SQLite file inside the project."""
    state: str
    """OLD_HEAD, NEW, EMPTY, missing, ..."""
    rows_out: int
    rows_in: int
    untouched: int
    """Rows of other apps in django_migrations."""
    says: str
    """The state in words, with what will happen."""
    switched: bool
    stands: str = ""
    """The state in two or three words: "at old head", "2 behind"."""
    askable: bool = False
    """Whether it can be switched now."""
    more: str = ""
    """Which migrations are missing or unknown, and what can be done."""
    said: str = ""
    """What the project's own `migrate --fake` printed, where it was asked: long, and the same for each app."""
    why: str = ""
    """Why more or fewer rows go out than files did; empty where the numbers agree."""
    waits: tuple[str, ...] = ()
    """Migrations of the drift that its next migrate applies, once it is switched."""
    deviations: tuple[Deviation, ...] = ()
    """What is otherwise in it than the histories build; looked for where it can be switched."""
    uncompared: str = ""
    """Why that could not be looked for."""


@dataclass(frozen=True, slots=True)
class FakePreview:
    """The databases of the settings."""

    databases: tuple[DatabaseLine, ...]
    backup: str
    asked: str = ""
    """The alias of the database that the question is about; empty where it is about all."""
    dry: str = ""
    """What a dry run said."""
    elsewhere: tuple[str, ...] = ()
    """Of each switched database to which no alias leads now, a sentence: undo needs the settings that do."""

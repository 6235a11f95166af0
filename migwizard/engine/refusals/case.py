"""A refusal with what is known around it, and the offers made for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from migwizard.engine.refusals.headlines import alias_of
from migwizard.engine.states import ORDER, State
from migwizard.engine.talk import Choice
from migwizard.errors import MigwizardError
from migwizard.paths import Workplace
from migwizard.project.discovery import Project

if TYPE_CHECKING:
    from migwizard.engine.options import Opening

Act = Callable[[str], "Opening | None"]
"""Does what a choice promises, with the text that was typed along; returns how to open again, None to ask once more."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A choice, and what taking it does; without an act it only shows its text."""

    choice: Choice
    act: Act | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """An error at the place where it stopped the ride."""

    error: MigwizardError
    opening: Opening
    project: Project | None
    state: State
    applied: bool | None
    """Whether the tree holds the new files; None where that cannot be read."""

    @property
    def code(self) -> str:
        return self.error.code

    @property
    def details(self) -> Mapping[str, Any]:
        return self.error.details

    @property
    def place(self) -> Workplace | None:
        return Workplace(self.project.root) if self.project else None

    @property
    def alias(self) -> str | None:
        """The database that the error is about."""
        return alias_of(self.error)

    @property
    def taking_back(self) -> bool:
        """Whether it was an undo that was refused."""
        return "went_back" in self.details

    @property
    def before(self) -> State | None:
        """The state before the one that stopped, where going back changes nothing."""
        position = ORDER.index(self.state)
        return ORDER[position - 1] if position and self.applied is False else None

    def open_again(self, **changes: Any) -> Opening:
        """The opening without what an earlier cure asked for once."""
        plain: Opening = replace(
            self.opening, back_to=None, look=False, wait=False, wait_for="", agreed=False, undo=False, fetch=""
        )
        return replace(plain, **changes)

    def decide(self, **decisions: str) -> Opening:
        """Open again with decisions noted: question id and choice."""
        return self.open_again(tolerated={**self.opening.tolerated, **decisions})

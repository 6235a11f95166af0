"""Every refusal as a menu: headline, sentence, what is unchanged, and the cures that can be taken at once.

`table` says which cures belong to which error code, `cures` makes them, `headlines` names what happened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from migwizard.engine.refusals.asking import Menu, begun, menu
from migwizard.engine.talk import Face, Question
from migwizard.errors import MigwizardError
from migwizard.project.discovery import Project

if TYPE_CHECKING:
    from migwizard.engine.options import Opening

__all__ = ["cure", "menu", "question_of"]


def cure(refusal: MigwizardError, face: Face, opening: Opening, project: Project | None) -> Opening:
    """Offer the cures of a refusal; returns the opening to try next. Raises the refusal where none is taken.

    A cure that fails itself is a new refusal, and raised as it is.
    """
    if "unanswered" in refusal.details:
        # Nobody is there to answer, so nobody would answer this either.
        raise refusal
    while True:
        # Anew each time: what a choice did may make others possible.
        shown: Menu = menu(refusal, opening, project)
        answer = face.ask(shown.question)
        if answer is None or answer == "quit":
            raise refusal
        key, _, text = answer.partition("=")
        act = shown.acts.get(key)
        if act is not None:
            opened = act(text)
            if opened is not None:
                return opened
            continue
        if key == "undo" and begun(project):
            return shown.undo()
        # A choice that only shows a text, or "back" where nothing lies before: the question stays open.


def question_of(refusal: MigwizardError, opening: Opening, project: Project | None) -> Question:
    """The question alone, for faces and tests that only show it."""
    return menu(refusal, opening, project).question

"""A look at what every finished state made: the same previews, and nothing that could be decided or changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from migwizard.engine.report import report
from migwizard.engine.reviews import marker, review_of
from migwizard.engine.ride import Ride, Turn
from migwizard.engine.states import ORDER, State
from migwizard.engine.talk import Choice, Question


def look(ride: Ride) -> dict[str, Any]:
    """Show every finished state once more; nothing is computed, decided or saved.

    Another run may be writing the files of a state just now: such a state is left out, in the direction of the walk.
    """
    ride.read_only = True
    ride.tell("look")
    position, step = 0, 1
    while position < len(ORDER) and (state := ORDER[position]) in ride.checkpoint.results:
        try:
            ride.review(only_shown(review_of(state).question(ride), _following(ride, position)), marker(ride, state))
            step = 1
        except FileNotFoundError:
            ride.tell("note", f"{state.value}: its files are not there just now, so it is left out.")
        except Turn as turn:
            if turn.where != "back":
                raise
            step = -1
        position = max(position + step, 0)
    return report(ride)


def only_shown(question: Question, following: State | None) -> Question:
    """The review as something to read: its headline says so, and its choices show something or go on."""
    on = Choice(
        "continue",
        "nothing is changed" if following else "leaves; nothing was changed",
        f"Go on to {following.capitalize()}" if following else "End the look",
    )
    return replace(
        question,
        headline=f"Look only: {question.state.capitalize()} as it stands, nothing can change",
        choices=(on, *(choice for choice in question.choices if choice.shows)),
        safe=on.key,
        default=on.key,
    )


def _following(ride: Ride, position: int) -> State | None:
    later = ORDER[position + 1 : position + 2]
    return later[0] if later and later[0] in ride.checkpoint.results else None

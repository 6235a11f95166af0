"""The approval of fake: what became of each database."""

from __future__ import annotations

from migwizard.engine.previews import DatabaseLine, FakePreview
from migwizard.engine.ride import Ride, Turn
from migwizard.engine.states import State
from migwizard.engine.steps import fake
from migwizard.engine.swapping import checkout
from migwizard.engine.switching import exchange, histories, identity
from migwizard.engine.talk import Choice, Question

NOTHING_TO_ASK = ("NEW", "NEW_PARTIAL", "EMPTY", "missing", "engine")
"""States in which a database needs no switch, or can get none."""


def question(ride: Ride) -> Question:
    """What is asked when the state has run."""
    lines, elsewhere = histories.lines(ride), identity.told_elsewhere(ride)
    switched = [line for line in lines if line.switched]
    return Question(
        "review:fake",
        State.FAKE,
        _headline(lines, switched, bool(elsewhere)),
        _text(ride, lines, switched),
        (
            Choice("continue", "Go on to the figures and to what is left for you.", "Continue to Done"),
            *_again(lines),
            *(_take(line) for line in lines if line.state not in NOTHING_TO_ASK and fake.put_off(ride, line.alias)),
            *(_confirm(line) for line in switched),
            *(_said(line.alias, said) for line in switched if (said := histories.confirmed(ride, line.alias))),
            *fake.back_choice(lines),
        ),
        safe="continue",
        kind="review",
        default="continue",
        preview=FakePreview(
            lines,
            fake.backup_of(switched[0].alias if len(switched) == 1 else "NAME") if switched else "",
            elsewhere=elsewhere,
        ),
    )


def _headline(lines: tuple[DatabaseLine, ...], switched: list[DatabaseLine], elsewhere: bool) -> str:
    if not lines:
        return "No database is named by the settings"
    if not switched:
        return "No database of these settings is switched" if elsewhere else "No database was switched"
    if len(switched) == 1:
        return f"{switched[0].alias} is switched"
    return f"{len(switched)} of {len(lines)} databases are switched"


def _text(ride: Ride, lines: tuple[DatabaseLine, ...], switched: list[DatabaseLine]) -> str:
    waiting = [line.alias for line in lines if line.askable]
    said = [f"migrate has nothing of the project to apply on {', '.join(line.alias for line in switched[:4])}."]
    on_top = [line for line in switched if line.waits]
    if on_top:
        many = f"{len(on_top)} databases" if len(on_top) > 4 else ", ".join(line.alias for line in on_top)
        said = [
            f"The next migrate applies the drift to {many}, and nothing else of the project: {', '.join(on_top[0].waits)}."
        ]
    elif len(switched) > 4:
        said = [f"migrate has nothing of the project to apply on any of the {len(switched)}."]
    if waiting:
        more = f" and {len(waiting) - 4} more" if len(waiting) > 4 else ""
        said.append(f"Not switched yet: {', '.join(waiting[:4])}{more}. A plain migrate stops there before it writes.")
    if switched and checkout.lacks(ride):
        said.append("What --via runs still has the old files: build its image anew before migrate runs there.")
    return " ".join(said if switched else said[1:])


def _again(lines: tuple[DatabaseLine, ...]) -> tuple[Choice, ...]:
    if all(line.state in NOTHING_TO_ASK for line in lines):
        return ()
    return (Choice("again", "Look at every database anew, and ask for those that can be switched.", "Look again"),)


def _take(line: DatabaseLine) -> Choice:
    return Choice(
        f"take:{line.alias}", f"{line.alias} is looked at anew.", f"Ask again for {line.alias}", group="later"
    )


def _confirm(line: DatabaseLine) -> Choice:
    return Choice(
        f"confirm:{line.alias}",
        "Runs the project's own `migrate --fake` for its apps, which has to answer that nothing is to apply. Handlers of the "
        "project's signals run as with every migrate; undo does not take back what they do.",
        f"Let Django confirm {line.alias}",
        group="confirm",
        writes=f"what signal handlers of the project write to {line.alias}",
    )


def _said(alias: str, said: str) -> Choice:
    return Choice(
        f"said:{alias}", "All that it printed.", f"Show what Django said of {alias}", group="confirm", shows=said
    )


def change(ride: Ride, answer: str) -> State:
    """Note a decision; returns the state to go on from."""
    if answer == "back":
        raise Turn("back")
    if answer.startswith("confirm:"):
        exchange.ask_django(ride, answer.removeprefix("confirm:"))
        ride.facts[fake.JUST_READ] = True
    if answer.startswith("take:"):
        fake.ask_again(ride, answer.removeprefix("take:"))
    return State.FAKE

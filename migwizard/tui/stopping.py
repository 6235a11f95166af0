"""After a cancel the engine is gone; this question is the app's own."""

from __future__ import annotations

from migwizard.engine.process import Ended
from migwizard.engine.states import ORDER, State
from migwizard.engine.talk import Choice, Question
from migwizard.exit_codes import ExitCode
from migwizard.tui.standing import Standing
from migwizard.tui.widgets.frame import WORDS, step_of
from migwizard.words import leaving

ID = "stopped"


def question(standing: Standing) -> Question:
    """How to go on after a cancel."""
    state = standing.state
    choices = [
        Choice("on", "this step begins again; finished steps and decisions are kept", f"Go on with {WORDS[state]}")
    ]
    # Once the tree is not as before there is nothing to go back to but by undo.
    if state is not State.PREFLIGHT and not standing.applied and not standing.unclear:
        choices.append(Choice("back", "nothing is undone; your choices are kept", f"Go back to {WORDS[before(state)]}"))
    choices.append(Choice("quit", "migwizard goes on here when you start it again", "Quit, keep everything"))
    return Question(
        ID,
        state,
        "Stopped, nothing lost",
        f"{WORDS[state]}, {step_of(state).lower()}, was stopped half way. {standing.changed.partition(' · ')[0]}. "
        "What this step had begun is taken back or finished at the next start.",
        tuple(choices),
        safe="on",
        kind="refusal",
        default="on",
    )


def before(state: State) -> State:
    """The state before one."""
    return ORDER[max(ORDER.index(state) - 1, 0)]


def left(standing: Standing) -> Ended:
    """How the app ends when the person leaves while no engine runs."""
    return Ended(
        ExitCode.INTERRUPTED,
        sentence=leaving.sentence(standing.state, standing.changed.partition(" · ")[0]),
        cures=leaving.CURES,
        code=leaving.CODE,
    )

"""What a person approves, state by state: each module makes the question with its preview, and acts on a change.

`question(ride)` is asked when the state has run; the answer "continue" approves its preview, "again" runs the state once
more. Every other answer goes to `change(ride, answer)`, which notes the decision and returns the state to go on from.
Where a module has `mark(ride, question, text)`, it keeps what a person marks while the question stays open.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib import import_module
from types import ModuleType

from migwizard.engine.findings import GIT
from migwizard.engine.ride import Ride, fingerprint
from migwizard.engine.states import State
from migwizard.engine.talk import Question


def review_of(state: State) -> ModuleType:
    """The module of a state, loaded when it is first needed: a ride without a person needs none of them."""
    return import_module(f"{__name__}.{state.value}")


def marker(ride: Ride, state: State) -> Callable[[Question, str], None] | None:
    """What keeps the marks of a person on the question of a state; None where it has none."""
    mark = getattr(review_of(state), "mark", None)
    return None if mark is None else partial(mark, ride)


def looks(ride: Ride, question: Question) -> str:
    """The fingerprint of what is approved.

    How the same interpreter was found changes nothing that a person could mind, and neither do their own marks or how long
    a proof took; of files that are not committed Preflight asks by itself.
    """
    from migwizard.engine.previews import GeneratePreview, PreflightPreview, ProofPreview
    from migwizard.engine.reviews import generate

    preview = question.preview
    if isinstance(preview, PreflightPreview):
        how = ride.project.interpreter.reason
        findings = (
            replace(finding, text=finding.text.replace(how, "")) for finding in preview.findings if finding.name != GIT
        )
        preview = replace(preview, findings=tuple(findings))
    elif isinstance(preview, GeneratePreview):
        preview = generate.unmarked(preview)
    elif isinstance(preview, ProofPreview):
        preview = replace(preview, runs=())
    return fingerprint(preview)

"""What a person approves, state by state: each module makes the question with its preview, and acts on a change.

`question(ride)` is asked when the state has run; the answer "continue" approves its preview, "again" runs the state once
more. Every other answer goes to `change(ride, answer)`, which notes the decision and returns the state to go on from.
"""

from types import ModuleType

from migwizard.engine.reviews import apply, done, fake, generate, graph, levels, preflight, proof, seeds
from migwizard.engine.states import State

REVIEWS: dict[State, ModuleType] = {
    State.PREFLIGHT: preflight,
    State.GRAPH: graph,
    State.LEVELS: levels,
    State.GENERATE: generate,
    State.SEEDS: seeds,
    State.PROOF: proof,
    State.APPLY: apply,
    State.FAKE: fake,
    State.DONE: done,
}

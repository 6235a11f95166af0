"""The explanations of guided mode, a file for each screen."""

from __future__ import annotations

from migwizard.words.explain import (
    apply,
    dialogs,
    done,
    fake,
    generate,
    graph,
    levels,
    preflight,
    proof,
    refusal,
    resume,
    seeds,
    undo,
)
from migwizard.words.explain.text import Explain

_SCREENS = (apply, dialogs, done, fake, generate, graph, levels, preflight, proof, refusal, resume, seeds, undo)
EXPLAIN: dict[str, Explain] = {topic: text for screen in _SCREENS for topic, text in screen.TEXTS.items()}


def explain(topic: str) -> Explain | None:
    """The explanation of a topic; of its screen where it has none of its own."""
    return EXPLAIN.get(topic) or EXPLAIN.get(topic.partition(".")[0])

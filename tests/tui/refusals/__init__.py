"""One example of every refusal, with the words in which the engine raises it: for the pictures and for docs/refusals.md.

Most of them are really caused in tests/engine/test_refusals_*.py and their neighbours; refusing.py makes questions of these.
"""

from __future__ import annotations

from tests.tui.refusals.changing import APPLY, FAKE
from tests.tui.refusals.example import HERE, Example
from tests.tui.refusals.kept import CHECKPOINT
from tests.tui.refusals.planning import PLAN
from tests.tui.refusals.starting import BEGINNING, PREFLIGHT

__all__ = ["EXAMPLES", "HERE", "SECTIONS", "Example"]

SECTIONS = {
    "Finding and loading the project": BEGINNING,
    "Preflight": PREFLIGHT,
    "The reset's own folder, and the system": CHECKPOINT,
    "Planning, writing, proving": PLAN,
    "The files": APPLY,
    "The databases": FAKE,
}
EXAMPLES = {example.code: example for examples in SECTIONS.values() for example in examples}

"""Stories as text, so that one that failed once is tried for ever, however the generator changes."""

from __future__ import annotations

from pathlib import Path

from tests.fuzz import models, schema, state, story
from tests.fuzz.story import Story

FOLDER = Path(__file__).with_name("kept")
"""The stories that failed once, made small."""


def as_text(told: Story) -> str:
    """A story as Python, a step a line."""
    head = f"Story(\n    {told.seed!r},\n    {told.apps!r},\n    {told.contrib!r},\n    {told.user!r},\n    (\n"
    return head + "".join(f"        {step!r},\n" for step in told.steps) + f"    ),\n    {told.engine!r},\n)\n"


def from_text(text: str) -> Story:
    """The story that `as_text` wrote."""
    names = {**vars(models), **vars(state), **vars(schema), **vars(story)}
    told = eval(text, names)
    assert isinstance(told, Story)
    return told


def stories(engine: str) -> dict[str, Story]:
    """All that are kept of one engine, by name."""
    told = {path.stem: from_text(path.read_text()) for path in sorted(FOLDER.glob("*.txt"))}
    return {name: story for name, story in told.items() if story.engine == engine}

"""A failing story made small: steps, fields and apps of Django are left out as long as it fails in the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tests.fuzz.schema import AddModel
from tests.fuzz.story import Step, Story, tell

Fails = Callable[[Story], bool]
"""Whether a story still fails in the way that is looked for."""


def smallest(story: Story, fails: Fails, budget: int = 200) -> Story:
    """The smallest story found that fails, after at most `budget` attempts."""
    counted = _Budget(fails, budget)
    while True:
        found = _without_fields(_without_steps(story, counted), counted)
        found = _without_contrib(found, counted)
        if len(repr(found)) >= len(repr(story)) or counted.spent:
            return found
        story = found


class _Budget:
    """Counts the attempts; when they are spent nothing fails any more."""

    def __init__(self, fails: Fails, left: int) -> None:
        self._fails = fails
        self._left = left

    @property
    def spent(self) -> bool:
        return self._left <= 0

    def __call__(self, story: Story) -> bool:
        if self.spent:
            return False
        self._left -= 1
        return self._fails(story)


def _without_steps(story: Story, fails: Fails) -> Story:
    """Delta debugging: ever smaller runs of steps are left out, the latest first."""
    steps = fitting(story).steps
    size = max(1, len(steps) // 2)
    while True:
        for shorter in _gaps(steps, size):
            candidate = fitting(replace(story, steps=shorter))
            if len(candidate.steps) < len(steps) and fails(candidate):
                steps = candidate.steps
                break
        else:
            if size == 1:
                return replace(story, steps=steps)
            size = max(1, size // 2)


def _gaps(steps: Sequence[Step], size: int) -> Iterator[tuple[Step, ...]]:
    for end in range(len(steps), 0, -size):
        yield (*steps[: max(0, end - size)], *steps[end:])


def fitting(story: Story) -> Story:
    """The same story without the steps that do not fit in it."""
    return replace(story, steps=tuple(tell(story)[2]))


def _without_fields(story: Story, fails: Fails) -> Story:
    """Fields that new models have from the start, one by one."""
    for number in range(len(story.steps)):
        step = story.steps[number]
        for one in step.model.fields if isinstance(step, AddModel) else ():
            now = story.steps[number]
            assert isinstance(now, AddModel)
            kept = tuple(field for field in now.model.fields if field != one)
            if one.name in now.model.mentioned() or one.has("primary_key"):
                continue
            smaller = replace(now, model=replace(now.model, fields=kept))
            candidate = replace(story, steps=(*story.steps[:number], smaller, *story.steps[number + 1 :]))
            if len(fitting(candidate).steps) == len(story.steps) and fails(candidate):
                story = candidate
    return story


def _without_contrib(story: Story, fails: Fails) -> Story:
    for name in story.contrib[:0:-1]:
        candidate = replace(story, contrib=tuple(one for one in story.contrib if one != name))
        if fails(candidate):
            story = candidate
    return story

"""What the palette lists: commands of the screen and of the wizard, choices of the open question, themes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from migwizard.engine.talk import Question
from migwizard.tui.commands import EVERYWHERE, Command, spoken
from migwizard.tui.dialogs.palette import Entry
from migwizard.tui.themes import NAMES

MOST_CHOICES = 2000
"""Choices listed of one question; a screen has better ways to reach so many."""


def entries(own: tuple[Command, ...], why_not: Callable[[str, str], str], question: Question | None) -> Iterator[Entry]:
    """All entries; `why_not(namespace, action)` says what stands in the way, or nothing."""
    if question is not None:
        for choice in question.choices[:MOST_CHOICES]:
            yield Entry(f"answer:{choice.key}", choice.words, choice.effect, choice.group)
    for namespace, commands in (("screen", own), ("app", EVERYWHERE)):
        for command in commands:
            if command.action:
                reason = why_not(namespace, command.action)
                key = spoken(command.keys)[0]
                yield Entry(
                    f"do:{namespace}.{command.action}", command.words.capitalize(), command.sentence, key, reason
                )
    for name in NAMES:
        yield Entry(f"theme:{name}", f"Theme {name}", "Choose these colours; the words stay the same.")

"""Explanations of what lies over a screen for one answer or one look."""

from __future__ import annotations

from migwizard.words.explain.text import Explain

TEXTS: dict[str, Explain] = {
    "confirm": Explain(
        "You are asked once more, since the next thing that happens can be noticed outside of our own folder.",
        "The answer that changes nothing has the focus: Enter alone is always harmless.",
        "The text says what changes and how to take it back. Escape closes the question, and nothing happens.",
    ),
    "confirm.typed": Explain(
        "This is not on your machine, so the answer wants the name typed out; pasting it will do.",
        "A name that was typed was also read. Until it matches exactly, the other answer stays disabled.",
        "The text says what changes and how to take it back. Escape closes the question, and nothing happens.",
    ),
    "dialog.text": Explain(
        "This choice needs a word from you. Enter takes what is in the field, an empty field takes nothing.",
        "",
        "Escape closes the field, and everything stays as it is.",
    ),
    "dialog.pick": Explain(
        "These choices belong together: arrows move, Enter takes one.",
        "",
        "Escape closes the list, and nothing is taken.",
    ),
    "dialog.commands": Explain(
        "Everything that can be done here, each with a sentence and its key. Type a part of its words; Enter takes the "
        "marked one.",
        "What is not possible now is grey and says what it waits for.",
        "What writes asks once more. Escape closes the list, and nothing is done.",
    ),
    "dialog.read": Explain(
        "A text to read and nothing else. Arrows and PgDn scroll, y copies it, s writes it to a file.",
        "",
        "Escape closes it; the question is still open below.",
    ),
}
"""By topic: "confirm" for the question before something is written."""

"""Every command once: binding, footer hint, help, palette entry and documentation come from here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a person can do; a single key looks, moves or marks, and never writes to files or databases."""

    action: str
    """Textual action: action_<action> of the screen or the app; empty: the focused widget does it, this is its hint."""
    keys: str
    """Comma-separated, as Textual writes them."""
    words: str
    """Two words at most, for the footer."""
    sentence: str
    """For help, palette and documentation."""
    footer: bool = False
    changes: bool = False
    """Whether it decides or computes something: not possible while something runs, or in a look."""


EVERYWHERE = (
    Command("back", "b", "back", "Go back one step; a dialog says first what that undoes.", footer=True),
    Command(
        "explain", "question_mark,f1", "explain", "Explain what has the focus; twice: help and glossary.", footer=True
    ),
    Command("palette", "colon,ctrl+p", "all", "List every command with a sentence.", footer=True),
    Command("leave", "q", "quit", "Leave; everything is saved, and migwizard goes on where you were.", footer=True),
    Command("undo", "u", "undo", "Take back what was done, databases first, then files."),
    Command("log", "l", "log", "Open the log: search it, save it."),
    Command("guided", "g", "guided", "Turn the explanations on or off."),
    Command("cancel", "c", "cancel", "Stop what is running, within a second; nothing is lost."),
    Command("copy_command", "y", "copy", "Copy the command that does the same by hand."),
)

BY_HAND = (
    Command("", "tab,shift+tab", "move on", "Go to the next or the previous part of the screen."),
    Command("", "up,down,pageup,pagedown,home,end", "move", "Move inside a list; Home and End jump."),
    Command("", "enter", "act", "Act on what has the focus; never writes without a dialog."),
    Command("", "escape", "close", "Close the topmost overlay; loses nothing."),
)
"""What the widgets do themselves."""

SPOKEN = {
    "question_mark": "?",
    "colon": ":",
    "slash": "/",
    "enter": "Enter",
    "space": "Space",
    "escape": "Esc",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
    "f1": "F1",
    "ctrl+p": "Ctrl+P",
    "up": "Up",
    "down": "Down",
    "left": "Left",
    "right": "Right",
    "home": "Home",
    "end": "End",
    "pageup": "PgUp",
    "pagedown": "PgDn",
}


def spoken(keys: str) -> tuple[str, ...]:
    """The keys as they are written for people."""
    return tuple(SPOKEN.get(key.strip(), key.strip()) for key in keys.split(",") if key.strip())


def bindings(commands: Iterable[Command]) -> list[Binding]:
    """Textual's bindings for the commands; those that a widget carries out itself have none."""
    return [
        Binding(command.keys, command.action, command.words, show=command.footer)
        for command in commands
        if command.action
    ]


def command_table() -> str:
    """All commands as a Markdown table: those of every screen, then screen by screen."""
    from migwizard.tui.table import command_sets

    parts = []
    for title, commands in (("Everywhere", (*EVERYWHERE, *BY_HAND)), *command_sets()):
        if not commands:
            continue
        lines = [f"## {title}", "", "| key | what it does |", "|---|---|"]
        for command in commands:
            keys = ", ".join(f"`{key}`" for key in spoken(command.keys))
            lines.append(f"| {keys} | {command.sentence} |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"

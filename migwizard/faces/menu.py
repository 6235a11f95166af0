"""A question as numbered lines: rarer choices lie behind one number each, and Enter alone never changes anything."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from migwizard.engine.talk import Choice, Question
from migwizard.faces.console import Console
from migwizard.words.telling import group_words

PAGE = 20
"""Choices of a group that are listed at once."""
PATIENCE = 10
"""Lines of a pipe or a file that are no answer, before the rest is not read any more."""
MOVES = {"b": "back", "u": "undo", "q": "quit"}
LEAVING = "q"
YES, NO = ("y", "yes"), ("n", "no")
"""What people type at a question that they take for one of yes and no: what goes on, and the safe answer."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One numbered line: a choice, a group of them, or something to read."""

    words: str
    choice: Choice | None = None
    group: tuple[Choice, ...] = ()
    text: str = ""


class Menu:
    """Asks one question until it is answered.

    `moves` are the letters that it takes as answers besides: all of them in the wizard. `explain` prints what `h` asks for.
    """

    def __init__(
        self,
        question: Question,
        console: Console,
        *,
        moves: Collection[str],
        explain: Callable[[str], None] | None = None,
    ) -> None:
        self._question = question
        self._console = console
        self._moves = moves
        self._explain = explain
        default = question.choice(question.default) if question.default else None
        self._default = default if default is not None and _harmless(default) else None
        self._entries = self._fold(question)

    def ask(self) -> str | None:
        """The answer, or None where the input ends."""
        self._list()
        missed = 0
        while missed < PATIENCE and (line := self._console.read()) is not None:
            answer = self._take(line)
            if answer is not None:
                return answer
            missed += not self._console.by_hand
        self._console.ended = True
        return None

    def _fold(self, question: Question) -> tuple[Entry, ...]:
        groups: dict[str, list[Choice]] = {}
        for choice in question.choices:
            groups.setdefault(choice.group, []).append(choice)
        entries = []
        for name, choices in sorted(groups.items(), key=lambda item: bool(item[0])):
            if name and len(choices) > 1:
                entries.append(Entry(group_words(name, len(choices)), group=tuple(choices)))
            else:
                entries += [Entry(self._words(choice), choice) for choice in choices]
        if question.details:
            entries.append(Entry("Details", text=question.details))
        return tuple(entries)

    def _list(self) -> None:
        for number, entry in enumerate(self._entries, 1):
            self._console.say(f"{number} {entry.words}", indent=2, hang=2)

    def _take(self, line: str) -> str | None:
        """What a line means; None where it only showed something, or was not understood."""
        command, _, rest = line.partition(" ")
        if self._default is not None and (not line or (line.lower() in NO and self._takes_no())):
            return self._choose(self._default)
        if line.lower() in YES and (going_on := self._going_on()) is not None:
            return self._choose(going_on)
        if not line:
            self._console.say("Enter alone does nothing here. Type a number.")
            return None
        if line.isdigit() and 1 <= int(line) <= len(self._entries):
            return self._enter(self._entries[int(line) - 1])
        if (choice := self._question.choice(line)) is not None:
            return self._choose(choice, line.partition("=")[2])
        if command in ("h", "?") and self._explain is not None:
            self._explain(rest)
            return None
        if command == "d" and self._question.details:
            return self._enter(self._entries[-1])
        if command in self._moves and not rest:
            move = MOVES[command]
            choice = self._question.way_back if move == "back" else self._question.choice(move)
            return move if choice is None else self._choose(choice)
        self._console.say(f"{line!r} is no answer here. {self._range()}")
        return None

    def _range(self) -> str:
        said = (("y", self._going_on() is not None), ("n", self._takes_no()), ("h", self._explain is not None))
        letters = [*(letter for letter, taken in said if taken), *self._moves]
        return f"Type a number from 1 to {len(self._entries)}" + (f", or {', '.join(letters)}." if letters else ".")

    def _enter(self, entry: Entry) -> str | None:
        if entry.choice is not None:
            return self._choose(entry.choice)
        if entry.text:
            self._console.show(entry.text)
        elif (answer := self._pick(entry)) is not None:
            return answer
        if not self._console.ended:
            self._list()
        return None

    def _pick(self, entry: Entry) -> str | None:
        """One of a group, page by page; "b" goes back to the question."""
        shown, found, start = entry.group, "", 0
        while True:
            page = shown[start : start + PAGE]
            self._console.say(f"{entry.words}:" if not found else f"With {found!r}:")
            for number, choice in enumerate(page, start + 1):
                self._console.say(f"{number} {self._words(choice)}", indent=2, hang=2)
            more = len(shown) - start - len(page)
            self._console.say(
                (f"{more} more: n. " if more else "")
                + ("Search: / and a word. " if len(entry.group) > PAGE else "")
                + "b returns to the question."
            )
            line = self._console.read()
            if line is None or line == "b":
                return None
            if line == "n" and more:
                start += PAGE
            elif line.startswith("/"):
                found, start = line[1:].strip(), 0
                shown = tuple(c for c in entry.group if found.lower() in f"{c.words} {c.effect} {c.key}".lower())
            elif line.isdigit() and 1 <= int(line) <= len(shown):
                answer = self._choose(shown[int(line) - 1])
                if answer is not None or self._console.ended:
                    return answer
            else:
                self._console.say(f"{line!r} is no answer here.")

    def _choose(self, choice: Choice, text: str = "") -> str | None:
        """The answer that a choice gives, when it was confirmed and has the text that it wants."""
        if choice.shows:
            self._console.show(choice.shows)
            self._list()
            return None
        if choice.wants and not text:
            hint = f" (Enter alone: {choice.empty})" if choice.empty else ""
            typed = self._console.read(f"{choice.wants[:1].upper()}{choice.wants[1:]}{hint}: ")
            if not typed and (typed is None or not choice.empty):
                self._console.say("Nothing typed, nothing changed.")
                return None
            text = typed
        if (choice.typed or choice.writes) and not self._confirmed(choice):
            self._console.say("Not done. Nothing was changed.")
            return None
        return f"{choice.key}={text}" if choice.wants else choice.key

    def _confirmed(self, choice: Choice) -> bool:
        """Ask once more before something is written, where the question was not itself that: one whose Enter is safe."""
        if choice.typed:
            return self._console.read(f"{choice.effect} To go on, type {choice.typed}: ") == choice.typed
        if self._asks_leave():
            return True
        self._console.say(f"{choice.words}: this changes {choice.writes}. {choice.effect}")
        self._console.say("1 Not yet (default)", indent=2)
        self._console.say(f"2 {choice.words}", indent=2, hang=2)
        return (self._console.read() or "").lower() in ("2", *YES)

    def _going_on(self) -> Choice | None:
        """What a yes means: the one choice that writes, where a no is clear too. None where a name has to be typed for it."""
        if not self._takes_no():
            return None
        back = self._question.way_back
        found = [choice for choice in self._question.choices if (choice.writes or choice.typed) and choice is not back]
        return found[0] if len(found) == 1 and not found[0].typed else None

    def _takes_no(self) -> bool:
        """Whether a no is the safe answer: at an undo too, which asks once more before it writes."""
        return self._asks_leave() or (self._default is not None and self._question.id.startswith("undo:"))

    def _asks_leave(self) -> bool:
        """Whether the question is itself the one that is asked before something is written: its Enter, and its no, are safe."""
        writes = any(choice.writes or choice.typed for choice in self._question.choices)
        return self._question.kind == "decide" and self._default is not None and writes

    def _words(self, choice: Choice) -> str:
        """One line for a choice: what it is called, what it changes, what happens."""
        safe = choice.key == self._question.safe and choice is not self._default and not choice.writes
        notes = [
            *(["default"] if choice is self._default else ["safe"] if safe else []),
            *([f"changes {choice.writes}"] if choice.writes else []),
            *([f"asks for: {choice.wants}"] if choice.wants else []),
        ]
        line = choice.words + (f" ({'; '.join(notes)})" if notes else "")
        return f"{line}: {choice.effect}" if choice.effect else line


def _harmless(choice: Choice) -> bool:
    """What Enter alone may mean: nothing is written, and nothing has to be typed."""
    return not (choice.writes or choice.typed or choice.wants)

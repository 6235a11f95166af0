"""The wizard without a screen: the same questions in the same order, as lines that are only ever appended.

For screen readers, dumb terminals and pipes: no colour, no box, no cursor movement, and nothing that must be watched.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from migwizard.engine.states import ORDER, State
from migwizard.engine.talk import Event, Question
from migwizard.faces.console import Console
from migwizard.faces.menu import MOVES, Menu
from migwizard.faces.pulse import Pulse
from migwizard.words.explain import EXPLAIN, explain
from migwizard.words.glossary import GLOSSARY
from migwizard.words.sentences import dotted
from migwizard.words.telling import listed, telling

HELLO = "migwizard, plain mode. Type a number and Enter. h explains, b goes back, u undoes, q quits."
QUIET = ("progress", "finding", "operation", "end", "resume", "log", "stands")
"""Events that the preview of their state tells again, all together."""


class PlainFace:
    """Asks with numbered lines, and says "still working" every 30 seconds."""

    def __init__(
        self,
        console: Console | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        thread: bool = True,
    ) -> None:
        self.console = console or Console()
        self.pulse = Pulse(self._announce_work, self._still, clock=clock, thread=thread)
        self._state: State | None = None
        self._announced: State | None = None
        self._told: set[str] = set()
        """Lines of previews since the step was announced; what was heard is not said again."""
        self._project = ""
        self._greeted = False
        self.said: dict[str, str] = {}
        """What the opening that runs now was told of the project, its Python and its settings."""

    def tell(self, event: Event) -> None:
        if event.kind == "project":
            self._introduce(event)
            return
        self._state = event.state
        if event.kind == "begin":
            self.pulse.work()
        elif event.kind == "progress":
            self.pulse.progress(int(event.data.get("number") or 0), int(event.data.get("total") or 0))
        elif event.kind == "kept":
            again = event.data.get("again")
            self._announce(event.state, "its files were written anew." if again else "nothing changed, kept.")
        elif event.kind not in QUIET and event.text:
            self._announce(event.state)
            mark = {"note": "Note: ", "warning": "Warning: "}.get(event.kind, "")
            self.console.say(f"{mark}{event.text}", indent=2)

    def ask(self, question: Question) -> str | None:
        self.pulse.rest()
        if self.console.ended:
            return None
        self._present(question)
        try:
            return Menu(question, self.console, moves=MOVES, explain=lambda word: self._explain(question, word)).ask()
        finally:
            self.pulse.work()

    def close(self) -> None:
        """Nothing is said any more by the thread that says "still working"."""
        self.pulse.close()

    def greet(self) -> None:
        if not self._greeted:
            self._greeted = True
            self.console.say(HELLO)

    def _introduce(self, event: Event) -> None:
        data = event.data
        self.said = data.get("said", {})
        settings = f" Settings: {data['settings']}." if data.get("settings") else ""
        line = f"Project: {data.get('name')}, in {data.get('root')}.{settings} Python: {data.get('python')}, {data.get('reason')}."
        self.greet()
        if line != self._project:
            self._project = line
            self.console.say(line)

    def _present(self, question: Question) -> None:
        headline = dotted(question.headline)
        if question.id.startswith("review:") and self._announced is not question.state:
            self._announce(question.state, headline)
        else:
            if question.id.startswith("review:") or question.kind == "decide":
                self._announce(question.state)
            self.greet()
            self.console.say(headline)
        self.console.say(question.text, indent=2, hang=2)
        for line in telling(question.preview) if _shows_all(question) else ():
            if line not in self._told and line not in question.text:
                self._told.add(line)
                self.console.say(line, indent=2, hang=2)

    def _announce(self, state: State, more: str = "") -> None:
        """Name the step, once for each time that it is come to."""
        if self._announced is state:
            return
        self.greet()
        self._announced = state
        self._told = set()
        words = f"Step {ORDER.index(state) + 1} of {len(ORDER)}, {state.value.capitalize()}"
        self.console.say(f"{words}: {more}" if more else f"{words}.")

    def _announce_work(self) -> None:
        if self._state is not None:
            self._announce(self._state, "working.")

    def _still(self, sentence: str) -> None:
        self.console.say(sentence, indent=2)

    def _explain(self, question: Question, word: str) -> None:
        known = topics(question)
        lines = explain_word(word, known[1]) if word else explain_topic(known[0])
        for line in lines or ["There is no explanation of that."]:
            self.console.say(line, indent=2)
        more = sorted(topic.partition(".")[2] for topic in EXPLAIN if topic.startswith(f"{known[-1]}."))
        if not word:
            self.console.say(f"More: h and a word, such as {listed([*more, 'level', 'fake'])}.", indent=2)


def topics(question: Question) -> tuple[str, str]:
    """The topic of a question, and that of its screen."""
    kind, _, rest = question.id.partition(":")
    if question.kind == "refusal":
        kind, rest = "refusal", rest or kind
    screen = kind if kind in ("resume", "undo", "refusal") else question.state.value
    return f"{screen}.{rest if screen == kind else kind}", screen


def explain_topic(topic: str) -> list[str]:
    """The explanation of a topic, or else of its screen: what, why, what if it goes wrong, the command."""
    text = explain(topic)
    if text is None:
        return []
    return [
        part for part in (text.what, text.why, text.wrong, f"Command: {text.command}" if text.command else "") if part
    ]


def explain_word(word: str, screen: str) -> list[str]:
    """The meaning of a part of this screen, of a word of the glossary, or of a part of another screen."""
    if f"{screen}.{word}" in EXPLAIN:
        return explain_topic(f"{screen}.{word}")
    if (found := GLOSSARY.get(word.lower())) is not None:
        return [found.means, *([f"See also: {', '.join(found.see)}."] if found.see else [])]
    return next((explain_topic(topic) for topic in EXPLAIN if word in (topic, topic.partition(".")[2])), [])


def _shows_all(question: Question) -> bool:
    """Whether the preview belongs to the question. One of many decisions has its facts in its text; one that writes has not."""
    return question.kind != "decide" or any(choice.writes for choice in question.choices)

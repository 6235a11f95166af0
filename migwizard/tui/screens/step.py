"""What all screens share: the frame, the open question, and how an answer leaves the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, OptionList

from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Event, Question
from migwizard.tui.acts import LOOK, RUNS
from migwizard.tui.commands import EVERYWHERE, Command, bindings, spoken
from migwizard.tui.messages import Answered, Explained, StepShown
from migwizard.tui.standing import Standing
from migwizard.tui.widgets.choices import ChoiceBar, ChoiceButton
from migwizard.tui.widgets.decide import QuestionBox
from migwizard.tui.widgets.explain import ExplainPanel, ExplainStrip
from migwizard.tui.widgets.frame import WORDS, Headline, Hint, Hints, LogTail, StatusLine, Stepper, step_of
from migwizard.tui.widgets.places import Places
from migwizard.tui.widgets.rows import RowTable
from migwizard.words.explain import explain
from migwizard.words.explain.text import Explain

COLUMNS = [(0, "-tiny"), (80, "-narrow"), (100, "-medium"), (160, "-wide"), (200, "-huge")]
ROWS = [(0, "-short"), (24, "-normal"), (60, "-high")]
TALL = 36
"""Rows from which a screen is `-tall`; a `-high` one is that too."""


class StepScreen(Screen[None]):
    """A screen of the ride.

    A subclass names its STATE and its ACTS, composes the main area, and shows a question in it. It may be shown a
    question again (after a change, or when it is decided anew): then it updates what is there and keeps the focus.
    A question that is no review is shown by a QuestionBox, instead of the main area or below it; see `box`.
    """

    STATE: ClassVar[State | None] = None
    ACTS: ClassVar[tuple[Command, ...]] = ()
    DECISION_BESIDE: ClassVar[bool] = False
    """Whether the main area stays visible above a decision."""
    SHOWS_REFUSALS: ClassVar[bool] = False
    """Whether refusals of this state that have a preview are shown here."""
    HEADLINE: ClassVar[str] = ""
    """Shown until there is a question."""
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = COLUMNS
    VERTICAL_BREAKPOINTS = ROWS
    topic: str = ""
    """Of the explanation; by default the name of the state."""

    DEFAULT_CSS = """
    StepScreen { layout: vertical; background: $background; }
    StepScreen #body { height: 1fr; }
    StepScreen #main { width: 1fr; height: 1fr; }
    StepScreen #area { height: 1fr; }
    StepScreen #actions { height: auto; max-height: 4; }
    StepScreen QuestionBox { display: none; }
    StepScreen.-deciding QuestionBox { display: block; }
    StepScreen.-deciding #actions { display: none; }
    StepScreen.-instead #area { display: none; }
    StepScreen.-beside QuestionBox { height: auto; max-height: 60%; }
    StepScreen.-beside QuestionBox ChoiceList { height: auto; max-height: 10; }
    StepScreen.-beside QuestionBox.-details { height: 90%; max-height: 90%; }
    StepScreen.-short.-beside QuestionBox { max-height: 75%; }
    StepScreen.-short QuestionBox > #sentence { margin-bottom: 0; }
    StepScreen ExplainPanel { display: none; }
    StepScreen.-medium ExplainPanel, StepScreen.-wide ExplainPanel { display: block; width: 34; }
    StepScreen.-huge ExplainPanel { display: block; width: 44; }
    StepScreen ExplainStrip { display: none; }
    StepScreen.-narrow ExplainStrip { display: block; height: 2; }
    StepScreen.-tiny ExplainStrip { display: block; height: 1; }
    StepScreen.-short ExplainStrip { display: none; }
    StepScreen.-expert ExplainPanel, StepScreen.-expert ExplainStrip { display: none; }
    StepScreen.-working ChoiceButton { color: $text-disabled; }
    StepScreen LogTail { display: none; }
    StepScreen.-tall.-medium LogTail, StepScreen.-tall.-wide LogTail, StepScreen.-tall.-huge LogTail
        { display: block; height: 3; }
    StepScreen.-high.-huge LogTail { height: 8; }
    """

    def __init_subclass__(cls, **more: Any) -> None:
        cls.BINDINGS = [*bindings(cls.ACTS)]
        super().__init_subclass__(**more)

    def __init__(self, standing: Standing) -> None:
        super().__init__()
        self.standing = standing
        self.question: Question | None = None
        self._box_was_hidden = False
        self._places = Places()
        self._slept: Widget | None = None
        """What had the focus when something was laid over the screen."""

    def compose(self) -> ComposeResult:
        yield Stepper()
        yield Headline(self._first_headline(), self.step_words())
        with Horizontal(id="body"):
            with Vertical(id="main"):
                with Vertical(id="area"):
                    yield from self.compose_main()
                yield QuestionBox()
                yield ChoiceBar(id="actions")
            yield ExplainPanel()
        yield ExplainStrip()
        yield LogTail()
        yield StatusLine()
        yield Hints()

    def _first_headline(self) -> str:
        return self.HEADLINE or WORDS[self.STATE or self.standing.state]

    def compose_main(self) -> ComposeResult:
        """The main area."""
        yield from ()

    def on_mount(self) -> None:
        self.explained(self.topic or self._own_topic())
        self.stands(self.standing)

    def on_screen_suspend(self) -> None:
        """What lies on top has the focus, so that nothing down here may look as if it had."""
        self._slept = self.focused
        self.set_focus(None)

    def on_screen_resume(self) -> None:
        self._fit()
        if self._slept is not None and self._slept.is_attached and self.focused is None:
            self.set_focus(self._slept, scroll_visible=False)
        self._slept = None
        self.post_message(StepShown())
        self.refresh_hints()

    def _fit(self) -> None:
        """Set the classes of the size: Textual tells a resize to the screen on top only."""
        for measure, steps in ((self.app.size.width, COLUMNS), (self.app.size.height, ROWS)):
            now = [name for least, name in steps if measure >= least][-1]
            for _, name in steps:
                self.set_class(name == now, name)
        self.set_class(self.app.size.height >= TALL, "-tall")

    def on_resize(self) -> None:
        self.set_class(self.app.size.height >= TALL, "-tall")
        self._places.remember(self)
        # Once for the new size, once for what the classes of the size change.
        self.call_after_refresh(self.call_after_refresh, self._places.restore)

    def step_words(self) -> str:
        """At the right of the headline."""
        return step_of(self.STATE) if self.STATE is not None else ""

    def box(self, question: Question) -> Literal["no", "beside", "instead"]:
        """How the QuestionBox shows a question: not at all (the main area does), below the main area, or instead."""
        if question.kind == "review":
            return "no"
        if self.DECISION_BESIDE or (question.kind == "refusal" and self.shows_refusal(question)):
            return "beside"
        return "instead"

    @classmethod
    def shows_refusal(cls, question: Question) -> bool:
        """Whether a refusal is shown on the screen of its state rather than on one of its own."""
        return cls.SHOWS_REFUSALS and question.state is cls.STATE and question.preview is not None

    def show(self, question: Question) -> None:
        """Show the question that is open now."""
        again = self.question is not None and self.question.id == question.id and not self._box_was_hidden
        self._box_was_hidden = False
        box = self.box(question)
        self.question = question
        self.remove_class("-working")
        self.set_class(box != "no", "-deciding")
        self.set_class(box == "instead", "-instead")
        self.set_class(box == "beside", "-beside")
        self.query_one(Headline).update(question.headline, self.step_words())
        if box == "no":
            self.query_one("#actions", ChoiceBar).show(self._buttons(question), self.waits(question))
        else:
            self.query_one(QuestionBox).show(question)
        if not again:
            self.explained(self._topic_of(question))
            self.call_after_refresh(self.enter, question)
        elif self.focused is None or not self.focused.display:
            self.call_after_refresh(self.enter, question)
        self.refresh_hints()

    def enter(self, question: Question) -> None:
        """Focus what needs the person first: the choices of a decision, else the main action."""
        if self.question is not question:
            return
        if self.has_class("-deciding"):
            self.query_one(QuestionBox).focus_choices()
        else:
            self.query_one("#actions", ChoiceBar).focus_choice()

    def actions(self, question: Question) -> tuple[Choice, ...]:
        """The choices that become buttons; grouped ones are reached otherwise."""
        return tuple(choice for choice in question.choices if not choice.group and choice.key != "back")

    def _buttons(self, question: Question) -> tuple[Choice, ...]:
        """The same; in a look only those of the engine, since ours would change something."""
        actions = self.actions(question)
        return tuple(c for c in actions if question.choice(c.key) is not None) if self.standing.look else actions

    def waits(self, question: Question) -> Mapping[str, str]:
        """Keys of actions that cannot be taken yet, with what each waits for."""
        return {}

    def refresh_actions(self) -> None:
        """Show the buttons again, after a mark changed what can be taken."""
        if self.question is not None and not self.has_class("-deciding"):
            self.query_one("#actions", ChoiceBar).show(self._buttons(self.question), self.waits(self.question))

    def told(self, event: Event) -> None:
        """Something happened while the engine works on this state."""

    @property
    def waiting(self) -> bool:
        """Whether a question is open here; else the engine works, or has not come here yet."""
        return self.question is not None and not self.has_class("-working")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """None greys a command that is not possible now."""
        return None if self.unable(action) else super().check_action(action, parameters)

    def unable(self, action: str) -> str:
        """Why a command that changes something cannot be given now; empty where it can, and of all others."""
        if not any(command.changes for command in self.ACTS if command.action == action):
            return ""
        if self.standing.look:
            return LOOK
        return "" if self.waiting else RUNS

    def why_not(self, action: str) -> str:
        """Why an action of this screen is not possible now, for the palette; empty where it is."""
        if unable := self.unable(action):
            return unable
        return "" if self.check_action(action, ()) else "nothing here to do it with"

    def begins(self) -> None:
        """The engine begins to work on this state: what it said of an earlier result does not count any more."""
        if self.is_mounted:
            self.query_one(Headline).update(self._first_headline())
            self.explained(self._own_topic())
            self.works()

    def works(self) -> None:
        """The answer is on its way, or the engine began to work: a decision makes room for the main area."""
        self.add_class("-working")
        if self.has_class("-deciding"):
            self._box_was_hidden = True
            if self.focused is not None and self.query_one(QuestionBox) in self.focused.ancestors:
                # Else Textual would look for something else to focus, and find what nobody asked for.
                self.set_focus(None)
            self.remove_class("-deciding", "-instead", "-beside")
            self.query_one("#actions", ChoiceBar).show(())
        self.refresh_hints()

    def stands(self, standing: Standing) -> None:
        """The frame has news."""
        regreet = (standing.working, standing.look) != (self.standing.working, self.standing.look)
        self.standing = standing
        self.set_class(not standing.guided, "-expert")
        self.query_one(Stepper).show(standing)
        self.query_one(StatusLine).show(standing)
        self.query_one(LogTail).show(standing)
        if regreet:
            self.refresh_hints()

    def answer(self, answer: str) -> None:
        """Answer the open question; the app asks once more where the choice writes."""
        self.post_message(Answered(answer))

    def on_explained(self, message: Explained) -> None:
        message.stop()
        self.explained(message.topic)
        # What Enter does follows the focus, too.
        self.refresh_hints()

    def explained(self, topic: str) -> None:
        """Let the explanation follow the focus."""
        if topic == self.topic and self.query_one(ExplainStrip).text:
            return
        self.topic = topic
        found = self.explanation()
        self.query_one(ExplainPanel).show(found)
        self.query_one(ExplainStrip).show(found)

    def explanation(self) -> Explain | None:
        """What is explained now; a screen may add what it knows of the thing itself."""
        return explain(self.topic)

    def _own_topic(self) -> str:
        return self.STATE.value if self.STATE is not None else self.standing.state.value

    def _topic_of(self, question: Question) -> str:
        kind = question.id.partition(":")[0]
        if question.kind == "review":
            return kind if kind in ("resume", "undo") else question.state.value
        if question.kind == "refusal":
            return question.id.replace(":", ".")
        return kind if kind == "undo" else f"{question.state.value}.{kind}"

    def refresh_hints(self) -> None:
        """Read again what can be done now."""
        if not self.is_mounted:
            return
        own = [self._hint(command, "screen") for command in self.ACTS if command.footer]
        if self.has_class("-deciding"):
            own = [Hint("d", "detail", "")] if self.question is not None and self.question.details else []
        if enter := self._entering():
            own.insert(0, Hint("Enter", enter, ""))
        if self.standing.working and self.app.check_action("cancel", ()):
            own.insert(0, Hint("c", "cancel", "app.cancel"))
        self.query_one(Hints).show(own, [self._hint(command, "app") for command in EVERYWHERE if command.footer])

    def _entering(self) -> str:
        """What Enter does to what has the focus, in a word; empty: nothing."""
        focused = self.focused
        if isinstance(focused, Input):
            return "search"
        if isinstance(focused, RowTable):
            return self.entering(focused)
        if not self.waiting:
            return ""
        if isinstance(focused, ChoiceButton):
            return "press"
        return "choose" if isinstance(focused, OptionList) else ""

    def entering(self, table: RowTable) -> str:
        """What Enter does to the focused row of a table."""
        return ""

    def _hint(self, command: Command, namespace: str) -> Hint:
        key = spoken(command.keys)[0]
        if not command.action:
            return Hint(key, command.words, "")
        owner = self.app if namespace == "app" else self
        enabled = owner.check_action(command.action, ()) is True
        return Hint(key, command.words, f"{namespace}.{command.action}", enabled)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self.refresh_hints()


class PlainStep(StepScreen):
    """A state whose screen shows nothing but its question."""

    def box(self, question: Question) -> Literal["no", "beside", "instead"]:
        return "instead"

    def step_words(self) -> str:
        if self.question is not None and self.question.kind == "refusal":
            return "stopped"
        return step_of(self.question.state if self.question is not None else self.standing.state)

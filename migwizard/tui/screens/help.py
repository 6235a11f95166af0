"""Help: this screen, keys, words, and what is never done."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.style import Style
from textual.widgets import ContentSwitcher, Input, OptionList, Static
from textual.widgets.option_list import Option

from migwizard.tui.commands import BY_HAND, EVERYWHERE, Command, bindings, spoken
from migwizard.tui.roles import drawn
from migwizard.tui.standing import Standing
from migwizard.tui.widgets.explain import NOTHING, full, with_words
from migwizard.tui.widgets.frame import Headline, Hint, Hints, StatusLine, Stepper
from migwizard.tui.widgets.panes import Pane
from migwizard.words.explain.text import Explain
from migwizard.words.glossary import GLOSSARY, NEVER

PARTS = {"screen": "This screen", "keys": "Keys", "words": "Words", "never": "What we never do"}


class HelpScreen(ModalScreen[None]):
    """Four parts; the words can be searched, and open at the one that is asked for."""

    ACTS: ClassVar[tuple[Command, ...]] = (
        Command("part(1)", "tab", "next part", "Go to the next part of the help.", footer=True),
        Command("part(-1)", "shift+tab", "part before", "Go to the part before."),
        Command("search", "slash", "search", "Search the words.", footer=True),
        Command("close", "escape,question_mark,f1,q", "close", "Close the help.", footer=True),
    )
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(ACTS)]
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    HelpScreen { background: $background; layout: vertical; }
    HelpScreen ContentSwitcher { height: 1fr; }
    HelpScreen ContentSwitcher > Pane { padding: 0 2 0 1; }
    HelpScreen ContentSwitcher Static { max-width: 90; }
    HelpScreen #words { height: 1fr; }
    HelpScreen #list { width: 24; height: 1fr; border: none; padding: 0 1; }
    HelpScreen #meaning { height: 1fr; padding: 0 2 0 1; }
    HelpScreen #parts { height: 2; }
    HelpScreen #search { display: none; background: $panel; }
    HelpScreen.-searching #search { display: block; }
    """

    def __init__(self, explain: Explain | None, own: tuple[Command, ...], standing: Standing, word: str = "") -> None:
        super().__init__()
        self.standing = standing
        self.explain, self.own, self.word = explain or NOTHING, own, word

    def compose(self) -> ComposeResult:
        yield Stepper()
        yield Headline("Help", "help")
        yield Static(id="parts")
        with ContentSwitcher(initial="words" if self.word else "screen"):
            with Pane(id="screen"):
                yield Static(full(self.explain))
            with Pane(id="keys"):
                yield Static(self._keys())
            with Vertical(id="words"):
                yield Input(placeholder="a word, or a part of its meaning", id="search", compact=True)
                with Horizontal():
                    yield OptionList(id="list", markup=False)
                    with Pane(id="meaning"):
                        yield Static(id="text")
            with Pane(id="never"):
                yield Static(Content("\n").join(Content(f"{drawn('·', '-')} {line}") for line in NEVER))
        yield StatusLine()
        yield Hints()

    def on_mount(self) -> None:
        self.query_one("#search", Input).cursor_blink = False
        self.stands(self.standing)
        self._fill("")
        self.open_part("words" if self.word else "screen")
        self.query_one(Hints).show(
            [Hint("Tab", "next part", "screen.part(1)"), Hint("/", "search", "screen.search")],
            [Hint("Esc", "close", "screen.close")],
        )

    def stands(self, standing: Standing) -> None:
        """The frame has news."""
        self.standing = standing
        self.query_one(Stepper).show(standing)
        self.query_one(StatusLine).show(standing)

    def _keys(self) -> Content:
        rows = []
        for title, commands in (("On this screen", self.own), ("Everywhere", (*EVERYWHERE, *BY_HAND))):
            if not commands:
                continue
            rows.append(Content.styled(title, "bold $text-primary"))
            for command in commands:
                keys = " ".join(spoken(command.keys))
                rows.append(Content.assemble((f"{keys:<16} ", "bold"), command.sentence))
            rows.append(Content(""))
        return Content("\n").join(rows)

    def _fill(self, text: str) -> None:
        wanted = text.lower().strip()
        shown = [word for word, entry in sorted(GLOSSARY.items()) if wanted in f"{word} {entry.means}".lower()]
        # A word that has the text in itself comes before those that only mention it.
        shown.sort(key=lambda word: (wanted not in word, word))
        options = self.query_one("#list", OptionList)
        options.clear_options()
        options.add_options([Option(word, id=word) for word in shown])
        if shown:
            options.highlighted = shown.index(self.word) if self.word in shown and not wanted else 0
        self._tell(shown[options.highlighted or 0] if shown else "")

    def _tell(self, word: str) -> None:
        if word not in GLOSSARY:
            self.query_one("#text", Static).update("No word here contains that.")
            return
        entry = GLOSSARY[word]
        see = Content(", ").join(with_words(other) for other in entry.see)
        self.query_one("#text", Static).update(
            Content.assemble((word, "bold $text-primary"), "\n\n", with_words(entry.means), "\n\nSee also: ", see)
        )

    def open_word(self, word: str) -> None:
        """Show the words at this one."""
        self.word = word
        self.query_one("#search", Input).value = ""
        self.open_part("words")
        self._fill("")

    @on(OptionList.OptionHighlighted)
    def _read(self, event: OptionList.OptionHighlighted) -> None:
        self._tell(event.option.id or "")

    @on(OptionList.OptionSelected)
    def _see_also(self, event: OptionList.OptionSelected) -> None:
        """Enter goes on to the first word that is named beside."""
        see = GLOSSARY[event.option.id or ""].see
        if see:
            self.open_word(see[0])

    def open_part(self, part: str) -> None:
        """Show one of the four parts, its name in brackets."""
        self.query_one(ContentSwitcher).current = part
        names = []
        for key, words in PARTS.items():
            style = Style.from_meta({"@click": f"screen.open({key!r})"})
            marked = Content.styled(f"[{words}]", "bold") if key == part else Content.styled(words, "$text-muted")
            names.append(marked.stylize(style))
        self.query_one("#parts", Static).update(Content.assemble(" ", Content("  ").join(names)))
        self.query_one("#list" if part == "words" else f"#{part}").focus()

    def action_open(self, part: str) -> None:
        self.open_part(part)

    def action_part(self, by: int) -> None:
        keys = list(PARTS)
        self.open_part(keys[(keys.index(self.query_one(ContentSwitcher).current or keys[0]) + by) % len(keys)])

    def action_search(self) -> None:
        self.open_part("words")
        self.add_class("-searching")
        self.query_one("#search").focus()

    @on(Input.Changed, "#search")
    def _search(self, event: Input.Changed) -> None:
        self._fill(event.value)

    @on(Input.Submitted, "#search")
    def _found(self) -> None:
        self.query_one("#list").focus()

    def action_close(self) -> None:
        if self.has_class("-searching"):
            self.remove_class("-searching")
            self.query_one("#search", Input).value = ""
            self.query_one("#list").focus()
        else:
            self.dismiss(None)

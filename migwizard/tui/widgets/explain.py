"""Guided mode: a strip with the first sentence, a panel with all of it."""

from __future__ import annotations

import re
from functools import cache
from textwrap import shorten, wrap

from textual.app import ComposeResult
from textual.content import Content
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Static

from migwizard.tui.roles import drawn
from migwizard.tui.widgets.panes import Pane
from migwizard.words.explain.text import Explain
from migwizard.words.glossary import GLOSSARY

NOTHING = Explain("There is no explanation for this. The glossary has the words: press ? twice.")


@cache
def _words() -> re.Pattern[str]:
    longest_first = sorted(GLOSSARY, key=len, reverse=True)
    return re.compile(r"\b(" + "|".join(map(re.escape, longest_first)) + r")s?\b", re.IGNORECASE)


def with_words(text: str) -> Content:
    """The text, every word of the glossary underlined; a click opens it there."""
    content = Content(text)
    for match in _words().finditer(text):
        word = match.group(1).lower()
        content = content.stylize(
            Style.from_meta({"@click": f"app.word({word!r})"}) + Style(underline=True), *match.span()
        )
    return content


def first_word(text: str) -> str:
    """The first word of the glossary in a text; empty where there is none."""
    match = _words().search(text)
    return match.group(1).lower() if match else ""


def parts(explain: Explain) -> list[tuple[str, str]]:
    """The headed parts that there are."""
    found = [
        ("WHAT", explain.what),
        ("WHY", explain.why),
        ("IF IT GOES WRONG", explain.wrong),
        ("COMMAND  (y copies)", explain.command),
    ]
    return [(head, text) for head, text in found if text]


def full(explain: Explain) -> Content:
    """All parts under their heads."""
    shown = []
    for head, text in parts(explain):
        body = Content.styled(text, "bold") if text == explain.command else with_words(text)
        shown.append(Content.assemble((head, "bold $text-primary"), "\n", body))
    return Content("\n\n").join(shown)


class ExplainPanel(Pane, can_focus=True):
    """What, why, what if it goes wrong, command; follows the focus."""

    DEFAULT_CSS = """
    ExplainPanel { width: 34; height: 1fr; padding: 0 1; border-left: solid $foreground 30%; }
    """

    def compose(self) -> ComposeResult:
        yield Static()

    def show(self, explain: Explain | None) -> None:
        self.query_one(Static).update(full(explain or NOTHING))
        self.scroll_home(animate=False)


class ExplainStrip(Widget):
    """The beginning of the explanation in two rows, and where the rest is."""

    DEFAULT_CSS = "ExplainStrip { height: 2; padding: 0 1; color: $text-muted; }"
    MORE = "? more"

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def show(self, explain: Explain | None) -> None:
        found = explain or NOTHING
        self.text = " ".join(part for part in (found.what, found.why, found.wrong) if part)
        self.refresh()

    def render(self) -> Content:
        bar, height = f"{drawn('▌', '|')} ", self.size.height
        width = self.size.width - len(bar)
        if width < 20 or not height:
            return Content("")
        lines = _fold(self.text, width, width - len(self.MORE) - 1, height)
        lines += [""] * (height - len(lines))
        rows = [Content.assemble((bar, "$text-primary"), line) for line in lines[:-1]]
        last = lines[-1].ljust(width - len(self.MORE))
        rows.append(Content.assemble((bar, "$text-primary"), last, (self.MORE, "bold $text-accent")))
        return Content("\n").join(rows)


def _fold(text: str, width: int, last: int, rows: int) -> list[str]:
    """The words in `rows` rows of `width` columns, the last one shorter; what does not fit ends in dots."""
    lines = wrap(text, width, break_on_hyphens=False)
    if len(lines) < rows or (len(lines) == rows and len(lines[-1]) <= last):
        return lines
    rest = shorten(" ".join(lines[rows - 1 :]), last, placeholder=" …", break_on_hyphens=False)
    return [*lines[: rows - 1], rest]

"""What a line means: a glyph, a word and a colour each. Glyph and word must be enough without the colour."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from rich.text import Text
from textual.content import Content


def speaks_utf8(environ: Mapping[str, str] | None = None) -> bool:
    """Whether the locale can show more than ASCII, and the terminal has glyphs for it.

    A plain C locale counts as ASCII even where Python has set LC_CTYPE to C.UTF-8 by itself (PEP 538). Linux's own console
    reads UTF-8, but its font has few of our glyphs.
    """
    env = os.environ if environ is None else environ
    if env.get("TERM") == "linux":
        return False
    if env.get("LC_ALL"):
        name = env["LC_ALL"]
    elif env.get("LANG") in ("C", "POSIX") and env.get("LC_CTYPE", "C.UTF-8") == "C.UTF-8":
        name = env["LANG"]
    else:
        name = env.get("LC_CTYPE") or env.get("LANG") or "C.UTF-8"
    return "utf8" in name.lower().replace("-", "")


def drawn(glyph: str, plain: str) -> str:
    """`glyph`, or `plain` where the locale cannot show it."""
    return glyph if speaks_utf8() else plain


def pointer(focused: bool) -> str:
    """Before the chosen row of a list: an arrow only where keys go to, else a dot that holds its place."""
    return ">" if focused else drawn("·", ".")


@dataclass(frozen=True, slots=True)
class Role:
    """One meaning."""

    unicode: str
    ascii: str
    word: str
    style: str
    """A variable that every theme has, for markup ("[$text-success]") and for stylesheets."""

    @property
    def glyph(self) -> str:
        return drawn(self.unicode, self.ascii)

    def __str__(self) -> str:
        return self.glyph

    def content(self, text: str | None = None) -> Content:
        """Glyph and word (or `text` instead of the word) in the role's colour."""
        said = self.word if text is None else text
        return Content.styled(f"{self.glyph} {said}".rstrip(), self.style)

    def cell(self, variables: Mapping[str, str], text: str | None = None) -> Text:
        """The same for a cell of a DataTable, which takes Rich's text; `variables` are `app.theme_variables`."""
        said = self.word if text is None else text
        colour = variables.get(self.style.removeprefix("$"), "").replace("ansi_", "")
        try:
            return Text(f"{self.glyph} {said}".rstrip(), style=colour)
        except ValueError:
            return Text(f"{self.glyph} {said}".rstrip())


OK = Role("✓", "+", "ok", "$text-success")
NOW = Role("●", "*", "now", "$text-primary")
TODO = Role("○", ".", "to do", "$text-muted")
NOTE = Role("!", "!", "note", "$text-warning")
STOP = Role("×", "x", "STOP", "$text-error")
ASK = Role("?", "?", "decide", "$text-accent")
WAITS = Role("~", "~", "waits", "$text-warning")
RETURNS = Role("↳", ">", "returns", "$text-secondary")
OUT = Role("-", "-", "out", "$text-error")
IN = Role("+", "+", "in", "$text-success")
UNTOUCHED = Role("·", ".", "not touched", "$text-muted")
STALE = Role("↻", "r", "again", "$text-warning")
WRITES = Role("!!", "!!", "writes", "$text-error")

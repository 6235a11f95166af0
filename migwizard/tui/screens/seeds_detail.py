"""What is said about one old operation: its row, its four views, and what may be decided about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import wrap

from rich.text import Text
from textual.content import Content

from migwizard.engine.previews import SeedLine, SeedsPreview
from migwizard.engine.talk import Question
from migwizard.tui.roles import ASK, NOTE, NOW, OK, OUT, STOP, UNTOUCHED, drawn
from migwizard.tui.widgets.lines import Line

VIEWS = ("Evidence", "Source", "Seed file", "Ladder")
ONE_TIME, UNCLEAR = "one-time", "ask"
ALL = ""


def word(line: SeedLine) -> str:
    """The verdict as it counts now."""
    if line.decided:
        return "kept by you" if line.decided == "keep" else "out by you"
    return "decide" if line.verdict == UNCLEAR else line.verdict


def is_open(line: SeedLine) -> bool:
    """Whether it needs a person."""
    return line.verdict == UNCLEAR and not line.decided


def verdict_cell(line: SeedLine, variables: Mapping[str, str]) -> Text:
    """Glyph, word and colour."""
    if is_open(line):
        return ASK.cell(variables, word(line))
    out = line.decided == "drop" or (not line.decided and line.verdict == ONE_TIME)
    return (OUT if out else OK).cell(variables, word(line))


def cells(line: SeedLine, variables: Mapping[str, str]) -> tuple[str | Text, ...]:
    """The row of an operation."""
    return verdict_cell(line, variables), line.describe, line.left or "-", line.how or "-"


@dataclass(slots=True)
class Watched:
    """An operation while the old history runs: what it did so far."""

    id: str
    title: str = ""
    so_far: str = ""
    verdict: str = ""
    left: str = ""

    def cells(self, variables: Mapping[str, str]) -> tuple[str | Text, ...]:
        """The row, as far as it is known."""
        if not self.verdict:
            return NOW.cell(variables, "watched"), self.title or self.id, self.so_far, ""
        role = ASK if self.verdict == UNCLEAR else OUT if self.verdict == ONE_TIME else OK
        shown = "decide" if self.verdict == UNCLEAR else self.verdict
        return role.cell(variables, shown), self.title or self.id, self.left, ""


def counts(lines: Iterable[SeedLine]) -> dict[str, int]:
    """How many operations of each verdict, in the order in which they are told."""
    found: dict[str, int] = {}
    for line in lines:
        found[word(line)] = found.get(word(line), 0) + 1
    order = ("seed", "schema SQL", "both", ONE_TIME)
    known = {name: found.pop(name) for name in order if name in found}
    waiting = {"decide": found.pop("decide")} if "decide" in found else {}
    return known | found | waiting


def summary(preview: SeedsPreview, only: str) -> str:
    """The lines above the table; brackets stand around the verdict that is shown alone."""
    return "\n".join(filter(None, (_counted(preview.seeds, only), preview.faster)))


def _counted(lines: tuple[SeedLine, ...], only: str) -> str:
    number = len(lines)
    parts = []
    for name, count in counts(lines).items():
        text = f"{ASK} {count} to decide" if name == "decide" else f"{count} {name}"
        parts.append(f"[{text}]" if name == only else text)
    total = f"{number:,} operation{'' if number == 1 else 's'}"
    return f"{total}: {', '.join(parts)}" + ("   (v: all)" if only else "") if parts else total


def view_words(view: int) -> str:
    """The names of the views, the open one in brackets."""
    names = [f"[{name}]" if place == view else name for place, name in enumerate(VIEWS)]
    return f"  {' '.join(names)}  d next".strip()


def view_lines(
    line: SeedLine, preview: SeedsPreview, view: int, width: int, height: int, *, named: bool = False
) -> list[Line]:
    """The open view of an operation; where there is room, the evidence is followed by the ladder and the file.

    `named` lets the evidence begin with the whole name: that of the row is cut.
    """
    room = max(width - 3, 20)
    if view == 1:
        return [(text, "") for text in line.source.splitlines()] or [("Its source cannot be read.", "text-muted")]
    if view == 2:
        return file_lines(line, preview)
    if view == 3:
        return ladder_lines(line, room)
    found = (
        [(part, "text-muted") for part in wrap(f"{line.id}: {line.describe.partition(' ')[2]}", room)] if named else []
    )
    found += evidence_lines(line, room, why=height < 18 or not line.ladder)
    if line.verdict == UNCLEAR and height >= 8 and line.source:
        found += [("", ""), ("SOURCE", "text-muted"), *((text, "") for text in line.source.splitlines())]
    if height >= 18:
        found += [("", ""), ("LADDER", "text-muted"), *ladder_lines(line, room)]
    if height >= 18 and line.file:
        marked = [entry for entry in file_lines(line, preview) if entry[0].startswith(_MARK)]
        found += [("", ""), (f"IN {line.file}.py", "text-muted"), *(marked or file_lines(line, preview)[:8])]
    return found


def evidence_lines(line: SeedLine, room: int, *, why: bool = True) -> list[Line]:
    """What was seen, and `why` it is kept as it is: the ladder says that too."""
    found: list[Line] = []
    for text in line.evidence.splitlines():
        indent = " " * (len(text) - len(text.lstrip()))
        found += [(part, "") for part in wrap(text, room, initial_indent="", subsequent_indent=indent) or [""]]
    if line.reason and why:
        found += [(part, "text-warning") for part in wrap(f"{NOTE} {line.reason}", room, subsequent_indent="  ")]
    return found


def ladder_lines(line: SeedLine, room: int) -> list[Line]:
    """Which way of keeping it passed, and why the others did not."""
    if not line.ladder:
        left = "You have not decided yet" if is_open(line) else "It is left out"
        said = f"{UNTOUCHED} {left}, so no way of keeping it was tried."
        return [(part, "text-muted") for part in wrap(said, room, subsequent_indent="  ")]
    roles = {"passed": (OK, "text-success"), "failed": (STOP, "text-error")}
    found: list[Line] = []
    for way, state, why in line.ladder:
        role, colour = roles.get(state, (UNTOUCHED, "text-muted"))
        begin = f"{role} {way:<9}{state:<11} "
        found += [(part, colour) for part in wrap(f"{begin}{why}", room, subsequent_indent=" " * len(begin))]
    return found


_MARK = "│"


def file_lines(line: SeedLine, preview: SeedsPreview) -> list[Line]:
    """The seed file with the operation's own lines marked."""
    text = next((text for name, _, text in preview.files if name == line.file), None)
    if text is None:
        return [("It is in no seed file: it is left out.", "text-muted")]
    own = {number for first, last in line.lines for number in range(first, last + 1)}
    mark = drawn(_MARK, "|")
    return [
        (f"{mark if number in own else ' '}{number:>5}  {row}", "" if number in own else "text-muted")
        for number, row in enumerate(text.splitlines(), 1)
    ]


def first_marked(lines: list[Line]) -> int:
    """The first line of a file that is marked."""
    mark = drawn(_MARK, "|")
    return next((place for place, (text, _) in enumerate(lines) if text.startswith(mark)), 0)


@dataclass(frozen=True, slots=True)
class Option:
    """One verdict that the row may have; `answer` is empty for the one that counts now."""

    answer: str
    label: str
    effect: str


def options(line: SeedLine, question: Question) -> list[Option]:
    """The verdict that counts, and what may be chosen instead."""
    found = [Option("", _label(line), "")]
    for choice in question.choices:
        verb, _, operation = choice.key.partition(":")
        if choice.group != "verdicts" or operation != line.id:
            continue
        label = {"keep": "Keep it", "drop": "One-time, drop it", "auto": "Take your word back"}.get(verb, choice.words)
        found.append(Option(choice.key, label, choice.effect))
    return found


def _label(line: SeedLine) -> str:
    kept = line.decided == "keep" if line.decided else line.verdict != ONE_TIME
    if line.decided:
        return "You keep it" if kept else "You leave it out"
    if line.verdict == UNCLEAR:
        return "Not decided yet"
    name = line.verdict[:1].upper() + line.verdict[1:]
    return f"{name}, keep it" if kept else f"{name}, left out"


def prompt(option: Option, width: int, *, marked: bool) -> Content:
    """An option as a radio button, its effect beside or below it."""
    arrow = ">" if marked else " "
    dot = " " if option.answer else drawn("•", "*")
    label = f"{arrow}({dot}) {option.label}"
    if not option.effect:
        return Content(label)
    if len(label) + 2 + len(option.effect) <= width:
        return Content.assemble(f"{label}  ", (option.effect, "$text-muted"))
    rest = "\n".join(wrap(option.effect, max(width - 6, 20), initial_indent=" " * 5, subsequent_indent=" " * 5))
    return Content.assemble(label, (f"\n{rest}", "$text-muted"))

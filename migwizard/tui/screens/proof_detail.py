"""What is said about a proof: both runs, the figures, and one difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from rich.text import Text

from migwizard.engine.previews import ProofDifference, ProofPreview
from migwizard.tui.roles import ASK, IN, NOTE, NOW, OK, OUT, STOP, TODO, UNTOUCHED
from migwizard.tui.widgets.lines import Line
from migwizard.words.counting import KINDS

Cells = tuple[str | Text, ...]
RowCells = tuple[str, Cells]

GROUPS = (("tables", "columns"), ("indexes", "constraints"), ("views", "triggers", "rows"))
"""Figures that share a row."""
ENOUGH_STEPS, ENOUGH_SECONDS = 3, 2.0
"""Remaining time is said only when so much was measured."""


@dataclass(slots=True)
class Run:
    """One history on its way from zero."""

    number: int = 0
    total: int = 0
    seconds: float = 0.0
    done: bool = False
    kept: bool = False

    def words(self) -> str:
        """ "23 of 47, 4.2 s, about 5 s left"."""
        if self.done:
            return "kept" if self.kept else f"{self.seconds:.1f} s"
        if not self.number:
            return "starting"
        text = f"{self.number} of {self.total}, {self.seconds:.1f} s"
        if self.number >= ENOUGH_STEPS and self.seconds >= ENOUGH_SECONDS:
            text += f", about {self.seconds / self.number * (self.total - self.number):.0f} s left"
        return text


def running_rows(runs: Mapping[str, Run], variables: Mapping[str, str], comparing: bool) -> list[RowCells]:
    """The rows while it runs."""

    def state(*names: str) -> Text:
        known = [runs.get(name) for name in names]
        if all(run is not None and run.done for run in known):
            return OK.cell(variables, "done")
        return (NOW if any(known) else TODO).cell(variables)

    def said(name: str) -> str:
        run = runs.get(name)
        return run.words() if run is not None else "to do"

    last = NOW if comparing else TODO
    return [
        ("build", (state("old", "new"), "Build from zero", said("old"), said("new"), "")),
        ("second", (state("second"), "Old, second time", said("second"), "", "")),
        ("compare", (last.cell(variables), "Compare", "tables and rows", "", "")),
    ]


def figure_rows(preview: ProofPreview, variables: Mapping[str, str]) -> list[RowCells]:
    """The rows of a proof that is over; what differs stands first while something is open."""
    rows = _figure_rows(preview, variables)
    if not any(map(is_open, preview.differences)):
        return rows
    return sorted(rows, key=lambda row: not row[1][4])


def _figure_rows(preview: ProofPreview, variables: Mapping[str, str]) -> list[RowCells]:
    ok, runs = OK.cell(variables, "done"), dict(preview.runs)
    rows: list[RowCells] = []
    if runs:
        rows.append(("build", (ok, "Build from zero", runs.get("old", ""), runs.get("new", ""), "")))
    if "second" in runs:
        rows.append(("second", (ok, "Old, second time", runs["second"], "", "")))
    figures = {what: (old, new, equal) for what, old, new, equal in preview.figures}
    for group in GROUPS:
        names = [name for name in group if name in figures]
        if not names:
            continue
        equal = all(figures[name][2] for name in names)
        number = sum(difference_of(item) in names for item in preview.differences if item.severity == "error")
        note = "" if equal else f"{number} difference{'' if number == 1 else 's'}"
        role = OK.cell(variables, "equal") if equal else STOP.cell(variables, "differs")
        words = ", ".join(names)
        left = ", ".join(figures[name][0] for name in names)
        right = ", ".join(figures[name][1] for name in names)
        rows.append((words, (role, words[:1].upper() + words[1:], left, right, note)))
    if preview.operations[0]:
        rows.append(("data", (UNTOUCHED.cell(variables, "counted"), "Old data operations", *preview.operations, "")))
    if "check" in figures:
        same = figures["check"][2]
        role = OK.cell(variables, "equal") if same else STOP.cell(variables, "differs")
        words = "says the same" if same else "does not say the same"
        rows.append(("check", (role, "makemigrations", "--check", words, "")))
    return rows


def difference_of(item: ProofDifference) -> str:
    """The figure that a difference belongs to."""
    return next((name for name, kind in KINDS.items() if kind == item.kind), "rows")


def is_open(item: ProofDifference) -> bool:
    """Whether it still stands in the way."""
    return item.severity == "error" and not item.decision


def difference_cells(item: ProofDifference, variables: Mapping[str, str]) -> Cells:
    """The row of a difference."""
    if item.severity == "info":
        state = NOTE.cell(variables)
    elif item.decision:
        state = OK.cell(variables, item.decision)
    else:
        state = ASK.cell(variables)
    return state, f"D{item.number}", item.sentence


def difference_lines(item: ProofDifference, room: int, *, whole: bool) -> list[Line]:
    """A difference: the sentence and its causes, and with `whole` both definitions."""
    found: list[Line] = [
        (part, "") for part in wrap(f"D{item.number}  {item.sentence}", room, subsequent_indent="    ")
    ]
    if item.causes:
        found += [(part, "text-muted") for part in wrap(f"Cause: {', '.join(item.causes)}", room)]
    if item.decision:
        found.append((f"{OK} {item.decision}: it is noted by name in the certificate", "text-success"))
    elif item.severity == "info":
        found.append((f"{NOTE} only told: nothing has to be decided about it", "text-muted"))
    if whole:
        found += _side(f"{OUT} OLD HISTORY", item.old, "text-error", room)
        found += _side(f"{IN} NEW HISTORY", item.new, "text-success", room)
    return found


def _side(head: str, text: str, colour: str, room: int) -> list[Line]:
    lines = [part for line in (text or f"{UNTOUCHED} nothing").splitlines() for part in wrap(line, room - 2) or [""]]
    return [("", ""), (head, colour), *((f"  {line}", "") for line in lines)]


def certificate_lines(preview: ProofPreview, room: int) -> list[Line]:
    """The whole certificate; before there is one, what has to be known of the proof."""
    if preview.text:
        return [(row, "") for line in preview.text.splitlines() for row in _hung(line, room)]
    return [(part, "") for caveat in preview.caveats for part in wrap(caveat, room)]


def _hung(line: str, room: int) -> list[str]:
    """A line in rows of at most `room` columns, the later ones a little to the right of its beginning."""
    if len(line) <= room:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    return wrap(line, room, subsequent_indent=indent, break_on_hyphens=False)


def groups_of(items: Sequence[ProofDifference]) -> str:
    """ "12 rows, 1 view": differences by kind."""
    counts: dict[str, int] = {}
    for item in items:
        counts[item.kind] = counts.get(item.kind, 0) + 1
    plural = {"index": "indexes"}
    return ", ".join(
        f"{number} {kind if number == 1 else plural.get(kind, f'{kind}s')}" for kind, number in counts.items()
    )

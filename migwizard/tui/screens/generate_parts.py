"""Lines of the Generate screen: what stands above and below the diff, the strip of files, and the work while it runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from textual.content import Content

from migwizard.engine.previews import StagedFile
from migwizard.tui.progress import clock
from migwizard.tui.roles import NOTE, NOW, OK, RETURNS, STOP, TODO, WAITS, drawn
from migwizard.tui.standing import Standing
from migwizard.tui.widgets.frame import between
from migwizard.tui.widgets.lines import Line
from migwizard.tui.widgets.rows import middle
from migwizard.words.counting import count, one_of

BAR = 12


def name_of(file: StagedFile) -> str:
    return f"{file.app}/{file.name}"


def short(file: StagedFile) -> str:
    """App and number: orders/0001."""
    return f"{file.app}/{file.name.partition('_')[0]}"


def counts(files: Sequence[StagedFile], accepted: Collection[str]) -> str:
    done = sum(name_of(file) in accepted for file in files)
    return f"{done} accepted, {len(files) - done} to do"


def first_head(files: Sequence[StagedFile], number: int, accepted: Collection[str], width: int) -> Content:
    """Which file this is, its level, and how far the person has come."""
    file = files[number]
    right = counts(files, accepted)
    which = one_of(number + 1, len(files), "file")
    front = f"{which[:1].upper()}{which[1:]}  level {file.level}  "
    name = middle(f"{name_of(file)}.py", max(width - len(front) - len(right) - 3, 12))
    return between(Content.assemble(front, (name, "bold")), Content.styled(right, "$text-muted"), width)


def second_head(file: StagedFile, place: tuple[int, int], width: int) -> Content:
    """How long both texts are, and what waits or returns."""
    lengths = f"makemigrations alone: {count(file.literal_lines, 'line')}, written: {file.written_lines}. "
    return Content.assemble((lengths, "$text-muted"), waiting_words(file, place)).truncate(width, ellipsis=True)


def waiting_words(file: StagedFile, place: tuple[int, int]) -> Content:
    if not file.waiting:
        if file.returning:
            said = count(file.returning, "part returns here", "parts return here")
            return Content.styled(f"{RETURNS} {said}", RETURNS.style)
        return Content.styled("Nothing had to wait", "$text-muted")
    part = count(len(file.waiting), "part waits", "parts wait")
    at, places = place
    where = f": piece {max(at, 1)} of {places}" if places > 1 else ""
    return Content.styled(f"{WAITS} {part}{where}", WAITS.style)


def halves(file: StagedFile, split: int, width: int) -> Content:
    """Titles over both sides."""
    left = between(
        Content.styled("WHAT makemigrations WOULD WRITE ALONE", "bold"),
        Content(f"{count(file.literal_lines, 'line')} "),
        split - 1,
    )
    room = width - split - 2
    name = middle(f"{name_of(file)}.py", max(room - 24, 10))
    right = between(Content.styled(f"WRITTEN: {name}", "bold"), Content(f"{count(file.written_lines, 'line')} "), room)
    return Content.assemble(" ", left, drawn("│", "|"), " ", right)


def check_line(file: StagedFile, width: int, more: str) -> Content:
    """Whether the parts add up, or what the person's own text does."""
    if file.broken:
        left = Content.assemble((f"{STOP} {STOP.word} ", STOP.style), file.edited)
    elif file.edited:
        left = Content.assemble((f"{NOTE} yours ", NOTE.style), file.edited)
    else:
        left = Content.assemble(f"Check: {sum_of_lines(file)}  ", (f"{OK} equal", OK.style))
    right = Content.styled(more, "$text-muted")
    if left.cell_length + right.cell_length + 2 > width:
        return left.truncate(width, ellipsis=True)
    return between(left, right, width)


def sum_of_lines(file: StagedFile) -> str:
    """From the lines of makemigrations alone to those that are written: "26 alone - 2 waiting = 24 lines"."""
    kinds = Counter(row.kind for row in file.rows if row.left_number or row.right_number)
    parts = (
        ("-", kinds["waits"], "waiting"),
        ("-", kinds["out"], "out"),
        ("+", kinds["in"] - file.guard, "in"),
        ("+", file.guard, "guard"),
    )
    told = "".join(f" {sign} {number} {what}" for sign, number, what in parts if number)
    return f"{file.literal_lines} alone{told} = {count(file.written_lines, 'line')}"


def mark_of(file: StagedFile, accepted: Collection[str]) -> str:
    if file.broken:
        return str(STOP)
    return str(OK if name_of(file) in accepted else TODO)


def strip(files: Sequence[StagedFile], number: int, accepted: Collection[str], width: int) -> Content:
    """All files in one line; where they do not fit, those around the current one."""
    words = []
    for place, file in enumerate(files):
        glyph = str(NOW) if place == number else mark_of(file, accepted)
        waits = f" {WAITS}{len(file.waiting)}" if file.waiting else ""
        back = f" {RETURNS}{file.returning}" if file.returning else ""
        words.append(f"{glyph} {short(file)}{waits}{back}")
    first, last = number, number + 1
    room = width - len("Files  ") - 4

    def length(a: int, b: int) -> int:
        return sum(len(word) + 2 for word in words[a:b])

    while True:
        if last < len(words) and length(first, last + 1) <= room:
            last += 1
        elif first and length(first - 1, last) <= room:
            first -= 1
        else:
            break
    shown = [
        Content.styled(word, "bold $text-primary" if first + n == number else "")
        for n, word in enumerate(words[first:last])
    ]
    dots = drawn("…", "...")
    front, back = f"{dots} " if first else "", f" {dots}" if last < len(words) else ""
    return Content.assemble(("Files  ", "$text-muted"), front, Content("  ").join(shown), back).truncate(width)


def cells(file: StagedFile, accepted: Collection[str]) -> tuple[str, ...]:
    """One row of the file list."""
    glyph, word = mark_of(file, accepted), "accepted" if name_of(file) in accepted else TODO.word
    if file.broken:
        word = STOP.word
    elif file.edited:
        word = f"{word}, yours"
    waits = f"{WAITS} {len(file.waiting)}" if file.waiting else f"{RETURNS} {file.returning}" if file.returning else "-"
    return glyph, str(file.level), short(file), file.name.partition("_")[2], str(file.written_lines), waits, word


def work_lines(data: Mapping[str, object], standing: Standing, width: int) -> list[Line]:
    """A bar for each level: written, being written, to do."""
    levels, done = data.get("levels"), data.get("number")
    if not isinstance(levels, list) or not isinstance(done, int):
        return []
    full, empty = drawn("█", "#"), drawn("░", ".")
    lines: list[Line] = []
    for number, names in enumerate(levels):
        listed = "  ".join(str(name) for name in names)
        if number < done:
            lines.append((middle_end(f"{OK} level {number}  {full * BAR}  {listed}", width), ""))
        elif number == done:
            time = clock(standing.elapsed, standing.remaining)
            apps = " ".join(str(name).partition("/")[0] for name in names)
            text = f"{NOW} now {one_of(number + 1, len(levels), 'level')}: makemigrations {apps}"
            lines.append((f"{middle_end(text, width - len(time) - 3)}   {time}", "text-primary"))
        else:
            lines.append((middle_end(f"{TODO} level {number}  {empty * BAR}  {listed}", width), "text-muted"))
    return lines


def middle_end(text: str, width: int) -> str:
    """Cut at its end, with dots."""
    return text if len(text) <= width else text[: max(width - 1, 0)] + drawn("…", ">")

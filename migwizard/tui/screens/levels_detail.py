"""What is said about a file of the plan, about the orders of a cycle, and the models by level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap

from rich.text import Text
from textual.content import Content

from migwizard.engine.previews import LevelsPreview, Order, PlanFile, Waiting
from migwizard.tui.roles import RETURNS, UNTOUCHED, WAITS, drawn
from migwizard.tui.widgets.lines import Line
from migwizard.words.counting import count


def topic_of(file: PlanFile, focused: str, *, carrying: bool) -> str:
    """The explanation that fits what has the focus."""
    if carrying:
        return "levels.move"
    if focused == "bylevel":
        return "levels.models"
    if focused == "orders":
        return "levels.cycle"
    if focused != "plan":
        return "levels"
    if file.waiting:
        return "levels.waiting"
    if file.returning:
        return "levels.returning"
    return "levels.cycle" if file.cycle else "levels"


def file_lines(file: PlanFile) -> list[Line]:
    """What a file holds, what waits and where it returns, and what returns in it."""
    lines: list[Line] = []
    if file.creates:
        lines.append((f"makes {', '.join(file.creates)}", ""))
    lines += waiting_lines(file.waiting)
    lines += [(f"{RETURNS} returns here: {what}", "text-secondary") for what in file.returning]
    if file.planned:
        lines.append((f"named by you; the planner called it {file.planned}", "text-muted"))
    if not file.waiting and not file.returning:
        lines.append(("Nothing waits and nothing returns here.", "text-muted"))
    return lines


def view_line(preview: LevelsPreview, width: int, *, models: bool) -> str:
    """Which view is open and what the plan costs: the longest of three forms that fits into a width of columns."""
    dot, files = drawn("•", "*"), count(len(preview.files), "schema file")
    cost = preview.changed or f"{files}, {count(preview.waiting, 'part waits', 'parts wait')}"
    cost += f", {preview.on_top} kept on top" if preview.on_top else ""
    cost += ", replaces" if preview.by_name else ""
    if preview.rendered_before:
        cost += f", {_work(preview)}"
    # Which view it is can be seen, and its key stands below; what it costs is nowhere else.
    forms = (
        f"View ({' ' if models else dot}) plan  ({dot if models else ' '}) models by level   Cost now {cost}",
        f"Cost now {cost}   v {'plan' if models else 'models by level'}",
        f"Cost now {cost}",
    )
    return next((form for form in forms if len(form) <= width), forms[-1])


def _work(preview: LevelsPreview) -> str:
    """What becomes of the work of a migrate from zero; that seeds come on top is said with the figures themselves."""
    less = round(100 * (1 - preview.rendered_after / preview.rendered_before))
    return f"{abs(less)} % {'less' if less > 0 else 'more'} work for migrate" if less else "as much work for migrate"


def file_cells(file: PlanFile, variables: Mapping[str, str], *, moving: bool) -> tuple[str | Text, ...]:
    """The row of a file."""
    return (
        str(file.level),
        f"{file.app} (moving)" if moving else file.app,
        file.name,
        f"{file.models:,}" if file.models else "-",
        _waits(len(file.waiting), len(file.returning), variables),
        str(file.cycle or ""),
    )


def level_cells(files: Sequence[PlanFile], variables: Mapping[str, str], *, is_open: bool) -> tuple[str | Text, ...]:
    """The row of a level whose files can be opened."""
    sign = drawn("▾", "v") if is_open else drawn("▸", "+")
    return (
        f"{sign} {files[0].level}",
        count(len(files), "file"),
        files[0].app if len(files) == 1 else f"{files[0].app} .. {files[-1].app}",
        f"{sum(file.models for file in files):,}",
        _waits(sum(len(file.waiting) for file in files), sum(len(file.returning) for file in files), variables),
        ", ".join(str(cycle) for cycle in sorted({file.cycle for file in files if file.cycle is not None})),
    )


def _waits(waiting: int, returning: int, variables: Mapping[str, str]) -> str | Text:
    cells = [WAITS.cell(variables, str(waiting))] if waiting else []
    cells += [RETURNS.cell(variables, str(returning))] if returning else []
    return Text(" ").join(cells) if cells else "-"


def level_lines(files: Sequence[PlanFile]) -> list[Line]:
    """What a level holds: how much waits and returns in it, then its files."""
    waiting, returning = sum(len(file.waiting) for file in files), sum(len(file.returning) for file in files)
    lines: list[Line] = []
    if waiting:
        lines.append((f"{WAITS} {count(waiting, 'part waits', 'parts wait')}", "text-warning"))
    if returning:
        lines.append((f"{RETURNS} {count(returning, 'part returns', 'parts return')} here", "text-secondary"))
    return [*lines, ("  ".join(f"{file.app}/{file.name}" for file in files), "")]


def waiting_lines(waiting: Sequence[Waiting]) -> list[Line]:
    """What waits, then where it returns: once for all that return in the same file."""
    lines: list[Line] = []
    for place, items in _by_return(waiting).items():
        for item in items:
            lines.append((f"{WAITS} waits: {item.what} for {', '.join(item.waits_for)}", "text-warning"))
        lines.append((f"{RETURNS} returns in {place}", "text-secondary"))
    return lines


def _by_return(waiting: Sequence[Waiting]) -> dict[str, list[Waiting]]:
    found: dict[str, list[Waiting]] = {}
    for item in waiting:
        found.setdefault(f"{item.returns_in}, level {item.returns_at}", []).append(item)
    return found


def cost(order: Order, best: Order) -> str:
    """ "3 files, 1 part waits   recommended: fewest files"."""
    words = f"{count(order.files, 'file')}, {count(len(order.waiting), 'part waits', 'parts wait')}"
    if order.recommended:
        return f"{words}   recommended: {'fewest files' if order.best else 'best found'}"
    files, waits = order.files - best.files, len(order.waiting) - len(best.waiting)
    more = [
        f"{files:+d} file{'' if abs(files) == 1 else 's'}" if files else "",
        f"{waits:+d} wait" if waits else "",
    ]
    return f"{words}   {', '.join(part for part in more if part) or 'costs the same'}"


def order_name(order: Order) -> str:
    """ "orders first" where there are two apps, else all of them."""
    return f"{order.apps[0]} first" if len(order.apps) == 2 else ", ".join(order.apps)


def order_prompt(order: Order, best: Order, width: int, *, column: int, marked: bool, full: bool) -> Content:
    """An order of a cycle: its cost, then what waits and where it returns, in few rows unless `full`.

    `column` is the width of the names.
    """
    dot = drawn("•", "*") if order.chosen else " "
    name = order_name(order)
    head = f"{'>' if marked else ' '}({dot}) {name.ljust(column)}"
    said = f"   {cost(order, best)}"
    if len(head) + len(said) <= width:
        parts: list[Content] = [Content.assemble((head, "bold"), said)]
    else:
        parts = [_cut(Content.styled(head.rstrip(), "bold"), width), _cut(Content(f"   {said}"), width)]
    for place, items in _by_return(order.waiting).items():
        names = [item.what for item in items]
        if full:
            text = f"{WAITS} {', '.join(names)}"
            rows = wrap(text, max(width - 7, 20), subsequent_indent="  ", break_on_hyphens=False)
        else:
            rows = [f"{WAITS} {_few(names, max(width - 9, 18))}"]
        parts += [Content.styled(f"      {row}", "$text-warning") for row in rows]
        if order.chosen or full:
            parts.append(_cut(Content.styled(f"      {RETURNS} returns in {place}", "$text-secondary"), width))
    return Content("\n").join(parts)


def _cut(content: Content, width: int) -> Content:
    return content.truncate(max(width, 10), ellipsis=True)


def _few(names: Sequence[str], width: int) -> str:
    """As many names as fit into a row, and how many more there are."""
    for shown in range(len(names), 0, -1):
        rest = len(names) - shown
        said = ", ".join(names[:shown]) + (f", +{rest} more" if rest else "")
        if len(said) <= width or shown == 1:
            return said
    return ""


def model_lines(preview: LevelsPreview, width: int) -> list[Line]:
    """Models by level, by app; those of a cycle in brackets, those of other apps after a dot."""
    cycle_of = {key: number for number, keys in enumerate(preview.model_cycles, start=1) for key in keys}
    others = set(preview.others)
    lines: list[Line] = []
    for number, keys in enumerate(preview.levels):
        rows = _level_rows(keys, cycle_of, others)
        first = True
        for head, names, colour in rows:
            lead = f"{number if first else ''!s:<2} {head}"
            for place, row in enumerate(wrap(names, max(width - len(lead) - 4, 16), break_on_hyphens=False) or [""]):
                lines.append((f"{lead if not place else ' ' * len(lead)} {row}", colour))
            first = False
    kept = [part for line in preview.kept for part in wrap(line, max(width, 16), subsequent_indent="  ")]
    return lines + [(line, "text-muted") for line in kept]


def _level_rows(keys: Sequence[str], cycle_of: Mapping[str, int], others: set[str]) -> list[tuple[str, str, str]]:
    rows: list[tuple[str, str, str]] = []
    for cycle in sorted({cycle_of[key] for key in keys if key in cycle_of}):
        names = "  ".join(key for key in keys if cycle_of.get(key) == cycle)
        rows.append((f"[cycle {cycle}]", names, "text-warning"))
    by_app: dict[str, list[str]] = {}
    for key in (key for key in keys if key not in cycle_of):
        app, _, name = key.rpartition(".")
        by_app.setdefault("" if app in others else app, []).append(name)
    foreign = by_app.pop("", [])
    rows += [(app, "  ".join(names), "") for app, names in sorted(by_app.items())]
    if foreign:
        rows.append((str(UNTOUCHED), "  ".join(foreign), "text-muted"))
    return rows

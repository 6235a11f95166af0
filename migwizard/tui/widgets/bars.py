"""Figures before and after as bars, in text: whole and part blocks, or # where the locale has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from migwizard.tui.roles import speaks_utf8

PARTS = " ▏▎▍▌▋▊▉"
LONGEST = 60
"""A longer bar tells nothing more."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure."""

    name: str
    words: str
    """The figure with its unit."""
    value: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Figures on one scale, under one label."""

    label: str
    bars: tuple[Bar, ...]
    most: float = 0.0
    """What the longest bar would stand for; 0: the greatest figure of the chart."""


def drawn_bar(value: float, most: float, room: int, utf8: bool = True) -> str:
    """A bar of at most `room` columns; what is there at all can be seen."""
    if value <= 0 or most <= 0 or room <= 0:
        return ""
    if not utf8:
        return "#" * max(1, round(value / most * room))
    eighths = max(1, round(value / most * room * 8))
    return "█" * (eighths // 8) + PARTS[eighths % 8].strip()


def rows(charts: Sequence[Chart], width: int, utf8: bool = True) -> list[tuple[str, str]]:
    """Each bar as (text before it, the bar); labels stand once, columns are aligned over all charts."""
    bars = [bar for chart in charts for bar in chart.bars]
    if not bars:
        return []
    label = max(len(chart.label) for chart in charts)
    name, words = max(len(bar.name) for bar in bars), max(len(bar.words) for bar in bars)
    room = min(width - label - name - words - 7, LONGEST)
    found = []
    for chart in charts:
        most = chart.most or max(bar.value for bar in chart.bars)
        for place, bar in enumerate(chart.bars):
            head = f" {chart.label if place == 0 else '':<{label}}  {bar.name:<{name}} {bar.words:>{words}}  "
            found.append((head, drawn_bar(bar.value, most, room, utf8)))
    return found


class Bars(Widget):
    """Some charts, one below the other."""

    DEFAULT_CSS = "Bars { height: auto; width: 1fr; }"
    charts: tuple[Chart, ...] = ()

    def show(self, charts: Sequence[Chart]) -> None:
        if tuple(charts) != self.charts:
            self.charts = tuple(charts)
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return sum(len(chart.bars) for chart in self.charts)

    def render(self) -> Content:
        lines = rows(self.charts, self.size.width, speaks_utf8())
        starts = {0}
        for chart in self.charts:
            starts.add(max(starts) + len(chart.bars))
        return Content("\n").join(
            Content.assemble(head, (bar, "$text-muted" if place in starts else "$text-success"))
            for place, (head, bar) in enumerate(lines)
        )

"""The model graph as an SVG of our own, for machines without Graphviz: a band for each level, level 0 at the bottom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape

from migwizard.graph.levels import Levels
from migwizard.graph.model import Model, ModelGraph

_LETTER = 6.6
_LINE = 14
_PADDING = 8
_GAP = 26
_BETWEEN_LEVELS = 70
_PER_ROW = 10
_MARGIN = 90
_STYLE = """
text { font: 11px Helvetica, Arial, sans-serif; fill: #222 }
.level { fill: #f6f6f6; stroke: #c8c8c8 } .levelname { font-weight: bold }
.model { fill: #e8f1fb; stroke: #1f5fa8 } .other { fill: #fff; stroke: #8a8a8a; stroke-dasharray: 4 3 }
.cycle { stroke: #b3261e; stroke-width: 2.5 } .cyclename { fill: #b3261e; font-weight: bold }
.edge { fill: none; stroke: #777; stroke-width: 1 } .ring { stroke: #b3261e; stroke-width: 2 }
"""


_TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0 L8 4 L0 8 z" fill="#777"/></marker></defs>'
)


@dataclass(frozen=True, slots=True)
class _Box:
    model: Model
    lines: tuple[str, ...]
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


def to_svg(graph: ModelGraph, levels: Levels) -> str:
    """The same graph always gives the same text. Models of a cycle stand side by side, marked with word and number."""
    cycle_of = {key: number for number, keys in enumerate(levels.components, start=1) for key in keys}
    models = {model.key: model for model in graph.models}
    ours = {app.label for app in graph.apps if app.project} if graph.apps else {model.app for model in graph.models}
    boxes: dict[str, _Box] = {}
    bands: list[tuple[int, float, float]] = []
    y, right = 10.0, 180.0
    for number, keys in reversed(list(enumerate(levels.levels))):
        ordered = sorted(keys, key=lambda key: (cycle_of.get(key, len(models)), key))
        top = y
        y += _GAP / 2
        for start in range(0, len(ordered), _PER_ROW):
            row = list(_placed((models[key] for key in ordered[start : start + _PER_ROW]), cycle_of, y))
            boxes.update((box.model.key, box) for box in row)
            right = max(right, row[-1].x + row[-1].width)
            y = max(box.y + box.height for box in row) + _GAP / 2
        bands.append((number, top, y))
        y += _BETWEEN_LEVELS
    width, height = right + 20, max(y - _BETWEEN_LEVELS + 10, 40.0)
    drawn = [_band(*band, width) for band in bands]
    drawn += [
        _arrow(boxes[source], boxes[target], source in cycle_of and cycle_of[source] == cycle_of.get(target))
        for source, target in sorted({(source, target) for source, target, _ in graph.edges() if source != target})
    ]
    drawn += [_drawn(box, box.model.app in ours, cycle_of.get(key)) for key, box in boxes.items()]
    return "\n".join([*_head(width, height), *drawn, "</svg>", ""])


def _head(width: float, height: float) -> tuple[str, ...]:
    size = f'width="{width:.0f}" height="{height:.0f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width:.0f} {height:.0f}">',
        "<title>Models by level</title>",
        f"<style>{_STYLE}</style>",
        _TIP,
        f'<rect {size} fill="#fff"/>',
    )


def _placed(models: Iterable[Model], cycle_of: Mapping[str, int], y: float) -> Iterator[_Box]:
    """The models of one row from left to right."""
    x = float(_MARGIN)
    for model in models:
        lines = [model.name, *([model.app] if model.app else [])]
        if model.key in cycle_of:
            lines.append(f"cycle {cycle_of[model.key]}")
        width = max(len(line) for line in lines) * _LETTER + 2 * _PADDING
        yield _Box(model, tuple(lines), x, y, width, len(lines) * _LINE + _PADDING)
        x += width + _GAP


def _band(number: int, top: float, bottom: float, width: float) -> str:
    middle = (top + bottom) / 2 + 4
    return (
        f'<rect class="level" x="6" y="{top:.1f}" width="{width - 12:.1f}" height="{bottom - top:.1f}" rx="4"/>'
        f'<text class="levelname" x="16" y="{middle:.1f}">level {number}</text>'
    )


def _drawn(box: _Box, ours: bool, cycle: int | None) -> str:
    kind = ("model" if ours else "other") + (" cycle" if cycle is not None else "")
    parts = [
        f'<rect class="{kind}" x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="3"/>'
    ]
    for number, line in enumerate(box.lines, start=1):
        mark = ' class="cyclename"' if cycle is not None and number == len(box.lines) else ""
        place = f'x="{box.x + _PADDING:.1f}" y="{box.y + number * _LINE:.1f}"'
        parts.append(f"<text{mark} {place}>{escape(line)}</text>")
    return "".join(parts)


def _arrow(source: _Box, target: _Box, in_cycle: bool) -> str:
    """A curve from the lower edge of a model to the upper edge of what it needs; inside a level an arc below."""
    kind = "edge ring" if in_cycle else "edge"
    x1, y1, x2 = source.middle, source.y + source.height, target.middle
    if target.y > source.y:
        y2 = target.y
        bend = (y2 - y1) / 2
        path = f"M{x1:.1f} {y1:.1f} C{x1:.1f} {y1 + bend:.1f} {x2:.1f} {y2 - bend:.1f} {x2:.1f} {y2:.1f}"
    else:
        # A little aside, so that an arrow back does not hide the arrow there.
        aside = 8 if x1 < x2 else -8
        y2 = target.y + target.height
        low = max(y1, y2) + 26 + (6 if x1 < x2 else 0)
        x1, x2 = x1 + aside, x2 + aside
        path = f"M{x1:.1f} {y1:.1f} C{x1:.1f} {low:.1f} {x2:.1f} {low:.1f} {x2:.1f} {y2:.1f}"
    return f'<path class="{kind}" d="{path}" marker-end="url(#tip)"/>'

"""The model graph as text: a block for each level, the highest first, cycles boxed and named."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence

from migwizard.graph.levels import Levels, grouped_by_app
from migwizard.graph.model import ModelGraph

WIDTH = 76


def text_picture(graph: ModelGraph, levels: Levels, *, only: frozenset[str] | None = None) -> tuple[str, ...]:
    """Lines of at most about `WIDTH` columns. With `only`, models of other apps are counted and not listed."""
    cycle_of = {key: number for number, keys in enumerate(levels.components, start=1) for key in keys}
    targets = _targets(graph)
    lines: list[str] = []
    for number, keys in reversed(list(enumerate(levels.levels))):
        shown = [key for key in keys if only is None or key.rpartition(".")[0] in only]
        lines.append(f"Level {number} ".ljust(WIDTH, "-"))
        for cycle in sorted({cycle_of[key] for key in shown if key in cycle_of}):
            lines += _box(cycle, [key for key in shown if cycle_of.get(key) == cycle], targets)
        free = [key for key in shown if key not in cycle_of]
        for app, names in grouped_by_app(free).items():
            lines += _entry(app, names, _below(free, app, targets))
        if len(shown) < len(keys):
            lines.append(f"  and {len(keys) - len(shown)} of other apps")
    return tuple(lines)


def _targets(graph: ModelGraph) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for source, target, _ in graph.edges():
        if source != target:
            found.setdefault(source, set()).add(target)
    return found


def _below(keys: Iterable[str], app: str, targets: Mapping[str, set[str]]) -> list[str]:
    """What the models of one app on one level point at."""
    own = [key for key in keys if key.rpartition(".")[0] == app]
    return sorted(set().union(*(targets.get(key, set()) for key in own)))


def _entry(app: str, names: Sequence[str], below: Sequence[str]) -> list[str]:
    lines = _wrapped(f"  {app}: " if app else "  ", ", ".join(names))
    if below:
        lines += _wrapped("    points at ", ", ".join(below))
    return lines


def _box(number: int, keys: Sequence[str], targets: Mapping[str, set[str]]) -> list[str]:
    """The models of a cycle in a box with the word, each with whom it needs inside."""
    inside = set(keys)
    rows: list[str] = []
    for key in keys:
        rows += _wrapped(f"{key} -> ", ", ".join(sorted(targets.get(key, set()) & inside)), WIDTH - 6)
    width = max([len(row) for row in rows] + [20])
    title = f" cycle {number}: these need each other "
    width = max(width, len(title))
    outside = sorted(set().union(*(targets.get(key, set()) for key in keys)) - inside)
    return [
        f"  +{title.center(width + 2, '-')}+",
        *(f"  | {row.ljust(width)} |" for row in rows),
        f"  +{'-' * (width + 2)}+",
        *(_wrapped("    points at ", ", ".join(outside)) if outside else ()),
    ]


def _wrapped(begin: str, text: str, width: int = WIDTH) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=begin,
        subsequent_indent=" " * min(len(begin), 20),
        break_on_hyphens=False,
    ) or [begin.rstrip()]

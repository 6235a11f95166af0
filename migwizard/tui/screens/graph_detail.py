"""What is said about the focused app or model: levels, cycles, what it points at, and who points at it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from migwizard.engine.previews import AppLine, ModelLine
from migwizard.tui.widgets.lines import Line

KINDS = {
    "foreign_key": "",
    "one_to_one": "one-to-one",
    "many_to_many": "many-to-many",
    "parent": "parent",
    "proxy": "proxy of",
}
_FEW = 6


@dataclass(frozen=True, slots=True)
class Pointers:
    """The models by key and by app, and who points at each."""

    by_key: dict[str, ModelLine] = field(default_factory=dict)
    by_app: dict[str, list[ModelLine]] = field(default_factory=dict)
    back: dict[str, list[str]] = field(default_factory=dict)
    """Target -> app.Model.field of those that point at it."""

    @classmethod
    def of(cls, models: Iterable[ModelLine]) -> Pointers:
        found = cls()
        for model in models:
            found.by_key[model.key] = model
            found.by_app.setdefault(model.key.rpartition(".")[0], []).append(model)
            for name, target, _ in model.points_at:
                found.back.setdefault(target, []).append(f"{model.key}.{name}" if name else model.key)
        for same in found.by_app.values():
            same.sort(key=lambda model: (-model.level, model.key))
        return found

    def models_of(self, label: str) -> Sequence[ModelLine]:
        return self.by_app.get(label, [])


def app_lines(app: AppLine, pointers: Pointers, *, only_who: bool) -> list[Line]:
    """The models of an app, each with its level and relations."""
    lines: list[Line] = []
    if app.cycle and not only_who:
        lines.append((f"In cycle {app.cycle}: it needs other apps that need it.", "text-warning"))
    for model in pointers.models_of(app.label):
        lines += _model(model, pointers, only_who=only_who, own=app.label)
    if not lines:
        lines.append(("Nobody points here." if only_who else "It has no models.", "text-muted"))
    return lines


def model_lines(key: str, pointers: Pointers, *, only_who: bool) -> list[Line]:
    """One model: each relation in a line."""
    model = pointers.by_key.get(key)
    if model is None:
        return []
    lines: list[Line] = []
    if not only_who:
        cycle = f", in cycle {model.cycle} of models that need each other" if model.cycle else ""
        lines.append((f"level {model.level}{cycle}", "text-warning" if model.cycle else ""))
        lines += [(f"points at {_target(*each)}", "") for each in model.points_at] or [("points at nothing", "")]
    back = pointers.back.get(key, [])
    lines += [(f"pointed at by {name}", "") for name in back] or [("Nobody points here.", "text-muted")]
    return lines


def _model(model: ModelLine, pointers: Pointers, *, only_who: bool, own: str) -> list[Line]:
    name = model.key.rpartition(".")[2]
    back = [each for each in pointers.back.get(model.key, []) if not only_who or not each.startswith(f"{own}.")]
    if only_who:
        return (
            [(f"{name}, level {model.level}, pointed at by", ""), *((f"    {each}", "") for each in back)]
            if back
            else []
        )
    cycle = f"  cycle {model.cycle}" if model.cycle else ""
    targets = list(dict.fromkeys(_target("", target, kind) for _, target, kind in model.points_at))
    lines: list[Line] = [
        (
            f"{name:<16} level {model.level}{cycle}  points at {_listed(targets) or 'nothing'}",
            "text-warning" if cycle else "",
        )
    ]
    if back:
        lines.append((f"{'':<16} pointed at by {_listed(back)}", "text-muted"))
    return lines


def _target(name: str, target: str, kind: str) -> str:
    words = KINDS.get(kind, kind)
    return f"{target}{f' by {name}' if name else ''}{f' ({words})' if words else ''}"


def _listed(names: Sequence[str], most: int = _FEW) -> str:
    more = f", +{len(names) - most}" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def app_picture(label: str, pointers: Pointers) -> list[str]:
    """The models of one app by level, for a project whose whole picture is too large."""
    lines: list[str] = []
    level = -1
    for model in pointers.models_of(label):
        if model.level != level:
            level = model.level
            lines.append(f"Level {level}")
        mark = f" [cycle {model.cycle}]" if model.cycle else ""
        targets = list(dict.fromkeys(target for _, target, _ in model.points_at))
        lines.append(f"  {model.key.rpartition('.')[2]}{mark}" + (f" -> {_listed(targets)}" if targets else ""))
    return lines

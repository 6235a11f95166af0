"""Which apps take part, and the models that they have."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AppLine:
    """An app of the graph: `takes_part` where its migrations are reset, `ours` where it is the project's own."""

    label: str
    ours: bool
    takes_part: bool
    models: int
    files: int
    points_at: tuple[str, ...]
    """Labels of other apps."""
    cycle: int | None
    """Number of the cycle between apps that it belongs to, from 1."""
    can_change: bool = False
    """Whether it can be left out, or taken in again."""


@dataclass(frozen=True, slots=True)
class ModelLine:
    """A model, its level and its relations."""

    key: str
    """app.Model"""
    level: int
    cycle: int | None
    """Number of the cycle between models, from 1."""
    points_at: tuple[tuple[str, str, str], ...]
    """(field, target key, kind of relation)."""


@dataclass(frozen=True, slots=True)
class GraphPreview:
    """Apps and models of the project."""

    apps: tuple[AppLine, ...]
    models: tuple[ModelLine, ...]
    relations: int
    source: str
    """ "registry", or the name of a dot file."""
    problems: tuple[str, ...] = ()
    picture: tuple[str, ...] = ()
    """The models of the apps that take part, by level, as lines of text."""
    model_cycles: int = 0
    model_levels: int = 0

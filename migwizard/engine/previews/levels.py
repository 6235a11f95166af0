"""The plan: its files, what waits in them, and the orders inside the cycles."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that a level's literal makemigrations would write, and where it comes back."""

    what: str
    """app.model.field"""
    parts: tuple[str, ...]
    waits_for: tuple[str, ...]
    returns_in: str
    """app/name"""
    returns_at: int
    """Batch level."""
    settings: tuple[str, ...] = ()
    """Settings whose swappable models are among what it waits for."""


@dataclass(frozen=True, slots=True)
class PlanFile:
    """One migration to come."""

    level: int
    app: str
    name: str
    models: int
    waiting: tuple[Waiting, ...]
    returning: tuple[str, ...]
    """What waited before and is in this file."""
    cycle: int | None
    creates: tuple[str, ...] = ()
    """The names of its models."""
    planned: str = ""
    """What it would be called, had nobody named it."""


@dataclass(frozen=True, slots=True)
class Order:
    """One way through a cycle of apps."""

    cycle: int
    apps: tuple[str, ...]
    """The order of first files."""
    files: int
    waiting: tuple[Waiting, ...]
    recommended: bool
    chosen: bool
    key: str
    """The answer that takes it."""
    best: bool = False
    """Whether no order of its cycle at all needs fewer files than the recommended one."""


@dataclass(frozen=True, slots=True)
class LevelsPreview:
    """The plan."""

    files: tuple[PlanFile, ...]
    waiting: int
    orders: tuple[Order, ...]
    levels: tuple[tuple[str, ...], ...]
    """Model keys by model level."""
    model_cycles: tuple[tuple[str, ...], ...]
    changed: str = ""
    """What the person's orders cost, compared with the recommended ones: "8 schema files (+1), 2 parts wait (+1)"."""
    tag: str = "reset"
    """Part of the names of new files."""
    others: tuple[str, ...] = ()
    """Apps whose models are no part of the plan, though they are in `levels`."""
    kept: tuple[str, ...] = ()
    """What stays on top of these files, line by line; empty for nothing."""
    on_top: int = 0
    """How many migrations that are."""
    by_name: bool = False
    """Whether each file replaces old ones by name; what that means is in `kept`, too."""
    rendered_before: int = 0
    """Model classes that a migrate from zero renders today, which is most of its time; 0: not known."""
    rendered_after: int = 0
    """The same with these files, before seeds, by prediction."""

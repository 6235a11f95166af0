"""Operations as the planner sees them: what they bring and what they need, without any Django object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the autodetector's pass over the whole project."""

    id: str
    app: str
    kind: str
    """Class name: CreateModel, AddField, AddIndex, ..."""
    model: str
    name: str
    """Field, index or constraint; empty for a model."""
    describe: str
    needs: frozenset[str]
    """Ids of the operations that must come before it, of its own and of other apps."""
    external: frozenset[str]
    """Labels of third-party apps whose tables it points to."""
    swappable: frozenset[tuple[str, str]]
    """(setting, app label) of the swappable models it points to."""
    weight: int
    """What deferring it costs a reader: 4 for a model, 2 for a field, 1 for the rest."""
    parts: tuple[str, ...]

    @property
    def label(self) -> str:
        """Short name for people: shop.Order.state."""
        return f"{self.app}.{self.model}" + (f".{self.name}" if self.name else "")

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Operation:
        return cls(
            id=facts["id"],
            app=facts["app"],
            kind=facts["kind"],
            model=facts["model"],
            name=facts["name"],
            describe=facts["describe"],
            needs=frozenset(facts["needs"]),
            external=frozenset(facts["external"]),
            swappable=frozenset((setting, label) for setting, label in facts["swappable"]),
            weight=facts["weight"],
            parts=tuple(facts["parts"]),
        )


@dataclass(frozen=True, slots=True)
class External:
    """A third-party app with migrations: what it offers and what it waits for."""

    label: str
    leaf: str | None
    """Name of its newest migration."""
    waits_first: frozenset[str] = frozenset()
    """Project apps whose first migration some migration of it needs, directly or through other third parties."""
    waits_named: tuple[tuple[str, str, str], ...] = ()
    """(project app, migration, the third-party migration that names it)."""

    @classmethod
    def from_facts(cls, label: str, facts: Mapping[str, Any]) -> External:
        named = tuple((app, name, by) for app, name, by in facts["waits_named"])
        return cls(label, facts["leaf"], frozenset(facts["waits_first"]), named)

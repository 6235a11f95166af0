"""Operations as the planner sees them: what they bring and what they need, without any Django object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

Node = tuple[str, str]
"""A migration: app label and name."""


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
    external: frozenset[tuple[str, str]]
    """Models (app label, name in lower case) of third-party apps that it points to."""
    swappable: frozenset[tuple[str, str]]
    """(setting, app label) of the swappable models it points to."""
    weight: int
    """What it costs to part it from its model: more for a reader or for the database."""
    parts: tuple[str, ...]
    apart: bool = False
    """Whether it must stay an operation of its own, although a CreateModel could hold it."""

    @property
    def label(self) -> str:
        """Short name for people: shop.Order.state."""
        return f"{self.app}.{self.model}" + (f".{self.name}" if self.name else "")

    @property
    def of_model(self) -> tuple[str, str]:
        """App label and model in lower case: Django spells a model's name differently from one operation to the next."""
        return self.app, self.model.lower()

    @property
    def makes_model(self) -> bool:
        return self.kind == "CreateModel"

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
            external=frozenset((label, model) for label, model in facts["external"]),
            swappable=frozenset((setting, label) for setting, label in facts["swappable"]),
            weight=facts["weight"],
            parts=tuple(facts["parts"]),
            apart=bool(facts.get("apart")),
        )


@dataclass(frozen=True, slots=True)
class ExternalMigration:
    """One migration of an app that is not reset, with what it and all that comes before it wants of the project."""

    name: str
    makes: frozenset[str] = frozenset()
    """Models, in lower case, that exist from it on."""
    first: frozenset[str] = frozenset()
    """Project apps that must have begun."""
    named: frozenset[Node] = frozenset()
    """Old migrations of the project that it depends on by name."""
    models: frozenset[str] = frozenset()
    """Models of the project, as "app.model" in lower case, that its fields and bases point at."""
    run_before: frozenset[Node] = frozenset()
    """Old migrations of the project that must come after it."""
    used: frozenset[Node] = frozenset()
    """Old migrations of the project whose models and relations its code may use."""

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> ExternalMigration:
        return cls(
            facts["name"],
            frozenset(facts["makes"]),
            frozenset(facts["first"]),
            frozenset((app, name) for app, name in facts["named"]),
            frozenset(facts["models"]),
            frozenset((app, name) for app, name in facts["run_before"]),
            frozenset((app, name) for app, name in facts["used"]),
        )


@dataclass(frozen=True, slots=True)
class External:
    """A third-party app with migrations, or one of the project that is left out: what it offers and what it waits for."""

    label: str
    migrations: tuple[ExternalMigration, ...] = ()
    """In the order in which they run."""
    waits_named: tuple[tuple[str, str, str], ...] = ()
    """(project app, old migration, the migration that names it), replaced ones on disk included."""
    held: Mapping[Node, frozenset[str]] = field(default_factory=dict)
    """What the app of a named or used migration had then and has today: "app.model" and "app.model.relation"."""

    @property
    def leaf(self) -> str | None:
        """Name of its newest migration."""
        return self.migrations[-1].name if self.migrations else None

    @property
    def named_apps(self) -> frozenset[str]:
        """Apps of the project that its migrations depend on, or run before."""
        wanted = {app for each in self.migrations for app in (*each.first, *(node[0] for node in each.named))}
        return frozenset(wanted | {app for app, _, _ in self.waits_named})

    @property
    def first_user(self) -> ExternalMigration | None:
        """The first migration whose code may use models of the project."""
        return next((each for each in self.migrations if each.used), None)

    def without_code(self) -> External:
        """The same as if no code used models of the project."""
        return replace(self, migrations=tuple(replace(each, used=frozenset()) for each in self.migrations))

    def making(self, model: str) -> int:
        """The place of the migration from which on a model exists; 0 where none says so."""
        places = [place for place, each in enumerate(self.migrations) if model in each.makes]
        return places[-1] if places else 0

    @classmethod
    def from_facts(cls, label: str, facts: Mapping[str, Any]) -> External:
        named = tuple((app, name, by) for app, name, by in facts["waits_named"])
        held = {(app, name): frozenset(keys) for app, name, keys in facts["held"]}
        return cls(label, tuple(ExternalMigration.from_facts(item) for item in facts["migrations"]), named, held)

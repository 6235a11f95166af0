"""The model graph: apps, their models, and the relations by which one table needs another."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

RelationKind = Literal["foreign_key", "one_to_one", "many_to_many", "parent", "proxy"]
Source = Literal["registry", "dot"]

_KINDS: frozenset[str] = frozenset(get_args(RelationKind))


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation of a model; `parent` is a multi-table parent link, `proxy` the base of a proxy model.

    `to` is the key of the target. `swappable` names the setting that chooses the target (`AUTH_USER_MODEL`), if any;
    `through` is the key of an explicit through model, None when Django makes the join table itself.
    """

    kind: RelationKind
    field: str
    to: str
    null: bool = False
    primary_key: bool = False
    swappable: str | None = None
    through: str | None = None

    @property
    def makes_edge(self) -> bool:
        """Whether the model itself needs the target: behind an explicit through, it is the through model that does."""
        return self.through is None


@dataclass(frozen=True, slots=True)
class Model:
    """A concrete model and its relations; `swapped` is the key of the model that stands in for it.

    `app` is empty for a model known only by its node name in a dot file: that name cannot be split with certainty.
    """

    app: str
    name: str
    table: str = ""
    managed: bool = True
    proxy: bool = False
    swapped: str | None = None
    relations: tuple[Relation, ...] = ()

    @property
    def key(self) -> str:
        """`app.Name`, or the raw node name where the app is unknown."""
        return f"{self.app}.{self.name}" if self.app else self.name


@dataclass(frozen=True, slots=True)
class App:
    """An installed app; `migrations` counts its migration files, `project` tells whether it is the project's own.

    `migrations_module` is None where the settings switch migrations off for the app.
    """

    label: str
    name: str
    path: str
    migrations_module: str | None
    migrations: int
    project: bool


@dataclass(frozen=True, slots=True)
class ModelGraph:
    """Apps and models in a fixed order, where they were read from, and in plain words what did not fit."""

    apps: tuple[App, ...]
    models: tuple[Model, ...]
    source: Source
    problems: tuple[str, ...] = ()

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any], project_labels: Collection[str]) -> ModelGraph:
        """The graph of the app registry, from what the guest hands over; apps in `project_labels` are the project's.

        Raises KeyError when a fact is missing and ValueError for a relation of an unknown kind.
        """
        apps = sorted((_app(fact, project_labels) for fact in facts["apps"]), key=lambda app: app.label)
        models = sorted((_model(fact) for fact in facts["models"]), key=lambda model: model.key)
        return cls(tuple(apps), tuple(models), "registry", tuple(_missing_targets(models)))

    def edges(self) -> Iterator[tuple[str, str, Relation]]:
        """(model, target, relation) for every relation that decides about levels, self-relations included.

        Many-to-many relations with an explicit through make none, nor do relations to models outside the graph.
        """
        keys = {model.key for model in self.models}
        for model in self.models:
            for relation in model.relations:
                if relation.makes_edge and relation.to in keys:
                    yield model.key, relation.to, relation


def _app(fact: Mapping[str, Any], project_labels: Collection[str]) -> App:
    return App(
        label=fact["label"],
        name=fact["name"],
        path=fact["path"],
        migrations_module=fact["migrations_module"],
        migrations=fact["migrations"],
        project=fact["label"] in project_labels,
    )


def _model(fact: Mapping[str, Any]) -> Model:
    return Model(
        app=fact["app"],
        name=fact["model"],
        table=fact["table"],
        managed=fact["managed"],
        proxy=fact["proxy"],
        swapped=fact["swapped"] or None,
        relations=tuple(_relation(relation) for relation in fact["relations"]),
    )


def _relation(fact: Mapping[str, Any]) -> Relation:
    kind = fact["kind"]
    if kind not in _KINDS:
        raise ValueError(f"Unknown kind of relation: {kind!r}")
    return Relation(
        kind=kind,
        field=fact["field"] or "",
        to=fact["to"],
        null=fact["null"],
        primary_key=fact["primary_key"],
        swappable=fact["swappable"] or None,
        through=fact["through"] or None,
    )


def _missing_targets(models: Iterable[Model]) -> Iterator[str]:
    """One sentence for every level edge whose target is not in the graph."""
    models = tuple(models)
    keys = {model.key for model in models}
    for model in models:
        for relation in model.relations:
            if relation.makes_edge and relation.to not in keys:
                name = f"{model.key}.{relation.field}" if relation.field else model.key
                yield f"{name} points at {relation.to}, which is not among the models."

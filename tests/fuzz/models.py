"""What a random project is made of, as values: apps, models, fields, relations and their options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

SCALARS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "char": ("models.CharField", {"max_length": "80"}),
    "text": ("models.TextField", {"blank": "True"}),
    "integer": ("models.IntegerField", {"default": "0"}),
    "positive": ("models.PositiveIntegerField", {"default": "1"}),
    "boolean": ("models.BooleanField", {"default": "False"}),
    "date": ("models.DateField", {"null": "True", "blank": "True"}),
    "stamp": ("models.DateTimeField", {"auto_now_add": "True"}),
    "decimal": ("models.DecimalField", {"max_digits": "8", "decimal_places": "2", "default": "0"}),
    "slug": ("models.SlugField", {"max_length": "60", "blank": "True"}),
    "uuid": ("models.UUIDField", {"default": "uuid.uuid4", "editable": "False"}),
    "json": ("models.JSONField", {"default": "dict", "blank": "True"}),
    "email": ("models.EmailField", {"blank": "True"}),
    "float": ("models.FloatField", {"null": "True"}),
    "choice": (
        "models.CharField",
        {"max_length": "10", "choices": '[("new", "New"), ("old", "Old")]', "default": '"new"'},
    ),
}
"""Kinds of fields that are no relation: their class, and the options that each has."""

_EMPTY = {"null": "True", "blank": "True"}
SERVER_SCALARS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "big": ("models.BigIntegerField", {"default": "0"}),
    "small": ("models.SmallIntegerField", {"default": "0"}),
    "duration": ("models.DurationField", _EMPTY),
    "time": ("models.TimeField", _EMPTY),
    "ip": ("models.GenericIPAddressField", _EMPTY),
    "binary": ("models.BinaryField", {"null": "True"}),
    "stored": ("models.IntegerField", {"db_default": "7"}),
    "commented": ("models.CharField", {"max_length": "30", "blank": "True", "db_comment": '"What people say"'}),
}
"""Kinds for projects on a server."""

POSTGRESQL_SCALARS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "array": ("ArrayField", {"base_field": "models.CharField(max_length=20)", "default": "list", "blank": "True"}),
    "numbers": ("ArrayField", {"base_field": "models.IntegerField()", "null": "True"}),
    "range": ("IntegerRangeField", _EMPTY),
    "days": ("DateRangeField", _EMPTY),
    "search": ("SearchVectorField", {"null": "True"}),
    "collated": ("models.CharField", {"max_length": "40", "blank": "True", "db_collation": '"C"'}),
    "hstore": ("HStoreField", _EMPTY),
}
"""Kinds that only PostgreSQL has."""

ALL_SCALARS = {**SCALARS, **SERVER_SCALARS, **POSTGRESQL_SCALARS}
WITHOUT_KEY = {"m2m", "generated", "json", "binary", *POSTGRESQL_SCALARS}
"""Kinds that nobody makes part of a key."""

RELATIONS = {"fk": "models.ForeignKey", "o2o": "models.OneToOneField", "m2m": "models.ManyToManyField"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `options` are keyword and Python expression, laid over those of its kind."""

    name: str
    kind: str
    options: tuple[tuple[str, str], ...] = ()
    to: str = ""
    """The label of a relation's target."""
    through: str = ""
    """The label of the model between, where a many-to-many names one."""
    of: str = ""
    """The field that a generated field doubles."""

    @property
    def relation(self) -> bool:
        return self.kind in RELATIONS

    @property
    def all_options(self) -> dict[str, str]:
        base = dict(ALL_SCALARS[self.kind][1]) if self.kind in ALL_SCALARS else {}
        return {key: value for key, value in {**base, **dict(self.options)}.items() if value}

    def has(self, option: str) -> bool:
        return self.all_options.get(option) == "True"

    @property
    def column(self) -> str:
        """The column; what a many-to-many has is a table."""
        return f"{self.name}_id" if self.kind in ("fk", "o2o") else self.name

    @property
    def filled(self) -> bool:
        """Whether a row can be made without a value for it."""
        options = self.all_options
        free = ("null", "auto_now_add", "auto_now", "blank")
        return (
            self.kind in ("m2m", "generated")
            or "default" in options
            or "db_default" in options
            or any(options.get(name) == "True" for name in free if name != "blank" or not self.relation)
        )

    def with_options(self, **changes: str) -> Field:
        """The same with other options; an empty text takes one away."""
        return replace(self, options=tuple({**dict(self.options), **changes}.items()))


@dataclass(frozen=True, slots=True)
class Index:
    """An index of Meta.indexes; with `where`, a partial one; with `upper`, one over an expression."""

    name: str
    fields: tuple[str, ...]
    where: str = ""
    upper: bool = False
    using: str = ""
    """The class of an index that only PostgreSQL has."""
    include: tuple[str, ...] = ()
    """Fields that are stored with it."""
    more: str = ""
    """Further arguments."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint of Meta.constraints.

    "unique" over fields, "check" that the first of them is not negative, or "exclude" ranges in it that overlap.
    """

    kind: str
    name: str
    fields: tuple[str, ...]
    where: str = ""
    include: tuple[str, ...] = ()
    """Fields that are stored with its index."""
    more: str = ""
    """Further arguments."""


@dataclass(frozen=True, slots=True)
class Model:
    """One model; `key` is the text field that tells its rows apart, and `bases` are labels."""

    app: str
    name: str
    fields: tuple[Field, ...] = ()
    key: str = ""
    bases: tuple[str, ...] = ()
    kind: str = "concrete"
    """concrete, abstract, proxy, view (not managed, over a view) or user."""
    unique_together: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[Index, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    order_with: str = ""
    meta: tuple[tuple[str, str], ...] = ()
    """Other options of Meta, as Python expressions."""
    manager: bool = False
    """Whether a manager is used in migrations."""
    composite: tuple[str, ...] = ()
    """The fields of a composite primary key."""

    @property
    def label(self) -> str:
        return f"{self.app}.{self.name}"

    @property
    def table(self) -> str:
        named = dict(self.meta).get("db_table", "")
        return named.strip('"') if named else f"{self.app}_{self.name.lower()}"

    @property
    def constraint_names(self) -> list[str]:
        """The names of its indexes and constraints."""
        return [*(index.name for index in self.indexes), *(constraint.name for constraint in self.constraints)]

    def field(self, name: str) -> Field | None:
        return next((one for one in self.fields if one.name == name), None)

    def option(self, key: str, value: str) -> Model:
        """The same with one more option of Meta, or without it where `value` is empty."""
        kept = {**dict(self.meta), key: value}
        return replace(self, meta=tuple((name, text) for name, text in kept.items() if text))

    def mentioned(self) -> set[str]:
        """Names of fields that options of the model name."""
        names = {name for group in self.unique_together for name in group} | set(self.composite)
        for index in self.indexes:
            names |= {*index.fields, index.where, *index.include}
        for constraint in self.constraints:
            names |= {*constraint.fields, constraint.where, *constraint.include}
        return (names | {self.order_with, self.key} | {one.of for one in self.fields}) - {""}


@dataclass(frozen=True, slots=True)
class App:
    """One app: its label, its package, and the package of its migrations where settings name another."""

    label: str
    package: str
    migrations: str = ""

    @property
    def migrations_package(self) -> str:
        return self.migrations or f"{self.package}.migrations"


@dataclass(frozen=True, slots=True)
class World:
    """The whole project at one moment: apps in the order in which they may import each other, and models by label."""

    apps: tuple[App, ...]
    models: dict[str, Model] = field(default_factory=dict)
    contrib: tuple[str, ...] = ("contenttypes", "auth")
    user: str = ""
    """The label of the custom user model."""
    engine: str = "sqlite"
    """What its database is on, one of ENGINES."""

    def app(self, label: str) -> App:
        return next(app for app in self.apps if app.label == label)

    def with_models(self, *models: Model, without: tuple[str, ...] = ()) -> World:
        """The same with models added or exchanged in place, and without some."""
        merged = {**self.models, **{model.label: model for model in models}}
        return replace(self, models={label: model for label, model in merged.items() if label not in without})

    def of_app(self, app: str) -> list[Model]:
        return [model for model in self.models.values() if model.app == app]

    def ancestors(self, label: str) -> Iterator[Model]:
        """The bases of a model and theirs, nearest first."""
        for base in self.models[label].bases:
            if base in self.models:
                yield self.models[base]
                yield from self.ancestors(base)

    def fields_of(self, label: str) -> list[Field]:
        """Own fields and inherited ones."""
        found = {one.name: one for one in self.models[label].fields}
        for base in self.ancestors(label):
            found = {**{one.name: one for one in base.fields}, **found}
        return list(found.values())

    def key_of(self, label: str) -> str:
        """The text field that tells the rows of a model apart, its own or an inherited one; empty where there is none."""
        return next((model.key for model in (self.models[label], *self.ancestors(label)) if model.key), "")

    def children(self, label: str) -> list[Model]:
        """The models that have this one for a base, directly or not."""
        return [
            model for model in self.models.values() if label in {base.label for base in self.ancestors(model.label)}
        ]

    def referrers(self, label: str) -> list[tuple[Model, Field]]:
        """Relations of other models to this one, and those that go through it."""
        return [
            (model, one)
            for model in self.models.values()
            for one in model.fields
            if label in (one.to, one.through) and (model.label != label or one.through == label)
        ]

    def referrers_through(self, label: str) -> list[Model]:
        """The models with a many-to-many that goes through this one."""
        return [model for model in self.models.values() for one in model.fields if one.through == label]

    def edges(self) -> set[tuple[str, str]]:
        """Which model points at which other one of the project: relations and bases, abstract models taken apart."""
        found = set()
        for label, model in self.models.items():
            if model.kind == "abstract":
                continue
            for one in self.fields_of(label):
                if one.to in self.models:
                    found.add((label, one.to))
            found |= {(label, base) for base in model.bases if self.models[base].kind != "abstract"}
        return {(source, target) for source, target in found if source != target}

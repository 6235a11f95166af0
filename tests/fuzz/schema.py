"""Changes of models, as values: each makes the next world out of one, or says that it does not fit there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from tests.fuzz.models import Constraint, Field, Index, Model, World

Found = TypeVar("Found", Index, Constraint)

Rows = Mapping[str, tuple[str, ...]]
"""The keys of the rows that data migrations made, by label of their model."""


class DoesNotFitError(Exception):
    """A step cannot be taken in the world as it is; with what it was made for gone, it is left out."""


def require(condition: object, why: str) -> None:
    """Raise DoesNotFitError unless the condition holds."""
    if not condition:
        raise DoesNotFitError(why)


class Change(ABC):
    """One change that makemigrations finds by itself, once it knows what was renamed."""

    alone = False
    """Whether no other change may share its run of makemigrations."""

    @abstractmethod
    def apply(self, world: World, rows: Rows) -> World:
        """The world after it. Raises DoesNotFitError."""


@dataclass(frozen=True, slots=True)
class AddModel(Change):
    """A new model; its relations to models that are not there are dropped."""

    model: Model

    def apply(self, world: World, rows: Rows) -> World:
        model = self.model
        require(model.label not in world.models, "the name is taken")
        require(model.table not in _tables(world, ""), "the table is taken")
        require(all(base in world.models for base in model.bases), "a base is missing")
        hard = [one for one in model.fields if one.relation and one.to not in ("auth.User", world.user)]
        require(all(one.to in world.models or ("." in one.to and _contrib(one.to, world)) for one in hard), "a target")
        return world.with_models(model)


@dataclass(frozen=True, slots=True)
class AddField(Change):
    """A new field; it has a default or may be null where the table has rows."""

    label: str
    field: Field

    def apply(self, world: World, rows: Rows) -> World:
        model, one = _model(world, self.label), self.field
        family = [model, *world.ancestors(self.label), *world.children(self.label)]
        require(model.kind in ("concrete", "abstract", "user"), "it has no fields of its own")
        require(all(member.field(one.name) is None for member in family), "the field exists")
        require(not one.relation or one.to in world.models or _contrib(one.to, world), "a target is missing")
        require(not one.through or one.through in world.models, "the model between is missing")
        require(one.to not in world.models or not world.models[one.to].composite, "its key has several columns")
        require(one.to in ("", world.user) or not _ambiguous(world, self.label, one.to), "it is a model between")
        if one.relation and one.kind != "m2m" and not one.has("null"):
            require(not any(rows.get(member.label) for member in family), "rows would lack a target")
            require(not _needs(world, one.to, self.label), "rows could never be made")
        if one.of:
            source = model.field(one.of)
            require(source is not None and source.kind in ("integer", "positive", "fk"), "nothing to double")
        return world.with_models(replace(model, fields=(*model.fields, one)))


@dataclass(frozen=True, slots=True)
class RemoveField(Change):
    """A field goes, unless something mentions it."""

    label: str
    name: str

    def apply(self, world: World, rows: Rows) -> World:
        model = _model(world, self.label)
        one = _field(model, self.name)
        family = [model, *world.children(self.label)]
        require(not any(self.name in member.mentioned() for member in family), "it is mentioned")
        require(not _pointed_at(world, self.label, self.name), "a relation points to it")
        require(not one.has("primary_key"), "it is the key")
        require(
            not any(f'"{self.name}"' in dict(member.meta).get("ordering", "") for member in family), "rows go by it"
        )
        require(not (one.relation and world.referrers_through(self.label)), "a many-to-many goes through here")
        return world.with_models(replace(model, fields=tuple(field for field in model.fields if field is not one)))


@dataclass(frozen=True, slots=True)
class RenameField(Change):
    """A field gets another name, and whatever mentions it follows."""

    label: str
    old: str
    new: str

    def apply(self, world: World, rows: Rows) -> World:
        model = _model(world, self.label)
        one = _field(model, self.old)
        family = [model, *world.ancestors(self.label), *world.children(self.label)]
        require(all(member.field(self.new) is None for member in family), "the name is taken")
        require(not one.has("primary_key") and not world.referrers_through(self.label), "too much hangs on it")
        require(not _pointed_at(world, self.label, self.old), "a relation points to it")
        require(self.old not in model.composite, "the key would need to follow")
        # Django's autodetector loses a generated field's expression on the way.
        require(not any(field.of == self.old for field in model.fields), "a generated field needs it")
        changed = [_renamed(model, self.old, self.new)]
        if model.kind == "abstract":
            changed += [_renamed(child, self.old, self.new) for child in world.children(self.label)]
        return world.with_models(*changed)


@dataclass(frozen=True, slots=True)
class AlterField(Change):
    """A field gets other options, or another kind."""

    label: str
    name: str
    options: tuple[tuple[str, str], ...] = ()
    kind: str = ""

    def apply(self, world: World, rows: Rows) -> World:
        model = _model(world, self.label)
        one = _field(model, self.name)
        changed = one.with_options(**dict(self.options))
        if self.kind:
            require(not one.relation and self.name not in model.mentioned(), "it has to stay what it is")
            changed = Field(one.name, self.kind, self.options)
        require(changed != one, "nothing changes")
        require(not one.of and self.name not in model.composite, "it is generated, or the key")
        require(not any(field.of == self.name for field in model.fields), "a generated field needs it")
        if one.relation and one.has("null") and not changed.has("null"):
            require(not any(rows.get(member.label) for member in (model, *world.children(self.label))), "it has rows")
            require(not _needs(world, one.to, self.label), "rows could never be made")
        return world.with_models(
            replace(model, fields=tuple(changed if field is one else field for field in model.fields))
        )


@dataclass(frozen=True, slots=True)
class RenameModel(Change):
    """A model gets another name."""

    label: str
    name: str

    alone = True

    @property
    def new_label(self) -> str:
        return f"{self.label.partition('.')[0]}.{self.name}"

    def apply(self, world: World, rows: Rows) -> World:
        model = _model(world, self.label)
        require(self.new_label not in world.models and model.kind == "concrete", "the name cannot be given")
        # Django renames the model and forgets the parent links of its children.
        require(not world.children(self.label), "it has children")
        return _repointed(world, self.label, replace(model, name=self.name))


@dataclass(frozen=True, slots=True)
class MoveModel(Change):
    """A model moves to another app and keeps its table: only the state changes."""

    label: str
    app: str

    alone = True

    @property
    def new_label(self) -> str:
        return f"{self.app}.{self.label.partition('.')[2]}"

    def apply(self, world: World, rows: Rows) -> World:
        model = _model(world, self.label)
        require(model.app != self.app and self.app in {app.label for app in world.apps}, "there is nowhere to go")
        require(self.new_label not in world.models and model.kind == "concrete", "the name cannot be given")
        require(not model.bases and not world.children(self.label), "it has relatives")
        require(not any(one.kind == "m2m" for one in model.fields), "tables between would have to move")
        require(not any(one.kind == "m2m" for _, one in world.referrers(self.label)), "tables between point to it")
        require(not world.referrers_through(self.label), "a many-to-many goes through here")
        moved = replace(model, app=self.app).option("db_table", f'"{model.table}"')
        return _repointed(world, self.label, moved)


@dataclass(frozen=True, slots=True)
class DeleteModel(Change):
    """A model goes, with the relations that point to it."""

    label: str

    alone = True

    def apply(self, world: World, rows: Rows) -> World:
        model = _model(world, self.label)
        require(not world.children(self.label) and model.kind in ("concrete", "proxy", "view"), "it is needed")
        changed = dict[str, Model]()
        for other, one in world.referrers(self.label):
            now = changed.get(other.label, other)
            require(one.name not in now.mentioned() and not one.has("primary_key"), "a relation is mentioned")
            changed[other.label] = replace(now, fields=tuple(field for field in now.fields if field.name != one.name))
        changed.pop(self.label, None)
        return world.with_models(*changed.values(), without=(self.label,))


@dataclass(frozen=True, slots=True)
class AddIndex(Change):
    """One more of Meta.indexes."""

    label: str
    index: Index

    def apply(self, world: World, rows: Rows) -> World:
        model = _model(world, self.label)
        _require_fields(model, *self.index.fields, self.index.where, *self.index.include)
        return world.with_models(replace(model, indexes=(*model.indexes, self.index)))


@dataclass(frozen=True, slots=True)
class AddConstraint(Change):
    """One more of Meta.constraints, which rows that are there satisfy."""

    label: str
    constraint: Constraint

    def apply(self, world: World, rows: Rows) -> World:
        model, constraint = _model(world, self.label), self.constraint
        _require_fields(model, *constraint.fields, constraint.where, *constraint.include)
        if constraint.kind == "unique" and rows.get(self.label):
            require(model.key in constraint.fields, "rows may be equal")
        return world.with_models(replace(model, constraints=(*model.constraints, constraint)))


@dataclass(frozen=True, slots=True)
class DropConstraint(Change):
    """An index or a constraint goes."""

    label: str
    name: str

    def apply(self, world: World, rows: Rows) -> World:
        model = _model(world, self.label)
        require(self.name in model.constraint_names, "it is not there")
        return world.with_models(
            replace(
                model,
                indexes=tuple(one for one in model.indexes if one.name != self.name),
                constraints=tuple(one for one in model.constraints if one.name != self.name),
            )
        )


@dataclass(frozen=True, slots=True)
class SetUnique(Change):
    """unique_together is set to one group, or emptied."""

    label: str
    group: tuple[str, ...]

    def apply(self, world: World, rows: Rows) -> World:
        model = _model(world, self.label)
        _require_fields(model, *self.group)
        if rows.get(self.label) and self.group:
            require(model.key in self.group, "rows may be equal")
        groups = (self.group,) if self.group else ()
        require(groups != model.unique_together, "nothing changes")
        return world.with_models(replace(model, unique_together=groups))


@dataclass(frozen=True, slots=True)
class SetOrder(Change):
    """order_with_respect_to is set or taken away; rows would have no place in the order."""

    label: str
    name: str

    def apply(self, world: World, rows: Rows) -> World:
        model = _model(world, self.label)
        require(self.name != model.order_with and not rows.get(self.label), "it has rows")
        require("ordering" not in dict(model.meta) or not self.name, "it has an ordering")
        require(not self.name or any(one.name == self.name and one.kind == "fk" for one in model.fields), "no relation")
        return world.with_models(replace(model, order_with=self.name))


@dataclass(frozen=True, slots=True)
class SetOption(Change):
    """An option of Meta is set, or taken away with an empty text."""

    label: str
    key: str
    value: str

    def apply(self, world: World, rows: Rows) -> World:
        model = _model(world, self.label)
        require(self.key != "ordering" or not model.order_with, "order_with_respect_to is set")
        require(self.key != "db_table" or model.kind == "concrete", "it has no table of its own")
        changed = model.option(self.key, self.value)
        require(model.kind == "proxy" or changed.table not in _tables(world, self.label), "the table is taken")
        require(changed != model, "nothing changes")
        return world.with_models(changed)


def _contrib(label: str, world: World) -> bool:
    if label == "auth.User":
        return not world.user
    return label.partition(".")[0] in world.contrib


def _model(world: World, label: str) -> Model:
    require(label in world.models, f"there is no {label}")
    return world.models[label]


def _field(model: Model, name: str) -> Field:
    found = model.field(name)
    if found is None:
        raise DoesNotFitError(f"{model.label} has no {name}")
    return found


def _require_fields(model: Model, *names: str) -> None:
    for name in names:
        require(not name or _field(model, name).kind != "m2m", "it has no column")


def _ambiguous(world: World, label: str, target: str) -> bool:
    """Whether a many-to-many goes through `label` to or from `target`, so that one more relation would be too many."""
    return any(
        target in (model.label, one.to)
        for model in world.models.values()
        for one in model.fields
        if one.through == label
    )


def _tables(world: World, but: str) -> set[str]:
    return {model.table for label, model in world.models.items() if label != but}


def _pointed_at(world: World, label: str, name: str) -> bool:
    return any(one.all_options.get("to_field") == f'"{name}"' for _, one in world.referrers(label))


def _needs(world: World, label: str, target: str) -> bool:
    """Whether a row of `label` cannot be made without one of `target`."""
    seen, left = set[str](), [label]
    while left:
        now = left.pop()
        if now == target:
            return True
        if now in seen or now not in world.models:
            continue
        seen.add(now)
        left += [one.to for one in world.fields_of(now) if one.relation and not one.filled]
        left += world.models[now].bases
    return False


def _renamed(model: Model, old: str, new: str) -> Model:
    def name(found: str) -> str:
        return new if found == old else found

    def all_of(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(name, names))

    def indexed(found: Found) -> Found:
        return replace(found, fields=all_of(found.fields), where=name(found.where), include=all_of(found.include))

    return replace(
        model,
        fields=tuple(replace(one, name=name(one.name), of=name(one.of)) for one in model.fields),
        key=name(model.key),
        unique_together=tuple(map(all_of, model.unique_together)),
        indexes=tuple(map(indexed, model.indexes)),
        constraints=tuple(map(indexed, model.constraints)),
        order_with=name(model.order_with),
        meta=tuple((key, text.replace(f'["{old}"]', f'["{new}"]')) for key, text in model.meta),
        composite=all_of(model.composite),
    )


def _repointed(world: World, old: str, model: Model) -> World:
    """The model under its new label, in its old place, and everything that points to it."""

    def label(found: str) -> str:
        return model.label if found == old else found

    models = {}
    for found in world.models.values():
        now = model if found.label == old else found
        fields = tuple(replace(one, to=label(one.to), through=label(one.through)) for one in now.fields)
        models[now.label] = replace(now, fields=fields, bases=tuple(map(label, now.bases)))
    return replace(world, models=models, user=label(world.user))

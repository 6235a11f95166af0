"""What the autodetector's dependencies leave out, added before anything is ordered.

Django's own packing gets by without them, since it keeps most of a model together; where operations are really parted,
a generated column may come before the column that it is computed from, an index may wait for relations that it does not
mention, and a foreign key may come before the column that it points at.
"""

from __future__ import annotations

import re
from typing import Any, Iterator

_WORD = re.compile(r"[A-Za-z_]\w*")


def complete(found: dict[str, list[Any]], state: Any) -> None:
    """Make every operation of `found` need just what it mentions; `state` is what they build.

    Afterwards `operation._needs_too` holds operations that it needs beyond `_auto_deps`. Generated fields that mention a
    relation become operations of their own, members of a composite primary key come with their model.
    """
    for app, operations in found.items():
        fields = _Fields(operations)
        for operation in list(operations):
            operation._needs_too = []
        for model in [operation for operation in operations if _is(operation, "CreateModel")]:
            _join_composite_key(app, model, operations, fields)
            _part_generated(app, model, operations, fields)
    for app, operations in found.items():
        fields = _Fields(operations)
        for operation in operations:
            if _is(operation, "AddField"):
                _need_target_column(app, operation, operation.field, found)
            elif _is(operation, "CreateModel"):
                for _, field in operation.fields:
                    _need_target_column(app, operation, field, found)
            elif _is(operation, "AddIndex", "AddConstraint", "AlterUniqueTogether", "AlterIndexTogether"):
                _need_mentioned(app, operation, operations, fields, state)


def _is(operation: Any, *kinds: str) -> bool:
    return type(operation).__name__ in kinds


def model_of(operation: Any) -> str:
    """The model that an operation is about, in lower case."""
    return str(getattr(operation, "model_name", None) or getattr(operation, "name", "")).lower()


class _Fields:
    """Which fields of a model have an operation of their own."""

    def __init__(self, operations: list[Any]) -> None:
        self._added = {(model_of(op), op.name): op for op in operations if _is(op, "AddField")}

    def of(self, model: str) -> dict[str, Any]:
        """The AddField of each such field of a model, by name, and under the names of its attribute and its column."""
        found = {}
        for (owner, name), operation in self._added.items():
            if owner == model:
                found.update(dict.fromkeys((name, name + "_id", operation.field.db_column or name), operation))
        return found


def created(app: str, model: str, field: str | None) -> Any:
    """The dependency of an autodetector on the creation of a model or field, as this Django spells it."""
    from django.db.migrations import autodetector

    kind: Any = getattr(autodetector, "OperationDependency", None)
    return (app, model, field, True) if kind is None else kind(app, model, field, kind.Type.CREATE)


def _join_composite_key(app: str, model: Any, operations: list[Any], fields: _Fields) -> None:
    """A composite primary key needs its members in the very statement that makes the table."""
    added = fields.of(model.name_lower)
    members = [name for _, field in model.fields for name in _members(field)]
    for name in members:
        operation = added.get(name)
        if operation is None or operation not in operations:
            continue
        model.fields.append((operation.name, operation.field))
        itself = created(app, model.name_lower, None)
        model._auto_deps = [*model._auto_deps, *(each for each in operation._auto_deps if not _same(each, itself))]
        operations.remove(operation)


def _same(one: Any, other: Any) -> bool:
    return (one[0], one[1].lower(), *one[2:]) == (other[0], other[1].lower(), *other[2:])


def _members(field: Any) -> tuple[str, ...]:
    """The names that a CompositePrimaryKey is made of; empty for any other field."""
    return tuple(field.field_names) if type(field).__name__ == "CompositePrimaryKey" else ()


def _part_generated(app: str, model: Any, operations: list[Any], fields: _Fields) -> None:
    """A generated field that mentions a relation gets an operation of its own, which needs that relation."""
    from django.db.migrations.operations import AddField

    added = {name: op for name, op in fields.of(model.name_lower).items() if op in operations}
    for name, field in list(model.fields):
        expression = getattr(field, "expression", None) if getattr(field, "generated", False) else None
        needed = {id(added[word]): added[word] for word in mentioned(expression) if word in added}
        if not needed:
            continue
        model.fields.remove((name, field))
        operation: Any = AddField(model_name=model.name, name=name, field=field)
        operation._auto_deps = [created(app, model.name_lower, None)]
        operation._needs_too = list(needed.values())
        operations.insert(1 + max(operations.index(each) for each in needed.values()), operation)


def _need_target_column(app: str, operation: Any, field: Any, found: dict[str, list[Any]]) -> None:
    """A foreign key with `to_field` needs that field, and whatever makes it unique."""
    remote = getattr(field, "remote_field", None)
    if remote is None or not remote.model or getattr(field, "many_to_many", False):
        return
    names = {getattr(remote, "field_name", None), *(getattr(field, "to_fields", None) or ())}
    wanted = {name for name in names if isinstance(name, str) and name != "self"}
    target_app, target = _resolve(remote.model, app, model_of(operation))
    for other in found.get(target_app, ()) if wanted else ():
        if other is operation or model_of(other) != target:
            continue
        if (
            (_is(other, "AddField") and other.name in wanted)
            or (_is(other, "AddConstraint") and set(getattr(other.constraint, "fields", ())) == wanted)
            or (_is(other, "AlterUniqueTogether") and any(set(each) == wanted for each in other.unique_together or ()))
        ):
            operation._needs_too.append(other)


def _resolve(model: Any, app: str, current: str) -> tuple[str, str]:
    """(app label, model in lower case) of what a field of `current` points at."""
    if not isinstance(model, str):
        return model._meta.app_label, model._meta.model_name
    if model == "self":
        return app, current.lower()
    label, _, name = model.rpartition(".")
    return label or app, name.lower()


def _need_mentioned(app: str, operation: Any, operations: list[Any], fields: _Fields, state: Any) -> None:
    """An index or constraint needs the fields that it mentions, and not every relation of its model."""
    model = model_of(operation)
    subject = getattr(operation, "index", None) or getattr(operation, "constraint", None)
    words = mentioned(operation.option_value if subject is None else subject)
    added = fields.of(model)
    if "pk" in words:
        words |= {name for name, field in state.models[app, model].fields.items() if field.primary_key}
    operation._auto_deps = [created(app, model, None)]
    operation._needs_too += {id(added[word]): added[word] for word in words if word in added}.values()
    if "_order" in words:
        operation._needs_too += [
            other for other in operations if _is(other, "AlterOrderWithRespectTo") and model_of(other) == model
        ]


def mentioned(subject: Any) -> set[str]:
    """The names of fields that an index, constraint, condition or expression may speak of; some too many, none too few."""
    return set(_mentioned(subject, set()))


def _mentioned(subject: Any, seen: set[int]) -> Iterator[str]:
    if isinstance(subject, str):
        # A path to a related field, a descending order, or raw SQL.
        for word in _WORD.findall(subject):
            yield word
            yield word.partition("__")[0]
        return
    if subject is None or isinstance(subject, (int, float, bytes, type)) or id(subject) in seen:
        return
    seen.add(id(subject))
    if isinstance(subject, dict):
        subject = [*subject.keys(), *subject.values()]
    if isinstance(subject, (list, tuple, set, frozenset)):
        for item in subject:
            yield from _mentioned(item, seen)
    elif hasattr(subject, "children"):
        yield from _mentioned(list(subject.children), seen)
    else:
        yield from _mentioned(list(vars(subject).values()) if hasattr(subject, "__dict__") else [], seen)

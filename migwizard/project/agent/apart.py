"""Constraints that must stay out of the CreateModel of their model, which could hold them."""

from __future__ import annotations

from typing import Any

from . import load
from .engines import vendor_of
from .prepass import model_of

_OPTIONAL = {
    "mysql": ("condition", "deferrable", "include", "expressions", "nulls_distinct"),
    "postgresql": ("nulls_distinct",),
}
"""What of a unique constraint some version of an engine lacks, so that Django makes none at all there."""


def kept_apart(found: dict[str, list[Any]]) -> set[int]:
    """The AddConstraint operations (by `id`) that must not go into the CreateModel of their model."""
    vendors = {vendor_of(real) for real in load.REAL_DATABASES.values()}
    return _not_everywhere(found, vendors) | (_repeated(found) if "postgresql" in vendors else set())


def _repeated(found: dict[str, list[Any]]) -> set[int]:
    """Those that are unique over the same columns as a key, or another constraint, of their model.

    PostgreSQL makes one index of two in a CREATE TABLE (transformIndexConstraints in its parser), and each gets its own from
    AddConstraint, as in every history in which one came later.
    """
    known: dict[tuple[str, str], set[tuple[str, ...]]] = {}
    for app, operations in found.items():
        for operation in operations:
            keys = known.setdefault((app, model_of(operation)), set())
            keys.update(key for name, field in _fields(operation) for key in _keys(name, field))
            together = (getattr(operation, "options", None) or {}).get("unique_together") or ()
            keys.update(map(tuple, getattr(operation, "unique_together", None) or together))
    apart = set()
    for app, operations in found.items():
        for operation in operations:
            if type(operation).__name__ == "AddConstraint" and _is_plain_unique(operation.constraint):
                keys, columns = known[app, model_of(operation)], tuple(operation.constraint.fields)
                if columns in keys:
                    apart.add(id(operation))
                keys.add(columns)
    return apart


def _keys(name: str, field: Any) -> list[tuple[str, ...]]:
    composite = getattr(field, "field_names", None)
    if composite:
        return [tuple(composite)]
    return [(name,)] if getattr(field, "unique", False) else []


def _is_plain_unique(constraint: Any) -> bool:
    from django.db.models import UniqueConstraint

    more = ("condition", "deferrable", "include", "opclasses", "expressions", "nulls_distinct")
    return type(constraint) is UniqueConstraint and all(
        getattr(constraint, name, None) in (None, (), [], "") for name in more
    )


def _not_everywhere(found: dict[str, list[Any]], vendors: set[str]) -> set[int]:
    """Those that an engine may lack.

    Where a column has a default or an expression of the database, CREATE TABLE gets parameters on engines that take some;
    Django, until 6.1 at least, then defers the constraints of the CreateModel, and of one that the engine has not it defers
    and runs the statement `None`. By itself AddConstraint makes nothing of it.
    """
    at_risk = {name for vendor in vendors for name in _OPTIONAL.get(vendor, ())}
    if not at_risk:
        return set()
    models = {
        (app, model_of(operation))
        for app, operations in found.items()
        for operation in operations
        for _, field in _fields(operation)
        if _has_parameters(field)
    }
    return {
        id(operation)
        for app, operations in found.items()
        for operation in operations
        if type(operation).__name__ == "AddConstraint"
        and (app, model_of(operation)) in models
        and _may_lack(operation.constraint, at_risk)
    }


def _fields(operation: Any) -> list[tuple[str, Any]]:
    if type(operation).__name__ == "CreateModel":
        return list(operation.fields)
    return [(operation.name, operation.field)] if type(operation).__name__ == "AddField" else []


def _has_parameters(field: Any) -> bool:
    from django.db.models import NOT_PROVIDED

    return getattr(field, "db_default", NOT_PROVIDED) is not NOT_PROVIDED or bool(getattr(field, "generated", False))


def _may_lack(constraint: Any, at_risk: set[str]) -> bool:
    """Whether an engine may have no such constraint; of a class that is not Django's own nobody knows."""
    from django.db.models import CheckConstraint, UniqueConstraint

    if type(constraint) is CheckConstraint:
        return False
    if type(constraint) is not UniqueConstraint:
        return True
    return any(getattr(constraint, name, None) not in (None, (), [], "") for name in at_risk)

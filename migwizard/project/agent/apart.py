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
    """The AddConstraint operations (by `id`) that must not go into the CreateModel of their model.

    Where a column has a default or an expression of the database, CREATE TABLE gets parameters on engines that take some;
    Django, until 6.1 at least, then defers the constraints of the CreateModel, and of one that the engine has not it defers
    and runs the statement `None`. By itself AddConstraint makes nothing of it.
    """
    at_risk = {name for real in load.REAL_DATABASES.values() for name in _OPTIONAL.get(vendor_of(real), ())}
    if not at_risk:
        return set()
    models = {
        (app, model_of(operation))
        for app, operations in found.items()
        for operation in operations
        for field in _fields(operation)
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


def _fields(operation: Any) -> list[Any]:
    if type(operation).__name__ == "CreateModel":
        return [field for _, field in operation.fields]
    return [operation.field] if type(operation).__name__ == "AddField" else []


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

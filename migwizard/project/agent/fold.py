"""One CreateModel of a model and all that the plan puts inside it.

MigrationOptimizer does this for operations that stand side by side; indexes and constraints it folds since Django 5.2
only, and what it can fold depends on what stands between. The plan knows that it may, so nothing has to be searched.
"""

from __future__ import annotations

from typing import Any


def fold(operations: list[Any]) -> Any:
    """The operations of one unit as one: a CreateModel first, then what goes into it.

    Relations come after the other fields, as where Django folds them itself, so that nothing but what waits differs from
    what makemigrations alone would write. A single operation comes back as it is.
    """
    from django.db.migrations.operations import CreateModel

    first, *others = operations
    if not others:
        return first
    fields, options = list(first.fields), dict(first.options)
    for operation in others:
        kind = type(operation).__name__
        if kind == "AddField":
            fields.append((operation.name, operation.field))
        elif kind == "AddIndex":
            options["indexes"] = [*options.get("indexes", ()), operation.index]
        elif kind == "AddConstraint":
            options["constraints"] = [*options.get("constraints", ()), operation.constraint]
        elif kind == "AlterOrderWithRespectTo":
            options["order_with_respect_to"] = operation.order_with_respect_to
        else:
            options[operation.option_name] = operation.option_value
    return CreateModel(first.name, fields, options=options, bases=first.bases, managers=first.managers)

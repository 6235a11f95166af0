"""What the end of the old history names of migration files, which are going to vanish: functions that fields use."""

from __future__ import annotations

import functools
from typing import Any

from .failure import AgentError


def take_todays(state: Any, modules: set[str], labels: set[str]) -> None:
    """Give fields of `state` today's value for whatever names one of `modules`; no table looks different by that.

    Raises AgentError("history") where the models of today have no such value either, or where it is a class.
    """
    for (label, name), model in sorted(state.models.items()):
        if label not in labels:
            continue
        for held, what in ((model.bases, "bases"), (dict(model.managers), "managers")):
            if named := _named(held, modules):
                raise _refused("The {} of {}.{}".format(what, label, name), named)
        for field_name, field in list(model.fields.items()):
            if _named(field.deconstruct()[2:], modules) or type(field).__module__ in modules:
                model.fields[field_name] = _with_todays(field, label, name, field_name, modules)


def _with_todays(field: Any, label: str, name: str, field_name: str, modules: set[str]) -> Any:
    """A copy of an old field with what today's field says in place of what vanishes."""
    from django.apps import apps
    from django.core.exceptions import FieldDoesNotExist

    where = "The field {}.{}.{}".format(label, name, field_name)
    if type(field).__module__ in modules:
        raise _refused(where, "{}.{}".format(type(field).__module__, type(field).__name__))
    _, _, arguments, keywords = field.deconstruct()
    try:
        _, _, _, today = apps.get_model(label, name)._meta.get_field(field_name).deconstruct()
    except (LookupError, FieldDoesNotExist):
        today = {}
    vanishing = {key for key, value in keywords.items() if _named(value, modules)}
    named = _named(arguments, modules) or _named([today[key] for key in vanishing & today.keys()], modules)
    if named or not today:
        raise _refused(where, named or _named(keywords, modules))
    kept = {key: value for key, value in keywords.items() if key not in vanishing}
    return type(field)(*arguments, **kept, **{key: today[key] for key in vanishing & today.keys()})


def _named(value: Any, modules: set[str]) -> str:
    """The first function or class of one of `modules` in a value, however deep; empty where there is none."""
    if isinstance(value, dict):
        return _named(list(value.values()), modules)
    if isinstance(value, (list, tuple, set, frozenset)):
        return next((found for each in value if (found := _named(each, modules))), "")
    if isinstance(value, functools.partial):
        return _named([value.func, value.args, value.keywords], modules)
    held = value if hasattr(value, "__qualname__") else type(value)
    return "{}.{}".format(held.__module__, held.__qualname__) if held.__module__ in modules else ""


def _refused(where: str, named: str) -> AgentError:
    return AgentError(
        "history",
        "{} needs {}, which lies in an old migration and would be gone. Move it into a module that stays, let the "
        "migration import it from there, and start again.".format(where, named),
    )

"""Where models that are rendered late may build something else than migrate does: there the stock migrate decides.

Most of all because Django renders too little now and then, and builds something else than the states say: it loses sight of
what hangs on a key over a proxy, or over another key. What is late is always as the states say.
"""

from __future__ import annotations

import sys
from typing import Any, Iterable

from .tracking import Key, bases, named_fields, relations, targets_of_key


class DoubtError(Exception):
    """Late rendering may build something else here; the history is run again without it."""


def no_more_than_foreign_keys(state: Any, key: Key, leading: Iterable[Key]) -> None:
    """Raise DoubtError where a proxy, or a key that is a foreign key, leads to a model whose own key changes."""
    for other in leading:
        if key in targets_of_key(state.models[other]) | bases(state.models[other]):
            raise DoubtError("The key of {}.{} changes, and that of {}.{} hangs on it.".format(*key, *other))


def no_chain(state: Any, key: Key) -> None:
    """Raise DoubtError where a foreign key leads to another foreign key that is not the key of its model."""
    for field, target in relations(state.models[key]):
        fields = state.models[target].fields if target in state.models else {}
        for name in named_fields(field):
            found = fields.get(name)
            if found is not None and found.is_relation and not found.primary_key:
                raise DoubtError("A foreign key of {}.{} leads to another one.".format(*key))


def watched(registry: Any) -> Any:
    """Let a registry of all models tell who goes through them: Django's may have them in another order.

    Django's own code makes nothing of that order.
    """
    original, app_configs = registry.get_models, registry.get_app_configs

    def get_models(include_auto_created: bool = False, include_swapped: bool = False) -> Any:
        _only_django("models")
        return original(include_auto_created, include_swapped)

    def get_app_configs() -> Any:
        _only_django("apps")
        return app_configs()

    vars(get_models)["cache_clear"] = original.cache_clear
    vars(registry).update(get_models=get_models, get_app_configs=get_app_configs)
    return registry


def _only_django(what: str) -> None:
    """Raise DoubtError where the function that called does not belong to Django."""
    if not str(sys._getframe(2).f_globals.get("__name__")).startswith("django."):
        raise DoubtError("Something goes through all {}.".format(what))

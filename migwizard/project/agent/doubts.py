"""Where models that are rendered late may build something else than migrate does: there the stock migrate decides.

Most of all because Django renders too little now and then, and builds something else than the states say: it loses sight of
what hangs on a key over a proxy, or over another key. What is late is always as the states say.
"""

from __future__ import annotations

import sys
from typing import Any, Callable, Dict, Iterable, Iterator, Sized

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


def no_grandchildren(state: Any, key: Key, leading_to: Callable[[Any, Key], Iterable[Key]]) -> None:
    """Raise DoubtError where a model whose table gets another name is the base of a base, as of a proxy of a proxy.

    Django renders its subclasses anew, and not theirs.
    """
    for child in leading_to(state, key):
        if key not in bases(state.models[child]):
            continue
        for other in leading_to(state, child):
            if child in bases(state.models[other]):
                raise DoubtError("The table of {}.{} is renamed, below {}.{}.".format(*key, *other))


def watched(registry: Any) -> Any:
    """Let a registry of all models tell who goes through them: Django's may have them in another order."""
    registry.all_models = WatchedApps((label, Watched(models)) for label, models in registry.all_models.items())
    for label, config in registry.app_configs.items():
        config.models = registry.all_models[label]
        _watch(config, "get_models")
    registry.app_configs = Watched(registry.app_configs)
    for name in ("get_models", "get_app_configs"):
        _watch(registry, name)
    return registry


def watch_relations(patch: Callable[[Any, str, Any], None]) -> None:
    """Let their models tell who goes through what leads to them, which has the order of the registry too."""
    from django.db.models.options import Options

    get_fields, related_objects = Options.get_fields, Options.__dict__["related_objects"].func

    def fields(options: Any, *arguments: Any, **named: Any) -> Any:
        found = get_fields(options, *arguments, **named)
        _only_django_where(options, [field for field in found if field.auto_created and not field.concrete])
        return found

    def related(options: Any) -> Any:
        found = related_objects(options)
        _only_django_where(options, found)
        return found

    patch(Options, "get_fields", fields)
    patch(Options, "related_objects", property(related))


class Watched(Dict[Any, Any]):
    """A dictionary through which nobody but Django goes."""

    def __iter__(self) -> Iterator[Any]:
        _only_django()
        return super().__iter__()

    def keys(self) -> Any:
        _only_django()
        return super().keys()

    def values(self) -> Any:
        _only_django()
        return super().values()

    def items(self) -> Any:
        _only_django()
        return super().items()


class WatchedApps(Watched):
    """As the dictionary of all models that Django has: an app of which nobody knew has no models."""

    def __missing__(self, label: str) -> Any:
        self[label] = Watched()
        return self[label]


def _watch(owner: Any, name: str) -> None:
    original = getattr(owner, name)

    def asked(*arguments: Any, **named: Any) -> Any:
        _only_django()
        return original(*arguments, **named)

    # Django empties the caches of some.
    vars(asked).update(cache_clear=getattr(original, "cache_clear", None))
    vars(owner)[name] = asked


def _only_django_where(options: Any, relations: Sized) -> None:
    if len(relations) > 1 and isinstance(options.apps.all_models, Watched):
        _only_django(1)


def _only_django(deeper: int = 0) -> None:
    """Raise DoubtError where the function that called what calls this does not belong to Django."""
    if not str(sys._getframe(2 + deeper).f_globals.get("__name__")).startswith("django."):
        raise DoubtError("Something goes through all models.")

"""Registries for functions that ask for models by their names: these are rendered, what they lead to, and no others.

Django renders all models of a state for each RunPython, and most functions ask for one or two. What leads to a model shows
in what Django tells of its relations, in attributes that these give to its class, and in the registry itself. Whoever looks
at one of these gets all models, as if they had been there from the start.
"""

from __future__ import annotations

import sys
from typing import Any, Callable, Iterable, Iterator

from .doubts import Watched, WatchedApps, watched
from .tracking import Key, Tracking, bases, relations

_REVERSE = "_reverse_one_to_one_field_names"
_LOOKED_AT = ("get_app_config", "get_app_configs", "get_registered_model", "get_containing_app_config", "is_installed")


def knows_all(state: Any) -> bool:
    """Whether a state tells of all models that its registry has; those of apps without migrations are not among its own."""
    from django.apps import apps

    return not any(next(iter(apps.get_app_config(label).get_models()), None) for label in state.real_apps)


def registry_of(state: Any, tracking: Tracking) -> Any:
    """A registry of a state that knows all, with no model yet."""
    from django.db.migrations.state import AppConfigStub, StateApps

    registry = StateApps(state.real_apps, {})
    for label in sorted({label for label, _ in state.models} - registry.app_configs.keys()):
        config = registry.app_configs[label] = AppConfigStub(label)
        config.apps = registry
        config.import_models()
    _Asked(registry, state, tracking)
    return registry


def watch_names(patch: Callable[[Any, str, Any], None]) -> None:
    """Let creating a row look at all models only where a one-to-one field leads to its own."""
    from django.db.models.options import Options

    if _REVERSE not in Options.__dict__:
        return
    original = Options.__dict__[_REVERSE].func

    def names(options: Any) -> Any:
        asked = vars(options.apps).get("migwizard_asked")
        return original(options) if asked is None or asked.has_one_to_one(options) else frozenset()

    patch(Options, _REVERSE, property(names))


class _Asked:
    """What of a registry is rendered, and what is left to be."""

    def __init__(self, registry: Any, state: Any, tracking: Tracking) -> None:
        self._registry, self._state, self._tracking = registry, state, tracking
        self._left = dict.fromkeys(state.models)
        self._places: list[tuple[Any, str, Any]] = []
        self._renders = False
        for name in ("get_models", *_LOOKED_AT):
            self._complete_before(name, always=name == "get_models")
        watched(registry)
        self._models = _LookedModels(self, registry.all_models)
        configs = _LookedConfigs(self, registry.app_configs)
        vars(registry).update(migwizard_asked=self, all_models=self._models, app_configs=configs)
        original = registry.get_model

        def get_model(app_label: str, model_name: str | None = None, require_ready: bool = True) -> Any:
            label, _, name = app_label.partition(".") if model_name is None else (app_label, "", model_name)
            self._need((label, name.lower()))
            return original(app_label, model_name, require_ready)

        vars(registry)["get_model"] = get_model

    def _complete_before(self, name: str, always: bool) -> None:
        original = getattr(self._registry, name)

        def looked_at(*arguments: Any, **named: Any) -> Any:
            if always or not _is_django(sys._getframe(1)):
                self.complete()
            return original(*arguments, **named)

        vars(looked_at).update(cache_clear=getattr(original, "cache_clear", None))
        vars(self._registry)[name] = looked_at

    def _need(self, key: Key) -> None:
        """Render a model with all that it leads to."""
        if key not in self._left or self._renders:
            return
        wanted: dict[Key, None] = {}
        todo = [key]
        while todo:
            each = todo.pop()
            if each not in self._state.models:
                # Django says what is wrong with it.
                self.complete()
                return
            if each in self._left and each not in wanted:
                wanted[each] = None
                todo.extend(sorted(self._tracking.leads_to(self._state, each)))
        self._render(key for key in self._state.models if key in wanted)
        for each in wanted:
            self._hold_places(each)

    def _render(self, keys: Iterable[Key]) -> None:
        states = [self._state.models[key] for key in keys]
        self._renders = True
        try:
            self._registry.render_multiple(states)
        finally:
            self._renders = False
        for model_state in states:
            del self._left[model_state.app_label, model_state.name_lower]

    def _hold_places(self, key: Key) -> None:
        """Let a class wait for the attributes that relations of others give to it; what these may do else nobody knows."""
        for other in self._tracking.leading_to(self._state, key):
            model_state = self._state.models[other]
            for field in [field for field, target in relations(model_state) if target == key and other in self._left]:
                if not _is_djangos(field):
                    self.complete()
                    return
                for name in _attributes(field, model_state):
                    model = dict.__getitem__(self._models, key[0])[key[1]]._meta.concrete_model
                    place = _Place(self, name)
                    setattr(model, name, place)
                    self._places.append((model, name, place))

    def has_one_to_one(self, options: Any) -> bool:
        """Whether a one-to-one field leads to a model or to one that it inherits from."""
        keys, todo = set(), [(options.app_label, options.model_name)]
        while todo:
            key = todo.pop()
            if key in self._state.models and key not in keys:
                keys.add(key)
                todo.extend(bases(self._state.models[key]))
        return any(
            target in keys and field.one_to_one is not False
            for key in keys
            for other in self._tracking.leading_to(self._state, key)
            for field, target in relations(self._state.models[other])
        )

    def complete(self) -> None:
        """Render all that is left. Raises ValueError where something leads to a model that is not there."""
        if self._renders or not self._left:
            return
        from django.core.checks.model_checks import _check_lazy_references

        self._render(list(self._left))
        for model, name, place in self._places:
            if vars(model).get(name) is place:
                delattr(model, name)
        self._places.clear()
        if errors := _check_lazy_references(self._registry, ignore=set()):
            raise ValueError("\n".join(error.msg for error in errors))


class _Place:
    """Stands on a class for what a relation gives to it, until somebody looks."""

    def __init__(self, asked: _Asked, name: str) -> None:
        self._asked, self._name = asked, name

    def __get__(self, instance: Any, owner: Any) -> Any:
        self._make_way(owner)
        return getattr(owner if instance is None else instance, self._name)

    def __set__(self, instance: Any, value: Any) -> None:
        self._make_way(type(instance))
        setattr(instance, self._name, value)

    def _make_way(self, owner: Any) -> None:
        self._asked.complete()
        if any(vars(each).get(self._name) is self for each in owner.__mro__):
            raise AttributeError(self._name)


class _LookedModels(WatchedApps):
    """The dictionary of all models: complete as soon as others than Django look into it."""

    def __init__(self, asked: _Asked, models: Any) -> None:
        super().__init__(dict(dict.items(models)))
        self._asked = asked

    def __getitem__(self, label: str) -> Any:
        if not _is_django(sys._getframe(1)):
            self._asked.complete()
        return super().__getitem__(label)


class _LookedConfigs(Watched):
    """The same of the apps."""

    def __init__(self, asked: _Asked, configs: Any) -> None:
        super().__init__(dict(dict.items(configs)))
        self._asked = asked

    def __getitem__(self, label: str) -> Any:
        if not _is_django(sys._getframe(1)):
            self._asked.complete()
        return super().__getitem__(label)


def _is_django(frame: Any) -> bool:
    return str(frame.f_globals.get("__name__")).startswith("django.")


def _is_djangos(field: Any) -> bool:
    """Whether a relation does to the model to which it leads what those of Django do."""
    methods = (type(field).contribute_to_class, type(field).contribute_to_related_class)
    return all(str(method.__module__).startswith("django.") for method in methods)


def _attributes(field: Any, model_state: Any) -> Iterator[str]:
    """What a relation that leads to a model is called there, and the methods that an order by it brings."""
    words = {"class": model_state.name_lower, "model_name": model_state.name_lower, "app_label": model_state.app_label}
    named = field.remote_field.related_name or model_state.options.get("default_related_name")
    name = named % words if named else model_state.name_lower + ("_set" if field.remote_field.multiple else "")
    if not name.endswith("+"):
        yield name
    if field is model_state.fields.get(model_state.options.get("order_with_respect_to")):
        yield from (form.format(model_state.name_lower) for form in ("get_{}_order", "set_{}_order"))

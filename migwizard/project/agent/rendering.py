"""Historical models that are rendered when an operation asks for them, and no earlier: for scratch runs alone.

Django renders model classes again whenever a state changes, before anybody asks for them; that is most of the time of a
migrate. But an operation that changes a table looks at its own model, at what its foreign keys lead to, and, where a key
changes, at the models whose foreign keys lead to it. So here a state has no registry. Whoever asks for a model inside of
such an operation gets it with these neighbours, and what nothing changed since is not rendered again. The function of a
RunPython gets what it asks for (`asked`). Everybody else (operations of other packages, handlers of signals) gets Django's
own registry of all models.

This is meant to build the same database as Django's rendering, and no more than that: what it builds is compared with what
the stock migrate builds, and what fails here, or differs, is run again without it.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import Any, Callable, Iterable, Iterator

from . import asked
from .doubts import DoubtError, no_chain, no_grandchildren, no_more_than_foreign_keys, watch_relations, watched
from .tracking import Key, Tracking, bases, named_fields, relations, targets_of_key, throughs

# Operations of Django's own that use their registry for more than their model and its neighbours.
_NEED_ALL = frozenset(["RenameModel", "RunPython", "RunSQL", "SeparateDatabaseAndState"])
# What runs is a function that gets a registry: it asks for models by their names.
_FUNCTION = "a function"
# The last registries, and with them the models as they were before and after the last operations.
_KEPT = 24


def can_be_lazy(connection: Any) -> bool:
    """Whether the engine changes tables as Django does; what another schema editor looks at nobody knows."""
    return str(connection.SchemaEditorClass.__module__).startswith("django.")


class Rendering(Tracking):
    """For the length of a `with` block states render only what is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._operations: list[Any] = []
        """What runs now, the innermost last; None stands for one that may look at everything."""
        self._alone: dict[Key, dict[Any, Any]] = {}
        self._kept: dict[Any, Any] = {}
        self._real: dict[Key, Any] = {}
        self._all: tuple[Any, Any] | None = None
        self._asked: tuple[Any, Any] | None = None

    def __enter__(self) -> Rendering:
        from django.db.migrations.migration import Migration
        from django.db.migrations.operations import RenameModel, RunPython
        from django.db.migrations.state import ProjectState

        super().__enter__()
        self.patch(ProjectState, "apps", property(self._registry))
        self.patch(Migration, "apply", self._watching(Migration.apply))
        self.patch(RenameModel, "database_forwards", self._renaming(RenameModel.database_forwards))
        self.patch(RunPython, "database_forwards", self._calling(RunPython.database_forwards))
        watch_relations(self.patch)
        asked.watch_names(self.patch)
        for operation in _schema_operations():
            forwards = operation.__dict__["database_forwards"]
            self.patch(operation, "database_forwards", self._asking(forwards))
        return self

    def _watching(self, original: Any) -> Any:
        def apply(migration: Any, *arguments: Any, **named: Any) -> Any:
            with self._running(None):
                return original(migration, *arguments, **named)

        return apply

    def _asking(self, original: Any) -> Any:
        def database_forwards(operation: Any, app_label: str, schema_editor: Any, before: Any, after: Any) -> Any:
            with self._running(operation):
                # Columns stand in the order in which their fields were made; those that are there already come first.
                name = getattr(operation, "model_name", None) or operation.name
                if (app_label, name.lower()) in before.models:
                    before.apps.get_model(app_label, name)
                return original(operation, app_label, schema_editor, before, after)

        return database_forwards

    def _renaming(self, original: Any) -> Any:
        def database_forwards(operation: Any, app_label: str, schema_editor: Any, before: Any, after: Any) -> Any:
            key = app_label, operation.old_name_lower
            no_more_than_foreign_keys(before, key, self.leading_to(before, key))
            return original(operation, app_label, schema_editor, before, after)

        return database_forwards

    def _calling(self, original: Any) -> Any:
        def database_forwards(*arguments: Any, **named: Any) -> Any:
            with self._running(_FUNCTION):
                return original(*arguments, **named)

        return database_forwards

    @contextmanager
    def _running(self, operation: Any) -> Iterator[None]:
        self._operations.append(operation)
        try:
            yield
        finally:
            self._operations.pop()

    def _registry(self, state: Any) -> Any:
        if not self._operations:
            # Before each migration the executor asks for everything and looks at nothing; handlers of signals look.
            return _Late(lambda: self.whole(state))
        operation = self._operations[-1]
        if operation is _FUNCTION and asked.knows_all(state):
            return self.asked(state)
        return self.whole(state) if operation in (None, _FUNCTION) else _Few(self, state, operation)

    def whole(self, state: Any) -> Any:
        """Django's own registry of all models; the last one where nothing changed since."""
        from django.db.migrations.state import StateApps

        numbers = self._all_numbers(state)
        if self._all is None or self._all[0] != numbers:
            self._all = (numbers, watched(StateApps(state.real_apps, state.models)))
        return self._all[1]

    def asked(self, state: Any) -> Any:
        """The same with the models that are asked for, and all of them where somebody looks at them."""
        numbers = self._all_numbers(state)
        if self._asked is None or self._asked[0] != numbers:
            self._asked = (numbers, asked.registry_of(state, self))
        return self._asked[1]

    def _all_numbers(self, state: Any) -> dict[Key, int]:
        return {key: self.number(state, key) for key in state.models}

    def model(self, state: Any, key: Key, operation: Any) -> Any:
        """A model of a state with the neighbours that an operation may look at. Raises LookupError, DoubtError."""
        if key not in state.models:
            raise LookupError("No model {}.{} in this state.".format(*key))
        referenced = _changes_a_key(state, key, operation)
        if type(operation).__name__ == "AlterModelTable":
            no_grandchildren(state, key, self.leading_to)
        if referenced:
            no_more_than_foreign_keys(state, key, self.leading_to(state, key))
        return self._with_neighbours(state, key, referenced)

    def _with_neighbours(self, state: Any, key: Key, referenced: bool) -> Any:
        fresh = {key}
        if referenced:
            fresh.update(self.leading_to(state, key))
        for one in sorted(fresh):
            fresh.update(throughs(state.models[one]) & state.models.keys())
        for one in fresh:
            no_chain(state, one)
        beside = {other for one in fresh for other in self.leads_to(state, one)} - fresh
        others = {other: self._target(state, other, ()) for other in sorted(beside)}
        mark = (
            frozenset((one, self.number(state, one)) for one in fresh),
            frozenset((other, id(found)) for other, found in others.items()),
        )
        registry = self._kept.pop(mark, None)
        if registry is None:
            registry = _registry_of(others.values())
            registry.render_multiple([state.models[one] for one in sorted(fresh)])
        self._kept[mark] = registry
        if len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]
        return registry.get_model(*key)

    def _target(self, state: Any, key: Key, inside: tuple[Key, ...]) -> Any:
        """A model to which foreign keys lead: with its bases, and what its own key leads to. None if there is none."""
        if key not in state.models:
            return self._real_model(state, key)
        if key in inside:
            raise DoubtError("The key of {}.{} leads to itself.".format(*key))
        model_state = state.models[key]
        needs = bases(model_state) | targets_of_key(model_state)
        found = [self._target(state, need, (*inside, key)) for need in sorted(needs - {key})]
        known, mark = self._alone.setdefault(key, {}), (self.number(state, key), tuple(map(id, found)))
        if mark not in known:
            registry = _registry_of(found)
            registry.render_multiple([model_state])
            # What it was made with stays, so that no other object gets one of these ids.
            known[mark] = registry.get_model(*key), found
            if len(known) > 2:
                del known[next(iter(known))]
        return known[mark][0]

    def _real_model(self, state: Any, key: Key) -> Any:
        """A model of an app without migrations, as states know it: without its own relations. None if there is none."""
        from django.apps import apps
        from django.db.migrations.state import ModelState

        if key[0] not in state.real_apps or key[1] not in apps.get_app_config(key[0]).models:
            return None
        if key not in self._real:
            registry = _registry_of(())
            registry.render_multiple([ModelState.from_model(apps.get_model(*key), exclude_rels=True)])
            self._real[key] = registry.get_model(*key)
        return self._real[key]


class _Late:
    """Stands for a registry, and makes it when somebody looks at it."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.__dict__["_make"] = make

    def __getattr__(self, name: str) -> Any:
        return getattr(self._make(), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._make(), name, value)


class _Few:
    """Stands for the registry of a state inside of an operation that asks for a model."""

    def __init__(self, rendering: Rendering, state: Any, operation: Any) -> None:
        self._rendering, self._state, self._operation = rendering, state, operation

    def get_model(self, app_label: str, model_name: str | None = None, require_ready: bool = True) -> Any:
        if model_name is None:
            app_label, model_name = app_label.split(".")
        return self._rendering.model(self._state, (app_label, model_name.lower()), self._operation)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rendering.whole(self._state), name)


def _schema_operations() -> list[Any]:
    """Django's own operations on tables that look at their model alone, as the classes that define what they do."""
    from django.db.migrations.operations import fields, models

    modules = [fields, models]
    if "django.contrib.postgres.operations" in sys.modules:
        modules.append(sys.modules["django.contrib.postgres.operations"])
    found: dict[Any, None] = {}
    for module in modules:
        for value in vars(module).values():
            own = isinstance(value, type) and value.__module__ == module.__name__ and value.__name__ not in _NEED_ALL
            if own and "database_forwards" in value.__dict__:
                found[value] = None
    return list(found)


def _registry_of(models: Iterable[Any]) -> Any:
    """A registry that knows some models of other registries already; None among them stands for nothing."""
    from django.apps.registry import Apps
    from django.db.migrations.state import AppConfigStub, StateApps

    registry = StateApps.__new__(StateApps)
    Apps.__init__(registry, ())
    registry.real_models = []
    for model in filter(None, models):
        label, name = model._meta.app_label, model._meta.model_name
        registry.all_models[label][name] = model
        if label not in registry.app_configs:
            registry.app_configs[label] = AppConfigStub(label)
            registry.app_configs[label].apps = registry
        registry.app_configs[label].models[name] = model
    return registry


def _changes_a_key(state: Any, key: Key, operation: Any) -> bool:
    """Whether an operation changes a field to which foreign keys lead, or a primary key, to which they may."""
    from django.db.migrations.operations import AlterField, RenameField

    if not isinstance(operation, (AlterField, RenameField)):
        return False
    names = {getattr(operation, name, None) for name in ("name", "old_name", "new_name")}
    fields = state.models[key].fields
    changed = [fields[name] for name in names if name in fields] + [getattr(operation, "field", None)]
    if any(field is not None and field.primary_key for field in changed):
        return True
    return any(
        names.intersection(named_fields(field)) for other in state.models.values() for field, _ in relations(other)
    )

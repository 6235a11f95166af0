"""What changes in the states of a history, and how many model classes Django renders because of it.

A state renders all of its models when somebody asks for its registry; from then on each change renders models anew: those
that are connected with the changed one over any number of relations, or only its neighbours and theirs where the change
can wait (`ProjectState.reload_model` and `_find_reload_model`). Here nothing is rendered: the relations alone tell how
many classes it would have been. That is a few per cent too many where models have proxies, which Django loses sight of.
"""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any, Callable, Iterable

Key = Any
"""(app label, name in lower case), as the keys of ProjectState.models."""

_NUMBERS = "migwizard_numbers"
_LINKS = "migwizard_links"


class Tracking:
    """For the length of a `with` block states render nothing, and remember what changed in them.

    Every model of a state has a number, and gets another one whenever it changes. `classes` counts what Django would
    have rendered.
    """

    def __init__(self) -> None:
        self.classes = 0
        self.begin()
        self._next = itertools.count(1)
        self._targets: dict[Any, frozenset[Key]] = {}
        self._undo: list[Callable[[], None]] = []

    def __enter__(self) -> Any:
        from django.db.migrations import state as states

        tracking, ProjectState = self, states.ProjectState  # noqa: N806 - a class
        clone, add_model, remove_model = ProjectState.clone, ProjectState.add_model, ProjectState.remove_model

        def cloned(state: Any) -> Any:
            copy = clone(state)
            copy.__dict__[_NUMBERS] = dict(tracking.numbers(state))
            copy.__dict__[_LINKS] = tracking._links(state).copy()
            return copy

        def added(state: Any, model_state: Any) -> None:
            links, key = tracking._links(state), (model_state.app_label, model_state.name_lower)
            add_model(state, model_state)
            links.meet(key)
            tracking._reload(state, [key], False)

        def removed(state: Any, app_label: str, model_name: str) -> None:
            tracking._links(state).drop((app_label, model_name))
            tracking.numbers(state).pop((app_label, model_name), None)
            remove_model(state, app_label, model_name)

        def reloaded(state: Any, app_label: str, model_name: str, delay: bool = False) -> None:
            tracking._reload(state, [(app_label, model_name)], delay)

        def all_reloaded(state: Any, models: Iterable[Key], delay: bool = True) -> None:
            tracking._reload(state, list(models), delay)

        def cleared(state: Any) -> None:
            if state.is_delayed:
                tracking.classes += len(state.models)
                tracking._whole += 1

        if hasattr(states, "field_is_referenced"):
            self.patch(states, "field_is_referenced", self._searched(states))
        self.patch(ProjectState, "clone", cloned)
        self.patch(ProjectState, "add_model", added)
        self.patch(ProjectState, "remove_model", removed)
        self.patch(ProjectState, "reload_model", reloaded)
        self.patch(ProjectState, "reload_models", all_reloaded)
        self.patch(ProjectState, "clear_delayed_apps_cache", cleared)
        return self

    def __exit__(self, *_: Any) -> None:
        while self._undo:
            self._undo.pop()()

    def _searched(self, states: Any) -> Callable[..., bool]:
        """Whether a field names another one (Django since 4.0), sought in the models that name its model, not in all of them."""
        original = states.field_is_referenced

        def field_is_referenced(state: Any, key: Key, field: Any) -> bool:
            near = {each: state.models[each] for each in (key, *self.leading_to(state, key)) if each in state.models}
            return bool(original(SimpleNamespace(models=near), key, field))

        return field_is_referenced

    def begin(self) -> None:
        """Count anew what `counted` tells."""
        self._before = self.classes
        self._connected: list[list[str]] = []
        self._near = self._whole = 0

    def counted(self) -> dict[str, Any]:
        """What was rendered since: "classes" in all, and what the order of migrations decides of it.

        "connected" has for each change that makes whole components be rendered the models ("app.model") through which it
        touches them, "near" the classes rendered since they are near a change that can wait, "whole" how often all were.
        """
        classes = self.classes - self._before
        return {"classes": classes, "connected": self._connected, "near": self._near, "whole": self._whole}

    def patch(self, owner: Any, name: str, value: Any) -> None:
        """Give a class another attribute until the block ends."""
        before = owner.__dict__[name]
        self._undo.append(lambda: setattr(owner, name, before))
        setattr(owner, name, value)

    def numbers(self, state: Any) -> dict[Key, int]:
        """The numbers of the models of a state; those that came past its methods get theirs when they are asked for."""
        found: dict[Key, int] | None = state.__dict__.get(_NUMBERS)
        if found is None:
            found = state.__dict__[_NUMBERS] = {key: next(self._next) for key in state.models}
        return found

    def number(self, state: Any, key: Key) -> int:
        """The number of one model."""
        numbers = self.numbers(state)
        if key not in numbers:
            numbers[key] = next(self._next)
        return numbers[key]

    def leads_to(self, state: Any, key: Key) -> frozenset[Key]:
        """The models that fields and bases of a model name, those between its many-to-many fields among them."""
        mark = key, self.number(state, key)
        if mark not in self._targets:
            self._targets[mark] = named(state.models[key])
        return self._targets[mark]

    def leading_to(self, state: Any, key: Key) -> list[Key]:
        """The models that name a model."""
        return sorted(self._links(state).back(key) & state.models.keys())

    def _links(self, state: Any) -> Links:
        found: Links | None = state.__dict__.get(_LINKS)
        if found is None:
            found = state.__dict__[_LINKS] = Links()
            for key in state.models:
                found.put(key, self.leads_to(state, key))
        return found

    def _reload(self, state: Any, keys: list[Key], delay: bool) -> None:
        links, numbers = self._links(state), self.numbers(state)
        changed = [key for key in keys if key in state.models]
        if not delay:
            # A field that was renamed may have changed the foreign keys that lead to it, in place.
            changed += [other for key in changed for other in sorted(links.back(key))]
        for key in changed:
            numbers[key] = next(self._next)
            links.meet(key)
        # Django looks at the relations as they were when it rendered last, and at those that the models have now.
        starts = {target for key in keys if key in state.models for _, target in relations(state.models[key])}
        found = links.near(starts.union(keys)) if delay else links.connected(starts.union(keys))
        self.classes += found
        if delay:
            self._near += found
            state.is_delayed = True
        else:
            self._connected.append(sorted(map(".".join, starts.union(keys))))
        for key in changed:
            links.put(key, self.leads_to(state, key))


class Links:
    """Which models name which, and their connected components: a disjoint-set forest with sizes (Tarjan 1975).

    Where a link goes away the forest is grown anew, when it is asked for.
    """

    def __init__(self) -> None:
        self._named: dict[Key, frozenset[Key]] = {}
        self._back: dict[Key, frozenset[Key]] = {}
        self._parents: dict[Key, Key] = {}
        self._sizes: dict[Key, int] = {}
        self._is_stale = False

    def copy(self) -> Links:
        """The same links, to be changed apart from these."""
        copy = Links()
        copy._named, copy._back = dict(self._named), dict(self._back)
        copy._parents, copy._sizes, copy._is_stale = dict(self._parents), dict(self._sizes), self._is_stale
        return copy

    def meet(self, key: Key) -> None:
        """Let there be a model; others may have named it before."""
        if key not in self._named:
            self._named[key] = frozenset()
            root = self._root(key)
            self._sizes[root] = self._sizes.get(root, 0) + 1

    def put(self, key: Key, targets: frozenset[Key]) -> None:
        """Let a model, which may be new, name these and no others."""
        self.meet(key)
        before = self._named[key]
        self._named[key] = targets
        for target in before - targets:
            self._back[target] -= {key}
            self._is_stale = True
        for target in targets - before:
            self._back[target] = self._back.get(target, frozenset()) | {key}
            self._join(key, target)

    def drop(self, key: Key) -> None:
        """Take a model out."""
        for target in self._named.pop(key, ()):
            self._back[target] -= {key}
        self._is_stale = True

    def back(self, key: Key) -> frozenset[Key]:
        """The models that name a model."""
        return self._back.get(key, frozenset()) - {key}

    def connected(self, keys: Iterable[Key]) -> int:
        """How many models are connected with these, themselves included."""
        if self._is_stale:
            self._parents, self._sizes, self._is_stale = {}, {}, False
            for key in self._named:
                self._sizes[key] = 1
            for key, targets in self._named.items():
                for target in targets:
                    self._join(key, target)
        return sum(self._sizes.get(root, 0) for root in {self._root(key) for key in keys})

    def near(self, keys: Iterable[Key]) -> int:
        """How many models name one of these or are named by one, themselves included."""
        found = set(keys)
        for key in list(found):
            found |= self._named.get(key, frozenset()) | self._back.get(key, frozenset())
        return len(found & self._named.keys())

    def _join(self, one: Key, other: Key) -> None:
        first, second = self._root(one), self._root(other)
        if first != second:
            self._parents[second] = first
            self._sizes[first] = self._sizes.get(first, 0) + self._sizes.pop(second, 0)

    def _root(self, key: Key) -> Key:
        path = []
        while key in self._parents:
            path.append(key)
            key = self._parents[key]
        for each in path:
            self._parents[each] = key
        return key


def relations(model_state: Any) -> list[tuple[Any, Key]]:
    """The fields of a model that lead to another one, each with it."""
    found = []
    for field in model_state.fields.values():
        target = getattr(field.remote_field, "model", None) if field.is_relation else None
        if target is not None:
            found.append((field, key_of(target, model_state)))
    return found


def named(model_state: Any) -> frozenset[Key]:
    """The models that fields and bases of a model name."""
    targets = {target for _, target in relations(model_state)}
    return frozenset(targets | throughs(model_state) | bases(model_state))


def targets_of_key(model_state: Any) -> set[Key]:
    """The models to which the key of a model leads, where it is a foreign key."""
    return {target for field, target in relations(model_state) if field.primary_key}


def named_fields(field: Any) -> tuple[str, ...]:
    """The fields of the other model that a foreign key names."""
    found = (getattr(field.remote_field, "field_name", None), *(getattr(field, "to_fields", None) or ()))
    return tuple(name for name in found if name)


def throughs(model_state: Any) -> set[Key]:
    """The models that somebody wrote to stand between a model and those of its many-to-many fields."""
    found = [getattr(field.remote_field, "through", None) for field, _ in relations(model_state)]
    return {key_of(through, model_state) for through in found if through}


def bases(model_state: Any) -> set[Key]:
    """The models from which a model inherits its table."""
    return {key_of(base, model_state) for base in model_state.bases if isinstance(base, str)}


def key_of(reference: Any, model_state: Any) -> Key:
    """The key of the model that a field or a base of another model names."""
    if not isinstance(reference, str):
        return reference._meta.app_label, reference._meta.model_name
    if reference == "self":
        return model_state.app_label, model_state.name_lower
    label, _, name = reference.rpartition(".")
    return label or model_state.app_label, name.lower()

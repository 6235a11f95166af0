"""What changes in the states of a history, and how many model classes Django renders because of it.

A state renders all of its models when somebody asks for its registry; from then on each change renders models anew: those
that are connected with the changed one over any number of relations, or only its neighbours and theirs where the change
can wait (`ProjectState.reload_model` and `_find_reload_model`). Here nothing is rendered: the relations alone tell how
many classes it would have been. That is a few per cent too many where models have proxies, which Django loses sight of.
"""

from __future__ import annotations

import itertools
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
        self._next = itertools.count(1)
        self._targets: dict[Any, frozenset[Key]] = {}
        self._undo: list[Callable[[], None]] = []

    def __enter__(self) -> Any:
        from django.db.migrations.state import ProjectState

        tracking = self
        clone, add_model, remove_model = ProjectState.clone, ProjectState.add_model, ProjectState.remove_model

        def cloned(state: Any) -> Any:
            copy = clone(state)
            copy.__dict__[_NUMBERS] = dict(tracking.numbers(state))
            copy.__dict__[_LINKS] = dict(tracking._links(state))
            return copy

        def added(state: Any, model_state: Any) -> None:
            links = tracking._links(state)
            add_model(state, model_state)
            key = model_state.app_label, model_state.name_lower
            links.pop(key, None)
            tracking._reload(state, [key], False)

        def removed(state: Any, app_label: str, model_name: str) -> None:
            tracking._links(state).pop((app_label, model_name), None)
            tracking.numbers(state).pop((app_label, model_name), None)
            remove_model(state, app_label, model_name)

        def reloaded(state: Any, app_label: str, model_name: str, delay: bool = False) -> None:
            tracking._reload(state, [(app_label, model_name)], delay)

        def all_reloaded(state: Any, models: Iterable[Key], delay: bool = True) -> None:
            tracking._reload(state, list(models), delay)

        def cleared(state: Any) -> None:
            if state.is_delayed:
                tracking.classes += len(state.models)

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
        return [other for other in state.models if other != key and key in self.leads_to(state, other)]

    def _links(self, state: Any) -> dict[Key, frozenset[Key]]:
        """Who named whom when the models of a state were rendered last."""
        found: dict[Key, frozenset[Key]] | None = state.__dict__.get(_LINKS)
        if found is None:
            found = state.__dict__[_LINKS] = {key: self.leads_to(state, key) for key in state.models}
        return found

    def _reload(self, state: Any, keys: list[Key], delay: bool) -> None:
        links, numbers = self._links(state), self.numbers(state)
        changed = [key for key in keys if key in state.models]
        if not delay:
            # A field that was renamed may have changed the foreign keys that lead to it, in place.
            changed += [other for key in changed for other in self.leading_to(state, key)]
        for key in changed:
            numbers[key] = next(self._next)
        met: set[Key] = set()
        around = _Neighbours(links)
        for key in keys:
            starts = {key, *(target for _, target in (relations(state.models[key]) if key in state.models else ()))}
            met |= starts | around.reached(starts, delay)
        met &= state.models.keys()
        self.classes += len(met)
        if delay:
            state.is_delayed = True
        for key in met:
            links[key] = self.leads_to(state, key)


class _Neighbours:
    """Models with a relation between them, in either direction."""

    def __init__(self, links: dict[Key, frozenset[Key]]) -> None:
        self._links = links
        self._back: dict[Key, list[Key]] = {}
        for key, targets in links.items():
            for target in targets:
                self._back.setdefault(target, []).append(key)

    def reached(self, starts: Iterable[Key], once: bool) -> set[Key]:
        """All models that are connected with these; with `once` their neighbours alone."""
        found, edge = set(starts), list(starts)
        while edge:
            near = {other for key in edge for other in (*self._links.get(key, ()), *self._back.get(key, ()))}
            edge = [] if once else [key for key in near if key not in found]
            found |= near
        return found


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

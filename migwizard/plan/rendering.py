"""What `migrate` from zero spends its time on: rendering model classes again.

Whenever an operation brings a relation, Django renders every model that is connected with it anew
(`ProjectState.reload_model`): that, not the SQL, is most of the time that a migrate takes. So a plan is fast when
relations come inside CreateModel, where several cost one rendering, and while the connected components are still small.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

from migwizard.plan.operations import Operation

Model = tuple[str, str]
_Key = TypeVar("_Key", bound=Hashable)


class Connected(Generic[_Key]):
    """The connected components of the models so far: a disjoint-set forest with sizes (Tarjan 1975)."""

    def __init__(self) -> None:
        self._parents: dict[_Key, _Key] = {}
        self._sizes: dict[_Key, int] = {}
        """Of roots alone."""

    def size(self, models: Iterable[_Key]) -> int:
        """How large the component would be that connects these models."""
        return sum(self._sizes.get(root, 1) for root in {self._root(model) for model in models})

    def connect(self, models: Iterable[_Key]) -> int:
        """Connect these models, one at least; returns the size of their component."""
        first, *others = {self._root(model) for model in models}
        size = self._sizes.get(first, 1)
        for root in others:
            self._parents[root] = first
            size += self._sizes.pop(root, 1)
        self._sizes[first] = size
        return size

    def all(self) -> int:
        """How many models there are so far."""
        return sum(self._sizes.values())

    def _root(self, model: _Key) -> _Key:
        path = []
        while (parent := self._parents.get(model)) is not None:
            path.append(model)
            model = parent
        for each in path[:-1]:
            self._parents[each] = model
        return model


class Rendered:
    """What was rendered until now, unit by unit, by what is connected so far."""

    def __init__(self, models: dict[str, Model]) -> None:
        self._model_of = models
        """The model that each CreateModel makes, by id."""
        self._connected = Connected[Model]()
        self.classes = 0
        """Model classes rendered so far, by the prediction."""

    def models(self, operations: Iterable[Operation]) -> tuple[Model, ...]:
        """The models that a unit of operations connects: its own, and all that it points at."""
        found: set[Model] = set()
        for op in operations:
            found.add(op.of_model)
            found |= op.external
            found.update(self._model_of[need] for need in op.needs if need in self._model_of)
        return tuple(sorted(found))

    def after(self, models: Iterable[Model]) -> int:
        """How large the component would be once a unit connects these models."""
        return self._connected.size(models)

    def add(self, models: Iterable[Model]) -> None:
        """A unit that connects these models comes: one operation for Django."""
        self.classes += self._connected.connect(models)

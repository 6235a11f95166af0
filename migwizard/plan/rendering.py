"""What `migrate` from zero spends its time on: rendering model classes again.

Whenever an operation brings a relation, Django renders every model that is connected with it anew
(`ProjectState.reload_model`): that, not the SQL, is most of the time that a migrate takes. So a plan is fast when
relations come inside CreateModel, where several cost one rendering, and while the connected components are still small.
"""

from __future__ import annotations

from collections.abc import Iterable

from migwizard.plan.operations import Operation

Model = tuple[str, str]


class Rendered:
    """The connected components of the models that exist so far, and what was rendered to get there.

    A disjoint-set forest with sizes (Tarjan 1975).
    """

    def __init__(self, models: dict[str, Model]) -> None:
        self._model_of = models
        """The model that each CreateModel makes, by id."""
        self._parents: dict[Model, Model] = {}
        self._sizes: dict[Model, int] = {}
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
        return sum(self._sizes.get(root, 1) for root in {self._root(model) for model in models})

    def add(self, models: Iterable[Model]) -> None:
        """A unit that connects these models comes: one operation for Django."""
        roots = {self._root(model) for model in models}
        size = sum(self._sizes.setdefault(root, 1) for root in roots)
        self.classes += size
        first, *others = sorted(roots)
        for root in others:
            self._parents[root] = first
        self._sizes[first] = size

    def _root(self, model: Model) -> Model:
        seen = []
        while (parent := self._parents.get(model)) is not None:
            seen.append(model)
            model = parent
        for each in seen:
            self._parents[each] = model
        return model

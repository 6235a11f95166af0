"""What became of the models and fields that an old operation knew, by the renames that came after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Model = tuple[str, str]
"""App label and name of a model."""


@dataclass(slots=True)
class Fate:
    """A model that was renamed, or fields of it."""

    app: str
    model: str
    fields: dict[str, str] = field(default_factory=dict)
    """New names by old ones, columns of relations included ("land_id")."""


@dataclass(frozen=True, slots=True)
class Fates:
    """The fates of all models between an operation and the end of the old history."""

    by_old: Mapping[tuple[str, str], Fate]
    """By app label and name in lower case, as the operation knows them."""
    relations: Mapping[tuple[str, str, str], Model] = field(default_factory=dict)
    """Where the relations of the last models lead to, by app label, name in lower case, and field."""

    def __bool__(self) -> bool:
        return bool(self.by_old)

    def of(self, model: Model) -> Fate:
        """The fate of a model; one that was never renamed stays what it is."""
        return self.by_old.get((model[0], model[1].lower())) or Fate(*model)

    def path(self, model: Model, lookup: str) -> str:
        """A lookup ("land__code__in") with its fields renamed, as far as the relations are known."""
        words = lookup.split("__")
        fate = self.of(model)
        for number, word in enumerate(words):
            words[number] = fate.fields.get(word, word)
            target = self.relations.get((fate.app, fate.model.lower(), words[number]))
            if target is None:
                break
            ends = [each for each in self.by_old.values() if (each.app, each.model.lower()) == _low(target)]
            fate = ends[0] if ends else Fate(*target)
        return "__".join(words)


def _low(model: Model) -> tuple[str, str]:
    return model[0], model[1].lower()


def fates(
    renames: Sequence[Mapping[str, Any]],
    order: Mapping[tuple[str, str], int],
    operation: tuple[str, str],
    path: str,
    relations: Mapping[tuple[str, str, str], Model],
) -> Fates:
    """The fates after the operation at `path` of the migration `operation`.

    `renames` are as the guest lists them, `order` is the place of each migration in the run.
    """
    place = (order.get(operation, -1), [int(index) for index in path.split(".")])
    found: dict[tuple[str, str], Fate] = {}
    for rename in renames:
        app, name = rename["node"]
        if (order.get((app, name), -1), rename["path"]) <= place:
            continue
        old: Model = (rename["app"], rename["model"])
        fate = next((each for each in found.values() if (each.app, each.model.lower()) == _low(old)), None)
        if fate is None:
            fate = found.setdefault(_low(old), Fate(*old))
        if "field" in rename:
            _rename_field(fate, rename["field"], rename["to"])
        else:
            fate.app, fate.model = rename["to_app"], rename["to"]
    return Fates(found, relations)


def _rename_field(fate: Fate, old: str, new: str) -> None:
    for suffix in ("", "_id"):
        first = next((name for name, last in fate.fields.items() if last == old + suffix), old + suffix)
        fate.fields[first] = new + suffix

"""Operation graphs made by hand and at random, as the autodetector would report them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from migwizard.plan.operations import External, ExternalMigration, Operation


def create(app: str, model: str, *needs: str, **more: frozenset[str]) -> Operation:
    """A CreateModel; its id is "app.model"."""
    return _operation(f"{app}.{model}", app, "CreateModel", model, "", 4, needs, **more)


def add(app: str, model: str, name: str, *needs: str, **more: frozenset[str]) -> Operation:
    """An AddField that needs its own model and `needs`; its id is "app.model.name"."""
    return _operation(f"{app}.{model}.{name}", app, "AddField", model, name, 2, (f"{app}.{model}", *needs), **more)


def index(app: str, model: str, name: str, *needs: str) -> Operation:
    """An AddIndex that needs fields of its model."""
    return _operation(f"{app}.{model}.{name}", app, "AddIndex", model, name, 1, (f"{app}.{model}", *needs))


def _operation(
    id: str,
    app: str,
    kind: str,
    model: str,
    name: str,
    weight: int,
    needs: Iterable[str],
    external: frozenset[str] = frozenset(),
) -> Operation:
    """`external` are labels of third parties; a model "thing" of theirs is what is pointed at."""
    outside = frozenset((label, "thing") for label in external)
    part = f"{app}.{model}" + (f".{name}" if name else "")
    return Operation(id, app, kind, model, name, part, frozenset(needs), outside, frozenset(), weight, (part,))


def external(label: str, name: str, *first: str) -> External:
    """A third party of one migration, which makes its model "thing" and waits for the `first` migrations of apps."""
    return External(label, (ExternalMigration(name, frozenset({"thing"}), frozenset(first)),))


def of_models(keys: Mapping[str, Sequence[str]]) -> list[Operation]:
    """CreateModel for every "app.model", and an AddField for each model that it points to."""
    found = []
    for key, targets in keys.items():
        app, _, model = key.partition(".")
        found.append(create(app, model))
        found += [add(app, model, f"to_{target.replace('.', '_')}", target) for target in targets]
    return found


@dataclass(frozen=True, slots=True)
class Shape:
    """What `schedule` is given."""

    operations: list[Operation]
    externals: dict[str, External] = field(default_factory=dict)
    targets: frozenset[str] = frozenset()

    @property
    def by_id(self) -> dict[str, Operation]:
        return {operation.id: operation for operation in self.operations}


@st.composite
def shapes(draw: st.DrawFn, *, acyclic: bool = False) -> Shape:
    """Up to five apps. Bases lead to earlier models, fields anywhere, so an order exists always.

    Some fields point to a third party that waits for apps of the project. With `acyclic` apps need only earlier apps.
    """
    apps = ["ash", "elm", "fir", "oak", "yew"][: draw(st.integers(1, 5))]
    models = [(draw(st.sampled_from(apps)), f"M{number}") for number in range(draw(st.integers(1, 9)))]
    if acyclic:
        models.sort()
    externals = {
        label: external(label, "0001_initial", *draw(st.sets(st.sampled_from(apps), max_size=2)))
        for label in ("admin", "sites")
    }
    found: list[Operation] = []
    for number, (app, model) in enumerate(models):
        bases = draw(st.sets(st.sampled_from(models[:number]), max_size=1)) if number and draw(st.booleans()) else set()
        found.append(create(app, model, *(f"{a}.{m}" for a, m in sorted(bases))))
        for place in range(draw(st.integers(0, 3))):
            to, name = draw(st.sampled_from(models)), f"f{place}"
            if acyclic and to[0] > app:
                continue
            outside = frozenset({draw(st.sampled_from(sorted(externals)))} if draw(st.integers(0, 5)) == 0 else ())
            found.append(add(app, model, name, f"{to[0]}.{to[1]}", external=outside))
            if draw(st.booleans()):
                found.append(index(app, model, f"i{place}", f"{app}.{model}.{name}"))
    if acyclic:
        externals = {label: external(label, "0001_initial") for label in externals}
    free = [op for op in found if op.kind == "CreateModel" and not op.needs]
    target = draw(st.sampled_from(free)) if draw(st.booleans()) else None
    if target is not None:
        found = [_through_setting(op, target) for op in found]
    return Shape(found, externals, frozenset({target.id.lower()} if target else ()))


def _through_setting(operation: Operation, target: Operation) -> Operation:
    """A field that leads to a swappable model does so through a setting."""
    if operation.kind != "AddField" or target.id not in operation.needs - {f"{operation.app}.{operation.model}"}:
        return operation
    return replace(operation, swappable=frozenset({("AUTH_USER_MODEL", target.app)}))

"""One autodetector pass from nothing to the whole project: the operations and what each of them needs.

Django packs these operations into migrations itself, by chopping each app's list at the first operation that has to
wait. Here the pass stops before that: the host packs them, with the whole graph in view.
"""

from __future__ import annotations

from typing import Any

from . import apart, histories, prepass
from .command import Inside, inside_makemigrations
from .thrifty import thrifty
from .unrendered import unrendered
from .vanishing import take_todays


def quiet_questioner() -> Any:
    """Answers what makemigrations would ask, so that nothing is invented: no default for a field that has none."""
    from django.db import models
    from django.db.migrations.questioner import MigrationQuestioner

    class Quiet(MigrationQuestioner):
        def ask_initial(self, app_label: str) -> bool:
            return True

        def ask_not_null_addition(self, field_name: str, model_name: str) -> Any:
            return models.NOT_PROVIDED

        def ask_auto_now_add_addition(self, field_name: str, model_name: str) -> Any:
            return models.NOT_PROVIDED

        def ask_unique_callable_default_addition(self, field_name: str, model_name: str) -> Any:
            return models.NOT_PROVIDED

    return Quiet({"ask_initial": True}, dry_run=True)


def target_state(inside: Inside, source: str, labels: set[str]) -> Any:
    """The state to build: the models as they are now, or ("history") what the migrations on disk end in.

    Raises AgentError("history") where that needs what only the files of `labels` hold.
    """
    return end_of_history(labels) if source == "history" else inside.today()


def end_of_history(labels: set[str]) -> Any:
    """What the migrations on disk end in. Raises AgentError("history") where that needs what only the files of `labels` hold."""
    from django.db.models.options import normalize_together
    from django.utils import translation

    from .history import load_graph

    translation.deactivate_all()
    loader = load_graph()
    with unrendered():
        state = loader.project_state()
    modules = {type(found).__module__ for (label, _), found in loader.disk_migrations.items() if label in labels}
    take_todays(state, modules, labels)
    for model in state.models.values():
        # RenameIndex by its fields adds an index also where it has that name already (django.db.migrations.operations.models).
        if model.options.get("indexes"):
            model.options["indexes"] = list({index.name: index for index in model.options["indexes"]}.values())
        # Old migrations may hold these as lists of lists; the autodetector expects what models give.
        for option in ("unique_together", "index_together"):
            if model.options.get(option):
                model.options[option] = set(normalize_together(model.options[option]))
    return state


def foreign_part(state: Any, labels: set[str]) -> Any:
    """The state with nothing but the models of other apps, so that a pass from it finds all of `labels` new."""
    from django.db.migrations.state import ProjectState

    return ProjectState({key: model.clone() for key, model in state.models.items() if key[0] not in labels})


def lend_models(state: Any, whole: Any) -> None:
    """Let the autodetector look at a state that is a part of `whole`, and has relations or bases that lead out of it.

    Before Django 4.0 it renders the old state, which cannot be done with such a part.
    """
    import django

    if django.VERSION < (4, 0):
        state.__class__ = type("Part", (type(state),), {"concrete_apps": whole.apps})


def detect(base: Any, labels: set[str], to_state: Any) -> tuple[dict[str, list[Any]], Any]:
    """The operations that the autodetector class `base` finds from nothing to `to_state`, by app label in its own order.

    The second value is the autodetector that found them.
    """
    spared: Any = thrifty(base)

    class Recorder(spared):
        def _build_migration_list(self, graph: Any = None) -> None:
            self.recorded = {app: list(found) for app, found in self.generated_operations.items()}
            self.migrations: dict[str, Any] = {}

    from_state = foreign_part(to_state, labels)
    lend_models(from_state, to_state)
    recorder = Recorder(from_state, to_state, quiet_questioner())
    recorder._detect_changes(convert_apps=None, graph=None)
    prepass.complete(recorder.recorded, to_state)
    return {app: found for app, found in sorted(recorder.recorded.items()) if app in labels}, recorder


def operation_id(app: str, index: int) -> str:
    return "{}:{}".format(app, index)


def operations(
    start: dict[str, Any],
    emit: Any,
    labels: list[str],
    source: str = "models",
    folders: dict[str, str | None] | None = None,
    without: histories.Without = (),
) -> dict[str, Any]:
    """The operation graph as data."""
    histories.look_at(folders, without)

    def work(inside: Inside) -> list[dict[str, Any]]:
        found, recorder = detect(inside.autodetector, set(labels), target_state(inside, source, set(labels)))
        makers, kept = _Makers(found), apart.kept_apart(found)
        return [
            dict(_facts(app, index, operation, found, makers, recorder), apart=id(operation) in kept)
            for app, app_operations in found.items()
            for index, operation in enumerate(app_operations)
        ]

    return {"operations": inside_makemigrations(work), "swappable_targets": _swappable_targets()}


class _Makers:
    """Which operation makes what: a model, or a field of one.

    From nothing an autodetector only creates, so that a look-up says what its `check_dependency` would, in one step.
    """

    def __init__(self, found: dict[str, list[Any]]) -> None:
        self.ids: dict[int, str] = {}
        self._makers: dict[tuple[str, str, str | None], str] = {}
        for app, operations in found.items():
            for index, operation in enumerate(operations):
                key = self.ids[id(operation)] = operation_id(app, index)
                model, kind = prepass.model_of(operation), type(operation).__name__
                if kind == "CreateModel":
                    self._makers[app, model, None] = key
                    self._makers.update(((app, model, name.lower()), key) for name, _ in operation.fields)
                elif kind == "AddField":
                    self._makers[app, model, operation.name.lower()] = key

    def of(self, dependency: Any) -> str | None:
        """The id of the operation that a dependency waits for; None where it waits for nothing that is made here."""
        label, model, field, kind = dependency
        if getattr(kind, "name", kind) not in ("CREATE", True):
            return None
        return self._makers.get((label, str(model).lower(), None if field is None else str(field).lower()))


def _facts(app: str, index: int, operation: Any, labels: Any, makers: _Makers, recorder: Any) -> dict[str, Any]:
    needs = {makers.ids[id(other)] for other in operation._needs_too}
    external: set[tuple[str, str]] = set()
    swappable: list[list[str]] = []
    for original in operation._auto_deps:
        dependency, is_swappable = recorder._resolve_dependency(original)
        label = dependency[0]
        if is_swappable:
            swappable.append([original[1], label])
        if label not in labels:
            external.add((label, str(dependency[1]).lower()))
        elif (maker := makers.of(dependency)) is not None:
            needs.add(maker)
    return {
        "id": operation_id(app, index),
        "app": app,
        "kind": type(operation).__name__,
        "model": getattr(operation, "model_name", None) or getattr(operation, "name", ""),
        "name": _name(operation),
        "describe": operation.describe(),
        "needs": sorted(needs - {operation_id(app, index)}),
        "external": sorted(map(list, external)),
        "swappable": sorted(swappable),
        "weight": _weight(operation),
        "parts": parts([operation]),
    }


def _weight(operation: Any) -> int:
    """What it costs to part the operation from its model.

    For a reader a model weighs most; for a database a column that may not be empty does, since SQLite makes the table anew.
    """
    if type(operation).__name__ == "CreateModel":
        return 6
    field = getattr(operation, "field", None)
    if field is None or field.many_to_many:
        return 1
    return 2 if field.null else 3


def _name(operation: Any) -> str:
    """The field, index or constraint an operation is about; empty for a model."""
    for attribute in ("index", "constraint"):
        if hasattr(operation, attribute):
            return str(getattr(operation, attribute).name)
    return str(getattr(operation, "name", "")) if hasattr(operation, "model_name") else ""


def parts(found: list[Any]) -> list[str]:
    """What operations bring, taken apart: "shop.Order field state", "shop.Order index order_state_idx", ...

    Two lists of operations with the same parts build the same state, however their operations are cut.
    """
    result = []
    for operation in found:
        kind = type(operation).__name__
        model = prepass.model_of(operation)
        if kind == "CreateModel":
            result.append("{} model".format(model))
            result += ["{} field {}".format(model, name) for name, _ in operation.fields]
            for key, value in operation.options.items():
                if key in ("indexes", "constraints"):
                    result += ["{} {} {}".format(model, key, item.name) for item in value]
                elif value and key in ("unique_together", "index_together", "order_with_respect_to"):
                    result.append("{} {}".format(model, key))
        elif kind == "AddField":
            result.append("{} field {}".format(model, operation.name))
        elif kind == "AddIndex":
            result.append("{} indexes {}".format(model, operation.index.name))
        elif kind == "AddConstraint":
            result.append("{} constraints {}".format(model, operation.constraint.name))
        elif hasattr(operation, "option_name"):
            result.append("{} {}".format(model, operation.option_name))
        else:
            result.append("{} {}".format(model, operation.describe()))
    return sorted(result)


def _swappable_targets() -> list[str]:
    """Models that a setting may swap in, as "app.model": they must be in the first migration of their app."""
    from django.apps import apps
    from django.conf import settings

    found = set()
    for model in apps.get_models(include_swapped=True):
        setting = model._meta.swappable
        target = getattr(settings, setting, None) if setting else None
        if isinstance(target, str):
            found.add(target.lower())
    return sorted(found)

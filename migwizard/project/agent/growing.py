"""What makemigrations would load from staging before each level, kept up to date instead of being loaded anew.

A level costs what its own apps cost: loading all files again, and comparing all models of the project again, would make
every level as dear as the whole project.
"""

from __future__ import annotations

from typing import Any, Collection

from . import histories
from .command import Inside
from .history import load_graph
from .operations import lend_models, quiet_questioner
from .thrifty import Known, thrifty
from .tracking import named


class Growing:
    """State and graph of the new history as far as it is written; `target` is the state that it ends in.

    Hides the old migrations of `labels`, and leads to `staging` (a folder a label) then.
    """

    def __init__(self, labels: list[str], staging: dict[str, str], target: Any) -> None:
        histories.use(dict.fromkeys(labels, histories.ABSENT))
        loader = load_graph()
        self._graph, self._state, self._target = loader.graph, loader.project_state(), target
        self._state.real_apps = set(loader.unmigrated_apps)
        histories.use({label: staging[label] for label in labels})
        self._known: Known = {}

    def literal(self, inside: Inside, apps: list[str], later: Collection[str]) -> dict[str, list[Any]]:
        """What `makemigrations` for these apps alone would write now, on top of what lies in staging.

        `later` are the apps of this level and of those that follow.
        """
        from_state, to_state = self._parts(set(apps), set(later), inside.autodetector)
        lend_models(from_state, to_state)
        autodetector = thrifty(inside.autodetector, self._known if _is_djangos(inside.autodetector) else None)
        detector = autodetector(from_state, to_state, quiet_questioner())
        return dict(detector.changes(graph=self._graph, trim_to_apps=set(apps), convert_apps=set(apps)))

    def _parts(self, apps: set[str], later: set[str], autodetector: Any) -> tuple[Any, Any]:
        """The models of some apps before and after, and those that they name: makemigrations finds nothing in others.

        Apps that are written in part belong to them: makemigrations finds the rest of them, which decides what others depend on.
        """
        import django
        from django.db.migrations.state import ProjectState

        before, after = self._state, self._target
        apps = apps | (later - before.real_apps)
        keys = {key for key in after.models.keys() | before.models.keys() if key[0] in apps}
        if not self._graph.nodes:
            # Where there is no migration at all Django knows of no app without any, and looks at all models.
            return ProjectState(), after.clone()
        if django.VERSION < (4, 0) or not _is_djangos(autodetector):
            # Until then all models are rendered, so that none may be missing; and what another autodetector looks at nobody knows.
            return before.clone(), after.clone()
        keys |= {other for key in keys if key in after.models for other in named(after.models[key])}
        # A model that is there already is in both; one of an app that is still without migrations in neither.
        keys = {key for key in keys if key[0] in apps or key in before.models}
        parts = [{key: state.models[key].clone() for key in keys if key in state.models} for state in (before, after)]
        return ProjectState(parts[0], set(before.real_apps)), ProjectState(parts[1], set(after.real_apps))

    def add(self, migration: Any) -> None:
        """Take a migration in that was written."""
        for operation in migration.operations:
            _unbind(operation)
        node = migration.app_label, migration.name
        migration.mutate_state(self._state, preserve=False)
        self._state.real_apps.discard(migration.app_label)
        self._graph.add_node(node, migration)
        for parent in migration.dependencies:
            if tuple(parent) in self._graph.nodes:
                self._graph.add_dependency(migration, node, tuple(parent), skip_validation=True)


def _is_djangos(autodetector: Any) -> bool:
    return bool(autodetector.__module__.startswith("django."))


def _unbind(operation: Any) -> None:
    """Let an operation hold fields of no model, as one that was read from its file does; a state takes no others."""
    for inner in getattr(operation, "state_operations", ()):
        _unbind(inner)
    if hasattr(operation, "fields"):
        operation.fields = [(name, _unbound(field)) for name, field in operation.fields]
    if hasattr(operation, "field"):
        operation.field = _unbound(operation.field)


def _unbound(field: Any) -> Any:
    """The field itself, where it is one of a state: what Django finds by its identity it need not find again."""
    remote = getattr(field, "remote_field", None)
    leads = [getattr(remote, "model", None), getattr(remote, "through", None)]
    is_bound = hasattr(field, "model") or any(hasattr(model, "_meta") for model in leads)
    return field.clone() if is_bound else field

"""What the migrations of other apps offer to the project's, and what they want of them."""

from __future__ import annotations

from typing import Any, Iterator

from .unrendered import unrendered

LATEST = "__latest__"
"""Django's name for the newest migration of an app."""


def external_facts(loader: Any, plan: list[tuple[str, str]], own: set[str]) -> dict[str, dict[str, Any]]:
    """For each app with migrations that is not in `own`: its newest migration, its migrations, what they name of `own`.

    `plan` is every node of the graph in the order of a migrate from zero. Each migration tells what it and all that
    must come before it want: the first migrations of apps ("first"), migrations by name ("named"), models ("models",
    as "app.model"), and those among the named whose models code of it may use ("used"). "held" tells what each of
    these had of its app that is there today.
    """
    reader = _Reader(loader, own)
    for key in plan:
        if key[0] not in own:
            # In this order nothing is gathered by more than one step of recursion.
            reader.wants(key)
    held = _held(loader, plan, reader)
    facts: dict[str, dict[str, Any]] = {}
    for label in sorted(set(loader.migrated_apps) - own):
        leaves = [key for key in loader.graph.leaf_nodes(label) if key[0] == label]
        facts[label] = {
            "leaf": leaves[0][1] if leaves else None,
            "waits_named": _named_on_disk(loader, label, own),
            "migrations": [reader.migration(key) for key in plan if key[0] == label],
            "held": [[*node, sorted(held[node])] for node in sorted(reader.looked_at(label, plan)) if node in held],
        }
    return facts


def _named_on_disk(loader: Any, label: str, own: set[str]) -> list[list[str]]:
    """[app, migration, who names it]: each must stay known to Django, also where only a replaced migration names it."""
    return sorted(
        [app, name, "{}.{}".format(*key)]
        for key, migration in loader.disk_migrations.items()
        if key[0] == label
        for app, name in [*migration.dependencies, *migration.run_before]
        if app in own and not name.startswith("__")
    )


def _held(loader: Any, plan: list[tuple[str, str]], reader: _Reader) -> dict[tuple[str, str], set[str]]:
    """By old migration that others name: what its app had then and has today, as "app.model" and "app.model.relation".

    A relation that led elsewhere then is another one.
    """
    from django.db.migrations.state import ProjectState

    wanted: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for label in {key[0] for key in plan}:
        for node in reader.looked_at(label, plan):
            wanted.setdefault(reader.known(node), []).append(node)
    if not wanted:
        return {}
    state = ProjectState(real_apps=loader.unmigrated_apps)
    then: dict[tuple[str, str], dict[str, Any]] = {}
    with unrendered():
        for key in plan:
            state = loader.graph.nodes[key].mutate_state(state, preserve=False)
            then.update((node, _models_and_relations(state, key[0])) for node in wanted.get(key, ()))
    for app, name in wanted:
        if name == LATEST:
            then[app, name] = _models_and_relations(state, app)
    today = {app: _models_and_relations(state, app) for app, _ in then}
    return {
        node: {key for key, target in found.items() if today[node[0]].get(key, "gone") == target}
        for node, found in then.items()
    }


def _models_and_relations(state: Any, app: str) -> dict[str, Any]:
    """The models of an app with nothing, and their relations with the model that each leads to."""
    found: dict[str, Any] = {}
    for (label, name), model in state.models.items():
        if label != app:
            continue
        found["{}.{}".format(app, name)] = None
        for field_name, field in model.fields.items():
            if getattr(field, "remote_field", None):
                found["{}.{}.{}".format(app, name, field_name.lower())] = _label_of(field.remote_field.model, app)
    return found


class _Reader:
    """Reads third-party migrations; what all that comes before one wants is gathered once."""

    def __init__(self, loader: Any, own: set[str]) -> None:
        self._loader = loader
        self._own = own
        self._replacing = {
            tuple(old): key for key, migration in loader.replacements.items() for old in migration.replaces
        }
        self._wants: dict[tuple[str, str], dict[str, set[Any]]] = {}

    def known(self, node: tuple[str, str]) -> tuple[str, str]:
        """The name by which the graph knows a migration that may be replaced."""
        while node not in self._loader.graph.nodes and node in self._replacing:
            node = self._replacing[node]
        return node

    def looked_at(self, label: str, plan: list[tuple[str, str]]) -> set[tuple[str, str]]:
        """The old migrations that those of a third party name, or whose models they may use."""
        keys = [key for key in plan if key[0] == label and key[0] not in self._own]
        return {node for key in keys for kind in ("named", "used") for node in self.wants(key)[kind]}

    def migration(self, key: tuple[str, str]) -> dict[str, Any]:
        migration = self._loader.graph.nodes[key]
        wants = self.wants(key)
        return {
            "name": key[1],
            "makes": sorted(_made(migration)),
            "first": sorted(wants["first"]),
            "named": sorted(map(list, wants["named"])),
            "used": sorted(map(list, wants["used"])),
            "models": sorted(wants["models"]),
            "run_before": sorted([app, name] for app, name in migration.run_before if app in self._own),
        }

    def wants(self, key: tuple[str, str]) -> dict[str, set[Any]]:
        if key not in self._wants:
            wants: dict[str, set[Any]] = {"first": set(), "named": set(), "models": set(), "used": set()}
            self._wants[key] = wants
            migration = self._loader.graph.nodes[key]
            wants["models"].update(_mentioned(migration, self._own))
            for app, name in migration.dependencies:
                if app in self._own:
                    wants["first"].add(app)
                    if not name.startswith("__"):
                        wants["named"].add((app, name))
                    elif name == LATEST:
                        wants["used"].add((app, name))
            for before in self._before(key, migration):
                for kind, found in self.wants(before).items():
                    wants[kind] |= found
            if _runs_code(migration):
                wants["used"] |= wants["named"]
        return self._wants[key]

    def _before(self, key: tuple[str, str], migration: Any) -> Iterator[tuple[str, str]]:
        """The third-party migrations that a migration depends on, by whichever name the graph knows them."""
        graph = self._loader.graph
        for app, name in migration.dependencies:
            if app in self._own:
                continue
            if name in ("__first__", LATEST):
                nodes = graph.root_nodes(app) if name == "__first__" else graph.leaf_nodes(app)
                yield from (tuple(node) for node in nodes if node[0] == app)
                continue
            node = self.known((app, name))
            if node in graph.nodes and node != key:
                yield node


def _state_operations(migration: Any) -> Iterator[Any]:
    waiting = list(migration.operations)
    while waiting:
        operation = waiting.pop(0)
        yield operation
        waiting = [
            *getattr(operation, "database_operations", ()),
            *(getattr(operation, "state_operations", None) or ()),
            *waiting,
        ]


def _runs_code(migration: Any) -> bool:
    """Whether a migration does more than change models, so that it may use whatever it can see."""
    from django.db.migrations.operations import SeparateDatabaseAndState, fields, models

    schema = (fields.__name__, models.__name__)
    return any(
        type(operation).__module__ not in schema and type(operation) is not SeparateDatabaseAndState
        for operation in _state_operations(migration)
    )


def _made(migration: Any) -> Iterator[str]:
    """The models, in lower case, that exist under their name from this migration on."""
    for operation in _state_operations(migration):
        if type(operation).__name__ == "CreateModel":
            yield operation.name_lower
        elif type(operation).__name__ == "RenameModel":
            yield operation.new_name_lower


def _mentioned(migration: Any, own: set[str]) -> Iterator[str]:
    """The models of the project that fields and bases of a migration point at, as "app.model" in lower case."""
    for operation in _state_operations(migration):
        fields = [field for _, field in getattr(operation, "fields", None) or ()] if _creates(operation) else []
        fields += [operation.field] if hasattr(operation, "field") else []
        remotes = [field.remote_field for field in fields if getattr(field, "remote_field", None)]
        models = [remote.model for remote in remotes] + [getattr(remote, "through", None) for remote in remotes]
        models += list(operation.bases) if _creates(operation) else []
        for model in models:
            label, name = _label_of(model, migration.app_label)
            if label in own:
                yield "{}.{}".format(label, name)


def _creates(operation: Any) -> bool:
    return type(operation).__name__ == "CreateModel"


def _label_of(model: Any, app: str) -> tuple[str, str]:
    """(app label, model in lower case) of a reference; empty for what is none, such as an abstract base."""
    if isinstance(model, str):
        label, _, name = model.rpartition(".")
        return label or app, name.lower()
    meta = getattr(model, "_meta", None)
    return (meta.app_label, meta.model_name or "") if meta is not None else ("", "")

"""What the migrations of other apps offer to the project's, and what they want of them."""

from __future__ import annotations

from typing import Any, Iterator


def external_facts(loader: Any, plan: list[tuple[str, str]], own: set[str]) -> dict[str, dict[str, Any]]:
    """For each app with migrations that is not in `own`: its newest migration, its migrations, what they name of `own`.

    `plan` is every node of the graph in the order of a migrate from zero. Each migration tells what it and all that
    must come before it want: the first migrations of apps ("first"), migrations by name ("named") and models
    ("models", as "app.model").
    """
    reader = _Reader(loader, own)
    for key in plan:
        if key[0] not in own:
            # In this order nothing is gathered by more than one step of recursion.
            reader.wants(key)
    facts: dict[str, dict[str, Any]] = {}
    for label in sorted(set(loader.migrated_apps) - own):
        leaves = [key for key in loader.graph.leaf_nodes(label) if key[0] == label]
        facts[label] = {
            "leaf": leaves[0][1] if leaves else None,
            "waits_named": _named_on_disk(loader, label, own),
            "migrations": [reader.migration(key) for key in plan if key[0] == label],
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


class _Reader:
    """Reads third-party migrations; what all that comes before one wants is gathered once."""

    def __init__(self, loader: Any, own: set[str]) -> None:
        self._loader = loader
        self._own = own
        self._replacing = {
            tuple(old): key for key, migration in loader.replacements.items() for old in migration.replaces
        }
        self._wants: dict[tuple[str, str], dict[str, set[Any]]] = {}

    def migration(self, key: tuple[str, str]) -> dict[str, Any]:
        migration = self._loader.graph.nodes[key]
        wants = self.wants(key)
        return {
            "name": key[1],
            "makes": sorted(_made(migration)),
            "first": sorted(wants["first"]),
            "named": sorted(map(list, wants["named"])),
            "models": sorted(wants["models"]),
            "run_before": sorted([app, name] for app, name in migration.run_before if app in self._own),
        }

    def wants(self, key: tuple[str, str]) -> dict[str, set[Any]]:
        if key not in self._wants:
            wants: dict[str, set[Any]] = {"first": set(), "named": set(), "models": set()}
            self._wants[key] = wants
            migration = self._loader.graph.nodes[key]
            wants["models"].update(_mentioned(migration, self._own))
            for app, name in migration.dependencies:
                if app in self._own:
                    wants["first"].add(app)
                    if not name.startswith("__"):
                        wants["named"].add((app, name))
            for before in self._before(key, migration):
                for kind, found in self.wants(before).items():
                    wants[kind] |= found
        return self._wants[key]

    def _before(self, key: tuple[str, str], migration: Any) -> Iterator[tuple[str, str]]:
        """The third-party migrations that a migration depends on, by whichever name the graph knows them."""
        graph = self._loader.graph
        for app, name in migration.dependencies:
            if app in self._own:
                continue
            if name in ("__first__", "__latest__"):
                nodes = graph.root_nodes(app) if name == "__first__" else graph.leaf_nodes(app)
                yield from (tuple(node) for node in nodes if node[0] == app)
                continue
            node = (app, name)
            while node not in graph.nodes and node in self._replacing:
                node = self._replacing[node]
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

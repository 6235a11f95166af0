"""The app registry as data: apps, concrete models, and their relations as typed edges."""

from __future__ import annotations

import os
from typing import Any

from .histories import Without, look_at, migrations_module


def registry(start: dict[str, Any], emit: Any) -> dict[str, Any]:
    """All apps and models that Django knows after its checks ran (the URLconf may register models)."""
    from django.apps import apps

    return {"apps": [_app(config) for config in apps.get_app_configs()], **_models(apps)}


def registry_at_end(
    start: dict[str, Any],
    emit: Any,
    labels: list[str],
    folders: dict[str, str | None] | None = None,
    without: Without = (),
) -> dict[str, Any]:
    """The same with the models that a history ends in, instead of those of today."""
    from django.apps import apps

    from .operations import end_of_history

    look_at(folders, without)
    found = _models(end_of_history(set(labels)).apps)
    return {"apps": [_app(config) for config in apps.get_app_configs()], **found}


def _models(apps: Any) -> dict[str, Any]:
    """The models of a registry, that of Django or of a historical state, and what they are known by in a database."""
    return {
        "models": [
            _model(model)
            for model in apps.get_models(include_auto_created=False, include_swapped=True)
            if not model._meta.auto_created
        ],
        "auto_tables": {
            model._meta.db_table: model._meta.app_label
            for model in apps.get_models(include_auto_created=True)
            if model._meta.auto_created
        },
        "permissions": sorted(_permissions(apps)),
        "explicit_names": sorted(_explicit_names(apps)),
    }


def _app(config: Any) -> dict[str, Any]:
    module = migrations_module(config.label)
    folder = migrations_folder(module)
    return {
        "label": config.label,
        "name": config.name,
        "path": os.path.realpath(config.path),
        "migrations_module": module,
        "migrations_folder": folder,
        "migrations": len(migration_files(folder)) if folder else 0,
    }


def migrations_folder(module: str) -> str | None:
    """The folder of a migrations package, or None where there is none; imports only its parents."""
    import importlib.util

    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        return None
    if spec is None or not spec.submodule_search_locations:
        return None
    return os.path.realpath(next(iter(spec.submodule_search_locations)))


def migration_files(folder: str) -> list[str]:
    """Names of the modules in a migrations folder that Django would try to load."""
    return sorted(
        name[:-3]
        for name in (os.listdir(folder) if os.path.isdir(folder) else ())
        if name.endswith(".py") and name[0] not in "_~"
    )


def _key(model: Any) -> str:
    return "{}.{}".format(model._meta.app_label, model._meta.object_name)


def _model(model: Any) -> dict[str, Any]:
    meta = model._meta
    return {
        "app": meta.app_label,
        "model": meta.object_name,
        "table": meta.db_table,
        "managed": meta.managed,
        "proxy": meta.proxy,
        "swapped": meta.swapped or None,
        "relations": list(_relations(model)),
    }


def _relations(model: Any) -> Any:
    meta = model._meta
    if meta.proxy:
        yield _edge("proxy", "", meta.proxy_for_model)
        return
    for field in list(meta.local_fields) + list(meta.local_many_to_many) + list(meta.private_fields):
        remote = field.remote_field.model if field.is_relation and field.remote_field else None
        if remote is None or isinstance(remote, str) or (field in meta.private_fields and not field.many_to_many):
            continue
        if field.many_to_many:
            through = getattr(field.remote_field, "through", None)
            explicit = through is not None and not isinstance(through, str) and not through._meta.auto_created
            yield _edge("many_to_many", field.name, remote, field, _key(through) if explicit else None)
        elif field.one_to_one and getattr(field.remote_field, "parent_link", False):
            yield _edge("parent", field.name, remote, field)
        else:
            yield _edge("one_to_one" if field.one_to_one else "foreign_key", field.name, remote, field)


def _edge(kind: str, name: str, to: Any, field: Any = None, through: str | None = None) -> dict[str, Any]:
    return {
        "kind": kind,
        "field": name,
        "to": _key(to),
        "null": bool(getattr(field, "null", False)),
        "primary_key": bool(getattr(field, "primary_key", False)),
        "swappable": getattr(field, "swappable_setting", None) if field is not None else None,
        "through": through,
    }


def _permissions(apps: Any) -> set[tuple[str, str, str, str]]:
    """The permissions (app label, model, codename, name) that post_migrate makes in every database.

    Follows django.contrib.auth.management.create_permissions; a migration may have made one under another name.
    """
    found: set[tuple[str, str, str, str]] = set()
    for model in apps.get_models():
        meta = model._meta
        declared = [
            ("{}_{}".format(action, meta.model_name), "Can {} {}".format(action, meta.verbose_name_raw))
            for action in meta.default_permissions
        ]
        declared += list(meta.permissions)
        found.update((meta.app_label, meta.model_name, codename, str(name)) for codename, name in declared)
    return found


def _explicit_names(apps: Any) -> set[str]:
    """Names of indexes and constraints that a Meta class spells out; migrations use them by name."""
    found: set[str] = set()
    for model in apps.get_models():
        found.update(index.name for index in model._meta.indexes)
        found.update(constraint.name for constraint in model._meta.constraints)
    return found

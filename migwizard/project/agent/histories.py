"""Where the migrations of an app are looked up.

Old and new history exist side by side under one set of module names: a finder leads `shop.migrations` to the tree, to
staging or to a backup. So relative imports, data files beside a migration and pickled references mean the same in each
of them, and a file needs no change when it moves from staging into the tree.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from typing import Any, Collection, Sequence

from . import kept

Without = Sequence[Sequence[str]]
"""Migrations that no history here has, each as [app, name]."""

# Stands for: this app has no migrations at all.
ABSENT = None

# Histories that count wherever a request names no other: those that this file system lacks.
_USUAL: dict[str, str | None] = {}


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, folders: dict[str, str]) -> None:
        self._folders = folders
        self._places = {name: _place(name) for name in folders}

    def find_spec(self, fullname: str, path: Sequence[str] | None = None, target: Any = None) -> Any:
        folder = self._folders.get(fullname)
        if folder is None:
            return self._module(fullname)
        init = os.path.join(folder, "__init__.py")
        return importlib.util.spec_from_file_location(fullname, init, submodule_search_locations=[folder])

    def _module(self, fullname: str) -> Any:
        """A migration, which says of itself that it lies in the tree: what it opens beside itself is there."""
        package, _, name = fullname.rpartition(".")
        folder, place = self._folders.get(package), self._places.get(package)
        path = os.path.join(folder or "", name + ".py")
        if folder is None or place is None or not os.path.isfile(path):
            return None
        loader = importlib.machinery.SourceFileLoader(fullname, path)
        return importlib.util.spec_from_file_location(fullname, os.path.join(place, name + ".py"), loader=loader)


def _place(name: str) -> str | None:
    """The folder in the tree that a migrations package has, or will have."""
    parent, _, last = name.rpartition(".")
    try:
        spec = importlib.util.find_spec(parent) if parent else None
    except (ImportError, ValueError):
        return None
    folders = list(spec.submodule_search_locations or ()) if spec else []
    return os.path.join(folders[0], last) if folders else None


def migrations_module(label: str) -> str:
    """Dotted name of the migrations package of an app, which need not exist. Raises LookupError for an unknown label."""
    from django.db.migrations.loader import MigrationLoader

    name, _ = MigrationLoader.migrations_module(label)
    return name or "{}.migrations".format(_app_name(label))


def _app_name(label: str) -> str:
    from django.apps import apps

    return apps.get_app_config(label).name


def use_always(folders: dict[str, str]) -> None:
    """Look up the migrations of each label in its folder, also in requests that name none."""
    _USUAL.update(folders)
    use({})


def use(folders: dict[str, str | None]) -> None:
    """Look up the migrations of each label in its folder from now on; None hides the app's migrations.

    Meant for a fork: modules that were imported from another place are forgotten, and a second call replaces the first.
    """
    from django.conf import settings

    kept.forget()
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _Finder)]
    modules = {}
    overrides = dict(_items(settings.MIGRATION_MODULES))
    for label, folder in dict(_USUAL, **folders).items():
        if folder is ABSENT:
            overrides[label] = None
            continue
        if overrides.get(label, "") is None:
            del overrides[label]
        settings.MIGRATION_MODULES = overrides
        modules[migrations_module(label)] = folder
    settings.MIGRATION_MODULES = overrides
    _forget(list(modules))
    sys.meta_path.insert(0, _Finder({name: folder for name, folder in modules.items() if folder is not None}))
    importlib.invalidate_caches()


def look_at(folders: dict[str, str | None] | None, without: Without = ()) -> None:
    """See the history that a request is about: that of `folders`, else the tree's, but for the migrations `without`."""
    if folders:
        use(folders)
    if without:
        _leave_out({(app, name) for app, name in without})


def _leave_out(nodes: Collection[tuple[str, str]]) -> None:
    """Let no loader of this process find these migrations, nor what depends on them, nor hear that others come before them."""
    from django.db.migrations.loader import MigrationLoader

    kept.forget()
    original, left_out = MigrationLoader.load_disk, set(nodes)

    def load_disk(loader: Any) -> None:
        original(loader)
        there, gone = loader.disk_migrations, set(nodes)
        while gone:
            for node in gone:
                there.pop(node, None)
            left_out.update(gone)
            gone = {key for key, each in there.items() if not left_out.isdisjoint(map(tuple, each.dependencies))}
        for migration in there.values():
            migration.run_before = [node for node in migration.run_before if tuple(node) not in left_out]

    vars_of_class: Any = MigrationLoader
    vars_of_class.load_disk = load_disk


def _items(mapping: Any) -> list[tuple[str, Any]]:
    return list(mapping.items()) if isinstance(mapping, dict) else []


def _forget(packages: list[str]) -> None:
    inside = tuple(package + "." for package in packages)
    for name in [name for name in sys.modules if name in packages or name.startswith(inside)]:
        del sys.modules[name]
        parent, _, child = name.rpartition(".")
        if name in packages and parent in sys.modules and hasattr(sys.modules[parent], child):
            delattr(sys.modules[parent], child)

"""The history in the project's tree, read once in a process whose forks then answer what is asked about it.

To read all files is most of what a request about a history costs. A fork finds their modules loaded, and the first loader
that it makes gets the graph as it was built, for itself alone: a further one builds its own, as ever.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any, Dict, Iterable, List, Optional

from .failure import AgentError
from .sources import file_of

Signature = Dict[str, Optional[List[int]]]
"""By path what tells that a file or folder is another one than before; None where there is nothing."""

_COARSE = 20_000_000
"""Nanoseconds by which the times of files may lag behind the clock."""

# Attributes of a loader as they were when it began to read, and once it had; empty where nothing is kept.
_KEPT: list[tuple[dict[str, Any], dict[str, Any]]] = []
# A state of today's models, and behind it None once it was given away.
_TODAY: list[Any] = []


def keep(root: str) -> Signature | None:
    """Read the history and keep it; returns the signature of what it was read from.

    None where it cannot be read: a process that has not tried finds out why.
    """
    from .history import load_graph

    began, before = time.time_ns(), set(sys.modules)
    try:
        _lend()
        load_graph(root)
    except AgentError:
        return None
    paths = _sources(before)
    if paths is None:
        return None
    seen = signature(paths)
    for path, facts in seen.items():
        if facts and max(facts[:2]) >= began - _COARSE:
            # It may have changed after it was read, so that this is the signature of no version of it.
            seen[path] = []
    return seen


def keep_today() -> None:
    """Look at the models once for all forks of this process: the first state of them that each asks for is this one.

    Nothing but a new process has other models. Where they cannot be looked at, each fork finds out why.
    """
    from django.apps import apps
    from django.db.migrations.state import ProjectState

    if _TODAY:
        return
    original: Any = vars(ProjectState)["from_apps"]
    try:
        _TODAY.append(ProjectState.from_apps(apps))
    except Exception:
        _TODAY.append(None)
        return

    def from_apps(state: Any, asked: Any) -> Any:
        if state is ProjectState and asked is apps and _TODAY[-1] is not None:
            _TODAY.append(None)
            return _TODAY[-2]
        return original.__get__(None, state)(asked)

    vars_of_class: Any = ProjectState
    vars_of_class.from_apps = classmethod(from_apps)


def forget() -> None:
    """Let every loader of this process read files: it is asked about another history."""
    _KEPT.clear()


def signature(paths: Iterable[str]) -> Signature:
    """The signature of these files and folders as they are now; a folder is another one where a name in it came or went."""
    found: Signature = {}
    for path in paths:
        try:
            facts = os.stat(path)
        except OSError:
            found[path] = None
        else:
            found[path] = [facts.st_mtime_ns, facts.st_ctime_ns, facts.st_size, facts.st_ino]
    return found


def _lend() -> None:
    """Keep what the first loader of this process reads, and let the next one that asks for the same have it."""
    from django.db.migrations.loader import MigrationLoader

    original, is_first = MigrationLoader.build_graph, [True]

    def build_graph(loader: Any) -> None:
        asked = dict(vars(loader))
        if _KEPT and _KEPT[0][0] == asked:
            vars(loader).update(_KEPT.pop()[1])
            return
        original(loader)
        if is_first:
            is_first.pop()
            _KEPT.append((asked, dict(vars(loader))))

    vars_of_class: Any = MigrationLoader
    vars_of_class.build_graph = build_graph


def _sources(before: set[str]) -> list[str] | None:
    """The files of modules that were loaded since, and the folders in which a further migration would lie.

    None where nobody can tell in which folder that would be.
    """
    from django.apps import apps
    from django.db.migrations.loader import MigrationLoader

    found = set()
    for config in apps.get_app_configs():
        name, explicit = MigrationLoader.migrations_module(config.label)
        if explicit and name is not None and name not in sys.modules:
            return None
        found.add(os.path.join(config.path, "migrations"))
        found.update(map(str, getattr(sys.modules.get(name or ""), "__path__", ())))
    found.update(file_of(sys.modules[name]) or "" for name in sys.modules.keys() - before)
    return sorted(found - {""})

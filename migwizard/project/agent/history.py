"""The migration graph of the project as data: nodes in the order of a migrate from zero, with their operations."""

from __future__ import annotations

import dis
import inspect
import sys
import types
from typing import Any, Iterator

from . import histories
from .failure import AgentError, place, sentence
from .neighbours import external_facts
from .reach import reached_source
from .renames import renames
from .sources import file_of
from .stars import star_names
from .unmanaged import begun_unmanaged

OUR_GUARD = "StopIfNotSwitched"
"""The operation that stands first in the files of an earlier reset, see `seeds.guard`."""


def load_graph(root: str = "") -> Any:
    """A MigrationLoader without a database.

    Raises AgentError("history") where a file cannot be imported, or where the files do not form a graph.
    """
    from django.db.migrations.exceptions import BadMigrationError, CircularDependencyError, NodeNotFoundError
    from django.db.migrations.loader import MigrationLoader

    try:
        return MigrationLoader(None, ignore_no_migrations=True)
    except (BadMigrationError, CircularDependencyError, NodeNotFoundError) as error:
        raise AgentError("history", "The migration files form no graph. {}".format(error)) from error
    except (Exception, SystemExit) as error:
        raise AgentError("history", sentence(error), where=place(error, root)) from error


def history(
    start: dict[str, Any],
    emit: Any,
    labels: list[str],
    folders: dict[str, str | None] | None = None,
    without: histories.Without = (),
) -> dict[str, Any]:
    """Nodes of the whole graph, names on disk, conflicts, what star imports gave, what third-party apps want."""
    histories.look_at(folders, without)
    loader = load_graph(start["root"])
    own = set(labels)
    plan = full_plan(loader)
    migrations = [loader.graph.nodes[key] for key in plan]
    return {
        "nodes": [_node(loader, migration, migration.app_label in own) for migration in migrations],
        "renames": renames(migrations),
        "unmanaged": begun_unmanaged(migrations),
        "disk": [[app, name, _file(migration)] for (app, name), migration in sorted(loader.disk_migrations.items())],
        "replaces": {
            "{}.{}".format(app, name): [list(replaced) for replaced in migration.replaces]
            for (app, name), migration in sorted(loader.disk_migrations.items())
            if migration.replaces
        },
        "conflicts": {app: sorted(names) for app, names in loader.detect_conflicts().items()},
        "stars": {
            "{}.{}".format(app, name): found
            for (app, name), migration in sorted(loader.disk_migrations.items())
            if app in own and (found := star_names(sys.modules.get(type(migration).__module__)))
        },
        "external": external_facts(loader, plan, own),
    }


def full_plan(loader: Any) -> list[tuple[str, str]]:
    """Every node in the order in which `migrate` applies them to an empty database."""
    seen: dict[tuple[str, str], None] = {}
    for leaf in loader.graph.leaf_nodes():
        for key in loader.graph.forwards_plan(leaf):
            seen.setdefault(tuple(key))
    return list(seen)


def _file(migration: Any) -> str | None:
    return file_of(sys.modules.get(type(migration).__module__))


def _node(loader: Any, migration: Any, detailed: bool) -> dict[str, Any]:
    """A migration with the nodes that it names, and its parents as the graph resolves them."""
    parents = loader.graph.node_map[migration.app_label, migration.name].parents
    node = {
        "app": migration.app_label,
        "name": migration.name,
        "file": _file(migration),
        "dependencies": [list(key) for key in migration.dependencies],
        "parents": sorted(list(parent.key) for parent in parents),
        "run_before": [list(key) for key in migration.run_before],
        "replaces": [list(key) for key in migration.replaces],
        "atomic": migration.atomic,
        "count": len(migration.operations),
    }
    if detailed:
        node["operations"] = [
            describe_operation(operation, path) for path, operation, _ in special_operations(migration.operations)
        ]
    return node


def is_schema(operation: Any) -> bool:
    """Whether the autodetector writes operations of this class: they come again by themselves."""
    from django.db.migrations.operations import fields, models

    return type(operation).__module__ in (models.__name__, fields.__name__)


def special_operations(operations: Any, prefix: tuple[int, ...] = ()) -> Iterator[tuple[str, Any, Any]]:
    """(path, operation, enclosing SeparateDatabaseAndState) of all that no autodetector writes.

    The path is the index in the migration, with a further index inside a SeparateDatabaseAndState. Schema operations
    inside one count too, since they run although the state says otherwise.
    """
    from django.db.migrations.operations import SeparateDatabaseAndState

    for index, operation in enumerate(operations):
        path = (*prefix, index)
        if isinstance(operation, SeparateDatabaseAndState):
            for inner_path, inner, _ in special_operations(operation.database_operations, path):
                yield inner_path, inner, operation
            for position, inner in enumerate(operation.database_operations):
                if is_schema(inner):
                    yield ".".join(map(str, (*path, position))), inner, operation
        elif not is_schema(operation):
            yield ".".join(map(str, path)), operation, None


def _callable_facts(code: Any) -> dict[str, Any] | None:
    """Where a RunPython's function comes from, and its source as evidence; None for the no-op.

    `named` tells whether the module really knows this very object as `qualname`: a partial, a lambda, an object that
    can be called and what a decorator made may be something else than what their own names lead to.
    """
    from django.db import migrations

    if code is None or code is migrations.RunPython.noop:
        return None
    module, name = getattr(code, "__module__", None), _name_in_module(code)
    facts = {
        "module": module,
        "qualname": name or getattr(code, "__qualname__", type(code).__name__),
        "named": name is not None,
        "file": None,
        "line": None,
        "source": "",
    }
    code = inspect.unwrap(code)
    try:
        facts["file"] = inspect.getsourcefile(code)
        lines, facts["line"] = inspect.getsourcelines(code)
        facts["source"] = "".join(lines)
    except (OSError, TypeError):
        pass
    return facts


def _does_nothing(code: Any) -> bool:
    """Whether a function has no body to speak of: a docstring, `pass`, `return`, what was commented out."""
    if type(code) is not types.FunctionType:
        return False
    idle = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}
    return all(each.opname in idle for each in dis.get_instructions(code))


def _name_in_module(code: Any) -> str | None:
    """The global name under which the module of a callable holds exactly this object."""
    known = vars(sys.modules.get(getattr(code, "__module__", None) or "", object))
    name = getattr(code, "__qualname__", None)
    if name in known and known[name] is code:
        return str(name)
    return next((name for name, value in known.items() if value is code), None)


def _sql_text(sql: Any) -> list[str] | None:
    """The statements of a RunSQL as text, or None where they carry parameters.

    No parameters at all are parameters too: with an empty list Django makes one percent sign of two, with None it does not.
    """
    if sql is None:
        return None
    if isinstance(sql, str):
        return [sql]
    statements = []
    for item in sql:
        if not isinstance(item, str):
            if len(item) != 2 or item[1] is not None:
                return None
            item = item[0]
        statements.append(item)
    return statements


def describe_operation(operation: Any, path: str) -> dict[str, Any]:
    """What can be known of an operation without running it."""
    from django.db import migrations

    facts: dict[str, Any] = {
        "path": path,
        "class": type(operation).__name__,
        "module": type(operation).__module__,
        "describe": _describe(operation),
        "kind": "custom",
        "elidable": bool(getattr(operation, "elidable", False)),
        "reversible": bool(getattr(operation, "reversible", True)),
    }
    if facts["class"] == OUR_GUARD:
        facts["noop"] = True
    if isinstance(operation, migrations.RunPython) and type(operation) is migrations.RunPython:
        facts["kind"] = "RunPython"
        facts["code"] = _callable_facts(operation.code)
        facts["reaches"] = reached_source(operation.code)
        facts["reverse"] = _callable_facts(operation.reverse_code)
        facts["noop"] = operation.code is migrations.RunPython.noop or _does_nothing(operation.code)
        facts["has_reverse"] = operation.reverse_code is not None
        facts["hints"] = sorted(operation.hints)
    elif isinstance(operation, migrations.RunSQL) and type(operation) is migrations.RunSQL:
        facts["kind"] = "RunSQL"
        facts["sql"] = _sql_text(operation.sql)
        facts["reverse_sql"] = _sql_text(operation.reverse_sql)
        # Django takes a text apart, for drivers that run one statement at a time, and never the items of a list.
        facts["listed"] = [not isinstance(sql, str) for sql in (operation.sql, operation.reverse_sql)]
        facts["noop"] = operation.sql in ("", [], None)
        facts["state_operations"] = len(operation.state_operations)
        # State operations must not come along: the state comes from the models.
        facts["written"] = None if operation.state_operations else _written(operation)
    elif is_schema(operation):
        facts["kind"] = "schema"
    elif _is_of_models(operation):
        # The state comes from the models, and with it what such an operation does to tables.
        facts["of_models"] = True
        facts["written"] = None
    else:
        facts["written"] = _written(operation)
        facts["reaches"] = reached_source(type(operation))
    return facts


def _is_of_models(operation: Any) -> bool:
    """Whether it is one of Django's operations on models or fields in a class of the project's own."""
    from django.db import migrations
    from django.db.migrations.operations.fields import FieldOperation
    from django.db.migrations.operations.models import IndexOperation, ModelOperation

    kinds = (ModelOperation, FieldOperation, IndexOperation, migrations.SeparateDatabaseAndState)
    return isinstance(operation, kinds)


def _describe(operation: Any) -> str:
    try:
        return str(operation.describe())
    except Exception:
        return type(operation).__name__


def _is_migration(line: str) -> bool:
    """Whether an import statement names a module that holds a migration."""
    module = sys.modules.get(line.split()[1]) if len(line.split()) > 1 else None
    return isinstance(getattr(module, "Migration", None), type)


def _written(operation: Any) -> dict[str, Any] | None:
    """A custom operation as MigrationWriter writes it: source and imports; None where that would not make it again.

    Nor can it be written so where it imports something of a migration, which is going to vanish.
    """
    from django.db.migrations.writer import OperationWriter

    try:
        _, arguments, keywords = operation.deconstruct()
        type(operation)(*arguments, **keywords)
        source, imports = OperationWriter(operation, indentation=0).serialize()
    except Exception:
        return None
    if any(_is_migration(line) for line in imports):
        return None
    return {"source": source.rstrip().rstrip(","), "imports": sorted(imports)}

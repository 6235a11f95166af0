"""Watch what the operations of a history really do to an empty database.

Flags say little: most data migrations do nothing on an empty database, and `elidable` is hardly used. So rows and
catalogue are compared by value around every operation that no autodetector writes.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any, Callable

from . import statements
from .engines import Engine, Snapshot
from .engines.snapshot import row_changes
from .failure import place_of_operation
from .history import describe_operation, special_operations
from .outside import Outside

_COUNTER = re.compile(
    r"\b(?:UPDATE|INTO|DELETE\s+FROM)\s+\W?sqlite_sequence\b|\bALTER\s+SEQUENCE\b|\bsetval\s*\(|\bAUTO_INCREMENT\s*="
    r"|\bRESTART\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")


class Watched:
    """One operation of the old history and what it did."""

    def __init__(self, app: str, migration: str, facts: dict[str, Any], wrapper: Any, compared: frozenset[str]) -> None:
        self.facts = dict(facts, app=app, migration=migration, id="{}.{}#{}".format(app, migration, facts["path"]))
        self.facts["not_atomic"] = False
        self.facts["in_separate"] = (
            None if wrapper is None else [_state_model(operation) for operation in wrapper.state_operations]
        )
        self._compared = compared
        self.statements = 0
        self.writes = 0
        self.words: set[str] = set()
        self.tables: set[str] = set()
        self.touched: list[tuple[str, tuple[Any, ...], str]] = []
        self.schema: list[list[str]] = []
        self.unseen: set[str] = set()
        self.only_defines = True
        self.written: set[str] = set()
        self.virtual: set[str] = set()
        self.foreign: set[str] = set()

    def see(self, sql: str) -> None:
        self.statements += 1
        first = sql.lstrip().split(None, 1)
        if first and first[0].upper() in ("INSERT", "UPDATE", "DELETE", "REPLACE"):
            self.writes += 1
        self.words.update(_WORD.findall(sql))
        self.unseen |= statements.unseen(sql, self._compared)
        self.only_defines = self.only_defines and statements.only_defines(sql)
        self.written |= statements.written(sql)
        self.facts["sets_counter"] = bool(self.facts.get("sets_counter") or _COUNTER.search(sql))


def _is_injected(operation: Any) -> bool:
    """contenttypes puts operations of its own into a plan that renames models; no migration file holds them."""
    return type(operation).__module__ == "django.contrib.contenttypes.management"


def _is_virtual(sql: str | None) -> bool:
    return (sql or "").lstrip().upper().startswith("CREATE VIRTUAL")


def _renamed(kind: str, name: str, old: str, new: str) -> str:
    """The name of an object once its table has another one."""
    if kind in ("table", "counter"):
        return new if name == old else name
    if kind in ("comment", "owner", "grant"):
        what, _, of = name.partition(" ")
        table, dot, column = of.partition(".")
        return "{} {}{}{}".format(what, new, dot, column) if what in ("table", "column") and table == old else name
    first, on, table = name.rpartition(" on ")
    return first + on + new if on and table == old else name


def _state_model(operation: Any) -> list[str]:
    return [type(operation).__name__, str(getattr(operation, "model_name", None) or getattr(operation, "name", ""))]


class Observer:
    """Patches Migration.apply for the length of a `with` block; knows at any time which operation runs."""

    def __init__(
        self,
        engine: Engine,
        connection: Any,
        labels: set[str],
        watch: bool,
        emit: Callable[..., None],
        outside: Outside,
    ) -> None:
        self._outside = outside
        self._engine = engine
        self._connection = connection
        self._labels = labels
        self._watch = watch
        self._emit = emit
        self._snapshot: tuple[Any, Snapshot] | None = None
        self._stack: list[Watched] = []
        self.watched: list[Watched] = []
        self.owners: dict[tuple[str, tuple[Any, ...]], list[str]] = {}
        self.found: set[tuple[str, tuple[Any, ...]]] = set()
        self.objects: dict[tuple[str, str], str] = {}
        self.current: dict[str, Any] | None = None
        self.place: Callable[[], dict[str, Any] | None] = lambda: None
        """Where the current operation stands in its file."""
        self.applied: list[list[str]] = []

    def __enter__(self) -> Observer:
        from django.db.migrations.migration import Migration

        self._original = Migration.apply
        observer = self

        def apply(migration: Any, project_state: Any, schema_editor: Any, collect_sql: bool = False) -> Any:
            observer._enter_migration(migration)
            return observer._original(migration, project_state, schema_editor, collect_sql)

        Migration.apply = apply
        self._wrapper = self._connection.execute_wrapper(self._see_statement)
        self._wrapper.__enter__()
        return self

    def __exit__(self, *details: Any) -> None:
        from django.db.migrations.migration import Migration

        self._wrapper.__exit__(*details)
        Migration.apply = self._original

    def current_name(self) -> str:
        if self.current is None:
            return ""
        return "{app}.{migration} (operation {path}, {describe})".format(**self.current)

    def _enter_migration(self, migration: Any) -> None:
        self.applied.append([migration.app_label, migration.name])
        self._emit(migration="{}.{}".format(migration.app_label, migration.name), number=len(self.applied))
        operations = [operation for operation in migration.operations if not _is_injected(operation)]
        for index, operation in enumerate(operations):
            self._wrap(operation, partial(self._note, migration, index, operation, len(operations)), self._note_end)
        if not self._watch or migration.app_label not in self._labels:
            return
        for path, operation, wrapper in special_operations(operations):
            compared: frozenset[str] = getattr(self._engine, "COMPARED", frozenset())
            facts = describe_operation(operation, path)
            watched = Watched(migration.app_label, migration.name, facts, wrapper, compared)
            watched.facts["not_atomic"] = not migration.atomic
            self.watched.append(watched)
            self._wrap(operation, partial(self._begin, watched), self._finish)

    def _note(self, migration: Any, number: int, operation: Any, total: int) -> None:
        self.current = {
            "app": migration.app_label,
            "migration": migration.name,
            "path": str(number),
            "describe": operation.describe(),
            "finished": False,
        }
        self.place = partial(place_of_operation, type(migration), number, total)

    def _note_end(self) -> None:
        """What fails from here on fails at the end of the migration, where constraints are checked."""
        if self.current is not None:
            self.current["finished"] = True

    @staticmethod
    def _wrap(operation: Any, before: Callable[[], None], after: Callable[[], None] | None = None) -> None:
        """Run `before` and `after` around one operation object; its class stays as it is."""
        original = operation.database_forwards

        def database_forwards(*args: Any, **kwargs: Any) -> Any:
            before()
            result = original(*args, **kwargs)
            if after is not None:
                after()
            return result

        operation.__dict__["database_forwards"] = database_forwards

    def _see_statement(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        text = str(sql)
        for watched in self._stack[-1:]:
            watched.see(text)
        result = execute(sql, params, many, context)
        for old, new in statements.renamed(text):
            if not old.startswith("new__"):
                self._rename(old, new)
        return result

    def _rename(self, old: str, new: str) -> None:
        """From now on everything that was seen of the table `old` is known under the table's new name."""
        for table, key in [entry for entry in self.owners if entry[0] == old]:
            self.owners[new, key] = self.owners.pop((table, key))
        self.objects = {(kind, _renamed(kind, name, old, new)): owner for (kind, name), owner in self.objects.items()}
        self.found = {(new if table == old else table, key) for table, key in self.found}
        for watched in self.watched:
            watched.tables = {new if table == old else table for table in watched.tables}
            watched.virtual = {new if table == old else table for table in watched.virtual}
            for change in watched.schema:
                change[2] = _renamed(change[1], change[2], old, new)
            watched.touched = [(new if table == old else table, key, change) for table, key, change in watched.touched]

    def _take(self) -> Snapshot:
        """A snapshot; the last one where nothing was written since."""
        mark = self._engine.mark(self._connection)
        if self._snapshot is None or self._snapshot[0] != mark:
            self._snapshot = (mark, self._engine.snapshot(self._connection))
        return self._snapshot[1]

    def _begin(self, watched: Watched) -> None:
        self._before = self._take()
        self._stack.append(watched)
        self._mark = self._outside.mark()

    def _finish(self) -> None:
        watched = self._stack.pop()
        watched.facts["outside"] = self._outside.since(self._mark)
        if watched.facts.get("sets_counter"):
            # What a sequence counts is not written in a way that leaves a mark.
            self._snapshot = None
        before, after = self._before, self._take()
        self._compare(watched, before, after)
        facts = self._one(watched)
        told = {key: facts[key] for key in ("id", "statements", "rows", "schema")}
        # The definitions stay here: an event is one line, and they may be long.
        self._emit(operation=dict(told, schema=[change[:3] for change in told["schema"]]))

    def _compare(self, watched: Watched, before: Snapshot, after: Snapshot) -> None:
        views = {name for kind, name in before.objects.keys() | after.objects.keys() if kind == "view"}
        watched.tables = watched.words & (before.rows.keys() | after.rows.keys() | views)
        for (_, name), (_, sql) in after.objects.items() if watched.written else ():
            if name.lower() in watched.written and _is_virtual(sql):
                watched.virtual.add(name)
                watched.tables |= {name, *(set(_WORD.findall(sql or "")) & after.rows.keys())}
        if before is after:
            return
        for kind, name in sorted(before.objects.keys() | after.objects.keys()):
            old, new = before.objects.get((kind, name)), after.objects.get((kind, name))
            if old != new:
                action = "created" if old is None else "dropped" if new is None else "changed"
                watched.schema.append([action, kind, name, (new or old or ("", ""))[1] or ""])
                if new is not None:
                    self.objects[kind, name] = watched.facts["id"]
        for table, number in sorted(after.counters.items()) if watched.facts.get("sets_counter") else ():
            if number != before.counters.get(table):
                watched.schema.append(["changed", "counter", table, str(number)])
                self.objects["counter", table] = watched.facts["id"]
        for table, key, change in row_changes(before, after):
            watched.touched.append((table, key, change))
            owners = self.owners.setdefault((table, key), [])
            if change == "deleted":
                if not owners or (table, key) in self.found:
                    watched.foreign.add(table)
                del self.owners[table, key]
                self.found.discard((table, key))
                continue
            if change == "updated" and not owners:
                self.found.add((table, key))
            if watched.facts["id"] not in owners:
                owners.append(watched.facts["id"])

    def report(self) -> dict[str, Any]:
        """Everything seen, with the rows and objects that are still there at the end.

        `found` are the rows among them that others had made before: the operations changed them only.
        """
        last = self._take()
        final = last.rows
        for watched in self.watched:
            # Rows that were seen speak for themselves.
            watched.virtual -= {table for table, _, _ in watched.touched}
            watched.virtual &= {name for _, name in last.objects}
        surviving = {entry: owners for entry, owners in self.owners.items() if entry[1] in final.get(entry[0], ())}
        return {
            "operations": [self._one(watched) for watched in self.watched],
            "rows": [[table, plain_key(key), owners] for (table, key), owners in sorted(surviving.items(), key=repr)],
            "found": [[table, plain_key(key)] for table, key in sorted(self.found & surviving.keys(), key=repr)],
            "objects": [[kind, name, owner] for (kind, name), owner in sorted(self.objects.items())],
        }

    @staticmethod
    def _one(watched: Watched) -> dict[str, Any]:
        changes: dict[str, dict[str, int]] = {}
        for table, _, change in watched.touched:
            changes.setdefault(table, {}).setdefault(change, 0)
            changes[table][change] += 1
        return dict(
            watched.facts,
            statements=watched.statements,
            writes=watched.writes,
            tables=sorted(watched.tables),
            rows=changes,
            schema=watched.schema,
            unseen=sorted(watched.unseen),
            only_defines=watched.only_defines,
            virtual=sorted(watched.virtual),
            foreign=sorted(watched.foreign),
        )


def plain_key(key: Any) -> list[Any]:
    """A key as JSON can carry it and a mapping can hold it: bytes as SQL writes them."""
    return ["x'{}'".format(bytes(value).hex()) if isinstance(value, (bytes, memoryview)) else value for value in key]

"""The guard: stops plain `migrate` on a database where the switch was forgotten.

Names that the old history never used do not always stop Django by themselves: an app that has seeds only would seed
a second time. So the roots of the new history begin with an operation that looks into the recorded migrations. It is
standard Django, passes on an empty and on a switched database, and is taken out again when the reset retires.

The file's text is spliced, not written anew: what makemigrations wrote stays as it is, byte for byte.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from itertools import accumulate

CLASS = "StopIfNotSwitched"
OPERATION = f"{CLASS}()"
NOT_INITIAL = "False  # or migrate --fake-initial would pass the guard by"
"""What stands for `True` behind `initial =` of a guarded file: Django fakes an initial one whose tables are there."""
LINE_LENGTH = 100

_GUARD = '''\
class {name}(migrations.RunPython):
    """Stop where the old history is still recorded: such a database is switched, not migrated."""

    def __init__(self):
        super().__init__(migrations.RunPython.noop, migrations.RunPython.noop, elidable=True)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        # No router is asked: where it keeps the app out, the migration is recorded all the same.
        from django.core.management.base import CommandError
        from django.db.migrations.loader import MigrationLoader
        from django.db.migrations.recorder import MigrationRecorder

        {labels}
        {keep}
        connection = schema_editor.connection
        recorded = set(MigrationRecorder(connection).applied_migrations())
        old = {{key for key in recorded - keep if key[0] in labels}}
        if old:
            loader = MigrationLoader(None, load=False, ignore_no_migrations=True)
            loader.load_disk()
            old -= set(loader.disk_migrations)
        if old:
            raise CommandError(
                "Database '%s' is still at the old history: it records %d migrations without a "
                "file (%s.%s). Switch it: python migwizard_switch.py switch --database %s "
                "(a test database: create it anew)."
                % (connection.alias, len(old), *max(old), connection.alias)
            )


'''


_BEHIND = '''\
class {name}(migrations.RunPython):
    """Stop where a part of the old history is recorded: such a database is behind."""

    def __init__(self):
        super().__init__(migrations.RunPython.noop, migrations.RunPython.noop, elidable=True)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        from django.core.management.base import CommandError
        from django.db.migrations.loader import MigrationLoader
        from django.db.migrations.recorder import MigrationRecorder

        {labels}
        connection = schema_editor.connection
        self._look_at_tables(connection, app_label, from_state)
        # A database that this process builds from nothing records old names on its way.
        building = connection.__dict__.setdefault("migwizard_building", set())
        place = (connection.settings_dict["NAME"], getattr(connection, "schema_name", None))
        if place in building:
            return
        recorded = set(MigrationRecorder(connection).applied_migrations())
        loader = MigrationLoader(None, load=False, ignore_no_migrations=True)
        loader.load_disk()
        lacking, old = set(), set()
        named = {{node for migration in loader.disk_migrations.values() for node in map(tuple, migration.replaces)}}
        strange = {{key for key in recorded - named - set(loader.disk_migrations) if key[0] in labels}}
        for key, migration in loader.disk_migrations.items():
            guarded = any(type(each).__name__ == "{name}" for each in migration.operations)
            if key[0] in labels and guarded:
                replaced = set(map(tuple, migration.replaces))
                lacking |= replaced - recorded
                old |= replaced & recorded if key not in recorded else set()
        if lacking and (old or strange):
            raise CommandError(
                "Database '%s' is behind: of the migrations before the reset it lacks %d, such as "
                "%s.%s. Deploy the release before the reset there and run migrate, then this one "
                "(a new database whose first migrate was cut off: create it anew)."
                % (connection.alias, len(lacking), *max(lacking))
            )
        building.add(place)

    def _look_at_tables(self, connection, app_label, state):
        # Django records a file by its replaced names alone; a database that is behind still lacks their columns.
        from django.core.management.base import CommandError
        from django.db import router

        names = [name for label, name in state.models if label == app_label]
        if not names:
            return
        with connection.cursor() as cursor:
            tables = set(connection.introspection.table_names(cursor))
            for model in [state.apps.get_model(app_label, name) for name in names]:
                meta = model._meta
                if meta.swapped or not meta.managed or meta.db_table not in tables:
                    continue
                if not router.allow_migrate_model(connection.alias, model):
                    continue
                found = connection.introspection.get_table_description(cursor, meta.db_table)
                there = {{column.name.lower() for column in found}}
                missing = [f.column for f in meta.local_concrete_fields if f.column.lower() not in there]
                if missing:
                    raise CommandError(
                        "Database '%s' is behind: its table %s lacks the column %s, which a migration before the "
                        "reset brings. Nothing can bring it now: restore the database from before its last "
                        "migrate, run the release before the reset there, then this one."
                        % (connection.alias, meta.db_table, missing[0])
                    )


'''


class CannotGuardError(ValueError):
    """The text has no place for the guard: it is not a migration as makemigrations writes it."""


def add_guard(source: str, *, labels: Sequence[str], keep: Sequence[tuple[str, str]]) -> str:
    """Give a migration file the guard as its first operation; a guard that is there already is brought up to date.

    `labels` are the apps of the reset, `keep` the old (app, name) whose rows stay although no file bears the name.
    Raises CannotGuardError if the text has no `class Migration` with a list of operations or does not import migrations.
    """
    kept = _set_of("keep", (f"({_quoted(app)}, {_quoted(name)})" for app, name in sorted(set(keep))))
    return _guarded(source, _GUARD.format(name=CLASS, labels=_labels(labels), keep=kept))


def add_behind_guard(source: str, *, labels: Sequence[str]) -> str:
    """The same for files that replace the old ones by name: there Django itself tells a database that has everything.

    What runs such a file is new or behind. A new one has recorded nothing, or new names with what they replace; the guard
    looks once a process, since Django before 6.0 records the new names when a migrate ends. Raises CannotGuardError.
    """
    return _guarded(source, _BEHIND.format(name=CLASS, labels=_labels(labels)))


def _guarded(source: str, guard: str) -> str:
    plain = re.sub(r"(?m)^(    initial = )True(?=\r?$)", rf"\g<1>{NOT_INITIAL}", remove_guard(source), count=1)
    newline = "\r\n" if "\r\n" in plain else "\n"
    migration = _migration_class(plain)
    bracket = _after_bracket(plain, migration)
    start = _start_of_class(plain, migration)
    operation = _spliced_operation(plain[bracket:], newline)
    return plain[:start] + guard.replace("\n", newline) + plain[start:bracket] + operation + plain[bracket:]


def _labels(labels: Sequence[str]) -> str:
    return _set_of("labels", (_quoted(label) for label in sorted(set(labels))))


def remove_guard(source: str) -> str:
    """The file as it was before `add_guard`; a file without guard comes back as it is."""
    tree = _parse(source)
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == CLASS]
    if not classes:
        return source
    source = source.replace(f"    initial = {NOT_INITIAL}", "    initial = True", 1)
    bracket = _after_bracket(source, _migration_class(source))
    written = re.escape(OPERATION)
    operation = re.match(rf"[\r\n]\s*{written},?|{written}(, )?", source[bracket:])
    end = bracket + operation.end() if operation else bracket
    source = source[:bracket] + source[end:]
    start, stop = offset(source, classes[0].lineno, 0), offset(source, (classes[0].end_lineno or 0) + 1, 0)
    blank = re.match(r"(\r?\n){0,2}", source[stop:])
    return source[:start] + source[stop + (blank.end() if blank else 0) :]


def _spliced_operation(rest: str, newline: str) -> str:
    """The operation as it goes after the opening bracket: on its own line where the list is spread over lines."""
    if re.match(r"[ \t]*(#|\r|\n)", rest):
        return f"{newline}        {OPERATION},"
    return OPERATION if rest.lstrip().startswith("]") else f"{OPERATION}, "


def _migration_class(source: str) -> ast.ClassDef:
    tree = _parse(source)
    imported = {
        alias.asname or alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Migration"]
    if len(classes) != 1 or "migrations" not in imported:
        raise CannotGuardError("the file does not import migrations and define one class Migration")
    return classes[0]


def after_bracket(source: str, name: str) -> int:
    """Offset of what follows the opening bracket of a list of the migration, `operations` say.

    Raises CannotGuardError where there is none.
    """
    return _after_bracket(source, _migration_class(source), name)


def _after_bracket(source: str, migration: ast.ClassDef, name: str = "operations") -> int:
    for statement in migration.body:
        if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.List):
            continue
        if any(isinstance(target, ast.Name) and target.id == name for target in statement.targets):
            return offset(source, statement.value.lineno, statement.value.col_offset) + 1
    raise CannotGuardError(f"class Migration has no list of {name}")


def _start_of_class(source: str, migration: ast.ClassDef) -> int:
    """Offset of the class with its decorators and the comment lines directly above."""
    line = min([migration.lineno, *(decorator.lineno for decorator in migration.decorator_list)])
    lines = re.split(r"\r\n|\r|\n", source)
    while line > 1 and lines[line - 2].startswith("#"):
        line -= 1
    return offset(source, line, 0)


def offset(source: str, line: int, column: int) -> int:
    """Offset in characters of a line (from 1; one past the last is the end) and a column in UTF-8 bytes."""
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", source)
    start = [0, *accumulate(map(len, lines))][min(line - 1, len(lines))]
    return start + len(lines[line - 1].encode()[:column].decode()) if column else start


def _parse(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise CannotGuardError(f"the file cannot be parsed: {error}") from error


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _set_of(name: str, items: Iterable[str]) -> str:
    """An assignment of a set, on one line while it fits, else with one item a line."""
    members = list(items)
    if not members:
        return f"{name} = set()"
    line = f"{name} = {{{', '.join(members)}}}"
    if len(line) + 8 <= LINE_LENGTH:
        return line
    return f"{name} = {{\n" + "".join(f"            {member},\n" for member in members) + "        }"

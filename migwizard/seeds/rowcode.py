"""The functions that a migration with literal rows brings along.

They run on the historical models of every Django since 3.2. ``_base_manager`` is used throughout, since a model's own
managers may hide rows or be absent from the migration state.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from migwizard.seeds.imports import LINE_LENGTH

FORWARDS = "create_rows"
BACKWARDS = "delete_rows"

HELPERS: Mapping[str, str] = {
    "get_content_type": '''\
def get_content_type(apps, db, app_label, model):
    """Find or make the content type: post_migrate makes it only after the last migration."""
    manager = apps.get_model("contenttypes", "ContentType")._base_manager
    return manager.using(db).get_or_create(app_label=app_label, model=model)[0]
''',
    "get_permission": '''\
def get_permission(apps, db, app_label, model, codename, name):
    """Find or make the permission: its primary key differs between databases."""
    content_type = get_content_type(apps, db, app_label, model)
    manager = apps.get_model("auth", "Permission")._base_manager
    return manager.using(db).get_or_create(
        content_type=content_type, codename=codename, defaults={"name": name}
    )[0]
''',
    "read_rows": '''\
def read_rows(apps, app_label, model_name, columns, file):
    """The rows of a data file beside this migration, one a line, each value as its field writes it."""
    model = apps.get_model(app_label, model_name)
    fields = [model._meta.get_field(column) for column in columns]
    lines = pkgutil.get_data(__package__, file).decode().split("\\n")
    return [
        [None if text is None else field.to_python(text) for field, text in zip(fields, json.loads(line))]
        for line in lines
        if line
    ]
''',
    "insert_rows": '''\
def insert_rows(apps, db, app_label, model_name, columns, rows):
    """Insert the values as they are: raw saves call neither auto_now nor the parent's save."""
    model = apps.get_model(app_label, model_name)
    for values in rows:
        instance = model(**dict(zip(columns, values)))
        instance.save_base(raw=True, force_insert=True, using=db)
''',
    "update_rows": '''\
def update_rows(apps, db, app_label, model_name, columns, rows, pk):
    """Give the rows that exist already these values."""
    manager = apps.get_model(app_label, model_name)._base_manager
    for values in rows:
        row = dict(zip(columns, values))
        manager.using(db).filter(pk=row.pop(pk)).update(**row)
''',
    "reset_sequences": '''\
def reset_sequences(connection, models):
    """Let the next insert without a primary key begin after these rows."""
    statements = connection.ops.sequence_reset_sql(no_style(), models)
    if statements:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
''',
    "remove_rows": '''\
def remove_rows(apps, db, app_label, model_name, keys):
    """Delete these rows and, without a cascade, nothing that points to them."""
    manager = apps.get_model(app_label, model_name)._base_manager
    for key in reversed(keys):
        manager.using(db).filter(pk=key)._raw_delete(db)
''',
    "remove_permission": '''\
def remove_permission(apps, db, app_label, model, codename):
    """Delete a permission that no model declares."""
    manager = apps.get_model("auth", "Permission")._base_manager
    manager.using(db).filter(
        content_type__app_label=app_label, content_type__model=model, codename=codename
    ).delete()
''',
}


def function(name: str, docstring: str, lines: Sequence[str], *, any_order: bool = False) -> str:
    """A function for RunPython, in which ``db`` is the alias of the database that is migrated.

    With ``any_order`` rows may point to rows that come later, also where the engine looks at once.
    """
    if any_order:
        inside = ["    " + line.replace("\n", "\n    ") for line in lines]
        lines = ["with schema_editor.connection.constraint_checks_disabled():", *inside]
    body = "".join(f"    {line}\n" for line in lines)
    return f'def {name}(apps, schema_editor):\n    """{docstring}"""\n    db = schema_editor.connection.alias\n{body}'


def call(name: str, *arguments: str) -> str:
    """A call as a statement of a function, broken after its parenthesis when it is long."""
    line = f"{name}({', '.join(arguments)})"
    return line if len(line) <= LINE_LENGTH - 4 else f"{name}(\n        {', '.join(arguments)}\n    )"


def quoted(text: str) -> str:
    """A Python literal in double quotes."""
    return json.dumps(text, ensure_ascii=False)

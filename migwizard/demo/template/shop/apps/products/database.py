"""What our databases can do and others cannot."""


def is_postgresql(schema_editor):
    return schema_editor.connection.vendor == "postgresql"

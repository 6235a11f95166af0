"""Schemas of a PostgreSQL database that hold a history each: those of the tenants and the public one."""

from __future__ import annotations

import typing

from django.apps import apps
from django.conf import settings

from .history import HISTORY, History
from .refusal import SwitchError
from .words import listed

APPS = ("django_tenants", "tenant_schemas")


def tenant_schemas(connection: typing.Any) -> typing.Optional[typing.List[str]]:
    """The public schema and that of each tenant, by name; None where the project or the database knows no tenants.

    As django-tenants has them: the model that TENANT_MODEL names lists the schemas. It is asked by SQL, since at the old
    head the model may have fields that the table lacks.
    """
    named = getattr(settings, "TENANT_MODEL", None)
    if connection.vendor != "postgresql" or not named or not any(apps.is_installed(app) for app in APPS):
        return None
    public = str(getattr(settings, "PUBLIC_SCHEMA_NAME", "public"))
    model, history = apps.get_model(named), History(connection, public)
    if model._meta.db_table not in history.tables():
        return [public]
    column = connection.ops.quote_name(model._meta.get_field("schema_name").column)
    found = history.query(f"SELECT {column} FROM {history.qualified(model._meta.db_table)}")
    return [public, *sorted({str(name) for (name,) in found} - {public})]


def check_schemas(connection: typing.Any, names: typing.Iterable[str]) -> None:
    """Raise SwitchError where a schema that somebody named is not there."""
    if connection.vendor != "postgresql":
        raise SwitchError(
            "MW-E21", f"Database '{connection.alias}' is no PostgreSQL database: it has no schemas to name."
        )
    history = History(connection, None)
    there = {name for (name,) in history.query("SELECT nspname FROM pg_namespace")}
    for name in names:
        if name not in there:
            rows = history.query("SELECT schemaname FROM pg_tables WHERE tablename = %s ORDER BY 1", [HISTORY])
            known = listed(f"'{schema}'" for (schema,) in rows) if rows else "none"
            sentence = f"Database '{connection.alias}' has no schema '{name}'. Schemas with a history: {known}."
            raise SwitchError("MW-E21", sentence)

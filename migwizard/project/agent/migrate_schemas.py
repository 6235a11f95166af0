"""Run a whole history from zero as django-tenants does: in the public schema, and in that of a tenant of each type."""

from __future__ import annotations

import io
import random
import shutil
import time
from typing import Any

from . import histories, scratch, sources
from .migrate import failures_told
from .observe import Observer
from .outside import keep_away
from .tenants import PUBLIC, SCHEMA, kinds, public_schema


def migrate_schemas(
    start: dict[str, Any],
    emit: Any,
    alias: str,
    path: str,
    labels: list[str],
    folders: dict[str, str | None] | None = None,
) -> dict[str, Any]:
    """Migrate the scratch database `path`, which must not exist, from zero: first the public schema, then one of each kind.

    `schemas` has catalogue and rows by schema. In the catalogue of a tenant's the names of others bear their schema.
    Raises AgentError("migrate") naming the operation that failed.
    """
    from django.core.management import call_command

    scratch.create(start, alias, path)
    histories.look_at(folders)
    outside, media = keep_away(start["root"], path)
    random.seed(0)
    connection = scratch.open_scratch(start, alias, path)
    engine = scratch.engine_at(alias)
    observer = Observer(engine, connection, set(labels), False, emit, outside)
    how: dict[str, Any] = {"database": alias, "interactive": False, "verbosity": 0}
    how.update(stdout=io.StringIO(), stderr=io.StringIO())
    found, began = {}, time.monotonic()
    with observer, failures_told(observer, engine, start["root"]):
        call_command("migrate", **how)
        found[PUBLIC] = _read(engine, connection, public_schema())
        for schema in kinds():
            _migrate_tenant(connection, schema, how)
            found[schema] = _read(engine, connection, schema)
    seconds = time.monotonic() - began
    connection.close()
    outside.close()
    shutil.rmtree(media, ignore_errors=True)
    read = sorted({*sources.names(start["root"]), *outside.read})
    return {"seconds": seconds, "schemas": found, "applied": observer.applied, "sources": read}


def _migrate_tenant(connection: Any, schema: str, how: dict[str, Any]) -> None:
    """As django-tenants migrates a tenant: without a table of migrations of its own the public one would be found."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db.migrations.recorder import MigrationRecorder
    from django.utils.module_loading import import_string

    kind = schema[len(SCHEMA) + 1 :] or None
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA {}".format(connection.ops.quote_name(schema)))
    connection.set_schema(schema, tenant_type=kind, include_public=False)
    MigrationRecorder(connection).ensure_schema()
    connection.set_schema(schema, tenant_type=kind)
    base = getattr(settings, "TENANT_BASE_MIGRATE_COMMAND", "django.core.management.commands.migrate.Command")
    call_command(import_string(base)(), **how)


def _read(engine: Any, connection: Any, schema: str) -> dict[str, Any]:
    connection.set_schema(schema, tenant_type=connection.tenant.tenant_type if schema != public_schema() else None)
    with connection.cursor() as cursor:
        # The search path is set with a cursor of Django's; what reads goes past them.
        cursor.execute("SELECT 1")
    catalogue = engine.read_catalogue(connection)
    return {"catalogue": catalogue, "rows": engine.read_rows(connection, catalogue)}

"""Projects of django-tenants on scratch databases.

A router keeps the apps of tenants out of the public schema, and shared apps out of those of tenants. So a plain migrate of
an empty database, which has no tenant, would show the shared apps alone.
"""

from __future__ import annotations

import importlib
from typing import Any

PACKAGES = ("django_tenants", "tenant_schemas")
SCHEMA = "migwizard_tenant"
PUBLIC = "public"
"""What the one schema that is no tenant's is called in the answers, whatever the settings call it."""


def kinds() -> list[str]:
    """The schemas that a tenant of each type has on a scratch database; none where `default` has no tenants."""
    from django.apps import apps
    from django.conf import settings

    is_default = getattr(settings, "TENANT_DB_ALIAS", "default") == "default"
    if not is_default or not getattr(settings, "TENANT_MODEL", None) or not apps.is_installed(PACKAGES[0]):
        return []
    types = getattr(settings, "TENANT_TYPES", {}) if getattr(settings, "HAS_MULTI_TYPE_TENANTS", False) else {}
    public = public_schema()
    return ["{}_{}".format(SCHEMA, name) for name in types if name != public] if types else [SCHEMA]


def join_schemas() -> None:
    """Let the router keep no app out of the database of the tenants, so that one schema gets all. Meant for a fork."""
    from django.apps import apps
    from django.conf import settings

    of_tenants = getattr(settings, "TENANT_DB_ALIAS", "default")

    def allow_migrate(router: Any, db: str, app_label: str, model_name: Any = None, **hints: Any) -> Any:
        return None if db == of_tenants else False

    for package in filter(apps.is_installed, PACKAGES):
        module: Any = importlib.import_module("{}.routers".format(package))
        module.TenantSyncRouter.allow_migrate = allow_migrate


def public_schema() -> str:
    """The schema of what all tenants share, as the settings call it."""
    from django.conf import settings

    return str(getattr(settings, "PUBLIC_SCHEMA_NAME", PUBLIC))

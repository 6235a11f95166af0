"""Load the project the way its own manage.py does, on scratch databases.

manage.py itself is run, up to the point where it hands over to Django: whatever it does to sys.path and to the
environment is what the project relies on. The settings module is never wrapped or copied; only `settings.DATABASES` is
changed, in process, before `django.setup()`, so that nothing that happens while apps load touches a real database.
"""

from __future__ import annotations

import copy
import importlib.util
import os
import platform
import sys
import warnings
from typing import Any, Callable

from . import mysql_server, sources, swappable, tenants
from .engines import is_mysql, is_sqlite, mysql, sqlite, vendor_of
from .failure import AgentError
from .identity import identity_of
from .manage_py import run_manage_py
from .secret_settings import secret_settings

# The databases as the settings give them, by alias; read by the few requests that concern real databases.
REAL_DATABASES: dict[str, dict[str, Any]] = {}
CHECK_MESSAGES: list[dict[str, Any]] = []
NOWHERE = "migwizard_no_database"


def scratch_database(real: dict[str, Any]) -> dict[str, Any]:
    """Settings of the same engine that lead to no real database.

    SQLite stays in memory; another engine keeps its engine, since checks of the project may ask for it, and a port on
    which nobody answers.
    """
    if is_sqlite(real):
        return sqlite.scratch_settings(real, ":memory:")
    if is_mysql(real):
        real = mysql.nowhere(real)
    return dict(copy.deepcopy(real), NAME=NOWHERE, HOST="127.0.0.1", PORT="9", CONN_MAX_AGE=0)


def use_databases(databases: dict[str, dict[str, Any]]) -> None:
    """Make Django's connections those of `databases`; connections that were open are closed and forgotten."""
    from django.conf import settings
    from django.db import connections

    for connection in connections.all() if "settings" in connections.__dict__ else ():
        connection.close()
        delattr(connections._connections, connection.alias)
    settings.DATABASES = databases
    connections.__dict__.pop("settings", None)
    connections._settings = None


def load(
    start: dict[str, Any], stage: Callable[[str], None], learn: Callable[[dict[str, str]], None]
) -> dict[str, Any]:
    """Load the project that `start` names and return the facts about its settings that need no models.

    `stage` is told what comes next, for the case that the project ends this process, and `learn` what nobody may read, as
    soon as it is known. Raises whatever the project
    raises; AgentError when there is no Django or no settings module.
    """
    os.chdir(start["root"])
    if start.get("settings"):
        os.environ["DJANGO_SETTINGS_MODULE"] = start["settings"]
    if not start.get("warnings"):
        warnings.simplefilter("ignore")
    _require_django()
    if start.get("manage"):
        stage("running " + start["manage"])
        if not run_manage_py(start["manage"], "makemigrations"):
            sentence = "{} ended without handing over to Django's execute_from_command_line."
            raise AgentError("project", sentence.format(os.path.basename(start["manage"])))
    else:
        sys.path.insert(0, start["root"])
    if not os.environ.get("DJANGO_SETTINGS_MODULE"):
        raise AgentError(
            "project", "No settings module is named: manage.py does not set DJANGO_SETTINGS_MODULE.", lacks="settings"
        )
    stage("loading the settings " + os.environ["DJANGO_SETTINGS_MODULE"])
    REAL_DATABASES.update(_read_databases())
    learn(secret_settings())
    use_databases({alias: scratch_database(real) for alias, real in REAL_DATABASES.items()})
    import django

    if any(map(is_mysql, REAL_DATABASES.values())):
        mysql_server.lend_server_facts(lambda alias: mysql.server_settings(REAL_DATABASES[alias]), NOWHERE)
    stage("loading the apps")
    django.setup()
    stage("running the system checks")
    _run_checks()
    swappable.remember()
    from django.db import connections

    connections.close_all()
    return _facts(start)


def _require_django() -> None:
    if importlib.util.find_spec("django") is None:
        raise AgentError("project", "The interpreter {} has no Django.".format(sys.executable), lacks="django")


def _read_databases() -> dict[str, dict[str, Any]]:
    """DATABASES of the settings, which are read here first. Raises AgentError where their module does not exist."""
    from django.conf import settings

    module = os.environ["DJANGO_SETTINGS_MODULE"]
    try:
        return copy.deepcopy(settings.DATABASES)
    except ModuleNotFoundError as error:
        if error.name is None or not (module + ".").startswith(error.name + "."):
            raise
        raise AgentError(
            "project", "There is no settings module {}: {}.".format(module, error), lacks="settings"
        ) from error


def _run_checks() -> None:
    """Run the system checks as makemigrations does; they import the URLconf, which may register models."""
    from django.core import checks
    from django.core.management import get_commands, load_command_class
    from django.utils import translation

    # Commands that write migrations run without a translation; an active one would freeze translated strings.
    translation.deactivate_all()
    # Projects patch Django where they define their own commands.
    for name in ("makemigrations", "migrate"):
        load_command_class(get_commands()[name], name)
    for message in checks.run_checks():
        if not message.is_silenced():
            CHECK_MESSAGES.append(
                {
                    "level": message.level,
                    "serious": message.is_serious(),
                    "id": message.id,
                    "text": str(message.msg),
                    "hint": str(message.hint or ""),
                    "object": str(message.obj) if message.obj is not None else "",
                }
            )


def _database_facts(alias: str, real: dict[str, Any], root: str) -> dict[str, Any]:
    name = str(real.get("NAME") or "")
    facts = {"alias": alias, "engine": real.get("ENGINE", ""), "name": name, "host": str(real.get("HOST") or "")}
    facts["sqlite"] = is_sqlite(real)
    facts["vendor"] = vendor_of(real)
    facts["mirror"] = str((real.get("TEST") or {}).get("MIRROR") or "")
    # Whether one on a server is there is known when it is opened.
    facts.update(path="", exists=True, inside=False, inode=0)
    if facts["sqlite"]:
        # Needs Django, and whether there is one is asked after this module was loaded.
        from .switch.places import sqlite_file

        file, _ = sqlite_file(real)
        path = os.path.abspath(os.path.join(root, file)) if file else ""
        inside = bool(path) and os.path.realpath(path).startswith(os.path.realpath(root) + os.sep)
        facts.update(path=path, exists=bool(path) and os.path.exists(path), inside=inside)
        facts["inode"] = os.stat(path).st_ino if facts["exists"] else 0
    facts["identity"] = identity_of(real, facts["vendor"], facts["path"], root)
    return facts


def _facts(start: dict[str, Any]) -> dict[str, Any]:
    import django
    from django.conf import settings

    return {
        "python": platform.python_version(),
        "django": django.get_version(),
        "executable": sys.executable,
        "prefix": sys.prefix,
        "settings": os.environ["DJANGO_SETTINGS_MODULE"],
        "settings_file": getattr(sys.modules.get(os.environ["DJANGO_SETTINGS_MODULE"]), "__file__", None),
        "root": start["root"],
        "databases": [_database_facts(alias, real, start["root"]) for alias, real in REAL_DATABASES.items()],
        "tenants": tenants.kinds(),
        "routers": [str(router) for router in settings.DATABASE_ROUTERS],
        "migration_modules": {
            label: module for label, module in dict(settings.MIGRATION_MODULES).items() if isinstance(label, str)
        }
        if _is_plain(settings.MIGRATION_MODULES)
        else None,
        "checks": CHECK_MESSAGES,
        "sources": sources.hashes(start["root"]),
    }


def _is_plain(migration_modules: Any) -> bool:
    """Whether MIGRATION_MODULES is a dict that lists its apps; test settings use objects that answer for every app."""
    return isinstance(migration_modules, dict) and type(migration_modules).__getitem__ is dict.__getitem__

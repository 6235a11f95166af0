"""Runs the switch in a process of its own: JSON lines in, JSON lines out. Standard library and Django only.

Without DJANGO_SETTINGS_MODULE it configures an empty project. A request names the database, the function, the
manifest, the options and the hooks: what else happens at a statement that begins with a given text.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import pathlib
import signal
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import django
from django.conf import settings
from django.db import OperationalError
from django.db.utils import ConnectionHandler


def load(path: str) -> Any:
    """The script by its path: nothing of migwizard is importable."""
    spec = importlib.util.spec_from_file_location("switch_script", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def hook(hooks: dict[str, Any]) -> Callable[..., Any]:
    def wrapper(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(hooks.get("kill_before", "\0")):
            os.kill(os.getpid(), signal.SIGKILL)
        if sql.startswith(hooks.get("before", "\0")):
            context["cursor"].cursor.execute(hooks["run"])
        if sql.startswith(hooks.get("touch_before", "\0")):
            pathlib.Path(hooks["touch"]).touch()
        if sql.startswith(hooks.get("fail_before", "\0")):
            raise RuntimeError("a failure in the middle")
        if sql.startswith(hooks.get("deny", "\0")):
            raise OperationalError("command denied to this user")
        return execute(sql, params, many, context)

    return wrapper


def held(folder: str) -> Callable[[Any], list[str]]:
    """A consistency check that lasts until somebody else says go: meanwhile the lock is held."""

    def check(after: Any) -> list[str]:
        pathlib.Path(folder, "held").touch()
        deadline = time.monotonic() + 30
        while not pathlib.Path(folder, "go").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        return []

    return check


@contextlib.contextmanager
def connected(database: dict[str, Any], hooks: dict[str, Any]) -> Iterator[Any]:
    connection = ConnectionHandler({"default": database})["default"]
    try:
        with connection.execute_wrapper(hook(hooks)):
            yield connection
    finally:
        connection.close()


def answer(switch: Any, request: dict[str, Any]) -> dict[str, Any]:
    hooks, options = request.get("hooks", {}), request.get("options", {})
    if "orphans" in hooks:
        options["consistent"] = lambda after: [(tuple(key), tuple(parent)) for key, parent in hooks["orphans"]]
    if "hold" in hooks:
        options["consistent"] = held(hooks["hold"])
    if "graph" in hooks:
        options["consistent"] = switch.graph_consistency
    try:
        if request["call"] == "graph_consistency":
            return {"result": switch.graph_consistency(request["after"])}
        with connected(request["database"], hooks) as connection:
            return {"result": getattr(switch, request["call"])(connection, request["manifest"], **options)}
    except switch.SwitchError as error:
        return {"error": {"code": error.code, "text": str(error), "details": error.details}}
    except Exception as error:
        return {"error": {"code": "crash", "text": f"{type(error).__name__}: {error}", "details": {}}}


def main() -> None:
    if "DJANGO_SETTINGS_MODULE" not in os.environ:
        settings.configure(USE_TZ=True, INSTALLED_APPS=[])
    with contextlib.suppress(ImportError):
        import pymysql

        # In the place of mysqlclient, which needs a compiler.
        pymysql.version_info = (2, 2, 8, "final", 0)
        pymysql.install_as_MySQLdb()
    django.setup()
    switch = load(sys.argv[1])
    assert not any(name.split(".")[0] == "migwizard" for name in sys.modules)
    for line in sys.stdin:
        print(json.dumps(answer(switch, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()

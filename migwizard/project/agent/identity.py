"""Who a database is: what tells it from those that other settings, or the same ones elsewhere, call by the same alias.

Made of the settings and the environment alone, since no database is asked: without user and password, and the same as long as both
lead to the same place.
"""

from __future__ import annotations

import os
import re
from typing import Any

PORTS = {"postgresql": "5432", "mysql": "3306"}
_SCHEMA = re.compile(r"search_path\s*=\s*([^\s]+)")


def identity_of(real: dict[str, Any], vendor: str, path: str, root: str) -> str:
    """The file of an SQLite database, links followed, relative where it lies in the project, which may be moved; else a URL of the server."""
    if vendor == "sqlite":
        file, top = os.path.realpath(path) if path else ":memory:", os.path.realpath(root) + os.sep
        return file[len(top) :].replace(os.sep, "/") if file.startswith(top) else file
    options = {key: value for key, value in (real.get("OPTIONS") or {}).items() if isinstance(value, (str, int))}
    environ = os.environ if vendor == "postgresql" else {}

    def said(*places: Any) -> str:
        return next((str(place) for place in places if place), "")

    host = said(real.get("HOST"), options.get("host"), options.get("unix_socket"), environ.get("PGHOST"))
    port = said(real.get("PORT"), options.get("port"), environ.get("PGPORT"), PORTS.get(vendor))
    names = (options.get("dbname"), options.get("database"), options.get("db"), real.get("NAME"))
    more = {
        "service": said(options.get("service"), environ.get("PGSERVICE")),
        "file": said(options.get("read_default_file")),
        "schema": ",".join(_SCHEMA.findall(said(options.get("options"), environ.get("PGOPTIONS")))),
    }
    query = "&".join("{}={}".format(key, value) for key, value in more.items() if value)
    return "{}://{}:{}/{}{}".format(vendor, host, port, said(*names, environ.get("PGDATABASE")), query and "?" + query)

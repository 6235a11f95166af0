"""What a MySQL or MariaDB server says of itself, for connections that lead to no database.

Migrations ask while they are imported whether they run on MariaDB, and in which version: products choose their operations by
that. So the real server is asked, outside of any database, as soon as somebody wants to know, and not before.
"""

from __future__ import annotations

import copy
from typing import Any, Callable


def lend_server_facts(settings_of: Callable[[str], dict[str, Any]], nowhere: str) -> None:
    """Let Django's connections to the database `nowhere` know the server of the settings that `settings_of` gives by alias.

    Does nothing where there is no driver: then no connection is ever made.
    """
    from django.core.exceptions import ImproperlyConfigured
    from django.utils.functional import cached_property

    try:
        from django.db.backends.mysql.base import DatabaseWrapper
    except (ImportError, ImproperlyConfigured):
        return
    original = vars(DatabaseWrapper)["mysql_server_data"].func

    def mysql_server_data(connection: Any) -> Any:
        if connection.settings_dict.get("NAME") != nowhere:
            return original(connection)
        settings = {**connection.settings_dict, "HOST": "", "PORT": "", **copy.deepcopy(settings_of(connection.alias))}
        server = type(connection)({**settings, "NAME": None}, alias=connection.alias)
        try:
            return original(server)
        finally:
            server.close()

    lent: Any = cached_property(mysql_server_data)
    lent.__set_name__(DatabaseWrapper, "mysql_server_data")
    vars_of_class: Any = DatabaseWrapper
    vars_of_class.mysql_server_data = lent

"""Statements on a server past Django's cursors, in the driver's own parameter style."""

from __future__ import annotations

from typing import Any, Callable, List, Tuple

Raw = Callable[..., List[Tuple[Any, ...]]]
"""(sql, params) -> rows; none where the statement gives none."""


def raw(connection: Any) -> Raw:
    def execute(sql: str, params: Any = None) -> list[tuple[Any, ...]]:
        connection.ensure_connection()
        cursor = connection.connection.cursor()
        try:
            cursor.execute(sql, params)
            return [tuple(row) for row in cursor.fetchall()] if cursor.description else []
        finally:
            cursor.close()

    return execute

"""A fixture project on a database of PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg

from migwizard.project.agent.engines import postgresql
from tests.onserver import ServerProject
from tests.postgresql import server
from tests.postgresql.server import connect


class Project(ServerProject):
    def __init__(self, root: Path, database: str, user: str = "", source: str = "postgresql") -> None:
        account = {"FIXTURE_USER": user} if user else {}
        super().__init__(root, database, source, account, engine=postgresql, server=server)
        self.user = user
        self.report: dict[str, Any] = {}

    def staged(self, name: str) -> str:
        """The text of a new file, as "app/name"."""
        return (self.root / ".migwizard/staging" / f"{name}.py").read_text()

    def with_new_files(self, root: Path, database: str) -> Project:
        """A fresh copy of the project whose migrations are those of staging."""
        copy = Project(root, database, self.user, self.source)
        for staged in (self.root / ".migwizard/staging").iterdir():
            folder = root / staged.name / "migrations"
            for old in folder.glob("0*.py"):
                old.unlink()
            for new in staged.glob("0*.py"):
                (folder / new.name).write_text(new.read_text())
        return copy

    def dump(self) -> dict[str, list[str]]:
        """Every row of every table as text, in the order of its first column."""
        with connect(self.database) as connection:
            found = connection.execute("SELECT relname::text FROM pg_stat_user_tables ORDER BY 1").fetchall()
            return {name: _texts(connection, name) for (name,) in found}


def _texts(connection: psycopg.Connection[tuple[Any, ...]], table: str) -> list[str]:
    statement = f'SELECT t::text FROM "{table}" t ORDER BY 1'
    return [text for (text,) in connection.execute(statement).fetchall()]

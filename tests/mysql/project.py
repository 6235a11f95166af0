"""The fixture project on a database of MariaDB or MySQL."""

from __future__ import annotations

from pathlib import Path

from migwizard.project.agent.engines import mysql
from tests.mysql import server
from tests.mysql.server import query
from tests.onserver import ServerProject


class Project(ServerProject):
    def __init__(self, root: Path, database: str, user: str = "", password: str = "") -> None:
        account = {"FIXTURE_USER": user, "FIXTURE_PASSWORD": password} if user else {}
        super().__init__(root, database, "mysql", account, engine=mysql, server=server)

    def sweep(self) -> None:
        """Remove what a run left that was cut off, since no other one on this project will."""
        for name in self.scratch_databases():
            query(f"DROP DATABASE IF EXISTS `{name}`")

    def dump(self) -> dict[str, list[str]]:
        """Every row of every table as text, in the order of its columns."""
        found = self.rows(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'"
        )
        return {name: sorted(map(repr, self.rows(f"SELECT * FROM `{name}`"))) for (name,) in found}

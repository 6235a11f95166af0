"""Tables that SQL makes, and that a model takes over in the state alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.seeds.rides import ride_in
from tests.traps.writing import files_of, write_project

pytestmark = pytest.mark.ride

MODELS = """
== shop/models.py
class Owner(models.Model):
    pass

class Item(models.Model):
    name = models.CharField(max_length=9)
    owner = models.ForeignKey(Owner, models.CASCADE, null=True)

    class Meta:
        db_table = "legacy"
== shop/migrations/0001_initial.py
operations = [migrations.CreateModel("Owner", [ID])]
== shop/migrations/0002_sql.py
dependencies = [("shop", "0001_initial")]
"""
FIELDS = '[ID, ("name", models.CharField(max_length=9)), ("owner", models.ForeignKey("shop.Owner", models.CASCADE, null=True))]'
SQL = (
    "CREATE TABLE legacy (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, name varchar(9) NOT NULL,"
    " owner_id integer REFERENCES shop_owner (id) DEFERRABLE INITIALLY DEFERRED)"
)


@pytest.mark.parametrize(
    "operations",
    [
        f"""[
    migrations.CreateModel("Thing", {FIELDS}, options={{"managed": False, "db_table": "legacy"}}),
    migrations.RunSQL("{SQL}", "DROP TABLE legacy"),
    migrations.RunSQL("INSERT INTO legacy (name) VALUES ('x')", ""),
    migrations.RenameModel("Thing", "Item"),
    migrations.AlterModelOptions("Item", options={{"managed": True}}),
]
""",
        f"""[
    migrations.RunSQL("{SQL}", "DROP TABLE legacy", state_operations=[
        migrations.CreateModel("Item", {FIELDS}, options={{"db_table": "legacy"}})]),
    migrations.RunSQL("INSERT INTO legacy (name) VALUES ('x')", ""),
]
""",
    ],
    ids=["once unmanaged", "state operations of the SQL"],
)
def test_the_sql_that_made_a_table_makes_it_again(tmp_path: Path, operations: str) -> None:
    found = ride_in(write_project(tmp_path / "project", files_of(f"{MODELS}operations = {operations}")))
    assert found.is_proved, found.report
    assert found.rows("SELECT sql FROM sqlite_master WHERE name = 'legacy'") == [(SQL,)]
    assert found.rows("SELECT name FROM legacy") == [("x",)]

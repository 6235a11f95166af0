"""Names of tables, columns, constraints and aliases that do harm where they are not quoted, through a whole ride and back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.support import Shop
from tests.mysql import server as mysql
from tests.postgresql import server as postgresql
from tests.switch.engines import Database, Mysql, Postgresql, Sqlite

pytestmark = pytest.mark.ride

ALIAS = "../../../her 'x' \"y\" é; DROP TABLE ware --"
TABLE = "it's a table; DROP TABLE ware -- é"
COLUMN = "the 'name' -- \\ é"
SETTINGS = """\
{driver}
SECRET_KEY = "x"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
INSTALLED_APPS = ["ware"]
DATABASES = {databases!r}
"""
MANAGE = """\
import os, sys

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
"""
MODELS = f"""\
from django.db import models


class Thing(models.Model):
    name = models.CharField(max_length=20, db_column={COLUMN!r}, db_index=True)
    size = models.IntegerField(default=1)
    of = models.ForeignKey("self", models.CASCADE, null=True, db_column="of; the one")

    class Meta:
        db_table = {TABLE!r}
        constraints = [models.UniqueConstraint(fields=["name", "size"], name="one's; DROP --")]
"""
INITIAL = f"""\
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel("Thing", [
            ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=20, db_column={COLUMN!r}, db_index=True)),
            ("of", models.ForeignKey("self", models.CASCADE, null=True, db_column="of; the one")),
        ], options={{"db_table": {TABLE!r}}}),
    ]
"""
SIZE = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ware", "0001_initial")]
    operations = [
        migrations.AddField("Thing", "size", models.IntegerField(default=1)),
        migrations.AddConstraint("Thing", models.UniqueConstraint(fields=["name", "size"], name="one's; DROP --")),
    ]
"""
ROWS = """\
from django.db import migrations


def fill(apps, schema_editor):
    Thing = apps.get_model("ware", "Thing")
    Thing.objects.using(schema_editor.connection.alias).create(name="a'; DROP --")


class Migration(migrations.Migration):
    dependencies = [("ware", "0002_size")]
    operations = [
        migrations.RunPython(fill),
        migrations.RunSQL(%r),
    ]
"""


def odd_sql(quote: str) -> list[str]:
    """A table that no model has, with the quote of the engine, and a percent sign, in its names."""
    table, column, index = (
        f"{quote}{name}{quote}" for name in (f"odd{quote * 2} 100% t", f"c{quote * 2} %s", f"i{quote * 2}")
    )
    return [
        f"CREATE TABLE {table} (id integer NOT NULL PRIMARY KEY, {column} varchar(20))",
        f"CREATE INDEX {index} ON {table} ({column})",
        f"INSERT INTO {table} VALUES (1, 'x; y')",
    ]


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=postgresql.needs_postgresql),
        pytest.param("mysql", marks=mysql.needs_mysql),
    ]
)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        yield Sqlite(tmp_path / "db.sqlite3")
    elif request.param == "postgresql":
        with postgresql.database() as name:
            yield Postgresql(name)
    else:
        with mysql.database() as name:
            yield Mysql(name)


def test_every_name_is_quoted(place: Database, tmp_path: Path) -> None:
    shop = odd_project(tmp_path, place)
    migrated = shop.manage("migrate", "-v0")
    assert migrated.returncode == 0, migrated.stderr
    other = shop.manage("migrate", "-v0", "--database", ALIAS)
    assert other.returncode == 0, other.stderr
    before, history = rows_of(place), place.rows()
    around = {path for path in tmp_path.rglob("*") if ".migwizard" not in path.parts}
    aliases = ("--database", "default", "--database", ALIAS)
    shop.migwizard("run", "--yes", "--until", "apply")
    certificate = json.loads((shop.root / ".migwizard/proof.json").read_text())
    assert (certificate["schema_equal"], certificate["rows_equal"]) == (True, True)
    for alias in ("default", ALIAS):
        shop.migwizard("fake", "--database", alias, "--yes")
    assert set(shop.lines("status")[-1]["databases"].values()) == {"NEW"}, aliases
    made = {path for path in tmp_path.rglob("*") if ".migwizard" not in path.parts} - around
    assert {path.relative_to(tmp_path).parts[0] for path in made} == {"state", "shop"}
    assert {path.parent for path in shop.root.glob("*.json")} == {shop.root}
    assert [path.name for path in shop.root.glob("*.json")] == ["migwizard_manifest.json"]
    shop.migwizard("undo", "--yes")
    assert place.rows() == history
    assert rows_of(place) == before


def rows_of(place: Database) -> list[list[tuple[object, ...]]]:
    quote = "`" if isinstance(place, Mysql) else '"'
    return [place.query(f"SELECT * FROM {quote}{name}{quote}") for name in (TABLE, f"odd{quote * 2} 100% t")]


def odd_project(folder: Path, place: Database) -> Shop:
    root = folder / "shop"
    (root / "ware/migrations").mkdir(parents=True)
    sql = odd_sql("`" if isinstance(place, Mysql) else '"')
    databases = {
        "default": place.settings,
        ALIAS: {"ENGINE": "django.db.backends.sqlite3", "NAME": str(root / "o'ther;%s.sqlite3")},
    }
    for name, text in {
        "manage.py": MANAGE,
        "settings.py": SETTINGS.format(driver=place.driver, databases=databases),
        "ware/__init__.py": "",
        "ware/models.py": MODELS,
        "ware/migrations/__init__.py": "",
        "ware/migrations/0001_initial.py": INITIAL,
        "ware/migrations/0002_size.py": SIZE,
        "ware/migrations/0003_rows.py": ROWS % (sql,),
    }.items():
        (root / name).write_text(text)
    return Shop(root)

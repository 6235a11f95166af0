"""The table django_migrations of one database; on PostgreSQL that of one schema."""

from __future__ import annotations

import datetime
import typing

from django.conf import settings
from django.utils import timezone

from .refusal import SwitchError
from .words import Facts, Key, Keys

FORMAT = 1
HISTORY = "django_migrations"
ENGINES = ("sqlite", "postgresql", "mysql")  # as Django's connection.vendor says it; MariaDB is mysql, too
# How `applied` is read: SQLite's text past Django's converter, as it is stored; the instant of PostgreSQL in UTC, since the time of a zone
# without its offset is two instants in the hour at which summer ends.
_APPLIED = {
    "sqlite": "CAST(applied AS text)",
    "postgresql": """to_char(CAST(applied AS timestamptz) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')""",
}
CHUNK = 500  # ids in one statement; older SQLite takes at most 999 parameters

Parameters = typing.Sequence[typing.Any]


class Row(typing.NamedTuple):
    """One row of django_migrations; `applied` is ISO text: on SQLite exactly the stored text, on PostgreSQL with the offset of UTC."""

    id: int
    app: str
    name: str
    applied: str

    @property
    def key(self) -> Key:
        return self.app, self.name


class History:
    """Reads and writes the table. Raises SwitchError for an engine that the switch cannot lock."""

    def __init__(self, connection: typing.Any, schema: typing.Optional[str]) -> None:
        self.connection, self.vendor = connection, connection.vendor
        self.alias, self.schema = connection.alias, schema
        self.last = ""  # the last statement: where it waited in vain it tells for what
        refuse_engine(connection)
        if self.vendor == "postgresql" and schema is None:
            # An unqualified name would fall through the search path to the table of another schema.
            self.schema = self.query("SELECT current_schema()")[0][0]
        self.table = self.qualified(HISTORY)
        self.applied = _APPLIED.get(self.vendor, "applied")

    def __str__(self) -> str:
        return f"Database '{self.alias}'" + (f", schema '{self.schema}'" if self.schema else "")

    def qualified(self, table: str) -> str:
        quoted = str(self.connection.ops.quote_name(table))
        return f"{self.quoted_schema}.{quoted}" if self.schema else quoted

    @property
    def quoted_schema(self) -> str:
        """Django's own quoting leaves a quote in the name as it is."""
        return '"{}"'.format(str(self.schema).replace('"', '""'))

    def _spelt(self, sql: str, parameters: Parameters) -> str:
        """Where there are parameters, a percent sign in the schema's name must not look like the place of one."""
        if not parameters or "%" not in (self.schema or ""):
            return sql
        return sql.replace(f"{self.quoted_schema}.", f"{self.quoted_schema}.".replace("%", "%%"))

    def query(self, sql: str, parameters: Parameters = ()) -> typing.List[typing.Any]:
        self.last = sql
        with self.connection.cursor() as cursor:
            cursor.execute(self._spelt(sql, parameters), parameters or None)
            return list(cursor.fetchall())

    def run(self, sql: str, parameters: Parameters = ()) -> int:
        self.last = sql
        with self.connection.cursor() as cursor:
            cursor.execute(self._spelt(sql, parameters), parameters or None)
            return int(cursor.rowcount)

    def for_ids(self, sql: str, ids: typing.List[int], before: Parameters = ()) -> int:
        """Run the statement, which ends with the name of an id column, for these ids; the number of rows it met."""
        chunks = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
        return sum(self.run(f"{sql} IN ({', '.join(['%s'] * len(chunk))})", [*before, *chunk]) for chunk in chunks)

    def tables(self) -> Tables:
        fold = str.lower if self.connection.features.ignores_table_name_case else str
        if self.vendor == "postgresql":
            listed_tables = self.query("SELECT tablename FROM pg_tables WHERE schemaname = %s", [self.schema])
            return Tables((name for (name,) in listed_tables), fold)
        return Tables(self.connection.introspection.table_names(), fold)

    def lacks_transactions(self) -> bool:
        """Whether MySQL keeps the table in an engine where nothing can be rolled back, such as MyISAM."""
        if self.vendor != "mysql":
            return False
        engine = "SELECT engine FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = %s"
        return [str(name).lower() for (name,) in self.query(engine, [HISTORY])] not in ([], ["innodb"])

    def rows(self) -> typing.List[Row]:
        return self.as_rows(f"SELECT id, app, name, {self.applied} FROM {self.table} ORDER BY id")

    def as_rows(self, sql: str, parameters: Parameters = ()) -> typing.List[Row]:
        found = self.query(sql, parameters)
        return [Row(id, app, name, at.isoformat() if hasattr(at, "isoformat") else at) for id, app, name, at in found]

    def delete(self, rows: typing.List[Row]) -> None:
        if self.for_ids(f"DELETE FROM {self.table} WHERE id", [row.id for row in rows]) != len(rows):
            raise SwitchError("MW-E17", f"{self} lost rows to somebody else while they were exchanged.")

    def insert(self, arriving: Keys, moment: datetime.datetime) -> None:
        if timezone.is_aware(moment) != settings.USE_TZ:
            convert = timezone.make_aware if settings.USE_TZ else timezone.make_naive
            moment = convert(moment, datetime.timezone.utc)
        applied = self.connection.ops.adapt_datetimefield_value(moment)
        for app, name in arriving:
            self.run(f"INSERT INTO {self.table} (app, name, applied) VALUES (%s, %s, %s)", [app, name, applied])


def refuse_engine(connection: typing.Any) -> None:
    """Raise SwitchError for an engine whose tables the switch cannot lock."""
    if connection.vendor not in ENGINES:
        sentence = f"Database '{connection.alias}' is of the engine {connection.vendor}, which the switch cannot lock."
        raise SwitchError("MW-E11", sentence)


class Tables:
    """Names of tables, compared as the engine compares them."""

    def __init__(self, names: typing.Iterable[str], fold: typing.Callable[[str], str]) -> None:
        self.fold, self.names = fold, {fold(name) for name in names}

    def __contains__(self, name: object) -> bool:
        return self.fold(str(name)) in self.names


def without_transactions(history: History) -> str:
    """What is said of a table in which nothing can be rolled back."""
    return f"{history} keeps {HISTORY} in an engine without transactions; make it InnoDB."


def check_format(manifest: Facts) -> None:
    """Raise SwitchError for a manifest that another version wrote."""
    if manifest["format"] != FORMAT:
        sentence = f"The manifest has format {manifest['format']}, this script reads format {FORMAT}."
        raise SwitchError("MW-E10", sentence)

"""The switch: one project's rows in django_migrations, old history out, new history in, all or nothing.

The schema does not change: the database already has every table that the new history builds. What changes is which
migrations Django believes it has applied. Unlike `migrate --fake` the switch refuses a database that is not exactly
at the old head, keeps every old row, leaves the rows of other apps alone and sends no signal.

Self-contained on purpose (standard library and Django only): this file is also written out as a script for images
that do not hold the wizard. The manifest is the plain dict of the committed JSON file.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import math
import typing

from django.conf import settings
from django.db import Error, OperationalError, models
from django.db.migrations.loader import MigrationLoader
from django.db.transaction import TransactionManagementError
from django.utils import timezone

FORMAT = 1
HISTORY = "django_migrations"
BACKUP = "migwizard_history_backup"
KINDS = ("old", "new", "sequence")  # of rows in the backup table: before the switch, put in by it, next id on SQLite
CHUNK = 500  # ids in one statement; older SQLite takes at most 999 parameters

Key = typing.Tuple[str, str]
Keys = typing.List[Key]
Facts = typing.Dict[str, typing.Any]
Parameters = typing.Sequence[typing.Any]
Consistent = typing.Callable[[Keys], typing.List[str]]


class SwitchError(Exception):
    """A refusal. `code` is stable, `sentence` is for people, `details` for programs. The database is unchanged."""

    def __init__(self, code: str, sentence: str, details: typing.Optional[Facts] = None) -> None:
        self.code = code
        self.reason = sentence
        self.sentence = f"{sentence} Nothing was changed."
        self.details = details or {}
        super().__init__(f"{self.sentence} ({code})")


class Row(typing.NamedTuple):
    """One row of django_migrations; `applied` is ISO text, on SQLite exactly the stored text."""

    id: int
    app: str
    name: str
    applied: str

    @property
    def key(self) -> Key:
        return self.app, self.name


# ---------------------------------------------------------------------------------------------- the three procedures


def state(connection: typing.Any, manifest: Facts, *, schema: typing.Optional[str] = None) -> Facts:
    """Tell at which history a database is; reads only.

    Returns `state`, `code` (of the refusal that `switch` would raise, or None), the lists of [app, name] `missing`,
    `unknown`, `old`, `new` and `extra` (rows beyond a new history), `warnings`, and a `sentence` for people; the rows
    that a switch would take out (`leaving`), and how many it would put in (`arriving`), how many are of other apps
    (`others`) and how many of the project's rows the backup of this run keeps (`saved`); all that it keeps (`backup`).
    """
    history = _History(connection, manifest, schema)
    rows, found = _read(history, manifest)
    plan, apps = _Plan.of(rows, manifest), set(manifest["apps"])
    kept = history.saved_all(manifest["run_id"]) if BACKUP in history.tables() else []
    return dict(
        found,
        leaving=[list(row.key) for row in plan.leaving],
        arriving=len(plan.arriving),
        others=sum(row.app not in apps for row in rows),
        saved=sum(kind == "old" and app in apps for kind, _, app, *_ in kept),
        backup=kept,
    )


def switch(
    connection: typing.Any,
    manifest: Facts,
    *,
    now: typing.Optional[datetime.datetime] = None,
    consistent: typing.Optional[Consistent] = None,
    dry_run: bool = False,
    lock_timeout: float = 10,
    schema: typing.Optional[str] = None,
) -> Facts:
    """Exchange the old rows for the new ones in one transaction; a switched or empty database is left as it is.

    `now` is the time that the new rows carry. `consistent` gets all rows that would be recorded afterwards and
    returns complaints (see `graph_consistency`). `lock_timeout` is in seconds. Raises SwitchError: MW-E11 tables
    without transactions, E12 to E15 wrong state, E16 rows without their parents, E17 and E18 somebody else wrote,
    E20 no lock. `backup` of the report is all that was kept of this run; `undo` takes it where the table is lost.
    """
    history = _History(connection, manifest, schema)
    rows, found = _read(history, manifest)
    _refuse_wrong_state(found)
    if found["state"] != "OLD_HEAD":
        return _report("NOTHING_TO_DO", found)
    if dry_run:
        plan = _Plan.of(rows, manifest)
        _refuse_orphans(history, plan, consistent)
        return _report("WOULD_SWITCH", found, len(plan.leaving), len(plan.arriving))
    with _exclusive(history, lock_timeout):
        # What was read before the lock may be outdated: another switch may have been first.
        rows, found = _read(history, manifest)
        _refuse_wrong_state(found)
        if found["state"] != "OLD_HEAD":
            return _report("NOTHING_TO_DO", found)
        plan = _Plan.of(rows, manifest)
        _refuse_orphans(history, plan, consistent)
        history.save_all(manifest["run_id"])
        history.delete(plan.leaving)
        history.insert(plan.arriving, now or timezone.now())
        after = history.rows()
        if sorted(row.key for row in after) != sorted(plan.after):
            raise SwitchError("MW-E18", f"{history} was written to by somebody else during the switch.")
        arriving = set(plan.arriving)
        history.save_new(manifest["run_id"], [row.id for row in after if row.key in arriving])
        kept = history.saved_all(manifest["run_id"])
    return _report("SWITCHED", found, len(plan.leaving), len(plan.arriving), kept)


def undo(
    connection: typing.Any,
    manifest: Facts,
    *,
    backup: typing.Optional[typing.Sequence[Parameters]] = None,
    dry_run: bool = False,
    lock_timeout: float = 10,
    schema: typing.Optional[str] = None,
) -> Facts:
    """Put the old rows back with their ids and times, and remove the backup of this run.

    `backup` is what the report of the switch held; it is used instead of the backup table. Raises SwitchError: MW-E30 no
    backup table, E31 no backup of this run, E32 the history moved on, E33 the backup is of another database, E20 no lock.
    """
    history = _History(connection, manifest, schema)
    run_id = manifest["run_id"]
    if backup is None:
        history.require_backup(run_id)
    with _exclusive(history, lock_timeout):
        if backup is None:
            history.require_backup(run_id)  # another undo may have been first
        rows, kept = history.rows(), history.saved_all(run_id) if backup is None else backup
        old, new = ([Row(*values) for of, *values in kept if of == kind] for kind in ("old", "new"))
        moved = _moved_on(rows, old, new, manifest)
        if moved:
            raise SwitchError("MW-E32", f"{history} moved on since the switch: {_list(moved)}.", {"moved": moved})
        if backup is not None and not set(new) <= set(rows):
            # The same names with other ids or times: somebody built a database with the new files.
            raise SwitchError("MW-E33", f"{history} is not the one that was switched: its new rows are other ones.")
        if dry_run:
            return {"result": "WOULD_UNDO", "deleted": 0, "inserted": 0}
        if backup is not None:
            history.take_over(run_id, backup)
        leaving = [row for row in rows if row.app in manifest["apps"]]
        returning = [row for row in old if row.app in manifest["apps"]]
        history.delete(leaving)
        history.restore(run_id, returning)
        if [row for row in history.rows() if row.app in manifest["apps"]] != returning:
            raise SwitchError("MW-E18", f"{history} was written to by somebody else during the undo.")
        history.forget(run_id)
    return {"result": "UNDONE", "deleted": len(leaving), "inserted": len(returning)}


def try_lock(connection: typing.Any, lock_timeout: float = 10, schema: typing.Optional[str] = None) -> None:
    """Take the lock of a switch and let go of it, where there is a history to lock. Raises Django's OperationalError."""
    history = _History(connection, {"format": FORMAT}, schema)
    if HISTORY in history.tables():
        try:
            _BEGIN[history.vendor](history, lock_timeout)
        finally:
            with contextlib.suppress(Error):
                history.run("ROLLBACK")


# ------------------------------------------------------------------------------------------------- states of a database


def classify(recorded: typing.Iterable[Key], tables: typing.Container[str], manifest: Facts, where: str) -> Facts:
    """Tell the state from all recorded migrations and the existing tables; pure. See `state` for the result."""
    apps, keep, tolerate = set(manifest["apps"]), set(_keys(manifest["keep"])), set(_keys(manifest["tolerate"]))
    old_nodes, new_nodes = _keys(manifest["old"]["nodes"]), _keys(manifest["new"]["nodes"])
    alternatives = {node: _keys(replaced) for node, replaced in manifest["old"]["alt"].items()}
    known = set(_keys(manifest["old"]["known"])).union(old_nodes, *alternatives.values())
    mine = {key for key in recorded if key[0] in apps}
    new = [node for node in new_nodes if node in mine]
    old = sorted(mine & known - set(new) - keep)
    strange = sorted(mine - known - set(new_nodes) - keep - tolerate)
    found: Facts = {"missing": [], "unknown": [], "old": old, "new": new, "extra": [], "warnings": []}

    if new and old:
        sentence = f"{where} holds {len(old)} old and {len(new)} new rows of the project. Some were recorded by hand."
        return dict(found, state="MIXED", code="MW-E14", sentence=sentence)
    if new:
        found.update(extra=strange, missing=[node for node in new_nodes if node not in mine])
        if found["missing"]:
            sentence = f"{where} holds a part of the new history; migrate brings the rest."
            return dict(found, state="NEW_PARTIAL", code=None, sentence=sentence)
        return dict(found, state="NEW", code=None, sentence=f"{where} is at the new history.")
    if mine - tolerate:
        lacking = [node for node in old_nodes if not _satisfied(node, mine, alternatives)]
        return _classify_old(dict(found, unknown=strange, missing=lacking), manifest, where)
    there = [table for table in manifest.get("tables", ()) if table in tables]
    if there:
        sentence = f"{where} has tables of the project ({_list(there)}), but no row tells how they came to be."
        sentence += " Restore django_migrations from a backup of this database."
        return dict(found, state="TABLES_WITHOUT_ROWS", code="MW-E15", sentence=sentence)
    return dict(found, state="EMPTY", code=None, sentence=f"{where} holds nothing of the project; migrate builds it.")


def _classify_old(found: Facts, manifest: Facts, where: str) -> Facts:
    """The state of a database that holds no row of the new history."""
    if found["unknown"]:
        sentence = f"{where} records {_list(map(_name, found['unknown']))}, for which no file was known."
        sentence += " Find out where that comes from, or tolerate it by name."
        if found["missing"]:
            sentence += f" Besides, it lacks {_list(map(_name, found['missing']))}."
        return dict(found, state="UNKNOWN", code="MW-E13", sentence=sentence)
    if found["missing"]:
        release = (manifest.get("release") or {}).get("git") or "before the reset"
        sentence = f"{where} is behind: it lacks {_list(map(_name, found['missing']))}."
        sentence += f" Deploy the release {release} there, run migrate, then switch again."
        return dict(found, state="BEHIND", code="MW-E12", sentence=sentence)
    return dict(found, state="OLD_HEAD", code=None, sentence=f"{where} is at the old head, ready for the switch.")


def _satisfied(
    node: Key,
    recorded: typing.Container[Key],
    alternatives: typing.Dict[str, Keys],
    above: typing.FrozenSet[Key] = frozenset(),
) -> bool:
    """Is a node applied: its own row is there, or the rows of all that it replaces (squashes may be nested)?"""
    if node in recorded:
        return True
    replaced = alternatives.get(_name(node), [])
    above = above | {node}
    return bool(replaced) and all(
        key not in above and _satisfied(key, recorded, alternatives, above) for key in replaced
    )


def _read(history: _History, manifest: Facts) -> typing.Tuple[typing.List[Row], Facts]:
    """All rows and the state that they show, read at one go."""
    tables = history.tables()
    rows = history.rows() if HISTORY in tables else []
    found = classify([row.key for row in rows], tables, manifest, str(history))
    if found["extra"]:
        # A migrate of the old release that was under way during the switch records its row afterwards.
        on_disk = _on_disk()
        found["warnings"] = [
            f"MW-W40 {history} records {_name(key)}, which is neither of the new history nor on disk."
            for key in found["extra"]
            if key not in on_disk
        ]
    found.update(
        (field, [list(key) for key in found[field]]) for field in ("missing", "unknown", "old", "new", "extra")
    )
    return rows, found


def _refuse_wrong_state(found: Facts) -> None:
    if found["code"]:
        raise SwitchError(found["code"], found["sentence"], found)


# ------------------------------------------------------------------------------------------------------ what will change


class _Plan(typing.NamedTuple):
    leaving: typing.List[Row]
    arriving: Keys
    after: Keys

    @classmethod
    def of(cls, rows: typing.List[Row], manifest: Facts) -> _Plan:
        """All rows of the project leave but the kept ones; a kept name that only a squash stood for arrives too."""
        apps, keep = set(manifest["apps"]), _keys(manifest["keep"])
        leaving = [row for row in rows if row.app in apps and row.key not in keep]
        staying = [row.key for row in rows if row.app not in apps or row.key in keep]
        arriving = [key for key in keep if key not in staying] + _keys(manifest["new"]["nodes"])
        return cls(leaving, arriving, staying + arriving)


def _report(
    result: str,
    found: Facts,
    deleted: int = 0,
    inserted: int = 0,
    backup: typing.Sequence[typing.List[typing.Any]] = (),
) -> Facts:
    return {
        "result": result,
        "state": found["state"],
        "deleted": deleted,
        "inserted": inserted,
        "warnings": found["warnings"],
        "backup": list(backup),
    }


def _refuse_orphans(history: _History, plan: _Plan, consistent: typing.Optional[Consistent]) -> None:
    complaints = consistent(plan.after) if consistent else []
    if complaints:
        sentence = f"After the switch the history would be inconsistent: {_list(complaints)}."
        sentence = f"{history} is not switched. {sentence} Are the new migration files in place?"
        raise SwitchError("MW-E16", sentence, {"complaints": complaints})


def _moved_on(
    rows: typing.List[Row], old: typing.List[Row], new: typing.List[Row], manifest: Facts
) -> typing.List[str]:
    """What happened to the history since the switch that an undo would orphan or overwrite."""
    apps, keep = set(manifest["apps"]), set(_keys(manifest["keep"]))
    now, before, arrived = ({row.key for row in some} for some in (rows, old, new))
    mine, expected = {key for key in now if key[0] in apps}, arrived | (before & keep)
    moved = [f"{_name(key)} was recorded" for key in sorted(mine - expected)]
    moved += [f"{_name(key)} is gone" for key in sorted(expected - mine)]
    moved += [f"{_name(key)} is gone" for key in sorted(before - now) if key[0] not in apps]
    since = now - before - mine
    on_disk = _on_disk() if since else {}
    for key in sorted(since & set(on_disk)):
        # A dependency on `__first__` finds its parent in the old files again; one on a new name would not.
        parents = {tuple(parent) for parent in on_disk[key].dependencies} & arrived - keep
        moved += [f"{_name(key)} needs {_name(parent)}" for parent in sorted(parents)]
    return moved


# ---------------------------------------------------------------------------------------------- the migration files here


def graph_consistency(after_rows: typing.Iterable[Key]) -> typing.List[str]:
    """Complaints about rows whose parents would not be recorded, by the files of the current tree; no database."""
    recorded = set(_keys(after_rows))
    try:
        loader = _LoaderOf(recorded)
    except Exception as error:  # any project file may raise anything while it is imported
        return [f"the migration files cannot be loaded ({type(error).__name__}: {error})"]
    nodes = loader.graph.node_map
    complaints = []
    for key in sorted(recorded & set(nodes)):
        needs = {parent.key for parent in nodes[key].parents}
        if key in loader.replacements:
            needs.update(loader.replacements[key].replaces if key not in loader.applied_migrations else ())
        complaints += [
            f"{_name(key)} needs {_name(parent)}"
            for parent in sorted(needs - recorded)
            if parent not in loader.applied_migrations
        ]
    return complaints


class _LoaderOf(MigrationLoader):
    """Django's loader as it would be on a database with exactly these rows: squashes resolve as they would there."""

    def __init__(self, recorded: typing.Set[Key]) -> None:
        self._recorded: typing.Dict[Key, typing.Any] = dict.fromkeys(recorded)
        super().__init__(None, ignore_no_migrations=True)

    @property
    def applied_migrations(self) -> typing.Dict[Key, typing.Any]:
        return self._recorded

    @applied_migrations.setter
    def applied_migrations(self, value: typing.Any) -> None:
        """Without a connection Django sets "none applied"; ours stay."""


def _on_disk() -> typing.Dict[Key, typing.Any]:
    loader = MigrationLoader(None, load=False, ignore_no_migrations=True)
    loader.load_disk()
    return loader.disk_migrations


# --------------------------------------------------------------------------------------- the table and its backup table


class _History:
    """django_migrations of one database (on PostgreSQL: of one schema) and the backup table beside it."""

    def __init__(self, connection: typing.Any, manifest: Facts, schema: typing.Optional[str]) -> None:
        self.connection, self.vendor = connection, connection.vendor
        self.alias, self.schema = connection.alias, schema
        if manifest["format"] != FORMAT:
            sentence = f"The manifest has format {manifest['format']}, this script reads format {FORMAT}."
            raise SwitchError("MW-E10", sentence)
        if self.vendor not in _BEGIN:
            raise SwitchError("MW-E11", f"{self} is of the engine {self.vendor}, which the switch cannot lock.")
        if self.vendor == "postgresql" and schema is None:
            # An unqualified name would fall through the search path to the table of another schema.
            self.schema = self.query("SELECT current_schema()")[0][0]
        quote = connection.ops.quote_name
        prefix = quote(self.schema) + "." if self.schema else ""
        self.table, self.backup = prefix + quote(HISTORY), prefix + quote(BACKUP)
        # The cast keeps Django's converter away from SQLite's text, which is to be read as it is stored.
        self.applied = "CAST(applied AS text)" if self.vendor == "sqlite" else "applied"

    def __str__(self) -> str:
        return f"Database '{self.alias}'" + (f", schema '{self.schema}'" if self.schema else "")

    def query(self, sql: str, parameters: Parameters = ()) -> typing.List[typing.Any]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters or None)
            return list(cursor.fetchall())

    def run(self, sql: str, parameters: Parameters = ()) -> int:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters or None)
            return int(cursor.rowcount)

    def tables(self) -> _Tables:
        fold = str.lower if self.connection.features.ignores_table_name_case else str
        if self.vendor == "postgresql":
            listed = self.query("SELECT tablename FROM pg_tables WHERE schemaname = %s", [self.schema])
            return _Tables((name for (name,) in listed), fold)
        return _Tables(self.connection.introspection.table_names(), fold)

    def rows(self) -> typing.List[Row]:
        return self._rows(f"SELECT id, app, name, {self.applied} FROM {self.table} ORDER BY id")

    def saved(self, run_id: str, kind: str) -> typing.List[Row]:
        where = "run_id = %s AND kind = %s ORDER BY row_id"
        return self._rows(f"SELECT row_id, app, name, {self.applied} FROM {self.backup} WHERE {where}", [run_id, kind])

    def saved_all(self, run_id: str) -> typing.List[typing.List[typing.Any]]:
        """All that is kept of a run, each row with its kind first."""
        return [[kind, *row] for kind in KINDS for row in self.saved(run_id, kind)]

    def _rows(self, sql: str, parameters: Parameters = ()) -> typing.List[Row]:
        found = self.query(sql, parameters)
        return [Row(id, app, name, at.isoformat() if hasattr(at, "isoformat") else at) for id, app, name, at in found]

    def delete(self, rows: typing.List[Row]) -> None:
        if self._for_ids(f"DELETE FROM {self.table} WHERE id", [row.id for row in rows]) != len(rows):
            raise SwitchError("MW-E17", f"{self} lost rows to somebody else while they were exchanged.")

    def insert(self, keys: Keys, moment: datetime.datetime) -> None:
        if timezone.is_aware(moment) != settings.USE_TZ:
            convert = timezone.make_aware if settings.USE_TZ else timezone.make_naive
            moment = convert(moment, datetime.timezone.utc)
        applied = self.connection.ops.adapt_datetimefield_value(moment)
        for app, name in keys:
            self.run(f"INSERT INTO {self.table} (app, name, applied) VALUES (%s, %s, %s)", [app, name, applied])

    def restore(self, run_id: str, rows: typing.List[Row]) -> None:
        """Copy saved rows back from table to table, so that no conversion touches what is stored."""
        copy = f"INSERT INTO {self.table} (id, app, name, applied) SELECT row_id, app, name, applied FROM {self.backup}"
        self._for_ids(f"{copy} WHERE run_id = %s AND kind = 'old' AND row_id", [row.id for row in rows], [run_id])
        for saved in self.saved(run_id, "sequence"):
            value = f"MAX(%s, (SELECT MAX(id) FROM {self.table}))"
            self.run(f"UPDATE sqlite_sequence SET seq = {value} WHERE name = %s", [saved.id, HISTORY])

    def save_all(self, run_id: str) -> None:
        """Copy all rows to the backup; rows there of the same run are of a switch that was reverted by hand."""
        self.forget(run_id)
        self.run(f"INSERT INTO {self.backup} SELECT %s, 'old', id, app, name, applied FROM {self.table}", [run_id])
        if self.vendor == "sqlite" and self.query("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'"):
            sequence = "SELECT %s, 'sequence', seq, '', '', NULL FROM sqlite_sequence WHERE name = %s"
            self.run(f"INSERT INTO {self.backup} {sequence}", [run_id, HISTORY])

    def take_over(self, run_id: str, kept: typing.Sequence[Parameters]) -> None:
        """Fill the backup table from what `saved_all` gave once."""
        self.forget(run_id)
        for row in kept:
            self.run(f"INSERT INTO {self.backup} VALUES (%s, %s, %s, %s, %s, %s)", [run_id, *row])

    def save_new(self, run_id: str, ids: typing.List[int]) -> None:
        copy = f"INSERT INTO {self.backup} SELECT %s, 'new', id, app, name, applied FROM {self.table} WHERE id"
        self._for_ids(copy, ids, [run_id])

    def _for_ids(self, sql: str, ids: typing.List[int], before: Parameters = ()) -> int:
        """Run the statement, which ends with the name of an id column, for these ids; the number of rows it met."""
        chunks = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
        return sum(self.run(f"{sql} IN ({', '.join(['%s'] * len(chunk))})", [*before, *chunk]) for chunk in chunks)

    def require_backup(self, run_id: str) -> None:
        if BACKUP not in self.tables():
            raise SwitchError("MW-E30", f"{self} has no table {BACKUP}, so there is nothing to undo from.")
        if not self.saved(run_id, "old"):
            raise SwitchError("MW-E31", f"{self} keeps no backup of the run {run_id}.")

    def forget(self, run_id: str) -> None:
        self.run(f"DELETE FROM {self.backup} WHERE run_id = %s", [run_id])

    def create_backup(self) -> None:
        self.run(
            f"CREATE TABLE IF NOT EXISTS {self.backup} (run_id varchar(64) NOT NULL, kind varchar(8) NOT NULL, "
            "row_id bigint NOT NULL, app varchar(255) NOT NULL, name varchar(255) NOT NULL, "
            f"applied {models.DateTimeField().db_type(self.connection)} NULL, PRIMARY KEY (run_id, kind, row_id))"
        )

    def drop_empty_backup(self) -> None:
        if BACKUP in self.tables() and not self.query(f"SELECT 1 FROM {self.backup} LIMIT 1"):
            self.run(f"DROP TABLE {self.backup}")


class _Tables:
    """Names of tables, compared as the engine compares them."""

    def __init__(self, names: typing.Iterable[str], fold: typing.Callable[[str], str]) -> None:
        self.fold, self.names = fold, {fold(name) for name in names}

    def __contains__(self, name: object) -> bool:
        return self.fold(str(name)) in self.names


# ----------------------------------------------------------------------------------------------------------------- locks


@contextlib.contextmanager
def _exclusive(history: _History, timeout: float) -> typing.Iterator[None]:
    """One transaction that nobody else can write into, with the backup table at hand; rolled back on any exception.

    Where DDL commits (MySQL) the backup table is made before and dropped after the transaction, under a named lock.
    """
    connection = history.connection
    if connection.in_atomic_block or not connection.get_autocommit():
        raise TransactionManagementError("The switch opens its own transaction; leave the surrounding one first.")
    inside = connection.features.can_rollback_ddl
    with _patience(history, timeout), _named_lock(history, timeout):
        try:
            if not inside:
                history.create_backup()
            with _transaction(history, timeout):
                if inside:
                    history.create_backup()
                yield
                if inside:
                    history.drop_empty_backup()
        finally:
            if not inside:
                history.drop_empty_backup()


@contextlib.contextmanager
def _transaction(history: _History, timeout: float) -> typing.Iterator[None]:
    """Raw BEGIN to COMMIT: atomic() can neither take SQLite's write lock at once nor choose an isolation level."""
    committed = False
    try:
        _BEGIN[history.vendor](history, timeout)
        yield
        history.run("COMMIT")
        committed = True
    except OperationalError as error:
        if not is_lock_failure(error):
            raise
        raise _busy(history, timeout) from error
    finally:
        if not committed:
            with contextlib.suppress(Error):
                history.run("ROLLBACK")


def _begin_sqlite(history: _History, timeout: float) -> None:
    history.run("BEGIN IMMEDIATE")


def _begin_postgresql(history: _History, timeout: float) -> None:
    history.run("BEGIN")
    history.run(f"SET LOCAL lock_timeout = {max(1, int(timeout * 1000))}")
    key = int.from_bytes(hashlib.sha256(f"migwizard:{history.schema}".encode()).digest()[:8], "big", signed=True)
    history.query("SELECT pg_advisory_xact_lock(%s)", [key])
    history.run(f"LOCK TABLE {history.table} IN EXCLUSIVE MODE")


def _begin_mysql(history: _History, timeout: float) -> None:
    # Django's READ COMMITTED takes no gap lock: another connection could insert between our statements.
    history.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    history.run("START TRANSACTION")
    history.query(f"SELECT id FROM {history.table} FOR UPDATE")


_BEGIN = {"sqlite": _begin_sqlite, "postgresql": _begin_postgresql, "mysql": _begin_mysql}
# Session variable that bounds the wait for a lock, and how many of its units make a second.
_PATIENCE = {
    "sqlite": ("PRAGMA busy_timeout", "PRAGMA busy_timeout = {}", 1000),
    "mysql": ("SELECT @@SESSION.innodb_lock_wait_timeout", "SET SESSION innodb_lock_wait_timeout = {}", 1),
}


@contextlib.contextmanager
def _patience(history: _History, timeout: float) -> typing.Iterator[None]:
    """Bound the wait for locks in this session to `timeout` seconds, and put the session's own bound back."""
    if history.vendor not in _PATIENCE:
        yield
        return
    read, write, units = _PATIENCE[history.vendor]
    before = history.query(read)[0][0]
    history.run(write.format(max(1, math.ceil(timeout * units))))
    try:
        yield
    finally:
        with contextlib.suppress(Error):
            history.run(write.format(before))


@contextlib.contextmanager
def _named_lock(history: _History, timeout: float) -> typing.Iterator[None]:
    """On MySQL keep other switches out for longer than one transaction, since DDL commits; elsewhere nothing."""
    if history.vendor != "mysql":
        yield
        return
    engines = "SELECT engine FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = %s"
    if [engine.lower() for (engine,) in history.query(engines, [HISTORY])] != ["innodb"]:
        raise SwitchError("MW-E11", f"{history} keeps {HISTORY} in an engine without transactions; make it InnoDB.")
    name = "migwizard:" + hashlib.sha256(str(history.query("SELECT DATABASE()")).encode()).hexdigest()[:32]
    if history.query("SELECT GET_LOCK(%s, %s)", [name, math.ceil(timeout)]) != [(1,)]:
        raise _busy(history, timeout)
    try:
        yield
    finally:
        with contextlib.suppress(Error):
            history.query("SELECT RELEASE_LOCK(%s)", [name])


def _busy(history: _History, timeout: float) -> SwitchError:
    return SwitchError("MW-E20", f"{history} is busy: somebody else held {HISTORY} for {timeout:g} s. Try again.")


def is_lock_failure(error: Exception) -> bool:
    """Was a lock not got in time (or by a deadlock), and not something else that went wrong?"""
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    return state in ("55P03", "40P01") or error.args[:1] in ((1205,), (1213,)) or "database is locked" in str(error)


# ----------------------------------------------------------------------------------------------------------------- words


def _keys(pairs: typing.Iterable[typing.Sequence[str]]) -> Keys:
    return [(app, name) for app, name in pairs]


def _name(key: Key) -> str:
    return f"{key[0]}.{key[1]}"


def _list(words: typing.Iterable[str]) -> str:
    """'a, b and c'; of many the first three and their number."""
    shown = list(words)
    if len(shown) > 4:
        shown = [*shown[:3], f"{len(shown) - 3} more"]
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))

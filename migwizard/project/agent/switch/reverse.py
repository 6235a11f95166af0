"""Take a switch back: the old rows return, unless the history moved on since."""

from __future__ import annotations

import typing

from .backup import Backup
from .files import Files
from .history import History, Parameters, Row, check_format
from .locks import exclusive
from .ontop import steps_back
from .places import Place
from .refusal import SwitchError
from .words import Facts, Key, full_name, keys, listed

Moves = typing.List[typing.Tuple[Key, str]]
"""Migrations, each with what became of it since the switch."""
RECORDED, GONE = "was recorded", "is gone"


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
    check_format(manifest)
    history, place = History(connection, schema), Place(connection.alias, schema)
    table, run_id = Backup(history), manifest["run_id"]
    if backup is None and manifest.get("replaces") and not (table.exists() and table.saved(run_id, "old")):
        return _forget_new(history, place, manifest, dry_run, lock_timeout)
    if backup is None:
        table.require(run_id)
    with exclusive(history, lock_timeout, dry_run) as warnings:
        if backup is None:
            table.require(run_id)  # another undo may have been first
        else:
            table.take_over(run_id, backup)  # read again it is spelt as the rows are, whoever wrote it
        rows, kept = history.rows(), table.saved_all(run_id)
        old, new, on_top = ([Row(*values) for of, *values in kept if of == kind] for kind in ("old", "new", "top"))
        _refuse_moved(history, place, rows, _moved_on(rows, old, new, on_top, manifest))
        if backup is not None and not set(new) <= set(rows):
            # The same names with other ids or times: somebody built a database with the new files.
            raise SwitchError("MW-E33", f"{history} is not the one that was switched: its new rows are other ones.")
        staying = _applied_since(rows, old, manifest)
        leaving = [row for row in rows if row.app in manifest["apps"] and row not in staying]
        returning = [row for row in old if row.app in manifest["apps"]]
        history.delete(leaving)
        table.restore(run_id, returning)
        if {row for row in history.rows() if row.app in manifest["apps"]} != {*returning, *staying}:
            raise SwitchError("MW-E18", f"{history} was written to by somebody else during the undo.")
        table.forget(run_id)
    result = "WOULD_UNDO" if dry_run else "UNDONE"
    return {"result": result, "deleted": len(leaving), "inserted": len(returning), "warnings": warnings}


def _applied_since(rows: typing.List[Row], old: typing.List[Row], manifest: Facts) -> typing.List[Row]:
    """Rows of migrations that are of both histories, and were applied after the switch: their files stay, and so do they."""
    before = {row.key for row in old}
    return [row for row in rows if row.key in keys(manifest.get("kept", ())) and row.key not in before]


def _forget_new(history: History, place: Place, manifest: Facts, dry_run: bool, lock_timeout: float) -> Facts:
    """Take back what `migrate` recorded because the new migrations replace the old ones: these are all still there."""
    with exclusive(history, lock_timeout, dry_run):
        rows, new = history.rows(), keys(manifest["new"]["nodes"])
        leaving = [row for row in rows if row.key in new]
        stays = [row for row in rows if row.key not in new]
        moved = _moved_on(rows, stays, leaving, [], manifest)
        files = Files()
        for row in stays:
            if row.app not in manifest["apps"] and row.key in files:
                parents = {tuple(parent) for parent in files[row.key].dependencies} & set(new)
                moved += [(row.key, f"needs {full_name(parent)}") for parent in sorted(parents)]
        known = {*keys(manifest["old"]["known"]), *keys(manifest["tolerate"]), *keys(manifest.get("kept", ()))}
        since = min([row.id for row in leaving], default=0)
        later = [row.key for row in stays if row.app in manifest["apps"] and row.key not in known and row.id > since]
        moved += [(key, RECORDED) for key in later]
        lost = set(keys(manifest["keep"])) - {row.key for row in stays}
        moved += [(key, GONE) for key in sorted(lost)]
        _refuse_moved(history, place, rows, moved)
        history.delete(leaving)
    return {"result": "WOULD_UNDO" if dry_run else "UNDONE", "deleted": len(leaving), "inserted": 0}


def _refuse_moved(history: History, place: Place, rows: typing.List[Row], moved: Moves) -> None:
    """Raise SwitchError where something moved: `later` are the rows to be taken back before, `gone` those to come again.

    `steps` of its details lead there, see `steps_back`.
    """
    if not moved:
        return
    sentences = [f"{full_name(key)} {what}" for key, what in moved]
    gone = [key for key, what in moved if what == GONE]
    later = list(dict.fromkeys(key for key, what in moved if what != GONE))
    details: Facts = {"moved": sentences, "later": [list(key) for key in later], "gone": [list(key) for key in gone]}
    details["steps"] = steps_back(place, [row.key for row in rows], later, gone)
    raise SwitchError("MW-E32", f"{history} moved on since the switch: {listed(sentences)}.", details)


def _moved_on(
    rows: typing.List[Row],
    old: typing.List[Row],
    new: typing.List[Row],
    on_top: typing.List[Row],
    manifest: Facts,
) -> Moves:
    """What happened to the history since the switch that an undo would orphan or overwrite."""
    apps, keep = set(manifest["apps"]), set(keys(manifest["keep"]))
    now, before, arrived = ({row.key for row in some} for some in (rows, old, new))
    if manifest.get("replaces"):
        keep = {key for key in before if key[0] in apps}  # no row left
    mine, expected = {key for key in now if key[0] in apps}, arrived | (before & keep) | {row.key for row in on_top}
    moved = [(key, RECORDED) for key in sorted(mine - expected - set(keys(manifest.get("kept", ()))))]
    moved += [(key, GONE) for key in sorted(expected - mine)]
    moved += [(key, GONE) for key in sorted(before - now) if key[0] not in apps]
    since = now - before - mine
    files = Files()
    for key in sorted(key for key in since if key in files):
        # A dependency on `__first__` finds its parent in the old files again; one on a new name would not.
        parents = {tuple(parent) for parent in files[key].dependencies} & arrived - keep
        moved += [(key, f"needs {full_name(parent)}") for parent in sorted(parents)]
    return moved

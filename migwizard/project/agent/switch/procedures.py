"""Tell the state of a database, and exchange its rows."""

from __future__ import annotations

import datetime
import typing

from django.utils import timezone

from .backup import Backup
from .history import History, check_format
from .locks import exclusive
from .plan import Consistent, Plan, make_plan, refuse_orphans
from .refusal import SwitchError
from .rights import refuse_lacking_rights
from .states import read_state, refuse_wrong_state
from .words import Facts, keys


def state(
    connection: typing.Any,
    manifest: Facts,
    *,
    schema: typing.Optional[str] = None,
    consistent: typing.Optional[Consistent] = None,
) -> Facts:
    """Tell at which history a database is; reads only.

    Returns `state`, `code` (of the refusal that `switch` would raise, or None), the lists of [app, name] `missing`,
    `unknown`, `old`, `new`, `extra` (rows beyond a new history) and `on_top` (rows beyond both histories that have a
    file, and stay), `warnings`, and a `sentence` for people; the rows that a switch would take out (`leaving`), and how
    many it would put in (`arriving`), how many are of other apps (`others`) and how many of the project's rows the
    backup of this run keeps (`saved`); all that it keeps (`backup`; nothing where this user may not read it); and where
    another run put in rows that bear the names of this one's, and this one none, or rows that nobody knows, that run
    (`other_run`). With `consistent`, as `switch` gets it, a database at the old head that lacks migrations of other apps
    is behind.
    """
    check_format(manifest)
    history = History(connection, schema)
    backup = Backup(history)
    rows, found = read_state(history, manifest)
    plan, apps = make_plan(rows, found, manifest), set(manifest["apps"])
    if consistent and found["state"] == "OLD_HEAD":
        found = dict(found, **_behind(history, plan, manifest, consistent))
    kept = backup.saved_all(manifest["run_id"]) if backup.readable() else []
    return dict(
        found,
        leaving=[list(row.key) for row in plan.leaving],
        arriving=len(plan.arriving),
        others=sum(row.app not in apps for row in rows),
        saved=sum((kind == "old") - (kind == "top") for kind, _, app, *_ in kept if app in apps),
        backup=kept,
        other_run=found["other_run"] or ("" if kept else backup.run_with(keys(manifest["new"]["nodes"]))),
    )


def _behind(history: History, plan: Plan, manifest: Facts, consistent: Consistent) -> Facts:
    """What is different about a database at the old head that lacks migrations of other apps; files that fit nothing are left to the switch."""
    try:
        refuse_orphans(history, plan, manifest, consistent)
    except SwitchError as error:
        if error.code == "MW-E12":
            missing = error.details["missing"]
            return {"state": "BEHIND", "code": error.code, "sentence": error.reason, "missing": missing}
    return {}


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
    returns those without their parents (see `graph_consistency`). `lock_timeout` is in seconds. Raises SwitchError: MW-E11 tables
    without transactions, E12 to E15 wrong state, E16 rows without their parents, E17 and E18 somebody else wrote,
    E20 no lock, E24 a right is lacking. `backup` of the report is all that was kept of this run; `undo` takes it where the table is lost.
    """
    check_format(manifest)
    history = History(connection, schema)
    rows, found = read_state(history, manifest)
    refuse_wrong_state(found)
    if found["state"] != "OLD_HEAD":
        return _report("NOTHING_TO_DO", found)
    refuse_lacking_rights(history)
    if dry_run:
        plan = make_plan(rows, found, manifest)
        refuse_orphans(history, plan, manifest, consistent)
        return _report("WOULD_SWITCH", found, len(plan.leaving), len(plan.arriving))
    with exclusive(history, lock_timeout):
        # What was read before the lock may be outdated: another switch may have been first.
        rows, found = read_state(history, manifest)
        refuse_wrong_state(found)
        if found["state"] != "OLD_HEAD":
            return _report("NOTHING_TO_DO", found)
        plan, backup = make_plan(rows, found, manifest), Backup(history)
        refuse_orphans(history, plan, manifest, consistent)
        backup.save_all(manifest["run_id"])
        history.delete(plan.leaving)
        history.insert(plan.arriving, now or timezone.now())
        after = history.rows()
        if sorted(row.key for row in after) != sorted(plan.after):
            raise SwitchError("MW-E18", f"{history} was written to by somebody else during the switch.")
        arriving = set(plan.arriving)
        backup.save(manifest["run_id"], "new", [row.id for row in after if row.key in arriving])
        backup.save(manifest["run_id"], "top", [row.id for row in plan.on_top])
        kept = backup.saved_all(manifest["run_id"])
    return _report("SWITCHED", found, len(plan.leaving), len(plan.arriving), kept)


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
        "sentence": found["sentence"],
        "deleted": deleted,
        "inserted": inserted,
        "warnings": found["warnings"],
        "by_migrate": found["by_migrate"],
        "backup": list(backup),
    }

"""At which history a database is: told from its rows, refused where they fit neither."""

from __future__ import annotations

import typing

from .backup import Backup
from .files import Files
from .history import HISTORY, History, Row, without_transactions
from .refusal import SwitchError
from .words import Facts, Key, Keys, behind, full_name, keys, listed


def classify(
    recorded: typing.Iterable[Key],
    tables: typing.Container[str],
    files: typing.Container[Key],
    manifest: Facts,
    where: str,
) -> Facts:
    """Tell the state from all recorded migrations, the existing tables and the migrations that have a file; pure.

    See `state` for the result.
    """
    apps, keep, tolerate = set(manifest["apps"]), set(keys(manifest["keep"])), set(keys(manifest["tolerate"]))
    old_nodes, new_nodes = keys(manifest["old"]["nodes"]), keys(manifest["new"]["nodes"])
    alternatives = {node: keys(replaced) for node, replaced in manifest["old"]["alt"].items()}
    known = set(keys(manifest["old"]["known"])).union(old_nodes, *alternatives.values())
    mine = {key for key in recorded if key[0] in apps}
    new = [node for node in new_nodes if node in mine]
    old = sorted(mine & known - set(new) - keep)
    strange = sorted(mine - known - set(new_nodes) - keep)
    on_top = [key for key in strange if key in files]
    unknown = [key for key in strange if key not in on_top and key not in tolerate]
    found: Facts = {"missing": [], "unknown": [], "old": old, "new": new, "extra": [], "warnings": [], "on_top": on_top}
    found["by_migrate"] = False

    if manifest.get("replaces") and new:
        return _classify_replacing(dict(found, unknown=unknown, old=[]), mine, manifest, where)
    if new and old:
        sentence = f"{where} holds {len(old)} old and {len(new)} new rows of the project. Some were recorded by hand."
        return dict(found, state="MIXED", code="MW-E14", sentence=sentence)
    if new:
        missing = [node for node in new_nodes if node not in mine]
        return _classify_new(dict(found, unknown=unknown, missing=missing), where)
    if mine - tolerate:
        lacking = [node for node in old_nodes if not _satisfied(node, mine, alternatives)]
        found = dict(found, unknown=unknown, missing=lacking)
        return _classify_old(found, mine, manifest, where)
    there = [table for table in manifest.get("tables", ()) if table in tables]
    if there:
        sentence = f"{where} has tables of the project ({listed(there)}), but no row tells how they came to be."
        sentence += " Restore django_migrations from a backup of this database."
        return dict(found, state="TABLES_WITHOUT_ROWS", code="MW-E15", sentence=sentence)
    return dict(found, state="EMPTY", code=None, sentence=f"{where} holds nothing of the project; migrate builds it.")


def _classify_new(found: Facts, where: str) -> Facts:
    """The state of a database that holds rows of the new history; what it lacks of it is `missing`."""
    unknown = found["unknown"]
    found = dict(found, unknown=[], extra=sorted([*found["on_top"], *unknown]))
    # A migrate of the old release that was under way during the switch records its row afterwards.
    found["warnings"] = [
        f"MW-W40 {where} records {full_name(key)}, which is neither of the new history nor on disk." for key in unknown
    ]
    if found["missing"]:
        sentence = f"{where} holds a part of the new history; migrate brings the rest."
        return dict(found, state="NEW_PARTIAL", code=None, sentence=sentence)
    return dict(found, state="NEW", code=None, sentence=f"{where} is at the new history.")


def _classify_replacing(found: Facts, mine: typing.AbstractSet[Key], manifest: Facts, where: str) -> Facts:
    """The state where new migrations replace old ones by name and some are recorded, by the rule of Django's loader.

    A migration counts as applied where all that it replaces is recorded, whatever its own row says, and as new where
    nothing of it is.
    """
    replaces = {node: keys(manifest["replaces"][full_name(node)]) for node in keys(manifest["new"]["nodes"])}
    lacking = {node: [key for key in old if key not in mine] for node, old in replaces.items()}
    torn = [node for node, lost in lacking.items() if lost and (node in mine or len(lost) < len(replaces[node]))]
    if torn:
        lost = [key for node in torn for key in lacking[node]]
        sentence = f"{where} records a part of what {listed(map(full_name, torn))} replaces, and lacks"
        sentence += f" {listed(map(full_name, lost))}: Django takes no such migration for applied."
        return dict(found, state="MIXED", code="MW-E14", sentence=sentence, missing=lost, unknown=[])
    return _classify_new(dict(found, missing=[node for node, lost in lacking.items() if lost]), where)


def _classify_old(found: Facts, mine: typing.AbstractSet[Key], manifest: Facts, where: str) -> Facts:
    """The state of a database that holds no row of the new history."""
    if found["unknown"]:
        sentence = f"{where} records {listed(map(full_name, found['unknown']))}, for which no file was known."
        sentence += " Find out where that comes from, or tolerate it by name."
        if found["missing"]:
            sentence += f" Besides, it lacks {listed(map(full_name, found['missing']))}."
        return dict(found, state="UNKNOWN", code="MW-E13", sentence=sentence)
    if found["missing"]:
        sentence = behind(where, found["missing"], manifest)
        return dict(found, state="BEHIND", code="MW-E12", sentence=sentence)
    sentence = f"{where} is at the old head, ready for the switch."
    replaced = [key for old in manifest.get("replaces", {}).values() for key in keys(old)]
    by_migrate = bool(replaced) and set(replaced) <= mine
    return dict(found, state="OLD_HEAD", code=None, sentence=sentence, by_migrate=by_migrate)


def _satisfied(
    node: Key,
    recorded: typing.Container[Key],
    alternatives: typing.Dict[str, Keys],
    above: typing.FrozenSet[Key] = frozenset(),
) -> bool:
    """Is a node applied: its own row is there, or the rows of all that it replaces (squashes may be nested)?"""
    if node in recorded:
        return True
    replaced = alternatives.get(full_name(node), [])
    above = above | {node}
    return bool(replaced) and all(
        key not in above and _satisfied(key, recorded, alternatives, above) for key in replaced
    )


def read_state(history: History, manifest: Facts) -> typing.Tuple[typing.List[Row], Facts]:
    """All rows and the state that they show, read at one go."""
    tables = history.tables()
    rows = history.rows() if HISTORY in tables else []
    found = classify([row.key for row in rows], tables, Files(), manifest, str(history))
    if found["state"] == "OLD_HEAD" and history.lacks_transactions():
        found.update(state="WITHOUT_TRANSACTIONS", code="MW-E11", sentence=without_transactions(history))
    found["other_run"] = Backup(history).run_with(found["unknown"]) if found["state"] == "UNKNOWN" else ""
    if found["other_run"]:
        names = listed(map(full_name, found["unknown"]))
        sentence = f"{history} was switched to the reset {found['other_run']}, which is not in this checkout: it records {names}."
        found.update(sentence=sentence)
    lists = ("missing", "unknown", "old", "new", "extra", "on_top")
    return rows, dict(found, **{field: [list(key) for key in found[field]] for field in lists})


def refuse_wrong_state(found: Facts) -> None:
    """Raise SwitchError for a state that is neither the old head nor in need of nothing."""
    if found["code"]:
        raise SwitchError(found["code"], found["sentence"], found)

"""At which history a database is: told from its rows, refused where they fit neither."""

from __future__ import annotations

import typing

from .files import Files
from .history import HISTORY, History, Row, without_transactions
from .refusal import SwitchError
from .words import Facts, Key, Keys, full_name, keys, listed


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

    if new and old:
        sentence = f"{where} holds {len(old)} old and {len(new)} new rows of the project. Some were recorded by hand."
        return dict(found, state="MIXED", code="MW-E14", sentence=sentence)
    if new:
        found.update(extra=sorted([*on_top, *unknown]), missing=[node for node in new_nodes if node not in mine])
        # A migrate of the old release that was under way during the switch records its row afterwards.
        found["warnings"] = [
            f"MW-W40 {where} records {full_name(key)}, which is neither of the new history nor on disk."
            for key in unknown
        ]
        if found["missing"]:
            sentence = f"{where} holds a part of the new history; migrate brings the rest."
            return dict(found, state="NEW_PARTIAL", code=None, sentence=sentence)
        return dict(found, state="NEW", code=None, sentence=f"{where} is at the new history.")
    if mine - tolerate:
        lacking = [node for node in old_nodes if not _satisfied(node, mine, alternatives)]
        return _classify_old(dict(found, unknown=unknown, missing=lacking), manifest, where)
    there = [table for table in manifest.get("tables", ()) if table in tables]
    if there:
        sentence = f"{where} has tables of the project ({listed(there)}), but no row tells how they came to be."
        sentence += " Restore django_migrations from a backup of this database."
        return dict(found, state="TABLES_WITHOUT_ROWS", code="MW-E15", sentence=sentence)
    return dict(found, state="EMPTY", code=None, sentence=f"{where} holds nothing of the project; migrate builds it.")


def _classify_old(found: Facts, manifest: Facts, where: str) -> Facts:
    """The state of a database that holds no row of the new history."""
    if found["unknown"]:
        sentence = f"{where} records {listed(map(full_name, found['unknown']))}, for which no file was known."
        sentence += " Find out where that comes from, or tolerate it by name."
        if found["missing"]:
            sentence += f" Besides, it lacks {listed(map(full_name, found['missing']))}."
        return dict(found, state="UNKNOWN", code="MW-E13", sentence=sentence)
    if found["missing"]:
        release = (manifest.get("release") or {}).get("git") or "before the reset"
        sentence = f"{where} is behind: it lacks {listed(map(full_name, found['missing']))}."
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
    lists = ("missing", "unknown", "old", "new", "extra", "on_top")
    return rows, dict(found, **{field: [list(key) for key in found[field]] for field in lists})


def refuse_wrong_state(found: Facts) -> None:
    """Raise SwitchError for a state that is neither the old head nor in need of nothing."""
    if found["code"]:
        raise SwitchError(found["code"], found["sentence"], found)

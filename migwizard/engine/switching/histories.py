"""The project's databases as a person sees them: where each is, at which history, and what a switch would do to it."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from migwizard.engine.planning import keeping
from migwizard.engine.previews import DatabaseLine
from migwizard.engine.ride import PULLED, Ride
from migwizard.engine.surviving import durable
from migwizard.engine.switching import deviating, identity, rowcopies, takenback, torn
from migwizard.engine.switching.manifests import load_manifest, tolerated
from migwizard.engine.switching.rowcount import why_not_as_files
from migwizard.errors import ConflictError, DatabaseError, MigwizardError
from migwizard.paths import file_name_of
from migwizard.project.guest import GuestError
from migwizard.switch.manifest import Manifest
from migwizard.words.counting import count, some
from migwizard.words.databases import ENGINES, GONE
from migwizard.words.sentences import dotted

LINES = "database lines"
"""Key of the lines in the facts of a ride."""
NAMES_SHOWN = 8
ALONE_NOT = "a plain migrate would not do here, since a squash or its parts are not recorded"

SHORT = {
    "OLD_HEAD": "at old head",
    "NEW": "at new history",
    "NEW_PARTIAL": "partly new",
    "EMPTY": "empty",
    "UNKNOWN": "unknown rows",
    "OTHER_RESET": "another reset",
    "MIXED": "old and new",
    "TABLES_WITHOUT_ROWS": "no history",
    "WITHOUT_TRANSACTIONS": "no transactions",
}
"""A state in two or three words; of one that is behind it is said how far."""
SWITCHED = ("NEW", "NEW_PARTIAL", "MIXED")
"""States with new rows, which undo takes back where the old ones are kept."""
LOOKED_AT = frozenset({*SHORT, "BEHIND", "missing"})
"""States of databases of which it is known what they record, or that there is none."""


def migrate_first(alias: str) -> str:
    """What to do about a database that is behind, while the old files are there."""
    database = "" if alias == "default" else f" --database {shlex.quote(alias)}"
    return f"Run python manage.py migrate{database} with the files as they are now, then start again."


CURES = {
    "MW-E11": "ALTER TABLE django_migrations ENGINE=InnoDB, then check again.",
    "MW-E12": "Check the old release out in another folder, run `python manage.py migrate --database {quoted}` there, then check again. A "
    "database file that lies in this folder is copied there, and back.",
    "MW-E13": "Find the file in git: git log --all -- '*/{unknown}.py'. Where nobody needs it any more, tolerate it by "
    'name: write {{"tolerate:{app}.{unknown}": "tolerate"}} into a file and name it with --answers. Where many '
    "are unknown the database may have skipped an earlier reset: switch it first with the manifest and the script of that one "
    "(git log -- migwizard_manifest.json).",
    "MW-E14": "Put django_migrations of {alias} back from a backup of that database, then check again.",
    "MW-E15": "Put django_migrations of {alias} back from a backup of that database, then check again.",
    "MW-E16": "Look which file of another app depends on one of yours; the new files have to hold what it names.",
    "MW-E17": "Stop what writes to {alias}, then try again.",
    "MW-E18": "Stop what writes to {alias}, then try again.",
    "MW-E20": "Stop what holds {alias} open for writing, or wait, then try again.",
    "MW-E22": "Bring it back as the old release has it. Where nobody needs it: python migwizard_switch.py switch --database {quoted} "
    "--may-lack NAME",
    "unreachable": "Start {alias} or mend its settings, then try again.",
}
"""What can be done about a refusal, by its code."""
OF_MANIFEST = "MW-E10"
"""The one refusal of the switch that is about a file, and about no database."""


def manifest(ride: Ride) -> Manifest:
    """The manifest that Apply wrote, here or elsewhere, with the rows that somebody tolerated by name since."""
    found: Manifest = ride.facts.get(PULLED) or load_manifest(ride)
    return replace(found, tolerate=tuple(sorted({*found.tolerate, *tolerated(ride)})))


def read_state(ride: Ride, alias: str, **how: Any) -> dict[str, Any]:
    """The state of a real database; `how` is `writable` and `timeout` of the agent. Raises DatabaseError."""
    new_in_tree = ride.checkpoint.applied or PULLED in ride.facts
    try:
        found: dict[str, Any] = ride.guest.call(
            "database_state", alias=alias, manifest=manifest(ride).to_dict(), consistent=new_in_tree, **how
        )
    except GuestError as error:
        raise refusal(ride, alias, error, "Nothing was changed.") from error
    return takenback.explained(ride.project.root, alias, found)


def refuse_other_reset(ride: Ride, alias: str, state: Mapping[str, Any]) -> None:
    """Raise DatabaseError for a database that another reset switched to files of the same names: nothing here is about its rows."""
    if state["state"] == "OTHER_RESET":
        raise DatabaseError(
            f"{state['sentence']} Nothing was changed.",
            code=str(state["code"]),
            cures=cures(str(state["code"]), alias, state, ride.project.root),
            details={"alias": alias, "other_run": state["other_run"]},
        )


def refusal(ride: Ride, alias: str, error: GuestError, unchanged: str) -> MigwizardError:
    """What the guest refused, with its stable code, what is unchanged, and what can be done."""
    code = str(error.details.get("code") or error.code)
    details = error.details.get("details") or {}
    known = {**error.details, **(details if isinstance(details, Mapping) else {})}
    kind = ConflictError if code == OF_MANIFEST else DatabaseError
    return kind(
        f"{dotted(error.sentence)} {unchanged}",
        code=code,
        cures=cures(code, alias, known, ride.project.root),
        details=known | {"alias": alias},
    )


def changed_schemas(error: GuestError) -> str:
    """What happened before a refusal that came half way; empty where nothing did."""
    done = (error.details.get("details") or {}).get("done") or ()
    if not done:
        return ""
    return (
        f"Done before that: {count(len(done), 'schema')} ({some(list(done))}). The same command goes on with the rest."
    )


def cures(code: str, alias: str, found: Mapping[str, Any], root: Path) -> tuple[str, ...]:
    """What can be done about a refusal; `found` is the state of the database, or the details of the refusal."""
    if code == "MW-E13" and found.get("other_run"):
        return takenback.cures(root, alias, str(found["other_run"]))
    app, unknown = next(iter(found.get("unknown") or ()), ("APP", "NAME"))
    text = CURES.get(code)
    return (text.format(alias=alias, quoted=shlex.quote(alias), app=app, unknown=unknown),) if text else ()


def lines(ride: Ride) -> tuple[DatabaseLine, ...]:
    """Every database of the settings; each is read once a sitting, and again when something was done to it."""
    databases = ride.guest.facts["databases"]
    return tuple(line(ride, database, number, len(databases)) for number, database in enumerate(databases, 1))


def line(ride: Ride, database: Mapping[str, Any], number: int = 1, total: int = 1) -> DatabaseLine:
    """One of them, and no other database is looked at."""
    known: dict[str, DatabaseLine] = ride.facts.setdefault(LINES, {})
    if database["alias"] not in known:
        ride.tell("progress", f"reading {database['alias']}", number=number, total=total)
        known[database["alias"]] = _line(ride, database)
    return known[database["alias"]]


def forget_line(ride: Ride, alias: str) -> None:
    """Let a database be read anew, and others that are the same file."""
    known: dict[str, DatabaseLine] = ride.facts.get(LINES, {})
    where = known[alias].where if alias in known else ""
    for other in [other for other, line in known.items() if other == alias or line.where == where]:
        del known[other]


def _line(ride: Ride, database: Mapping[str, Any]) -> DatabaseLine:
    alias = database["alias"]
    where = _where(ride, database)
    if database["vendor"] == "other":
        engine = str(database["engine"]).rpartition(".")[2]
        says = f"runs on {engine}; migwizard switches {ENGINES} only"
        return DatabaseLine(alias, where, False, "engine", 0, 0, 0, says, False, stands="other engine")
    if not database["exists"]:
        says = (
            f"was switched, and {GONE}"
            if identity.was_switched(ride, alias)
            else "has no file yet; a plain migrate will build it from the new history"
        )
        return DatabaseLine(alias, where, database["inside"], "missing", 0, 0, 0, says, False, stands="no file")
    try:
        found = read_state(ride, alias)
    except DatabaseError as error:
        more = "\n".join(error.cures)
        return DatabaseLine(
            alias,
            where,
            database["inside"],
            "unreachable",
            0,
            0,
            0,
            error.sentence,
            False,
            stands="unreachable",
            more=more,
        )
    if (rows := rowcopies.used(ride, alias)) is not None:
        found["saved"] = rowcopies.old_rows(rows, set(manifest(ride).apps))
        found["switched"] = bool(found["saved"]) and found["state"] in SWITCHED
    read = _read(ride, alias, where, database["inside"], found)
    if not read.askable:
        return read
    if found["schemas"]:
        return replace(read, uncompared="each tenant has a schema of its own; the switch goes by the rows of each")
    lacking = keeping.lacking(ride, {(app, name) for app, name in found["on_top"]})
    deviations, uncompared = deviating.find(ride, database, lacking)
    return replace(read, deviations=deviations, uncompared=uncompared)


def _where(ride: Ride, database: Mapping[str, Any]) -> str:
    if not database["sqlite"]:
        engine = str(database["engine"]).rpartition(".")[2]
        return f"{database['name']} on {database['host'] or 'its server'}, {engine}"
    if not database["path"]:
        return "in memory"
    root = f"{ride.project.root.resolve()}/"
    path = str(database["path"])
    return f"{path.removeprefix(root)}, local file" if database["inside"] else f"{path}, outside"


def _read(ride: Ride, alias: str, where: str, inside: bool, found: Mapping[str, Any]) -> DatabaseLine:
    state, saved = str(found["state"]), int(found["saved"])
    switched, ready = bool(found["switched"]), state == "OLD_HEAD"
    out, into = len(found["leaving"]), found["arriving"]
    if switched and not ready:
        out, into = saved, len(found["new"])
    elif not ready:
        out, into = 0, 0
    waits = _waits(ride, found) if switched or state == "NEW" else ()
    more = [*_names("Lacks", found["missing"]), *_names("Nobody knows", found["unknown"])]
    if ready:
        more += _names("Stays, on top of the new history", found["on_top"])
    more += _schemas(found["schemas"])
    if state == "MIXED":
        more += [*_names("Old rows", found["old"]), *_names("New rows", found["new"])]
    usual = cures(str(found["code"]), alias, found, ride.project.root)
    more += torn.cures(ride, alias, found, usual) if state == "BEHIND" else usual
    answer = confirmed(ride, alias) if switched and PULLED not in ride.facts else ""
    return DatabaseLine(
        alias,
        where,
        inside,
        state,
        out,
        into,
        int(found["others"]),
        "; ".join([_says(state, switched, found, waits), *verdict(answer)]),
        switched,
        waits=waits,
        stands=_stands(state, switched, found),
        askable=ready,
        more="\n".join(more),
        said=answer,
        why=_why_rows(ride, found) if ready and not found["schemas"] and PULLED not in ride.facts else "",
    )


def _waits(ride: Ride, found: Mapping[str, Any]) -> tuple[str, ...]:
    """What is on top of the new history and a database there has not applied yet."""
    applied = {(app, name) for app, name in found["extra"]}
    on_top = (*keeping.lacking(ride, applied), *manifest(ride).drift)
    return tuple(".".join(node) for node in on_top if node not in applied)


def _why_rows(ride: Ride, found: Mapping[str, Any]) -> str:
    if manifest(ride).replaces:
        alone = "the next migrate would record the new ones by itself" if found["by_migrate"] else ALONE_NOT
        return f"Its old rows stay, since the new files name them; {alone}."
    labels = set(ride.apps.labels)
    files = {(app, name) for app, name, _ in ride.history()["disk"] if app in labels}
    return why_not_as_files([(app, name) for app, name in found["leaving"]], files, manifest(ride))


def _names(what: str, nodes: list[list[str]]) -> list[str]:
    if not nodes:
        return []
    shown = ", ".join(f"{app}.{name}" for app, name in nodes[:NAMES_SHOWN])
    more = f" and {len(nodes) - NAMES_SHOWN} more" if len(nodes) > NAMES_SHOWN else ""
    return [f"{what}: {shown}{more}"]


def _schemas(schemas: Sequence[Mapping[str, Any]]) -> list[str]:
    """How many schemas are in which state, and which of them are refused."""
    if not schemas:
        return []
    states = Counter(SHORT.get(one["state"], "behind") for one in schemas)
    lines = [f"{count(len(schemas), 'schema')}: {', '.join(f'{number} {word}' for word, number in states.items())}"]
    refused = [one for one in schemas if one["code"]]
    lines += [str(one["sentence"]) for one in refused[:NAMES_SHOWN]]
    return lines + ([f"and {len(refused) - NAMES_SHOWN} more are refused"] if len(refused) > NAMES_SHOWN else [])


def _stands(state: str, switched: bool, found: Mapping[str, Any]) -> str:
    if switched and state == "NEW":
        return "switched"
    if state == "BEHIND":
        return f"{len(found['missing'])} behind"
    return SHORT.get(state, state)


def _says(state: str, switched: bool, found: Mapping[str, Any], waits: Collection[str]) -> str:
    if state == "NEW" and waits:
        how = "is switched" if switched else "records the new history already"
        return f"{how}; the next manage.py migrate applies {', '.join(waits)}"
    if switched and state == "NEW":
        return "is switched; manage.py migrate has nothing of the project to apply"
    if state == "OLD_HEAD" and found["schemas"]:
        waiting = sum(one["state"] == "OLD_HEAD" for one in found["schemas"])
        return (
            f"has {waiting} of {len(found['schemas'])} schemas at the old head; they are switched one after the other"
        )
    words = {
        "OLD_HEAD": "is at the old head: all old migrations are applied, and nothing else",
        "NEW": "records the new history already; nothing to do",
        "NEW_PARTIAL": "records a part of the new history; migrate brings the rest",
        "EMPTY": "holds nothing of the project; nothing to do, migrate builds it",
    }
    return words.get(state) or str(found["sentence"])


APPLIES = "Applying "
"""What `migrate` says of each migration that it applies, faked ones too."""


def _answer_file(alias: str) -> str:
    return f"rows/{file_name_of(alias)}.migrate-fake.txt"


def keep_answer(ride: Ride, alias: str, text: str) -> None:
    """Keep what the project's own `migrate --fake` answered."""
    durable.write_file(ride.workplace.folder / _answer_file(alias), text.encode())
    forget_line(ride, alias)


def confirmed(ride: Ride, alias: str) -> str:
    """What the project's own `migrate --fake` answered, if it was asked."""
    path = ride.workplace.folder / _answer_file(alias)
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""


def verdict(answer: str) -> list[str]:
    """What that answer comes to, in words; nothing where nobody asked, or where it says something else."""
    return ["confirmed by Django: nothing to apply"] if answer and APPLIES not in answer else []


def forget_switch(ride: Ride, alias: str) -> None:
    """Nothing of the switch is left."""
    (ride.workplace.folder / _answer_file(alias)).unlink(missing_ok=True)
    forget_line(ride, alias)

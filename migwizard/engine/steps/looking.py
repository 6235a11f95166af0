"""The single checks of preflight: each looks at one thing and says what it found, or raises what stands in the way."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from migwizard.engine.findings import EARLIER, GIT, Finding, Status
from migwizard.engine.planning import keeping, replacing
from migwizard.engine.ride import Ride
from migwizard.engine.steps import earlier, others, room, versioned
from migwizard.engine.steps.seen import Seen
from migwizard.engine.surviving.checkpoint import NOT_TOUCHED
from migwizard.engine.swapping import checkout, oddfiles
from migwizard.engine.switching import patience
from migwizard.engine.switching.manifests import make_manifest
from migwizard.errors import DatabaseError, MigwizardError, ProjectError, UndecidedError, UsageError, as_sentence
from migwizard.project.guest import GuestError
from migwizard.words.counting import count
from migwizard.words.databases import ENGINES
from migwizard.words.sentences import dotted

SWITCHABLE = ("OLD_HEAD", "EMPTY", "NEW", "NEW_PARTIAL")


class SeveralError(Exception):
    """One check found several things in the way: each with a name of its own."""

    def __init__(self, errors: Sequence[tuple[str, MigwizardError]]) -> None:
        super().__init__(", ".join(name for name, _ in errors))
        self.errors = tuple(errors)


@dataclass(frozen=True, slots=True)
class Check:
    """One line of preflight."""

    name: str
    look: Callable[[Ride, Seen], tuple[Status, str, str]]
    """Returns status, text and detail; raises MigwizardError or SeveralError for a STOP."""
    needs: tuple[str, ...] = ()
    """Checks that must have passed before this one can tell anything."""


def _project(ride: Ride, _: Seen) -> tuple[Status, str, str]:
    manage = ride.project.manage
    text = f"{ride.project.root.name}, {'manage.py found' if manage else 'without a manage.py'}"
    return "ok", text, f"Folder: {ride.project.root}\nmanage.py: {manage or 'none'}"


def _python(ride: Ride, _: Seen) -> tuple[Status, str, str]:
    facts, interpreter = ride.guest.facts, ride.project.interpreter
    text = f"{facts['python']} with Django {facts['django']}: {interpreter.reason}"
    if not checkout.sees_changes(ride):
        return "note", f"{text}; runs a copy of your files", f"Interpreter: {interpreter.named}\n{checkout.COPY}"
    return "ok", text, f"Interpreter: {interpreter.named}"


def _settings(ride: Ride, _: Seen) -> tuple[Status, str, str]:
    facts = ride.guest.facts
    modules = facts["migration_modules"]
    disabled = [label for label in ride.apps.labels if modules is None or modules.get(label, "") is None]
    if disabled:
        raise UsageError(
            f"The settings {facts['settings']} disable migrations of {', '.join(disabled)} (MIGRATION_MODULES). Nothing was "
            "changed.",
            code="migrations-disabled",
            cures=("Name the settings of the real project with --settings.",),
            details={"apps": disabled, "settings": facts["settings"]},
        )
    for database in facts["databases"]:
        if database["alias"] == "default" and database["vendor"] == "other":
            raise UsageError(
                f"The database default runs on {database['engine']}; migwizard proves on {ENGINES} only. "
                "Nothing was changed.",
                code="engine",
                details={"alias": "default", "engine": database["engine"], "default": True},
            )
    return "ok", f"{facts['settings']}, {_source_of_settings(ride)}", f"File: {facts['settings_file']}"


def _source_of_settings(ride: Ride) -> str:
    project = ride.project
    if project.settings and project.settings == project.config.settings and project.config.file:
        return f"named in {project.config.file.name}"
    if project.settings:
        return "named for this run"
    return "named in the environment" if os.environ.get("DJANGO_SETTINGS_MODULE") else "named in manage.py"


def _system(ride: Ride, _: Seen) -> tuple[Status, str, str]:
    messages = ride.guest.facts["checks"]
    serious = [message for message in messages if message["serious"]]
    if serious:
        shown = "; ".join(f"{m['object']}: ({m['id']}) {m['text']}".rstrip(".") for m in serious[:5])
        raise ProjectError(
            f"Django's system check reports {count(len(serious), 'error')}, so makemigrations would refuse too: {shown}. "
            "Nothing was changed.",
            code="check",
            cures=("Run manage.py check, mend what it names, and start again.",),
            details={"messages": serious},
        )
    found = f"{count(len(messages), 'warning')}" if messages else "no warnings"
    return "ok", f"manage.py check: no errors, {found}", "\n".join(map(said, messages))


def said(message: dict[str, Any]) -> str:
    """A message of the system check, as Django prints it."""
    hint = f"\n    Hint: {message['hint']}" if message["hint"] else ""
    return f"{message['object']}: ({message['id']}) {message['text']}{hint}"


def _history(ride: Ride, _: Seen) -> tuple[Status, str, str]:
    oddfiles.refuse(ride)
    history = ride.whole_history()
    conflicts = history["conflicts"]
    if conflicts:
        shown = "; ".join(f"{app} ends in {' and '.join(names)}" for app, names in conflicts.items())
        raise UndecidedError(
            f"There is more than one newest migration: {shown}. Without one old head no database can be told to have "
            "everything. Nothing was changed.",
            code="conflict",
            cures=("Run manage.py makemigrations --merge, migrate, and start again.",),
            details={"conflicts": conflicts},
        )
    files: dict[str, int] = dict.fromkeys(ride.apps.labels, 0)
    for app, _name, _file in history["disk"]:
        if app in files:
            files[app] += 1
    total = sum(files.values())
    lines = [f"{app}: {number}" for app, number in files.items()]
    text = f"{count(total, 'migration')} in {count(len(files), 'app')}, one newest migration each"
    keeping.decide(ride)
    replacing.decide(ride)
    kept = keeping.kept(ride)
    if kept:
        return "note", f"{text}; {kept.words}", "\n".join([*lines, *keeping.lines(ride)])
    if kept.since:
        return "note", f"{text}; none is younger than {kept.since}, so all are folded", "\n".join(lines)
    return "ok", text, "\n".join(lines)


def _models(ride: Ride, seen: Seen) -> tuple[Status, str, str]:
    found = ride.guest.call("drift", labels=list(ride.apps.labels), folders=ride.old_folders())
    seen.drift, seen.asks, seen.loses = found["changes"], found["asks"], found["loses"]
    if not seen.drift:
        return "ok", "agree with the migrations", ""
    number = sum(map(len, seen.drift.values()))
    return "note", f"{count(number, 'change')} that no migration has yet", drift_lines(seen.drift)


def drift_lines(drift: dict[str, list[str]]) -> str:
    """What makemigrations would write, a line each."""
    return "\n".join(f"{app}: {change}" for app, changes in drift.items() for change in changes)


def _databases(ride: Ride, seen: Seen) -> tuple[Status, str, str]:
    """The state of every database; one that is to be switched must be at the old head."""
    if ride.checkpoint.applied:
        seen.databases = dict(ride.checkpoint.databases)
        return "ok", "not looked at again: the new files are in the tree", ""
    manifest = make_manifest(ride, []).to_dict()
    errors: list[tuple[str, MigwizardError]] = []
    for database in ride.guest.facts["databases"]:
        alias = database["alias"]
        try:
            seen.databases[alias] = _database(ride, database, manifest)
        except MigwizardError as error:
            error.details.setdefault("alias", alias)
            errors.append(("Databases" if not errors else f"Database {alias}", error))
    if errors:
        raise SeveralError(errors)
    unknown = sorted(set(ride.options.databases) - set(seen.databases))
    if unknown:
        raise UsageError(
            f"The settings have no database {unknown[0]!r}; they have {', '.join(seen.databases)}.", code="database"
        )
    lines = [f"{alias}: {STATES_IN_WORDS.get(state, state)}" for alias, state in seen.databases.items()]
    skipped = [alias for alias in seen.databases if left_out(ride, alias)]
    if skipped:
        later = "" if _never_later(ride, skipped) else "; migwizard fake switches it later"
        return "note", f"{', '.join(skipped)} left out{later}", "\n".join(lines)
    short = "; ".join(lines) if len(lines) < 4 else f"all {len(lines)} can go on"
    return "note" if NOT_TOUCHED in seen.databases.values() else "ok", short, "\n".join(lines)


def _never_later(ride: Ride, aliases: Sequence[str]) -> bool:
    """Whether one of these would be refused after this reset, too: by its engine, or since it may lack the earlier reset."""
    engines = {one["alias"] for one in ride.guest.facts["databases"] if one["vendor"] == "other"}
    return not engines.isdisjoint(aliases) or earlier.stands(ride)


STATES_IN_WORDS = {
    "OLD_HEAD": "all applied",
    "EMPTY": "empty, nothing to switch",
    "NEW": "at the new history",
    "NEW_PARTIAL": "at the new history, not all applied",
    "missing": "the file is not there yet",
    NOT_TOUCHED: "not looked at before Fake; --database has it looked at now",
}


def left_out(ride: Ride, alias: str) -> bool:
    """Whether the person decided to go on without a database."""
    answer = ride.checkpoint.decisions.get(f"skip:{alias}")
    return answer is not None and answer.choice == "skip"


def _database(ride: Ride, database: dict[str, Any], manifest: dict[str, Any]) -> str:
    alias = database["alias"]
    named = alias in ride.options.databases
    if left_out(ride, alias):
        return NOT_TOUCHED
    if named and database["vendor"] == "other":
        raise DatabaseError(
            f"Database {alias} runs on {database['engine']}; migwizard switches {ENGINES} only. Nothing was changed.",
            code="engine",
            details={"alias": alias},
        )
    if not (database["inside"] or named):
        return NOT_TOUCHED
    if database["exists"]:
        return _state(ride, alias, manifest)
    if named:
        raise DatabaseError(
            f"Database {alias}: the file {database['path']} does not exist. Nothing was changed.",
            code="missing",
            cures=("Run python manage.py migrate, or leave the database out.",),
            details={"alias": alias},
        )
    return "missing"


def _state(ride: Ride, alias: str, manifest: dict[str, Any]) -> str:
    try:
        found = ride.guest.call(
            "database_state",
            alias=alias,
            manifest=manifest,
            writable=True,
            timeout=patience.LONGER if patience.asked(ride, alias) else None,
        )
    except GuestError as error:
        details = error.details | {"alias": alias}
        raise DatabaseError(
            f"{dotted(error.sentence)} Nothing was changed.", code=error.code, details=details
        ) from error
    if found["state"] not in SWITCHABLE:
        from migwizard.engine.switching import histories, takenback, torn

        found = takenback.explained(ride.project.root, alias, found)
        if (refusal := earlier.refusal(ride, alias)) is not None:
            raise refusal
        code = str(found["code"] or found["state"])
        raise DatabaseError(
            f"{found['sentence']} Nothing was changed.",
            code=code,
            cures=torn.cures(ride, alias, found, (histories.migrate_first(alias),))
            if found["state"] == "BEHIND"
            else histories.cures(code, alias, found, ride.project.root),
            details=found | {"alias": alias},
        )
    if found["state"] == "OLD_HEAD":
        others.refuse_behind(ride, alias)
    return str(found["state"])


def _graphviz(ride: Ride, _: Seen) -> tuple[Status, str, str]:
    program = shutil.which("dot")
    if program is None:
        return "note", "not installed: pictures as text and .dot only", GRAPHVIZ
    return "ok", "dot is installed", program


GRAPHVIZ = """Pictures of the models can be drawn as text and saved as a .dot file. For SVG and PNG install Graphviz:

    apt-get install graphviz      Debian, Ubuntu
    dnf install graphviz          Fedora
    brew install graphviz         macOS
"""


CHECKS = (
    Check("Project", _project),
    Check("Python", _python),
    Check("Settings", _settings),
    Check("Check", _system),
    Check("History", _history, needs=("Settings",)),
    Check(GIT, versioned.look),
    Check("Models", _models, needs=("Settings", "Check", "History")),
    Check("Databases", _databases, needs=("Settings", "History")),
    Check("Scratch", room.look),
    Check("Graphviz", _graphviz),
)


def checks_of(ride: Ride) -> tuple[Check, ...]:
    """The checks that this project needs, in their order."""
    if not earlier.stands(ride):
        return CHECKS
    place = next(number for number, check in enumerate(CHECKS) if check.name == "Databases")
    return (*CHECKS[:place], Check(EARLIER, lambda ride, _: ("note", *earlier.look(ride))), *CHECKS[place:])


def look_at(ride: Ride, check: Check, seen: Seen) -> list[tuple[Finding, MigwizardError | None]]:
    """What one check found, with the error behind each STOP."""
    try:
        status, text, detail = check.look(ride, seen)
        return [(Finding(check.name, status, text, detail), None)]
    except SeveralError as several:
        errors = list(several.errors)
    except Exception as error:
        errors = [(check.name, as_sentence(error))]
    from migwizard.engine.refusals.headlines import headline

    return [(Finding(name, "stop", headline(error), detail_of(error)), error) for name, error in errors]


def detail_of(error: MigwizardError) -> str:
    """The sentence of an error and what can be done, to read below its finding."""
    return "\n".join([error.sentence, *(f"- {cure}" for cure in error.cures)])

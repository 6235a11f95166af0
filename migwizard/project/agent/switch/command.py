"""The command line of the script: check, switch and undo for deploy pipelines."""

from __future__ import annotations

import argparse
import os
import typing

from ..manage_py import run_manage_py
from .committed import MANIFEST, read_manifest
from .history import refuse_engine
from .places import Place, lost_file, places_of, tell_apart, why_none
from .refusal import SwitchError
from .rounds import Round
from .telling import Telling

# Exit codes, as those of migwizard itself.
DONE, FAILED, USAGE, PROJECT, DATABASE, CONFLICT, INTERRUPTED = 0, 1, 2, 3, 5, 6, 130

DESCRIPTION = """Tell a database about the new migrations without running them: in its table django_migrations the names
of the old ones are exchanged for the new ones, in one transaction and with a backup beside it. No other table is
touched. A database that lacks an old migration, or has others, is refused.

  check    say at which history each database is, and whether a switch would be refused; reads only
  switch   exchange the rows; a database that is switched already, or empty, is left as it is
  undo     give the old rows back, with their ids and times"""

EPILOG = """All databases and schemas are looked at before the first is changed. In a deploy: finish what the old release
migrates, run `check` and `switch` with the new code, then `python manage.py migrate` as always.

exit codes: 0 done, or nothing to do; 1 failed; 2 the command line is wrong; 3 the project cannot be loaded;
5 a database cannot be opened, or is not at the old history; 6 the manifest cannot be used; 130 interrupted"""


NO_FILE = (
    "Database '{}' has no file: {} is not there, and none was made. Where it is to be a new one, a plain migrate builds it from the "
    "new history; else mend its settings, or put it back."
)


class ScriptError(Exception):
    """What ends the script with a sentence and an exit code."""

    def __init__(self, exit_code: int, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.exit_code, self.code, self.sentence = exit_code, code, sentence


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    whole = argparse.ArgumentParser(
        description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = whole.add_argument
    add("action", choices=("check", "switch", "undo"), metavar="check|switch|undo")
    add("--database", action="append", default=[], metavar="ALIAS", help="a database of the settings; several times")
    add("--all", action="store_true", help="every database of the settings")
    add(
        "--schema",
        action="append",
        default=[],
        metavar="NAME",
        help="a schema of a PostgreSQL database; several times (default with django-tenants: public and every tenant's)",
    )
    add("--dry-run", action="store_true", help="go through all of it and write nothing")
    add("--json", action="store_true", help="one JSON object a line on stdout")
    add(
        "--lock-timeout",
        type=_seconds,
        default=10.0,
        metavar="S",
        help="wait so long for others that write (default: 10)",
    )
    add(
        "--tolerate", action="append", default=[], metavar="APP.NAME", help="let a row without a file go; several times"
    )
    add(
        "--may-lack",
        action="append",
        default=[],
        metavar="TABLE[.COLUMN]",
        help="switch although the database is without this; several times",
    )
    add(
        "--settings",
        metavar="MODULE",
        help="settings module (default: DJANGO_SETTINGS_MODULE, else what manage.py sets)",
    )
    add("--verbose", action="store_true", help="show tracebacks")
    return whole


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 86400:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return seconds


def main(arguments: typing.Optional[typing.Sequence[str]] = None) -> int:
    """Run one action on the databases of the project that lies beside this file; returns the exit code."""
    whole = parser()
    options = whole.parse_args(arguments)
    if options.all and options.database:
        whole.error("--all and --database say different things; give one of them")
    tell = Telling(options.action, options.json, options.dry_run)
    try:
        return _run(options, os.path.dirname(os.path.abspath(__file__)), tell)
    except ScriptError as stop:
        return tell.stopped(stop.exit_code, stop.code, stop.sentence)
    except SwitchError as error:
        return tell.stopped(CONFLICT if error.code == "MW-E10" else DATABASE, error.code, error.sentence)
    except KeyboardInterrupt:
        return tell.stopped(
            INTERRUPTED, "interrupted", "Interrupted. What was begun was rolled back; repeat the command."
        )
    except Exception as error:
        if options.verbose:
            raise
        said = f"{type(error).__name__}: {' '.join(str(error).split())}"
        return tell.stopped(FAILED, "failed", f"{said}. What was begun was rolled back. --verbose shows more.")


def _run(options: argparse.Namespace, root: str, tell: Telling) -> int:
    manifest = read_manifest(os.path.join(root, MANIFEST), options.tolerate)
    _load_project(root, options)
    from django.db import connections

    aliases = _aliases(options, list(connections.settings))
    places = _places(aliases, options, connections, manifest["run_id"], tell)
    action = "undo" if options.action == "undo" else "switch"
    the_round = Round(action, connections, manifest, options.lock_timeout, options.may_lack)
    refused = [outcome for outcome in tell.each(the_round.rehearse(places)) if outcome["code"]]
    if refused or tell.refused:
        return tell.ended(DATABASE)
    if options.action == "check" or options.dry_run:
        return tell.ended(DONE)
    stopped = [outcome for outcome in tell.each(the_round.perform(places), done=True) if outcome["code"]]
    return tell.ended(DATABASE if stopped else DONE)


def _load_project(root: str, options: argparse.Namespace) -> None:
    """Load the project as its manage.py does; the settings that somebody named have the last word."""
    if options.settings:
        os.environ["DJANGO_SETTINGS_MODULE"] = options.settings
    manage = os.path.join(root, "manage.py")
    try:
        if os.path.exists(manage) and not run_manage_py(manage, "migrate"):
            raise ScriptError(PROJECT, "project", "manage.py ended without handing over to Django.")
        if options.settings:
            os.environ["DJANGO_SETTINGS_MODULE"] = options.settings
        if not os.environ.get("DJANGO_SETTINGS_MODULE"):
            raise ScriptError(
                PROJECT, "project", "No settings module is named: say --settings, or set DJANGO_SETTINGS_MODULE."
            )
        import django

        django.setup()
    except (ScriptError, KeyboardInterrupt):
        raise
    except BaseException as error:  # a project may also end itself while it loads
        if options.verbose:
            raise
        said = f"{type(error).__name__}: {' '.join(str(error).split())}"
        raise ScriptError(
            PROJECT, "project", f"The project cannot be loaded: {said}. No database was opened by this script."
        ) from error


def _aliases(options: argparse.Namespace, known: typing.List[str]) -> typing.List[str]:
    """The databases that were named; all for a check; the only one. Raises ScriptError where that is not clear."""
    for alias in options.database:
        if alias not in known:
            raise ScriptError(
                USAGE, "database", f"The settings have no database {alias!r}; they have {', '.join(known)}."
            )
    chosen = options.database or (known if options.all or options.action == "check" or len(known) == 1 else [])
    if not chosen:
        sentence = f"Which database? The settings have {', '.join(known)}. Name one with --database, or say --all."
        raise ScriptError(USAGE, "database", sentence)
    if options.schema and len(chosen) > 1:
        raise ScriptError(
            USAGE, "schema", f"The schemas of which database? Name one of {', '.join(chosen)} with --database."
        )
    return list(dict.fromkeys(chosen))


def _places(
    aliases: typing.List[str], options: argparse.Namespace, connections: typing.Any, run_id: str, tell: Telling
) -> typing.List[Place]:
    """The histories behind the aliases, each once; what cannot be opened is told as refused."""
    open_aliases = []
    for alias in aliases:
        reason, lost = why_none(connections.settings[alias]), lost_file(connections.settings[alias])
        if reason:
            tell.left_out(alias, reason)
        elif lost and (options.all or options.action == "check"):
            tell.left_out(alias, f"has no file ({lost}); a plain migrate builds it from the new history")
        elif lost:
            tell.refuse(alias, "missing", NO_FILE.format(alias, lost))
        elif _opens(connections[alias], tell):
            open_aliases.append(alias)
    same = tell_apart(connections, open_aliases, run_id)
    for one in same:
        which = "is a replica of" if one.copy else "is the same database as"
        tell.left_out(one.alias, f"{which} '{one.other}', and is not switched for itself")
    twice = {one.alias for one in same}
    return [
        place for alias in open_aliases if alias not in twice for place in places_of(connections[alias], options.schema)
    ]


def _opens(connection: typing.Any, tell: Telling) -> bool:
    """Whether a database answers and is of an engine that can be locked; if not, it is told as refused."""
    from django.db import Error

    try:
        connection.ensure_connection()
        if not connection.get_autocommit():
            connection.set_autocommit(True)
        refuse_engine(connection)
    except Error as error:
        tell.refuse(
            connection.alias,
            "unreachable",
            f"Database '{connection.alias}' does not answer: {' '.join(str(error).split())}.",
        )
        return False
    except SwitchError as error:
        tell.refuse(connection.alias, error.code, error.sentence)
        return False
    return True

"""The script of a switch in every environment: `python -m tests.environments [PYTHON-DJANGO ...]`, or `make environments`.

Prints the rows, and writes them into docs/switch-tried.md. Ends with 1 where anything failed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.environments import page
from tests.environments.trials import TRIALS, deploy
from tests.guests.environments import FOLDER, Pair
from tests.mysql import server as mysql
from tests.postgresql import server as postgresql
from tests.subjects import SubjectError
from tests.switch.engines import Database, Mysql, Postgresql, Sqlite

PAIRS = (
    Pair("3.8", "3.2", ("psycopg2-binary", "PyMySQL")),
    Pair("3.8", "4.2", ("psycopg[binary]", "PyMySQL")),
    Pair("3.12", "5.2", ("psycopg[binary]", "PyMySQL")),
    Pair("3.13", "6.1", ("psycopg[binary]", "PyMySQL")),
)
ENGINES = ("SQLite", "PostgreSQL", "MariaDB")
NAMES = [f"{pair.name}, {engine}" for pair in PAIRS for engine in ENGINES]

VERSIONS = """
import django, sqlite3, sys
from django.db import connection
from importlib.metadata import version as of
driver = {"sqlite": "sqlite3", "mysql": "PyMySQL"}.get(connection.vendor) or (
    "psycopg" if "psycopg" in sys.modules else "psycopg2-binary")
version = sqlite3.sqlite_version if driver == "sqlite3" else of(driver)
connection.ensure_connection()
try:
    connection.check_database_version_supported()
except AttributeError:
    pass  # before Django 4.0 a server was asked for nothing
server = ""
if driver != "sqlite3":
    with connection.cursor() as cursor:
        cursor.execute("SELECT VERSION()" if driver == "PyMySQL" else "SHOW server_version")
        server = cursor.fetchone()[0].split("-")[0].split(" ")[0]
print(sys.version.split(" ")[0], django.__version__, driver, version, server)
"""


@contextmanager
def database(engine: str, pair: Pair) -> Iterator[Database]:
    """An empty one. Raises SubjectError where no server answers."""
    if engine == "SQLite":
        file = FOLDER / "work" / f"{pair.place.name}.sqlite3"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        yield Sqlite(file)
        return
    server, kind = {"PostgreSQL": (postgresql, Postgresql), "MariaDB": (mysql, Mysql)}[engine]
    if reason := server.why_not():
        raise SubjectError(reason)
    with server.database() as name:
        yield kind(name)


def attempt(pair: Pair, engine: str) -> tuple[tuple[str, ...], list[str]]:
    """The row of an environment, and what failed."""
    name = f"{pair.name}, {engine}"
    cells: list[str] = []
    failures: list[str] = []
    with database(engine, pair) as place:
        at = deploy(pair.interpreter, FOLDER / "work" / f"{pair.place.name}-{engine}", place)
        try:
            versions = at.run("-c", VERSIONS)
        except AssertionError as error:
            said = str(error).strip().splitlines()[-1]
            return (name, f"not tried: {said}", *[""] * len(TRIALS)), []
        for trial, act in TRIALS.items():
            if failures:
                cells.append("-")
                continue
            try:
                act(at)
            except AssertionError as error:
                failures.append(f"{name}, {trial}: {error}")
            cells.append("FAILED" if failures else "ok")
    return (name, _versions(versions), *cells), failures


def _versions(said: str) -> str:
    python, django, driver, version, server = (*said.split(), "")[:5]
    found = f"Python {python}, Django {django}, "
    return found + (f"SQLite {version}" if driver == "sqlite3" else f"{driver} {version}, server {server}")


def main(arguments: Sequence[str]) -> int:
    """Try the named pairs, or all; returns the exit code."""
    known = {f"{pair.python}-{pair.django}": pair for pair in PAIRS}
    parser = argparse.ArgumentParser(prog="python -m tests.environments")
    parser.add_argument("pairs", nargs="*", metavar="PAIR", help=f"of {', '.join(known)}; default: all")
    failures = []
    for pair in (known[name] for name in parser.parse_args(arguments).pairs or known):
        for engine in ENGINES:
            name = f"{pair.name}, {engine}"
            try:
                if not pair.make():
                    raise SubjectError(f"no python{pair.python} here")
                row, failed = attempt(pair, engine)
            except SubjectError as error:
                row, failed = (name, f"not tried: {' '.join(str(error).split())[:200]}", *[""] * len(TRIALS)), []
            failures += failed
            print(" | ".join(row), flush=True)
            page.write({name: row}, NAMES)
    print("\n".join(failures), file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

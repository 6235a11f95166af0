"""Other tools beside migwizard, on the demo: `python -m tests.peers [NAMES...]`, or `make peers`.

Each tool gets a virtual environment with its pinned version from the package index, and a fresh, migrated demo. It is
run as its documentation says, without repairs by hand; then Django's own commands and sqlite3 say what is left. The
same code judges migwizard. Prints two Markdown tables; all that was said is in build/peers/<tool>.log.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
from collections.abc import Mapping, Sequence

from tests.peers.tools import TOOLS, Tool
from tests.peers.trial import Result, Trial
from tests.realworld import table
from tests.subjects import SubjectError

_FILES = (
    "tool",
    "its run, and its database",
    "migration files",
    "`makemigrations --check`",
    "`migrate` from zero",
    "objects of the schema",
    "seed rows",
)
_DATABASES = (
    "tool",
    "other databases, as documented",
    "up to date, as documented",
    "up to date, plain `migrate`",
    "behind, as documented",
    "behind, plain `migrate`",
)


_NOTE = """
*: this tool finds apps beside manage.py only, so that the demo's were moved there.
right: all objects and rows are there, and `migrate --check` passes. unchanged: nothing in the database is other than before."""


def tables(results: Mapping[Tool, Result]) -> str:
    """What the new files build, and what became of databases, as Markdown."""
    files, databases = [], []
    for tool, one in results.items():
        name = f"{tool.name}*" if tool.flat else tool.name
        files.append((name, one.ended, one.files, one.drift, one.zero, one.objects, one.seeds))
        told = (one.current_told, one.current_plain, one.behind_told, one.behind_plain)
        databases.append((name, tool.told, *told))
    return f"{table(_FILES, files)}\n\n{table(_DATABASES, databases)}"


def main(arguments: Sequence[str]) -> int:
    """Try the named tools, or all; returns the exit code."""
    known = {tool.slug: tool for tool in TOOLS}
    parser = argparse.ArgumentParser(prog="python -m tests.peers")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(known)}; default: all")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in known]
    if unknown:
        parser.error(f"there is no tool {', '.join(unknown)}; known are {', '.join(known)}")
    results, failures = {}, []
    for name in options.names or known:
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            results[known[name]] = Trial(known[name]).result()
        except (SubjectError, sqlite3.Error) as error:
            failures.append(f"{name}: {error}")
            results[known[name]] = Result("could not be measured")
    print(tables(results))
    print("\n".join([_NOTE, *failures]))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

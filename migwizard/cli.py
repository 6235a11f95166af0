"""The command line: parse, dispatch, print. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from migwizard import __version__
from migwizard.exit_codes import ExitCode

STATES = ("preflight", "graph", "levels", "generate", "seeds", "proof", "apply", "fake", "done")
RESERVED = ("retire", "branch", "web", "completion")


def _common() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("-C", "--project", metavar="DIR", help="folder of the project (default: here or above)")
    common.add_argument("--python", metavar="PATH", help="interpreter of the project")
    common.add_argument("--settings", metavar="MODULE", help="settings module of the project")
    common.add_argument("--no-input", action="store_true", help="ask nothing; exit 4 where a person must decide")
    common.add_argument("--verbose", action="store_true", help="say more, and show tracebacks")
    return common


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    common = _common()
    main = argparse.ArgumentParser(
        prog="migwizard",
        description="Reset the migrations of a Django project, and prove that nothing was lost.",
        epilog="Exit codes: 0 done, 1 failed or not equal, 2 usage, 3 project cannot be loaded, 4 a person must decide, "
        "5 database, 6 checkpoint, 130 interrupted.",
        parents=[common],
    )
    main.add_argument("--version", action="version", version=f"migwizard {__version__}")
    commands = main.add_subparsers(dest="command", metavar="COMMAND")

    def command(name: str, help: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=help, description=help, parents=[common])

    run = command("run", "the whole reset without a screen, or the rest of one")
    run.add_argument("--yes", action="store_true", help="give the safe answer, or stop with exit 4")
    run.add_argument("--until", choices=STATES, default="done", metavar="STATE", help=f"stop after {', '.join(STATES)}")
    run.add_argument("--answers", metavar="FILE", help="JSON object of answers by question")
    run.add_argument("--exclude", action="append", default=[], metavar="APP", help="leave an app out")
    run.add_argument(
        "--drift", choices=("leave", "fold"), help="what to do where models and migrations disagree already"
    )
    run.add_argument("--database", action="append", default=[], metavar="ALIAS", help="switch this database too")
    run.add_argument("--confirm-fake", action="store_true", help="run the project's migrate --fake at the end")
    run.add_argument("--json", action="store_true", help="one JSON object a line on stdout")
    plan = command("plan", "read only: levels, batches and what will be deferred")
    plan.add_argument("--json", action="store_true")
    plan.add_argument("--from-dot", metavar="FILE", help="read the models from a graph_models file")
    plan.add_argument("--dot", metavar="FILE", help="write the graph as a dot file")
    command("status", "where a reset stands and what became stale").add_argument("--json", action="store_true")
    command("verify", "build both histories again and compare, read only").add_argument("--json", action="store_true")
    command("doctor", "interpreter, settings, databases, versions, configuration").add_argument(
        "--json", action="store_true"
    )
    fake = command("fake", "switch a database to the new history")
    which = fake.add_mutually_exclusive_group()
    which.add_argument("--database", metavar="ALIAS")
    which.add_argument("--all", action="store_true")
    fake.add_argument("--dry-run", action="store_true")
    fake.add_argument("--yes", action="store_true")
    fake.add_argument("--json", action="store_true")
    command("undo", "take the reset back").add_argument("--yes", action="store_true")
    demo = command("demo", "write the demo project")
    demo.add_argument("directory", nargs="?", default="migwizard-demo", metavar="DIR")
    for name in RESERVED:
        commands.add_parser(name, parents=[common])
    return main


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    arguments = parser().parse_args(argv)
    for name, default in (
        ("project", None),
        ("python", None),
        ("settings", None),
        ("no_input", False),
        ("verbose", False),
    ):
        if not hasattr(arguments, name):
            setattr(arguments, name, default)
    if arguments.command in RESERVED:
        print(f"migwizard {arguments.command} is reserved for a later version.", file=sys.stderr)
        return ExitCode.USAGE
    from migwizard import commands

    return commands.dispatch(arguments)

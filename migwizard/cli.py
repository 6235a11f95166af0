"""The command line: parse, dispatch, print. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from migwizard import __version__
from migwizard.command_list import COMMANDS, keep_after, replaces, stock_proof
from migwizard.exit_codes import ExitCode

DESCRIPTION = """Reset the migrations of a Django project, and prove that nothing was lost.

Without a command the wizard opens: it leads through the whole reset, asks before it
changes anything, and can be left at any time. The commands do the same in scripts."""

EXAMPLES = """Examples:
  migwizard                     open the wizard for the project around this folder
  migwizard --plain             the same questions as lines, for screen readers and pipes
  migwizard run --yes --until proof
                                everything that changes no file of yours, without questions
  migwizard undo                take it all back"""


def exit_code_lines() -> list[str]:
    """ "0  done, or nothing to do" and so on, for the help and the documents."""
    words = {
        ExitCode.DONE: "done, or nothing to do",
        ExitCode.FAILED: "failed, or old and new are not equal",
        ExitCode.USAGE: "the command line, the configuration or the database engine is not one that it takes",
        ExitCode.PROJECT: "the project cannot be loaded",
        ExitCode.UNDECIDED: "a person must decide",
        ExitCode.DATABASE: "a database cannot be opened, or has not exactly the old migrations",
        ExitCode.CONFLICT: "another migwizard works here, its saved state cannot be used, or files were changed meanwhile",
        ExitCode.INTERRUPTED: "interrupted, or left; the same command goes on",
    }
    return [f"{code.value:<4} {words[code]}" for code in ExitCode]


def _common() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    group = common.add_argument_group("Everywhere")
    group.add_argument(
        "-C", "--project", metavar="DIR", help="folder of the project, where manage.py lies (default: here or above)"
    )
    group.add_argument("--python", metavar="PATH", help="the Python that runs the project, or its virtual environment")
    group.add_argument(
        "--via",
        metavar="COMMAND",
        help='run the project through this command instead, in a container for example: "docker compose exec -T web python"',
    )
    group.add_argument(
        "--via-root",
        metavar="FOLDER",
        help="folder of manage.py as --via sees it (default: the one in which it starts)",
    )
    group.add_argument(
        "--env-file",
        metavar="FILE",
        action="append",
        help="give the project the variables of this file; may be given several times",
    )
    group.add_argument("--settings", metavar="MODULE", help="settings module of the project, such as config.settings")
    group.add_argument(
        "--scratch",
        metavar="WHERE",
        action="append",
        help="where scratch databases are made: on the server of this alias or URL, on one found here (local) or one of "
        "our own (embedded), or, given several times, in these empty databases; default: the project's own server",
    )
    group.add_argument(
        "--no-input", action="store_true", help="ask nothing; stop with exit 4 where a person must decide"
    )
    group.add_argument("--verbose", action="store_true", help="say more, and show tracebacks")
    return common


WIZARD = ("plain", "no_mouse", "expert", "theme")
"""Options of the wizard, which no command takes."""
SHARED = {"keep_after": ("run", "plan"), "replaces": ("run", "plan"), "stock_proof": ("run", "verify")}
"""Options of the wizard that these commands take too."""


def _wizard(main: argparse.ArgumentParser) -> None:
    group = main.add_argument_group("The wizard")
    group.add_argument(
        "--plain", action="store_true", help="numbered lines instead of screens (also ACCESSIBLE=1, TERM=dumb, pipes)"
    )
    group.add_argument(
        "--no-mouse", action="store_true", help="leave the mouse to the terminal, so that it selects text"
    )
    group.add_argument("--expert", action="store_true", help="without explanations; g brings them back")
    group.add_argument("--theme", metavar="NAME", help="dark, light, contrast, ansi-dark or ansi-light")
    keep_after(group)
    replaces(group)
    stock_proof(group)


def _listing() -> str:
    """The commands by group, as the help shows them."""
    lines = []
    for group in dict.fromkeys(command.group for command in COMMANDS):
        lines += ["", f"{group}:"]
        lines += [f"  {item.name:<12}{item.summary}" for item in COMMANDS if item.group == group]
    return "\n".join(lines)


def _epilog() -> str:
    codes = (f"  {line}" for line in exit_code_lines())
    return "\n".join(
        (EXAMPLES, "", "Exit codes:", *codes, "", "migwizard COMMAND --help says more about each command.")
    )


def parser(words: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """The whole command line; or, since most of its cost are the commands, those whose name is among `words` in full."""
    common = _common()
    main = argparse.ArgumentParser(
        prog="migwizard",
        usage="migwizard [options]\n       migwizard COMMAND [options]",
        description=f"{DESCRIPTION}\n{_listing()}",
        epilog=_epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[common],
    )
    _wizard(main)
    main.add_argument("--version", action="version", version=f"migwizard {__version__}")
    commands = main.add_subparsers(dest="command", metavar="COMMAND", help=argparse.SUPPRESS, prog="migwizard")
    for item in COMMANDS:
        if words is not None and item.name not in words:
            commands.add_parser(item.name, add_help=False)
            continue
        added = commands.add_parser(
            item.name,
            description=item.description,
            epilog=f"Example:\n  {item.example}",
            formatter_class=_Paragraphs,
            parents=[common],
        )
        item.add(added)
    return main


class _Paragraphs(argparse.HelpFormatter):
    """Wraps a description, but leaves an example as it is written."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if text.startswith("Example:"):
            return "\n".join(indent + line for line in text.splitlines())
        return super()._fill_text(text, width, indent)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    whole = parser(sys.argv[1:] if argv is None else argv)
    arguments = whole.parse_args(argv)
    for name, default in (
        ("project", None),
        ("python", None),
        ("via", None),
        ("via_root", None),
        ("env_file", None),
        ("scratch", None),
        ("settings", None),
        ("no_input", False),
        ("verbose", False),
        ("keep_after", None),
        ("replaces", None),
        ("stock_proof", False),
    ):
        if not hasattr(arguments, name):
            setattr(arguments, name, default)
    if arguments.command is not None and (given := [name for name in WIZARD if getattr(arguments, name)]):
        whole.error(f"--{given[0].replace('_', '-')} is for the wizard; {arguments.command} does not take it")
    for name, commands_too in SHARED.items():
        if getattr(arguments, name) not in (None, False) and arguments.command not in (None, *commands_too):
            option, (one, other) = name.replace("_", "-"), commands_too
            whole.error(f"--{option} is for the wizard, {one} and {other}; {arguments.command} does not take it")
    from migwizard import platforms

    if why := platforms.hindrance():
        print(f"migwizard: {why}", file=sys.stderr)
        return ExitCode.USAGE
    from migwizard import commands

    return commands.dispatch(arguments)

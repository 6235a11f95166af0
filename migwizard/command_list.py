"""The commands, each with its words in the help and its options. Nothing heavy is imported for them."""

from __future__ import annotations

import argparse
from collections.abc import Callable

STATES = ("preflight", "graph", "levels", "generate", "seeds", "proof", "apply", "fake", "done")
SHELLS = ("bash", "zsh", "fish")
WEB_PORT = 8765


class Command:
    """One command as the help shows it. No dataclass: importing those costs as much as all the rest of --version."""

    def __init__(
        self,
        name: str,
        group: str,
        summary: str,
        description: str,
        example: str,
        add: Callable[[argparse.ArgumentParser], None],
    ) -> None:
        self.name, self.group, self.example, self.add = name, group, example, add
        self.summary = summary
        """One line, for the list of all."""
        self.description = description
        """What it does, and whether it changes anything; the first paragraph of its own help."""


def keep_after(command: argparse._ActionsContainer) -> None:
    """Add the option that keeps younger migrations on top."""
    command.add_argument(
        "--keep-after",
        metavar="MIGRATION|DATE|GIT-REF",
        default=argparse.SUPPRESS,
        help="fold only what is as old as this (app.name, 2024-05-01, or a commit, branch or tag) and keep younger migrations "
        "on top; an empty value folds everything again",
    )


def replaces(command: argparse._ActionsContainer) -> None:
    """Add the option that lets new files name the old ones."""
    command.add_argument(
        "--replaces",
        action=argparse.BooleanOptionalAction,
        default=argparse.SUPPRESS,
        help="let every new file name the old ones that it replaces, so that a plain migrate moves databases which you cannot "
        "reach, those of a package or of a product that others host",
    )


def stock_proof(command: argparse._ActionsContainer) -> None:
    """Add the option that lets Django render all models in the proof."""
    command.add_argument(
        "--stock-proof",
        action="store_true",
        default=argparse.SUPPRESS,
        help="let Django render all models in every run of the proof, as a migrate does; slower, for doubt",
    )


def _verify(verify: argparse.ArgumentParser) -> None:
    stock_proof(verify)
    _json(verify)


def _run(run: argparse.ArgumentParser) -> None:
    run.add_argument(
        "--yes",
        action="store_true",
        help="ask nothing: go on with the safe answers, through apply and fake too; exit 4 where there is none",
    )
    run.add_argument(
        "--until", choices=STATES, default="done", metavar="STATE", help=f"stop after this step: {', '.join(STATES)}"
    )
    run.add_argument(
        "--answers",
        metavar="FILE",
        help='a JSON file with answers: {"question": "answer"}, as a stop with exit 4 prints them',
    )
    run.add_argument(
        "--exclude",
        action="append",
        default=[],
        metavar="APP",
        help="keep the old migrations of this app; may be given several times",
    )
    run.add_argument(
        "--drift",
        choices=("leave", "fold"),
        help="where models and migrations disagree already: leave it so, or fold it in as a migration on top",
    )
    keep_after(run)
    replaces(run)
    stock_proof(run)
    run.add_argument(
        "--database",
        action="append",
        default=[],
        metavar="ALIAS",
        help="also switch this one, outside of the project; may be given several times",
    )
    run.add_argument(
        "--confirm-fake",
        action="store_true",
        help="after the switch, let the project's own migrate --fake confirm that nothing is left to apply",
    )
    run.add_argument(
        "--run-tests",
        action="store_true",
        help="after the swap, run the project's own tests (pytest or manage.py test) and say what came of them",
    )
    _json(run)


def _json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print for programs: one JSON object a line on stdout")


def _plan(plan: argparse.ArgumentParser) -> None:
    plan.add_argument(
        "--from-dot", metavar="FILE", help="read the models from a file that graph_models of django-extensions wrote"
    )
    plan.add_argument("--dot", metavar="FILE", help="write a picture of the levels, as a file for Graphviz")
    keep_after(plan)
    replaces(plan)
    _json(plan)


def _fake(fake: argparse.ArgumentParser) -> None:
    which = fake.add_mutually_exclusive_group()
    which.add_argument(
        "--database",
        metavar="ALIAS",
        help="this database of the settings (default: every SQLite file inside of the project; one on a server has to be named)",
    )
    which.add_argument("--all", action="store_true", help="every database of the settings, also outside of the project")
    fake.add_argument(
        "--dry-run", action="store_true", help="go through the whole switch, say what would happen, change nothing"
    )
    fake.add_argument("--yes", action="store_true", help="switch without asking")
    _json(fake)


def _undo(undo: argparse.ArgumentParser) -> None:
    undo.add_argument("--yes", action="store_true", help="take it back without asking")
    undo.add_argument(
        "--run",
        metavar="ID",
        help="the reset to take back: needed with --yes where .migwizard is gone and only second backups are left",
    )


def _branch(branch: argparse.ArgumentParser) -> None:
    what = branch.add_mutually_exclusive_group()
    what.add_argument("--dry-run", action="store_true", help="show what would change, change nothing")
    what.add_argument("--undo", action="store_true", help="give the files back the text that they had before")
    branch.add_argument("--yes", action="store_true", help="write it without asking")
    _json(branch)


def _nothing(command: argparse.ArgumentParser) -> None:
    """A command without options of its own."""


def _retire(retire: argparse.ArgumentParser) -> None:
    retire.add_argument(
        "--database",
        action="append",
        default=[],
        metavar="ALIAS",
        help="also end it in this database, outside of the project; may be given several times",
    )
    retire.add_argument("--all", action="store_true", help="end it in every database of the settings")
    what = retire.add_mutually_exclusive_group()
    what.add_argument("--dry-run", action="store_true", help="show what would go, change nothing")
    what.add_argument("--undo", action="store_true", help="give files and databases back what went from them here")
    retire.add_argument("--yes", action="store_true", help="do it without asking")
    _json(retire)


def _demo(demo: argparse.ArgumentParser) -> None:
    demo.add_argument(
        "directory",
        nargs="?",
        default="migwizard-demo",
        metavar="DIR",
        help="a new or an empty folder (default: %(default)s)",
    )


def _web(web: argparse.ArgumentParser) -> None:
    web.add_argument(
        "--port", type=_port, default=WEB_PORT, metavar="PORT", help="port on this machine (default: %(default)s)"
    )


def _completion(completion: argparse.ArgumentParser) -> None:
    completion.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; use a number from 1 to 65535")
    return int(text)


RESET, LOOK, MORE = "Reset", "Look, change nothing", "More"
COMMANDS = (
    Command(
        "run",
        RESET,
        "the whole reset without screens, or the rest of one",
        "Do all nine steps of the wizard without screens, or what is left of them; from apply on it changes your project. "
        "Asks on the terminal where a person must decide; stop at any time, the same command goes on.",
        "migwizard run --yes --until proof      # everything that changes no file of yours",
        _run,
    ),
    Command(
        "fake",
        RESET,
        "switch a database to the new history",
        "Tell a database about the new migrations without running them: in its table django_migrations the names of the old "
        "ones are exchanged for the new, in one transaction and with a backup. No other table of yours is touched. Refuses a database "
        "that lacks an old migration or has others.",
        "migwizard fake --database default --dry-run",
        _fake,
    ),
    Command(
        "undo",
        RESET,
        "take the reset back, databases and files",
        "Put back the old files and the old rows of django_migrations, exactly as they were. Asks first. Refuses, and touches "
        "nothing, where somebody built on the new history.",
        "migwizard undo",
        _undo,
    ),
    Command(
        "branch",
        RESET,
        "lead a branch's migrations to the new files",
        "Run it in a branch after the reset was merged into it. Migrations of the branch that depend on old ones are led to the "
        "newest new ones; nothing else of them is changed. Shows the diff and asks. Refuses where old files are still there.",
        "migwizard branch --dry-run      # after: git merge main",
        _branch,
    ),
    Command(
        "retire",
        RESET,
        "end a reset that every environment has had",
        "Take out of files and databases what a reset needed on its way: the guards and the names in replaces, the manifest and "
        "the script beside manage.py, the backup table. Shows the diff and asks. Refuses where a database that answers has not "
        "moved yet.",
        "migwizard retire --dry-run",
        _retire,
    ),
    Command(
        "plan",
        LOOK,
        "which new files there would be, in which order",
        "Print which models have to come before which (their levels), the files that a reset would write, and what has to wait "
        "for a later file. Writes no file unless --dot names one, and opens no database.",
        "migwizard plan --dot models.dot",
        _plan,
    ),
    Command(
        "status",
        LOOK,
        "how far a reset is, and what its databases hold",
        "Say which step comes next, what is out of date because the project changed since, and whether each database has the "
        "old or the new migrations.",
        "migwizard status --json",
        _json,
    ),
    Command(
        "runbook",
        LOOK,
        "how the reset gets everywhere else, as Markdown",
        "Print what to do in every other environment, in order and with the commands of this project: checkouts, CI, staging, "
        "production, rollback, open branches, the end. Needs the manifest beside manage.py; changes nothing.",
        "migwizard runbook > docs/reset.md",
        _nothing,
    ),
    Command(
        "verify",
        LOOK,
        "compare what old and new migrations build, once more",
        "Build two empty databases, one from the old migrations and one from the new, and compare them. Exit 1 where they "
        "differ and you did not accept it, 5 where something is wrong with one of your databases.",
        "migwizard verify",
        _verify,
    ),
    Command(
        "doctor",
        LOOK,
        "what was found: Python, settings, databases, versions",
        "Show which Python, settings, databases and options were found, and where each of them comes from.",
        "migwizard doctor -C path/to/project",
        _json,
    ),
    Command(
        "demo",
        MORE,
        "write a messy shop to practise on",
        "Write the demo project to a folder of its own; it is safe to break.",
        "migwizard demo shop-demo",
        _demo,
    ),
    Command(
        "web",
        MORE,
        "the wizard in a browser of this machine",
        "Serve the wizard on 127.0.0.1, for one browser on this machine that opens the printed address. Needs the extra "
        "migwizard[web]. Ctrl-C ends it.",
        f"migwizard web --port {WEB_PORT}",
        _web,
    ),
    Command(
        "completion",
        MORE,
        "print a completion script for bash, zsh or fish",
        "Print a script that lets your shell complete commands and options.",
        "migwizard completion bash > ~/.local/share/bash-completion/completions/migwizard",
        _completion,
    ),
)

"""An error that ends a command: its sentence and cures for people, an object for programs, the traceback for the log."""

from __future__ import annotations

import argparse
import traceback
from pathlib import Path

from migwizard import logfile
from migwizard.commands.setup import say
from migwizard.errors import LeftError, MigwizardError
from migwizard.faces.jsonlines import emit
from migwizard.paths import Workplace
from migwizard.project.guest import GuestError


def complain(error: MigwizardError, arguments: argparse.Namespace) -> None:
    """Say what happened, what can be done, and where more is written."""
    if getattr(arguments, "json", False):
        emit(
            {
                "type": "error",
                "code": error.code,
                "exit": int(error.exit_code),
                "sentence": error.sentence,
                "cures": list(error.cures),
            }
        )
    say(f"migwizard: {error.sentence}")
    for cure in error.cures:
        say(f"  - {cure}")
    guest = _guest(error)
    if arguments.verbose:
        say(guest.traceback if guest and guest.traceback else "".join(traceback.format_exception(error)))
    elif guest is not None and guest.traceback:
        say("  - The traceback: repeat the command with --verbose.")
    if not isinstance(error, LeftError) and (log := write_log(error, arguments)) is not None:
        say(f"  - The log: {log}")


def write_log(error: MigwizardError, arguments: argparse.Namespace) -> Path | None:
    """Put the full traceback into the log, where a reset has a folder for one; returns its path."""
    root = getattr(arguments, "root", None)
    if root is None or not (log := Workplace(root).log).parent.is_dir():
        return None
    guest = _guest(error)
    text = "".join(traceback.format_exception(error)) + (guest.traceback if guest else "")
    return log if logfile.append(log, text) else None


def _guest(error: MigwizardError) -> GuestError | None:
    """The error of the project's own code, where it is one or lies behind."""
    found = error if isinstance(error, GuestError) else error.__cause__
    return found if isinstance(found, GuestError) else None

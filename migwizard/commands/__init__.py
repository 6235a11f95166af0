"""One function a command; errors become sentences and exit codes here, and nowhere else."""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Callable

from migwizard.errors import as_sentence
from migwizard.exit_codes import ExitCode

# Imported when it is called for: the first screen of the wizard must not wait for what other commands need.
COMMANDS: dict[str | None, tuple[str, str]] = {
    None: ("wizard", "wizard"),
    "run": ("run", "run"),
    "fake": ("reset", "fake"),
    "undo": ("reset", "undo"),
    "status": ("status", "status"),
    "branch": ("branch", "branch"),
    "retire": ("retire", "retire"),
    "runbook": ("runbook", "runbook"),
    "plan": ("look", "plan"),
    "verify": ("look", "verify"),
    "doctor": ("look", "doctor"),
    "demo": ("look", "demo"),
    "web": ("web", "web"),
    "completion": ("completion", "completion"),
}
"""(module of this package, function) by command."""


def dispatch(arguments: argparse.Namespace) -> int:
    """Run the command; returns the exit code."""
    # What the project says are many objects that stay, so that nearly every look for garbage would find none.
    gc.set_threshold(20_000, 20, 20)
    try:
        return _command(arguments.command)(arguments)
    except KeyboardInterrupt:
        print("\nInterrupted; nothing is lost. Start the same command again to go on.", file=sys.stderr)
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has enough (`| head`); the interpreter must not try to flush the rest at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.FAILED
    except Exception as error:
        from migwizard.commands.complaints import complain

        spoken = as_sentence(error)
        complain(spoken, arguments)
        return spoken.exit_code


def _command(name: str | None) -> Callable[[argparse.Namespace], int]:
    module, function = COMMANDS[name]
    found: Callable[[argparse.Namespace], int] = getattr(importlib.import_module(f"{__name__}.{module}"), function)
    return found

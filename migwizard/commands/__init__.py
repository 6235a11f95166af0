"""One function a command; errors become sentences and exit codes here, and nowhere else."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable

from migwizard.commands import look, reset
from migwizard.errors import MigwizardError
from migwizard.exit_codes import ExitCode
from migwizard.faces import emit
from migwizard.paths import Workplace
from migwizard.project.guest import GuestError

COMMANDS: dict[str | None, Callable[[argparse.Namespace], int]] = {
    None: reset.wizard,
    "run": reset.run,
    "fake": reset.fake,
    "undo": reset.undo,
    "status": reset.status,
    "plan": look.plan,
    "verify": look.verify,
    "doctor": look.doctor,
    "demo": look.demo,
}


def dispatch(arguments: argparse.Namespace) -> int:
    """Run the command; returns the exit code."""
    try:
        return COMMANDS[arguments.command](arguments)
    except MigwizardError as error:
        _say(error, arguments)
        return error.exit_code
    except KeyboardInterrupt:
        print("\nInterrupted; nothing is lost. Start the same command again to go on.", file=sys.stderr)
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has enough (`| head`); the interpreter must not try to flush the rest at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.FAILED
    except OSError as error:
        wrapped = MigwizardError(
            f"{error.filename or 'A file'}: {error.strerror or error}. The checkpoint is whole; what was begun is finished "
            "or taken back at the next start.",
            code="os-error",
        )
        _say(wrapped, arguments, error)
        return wrapped.exit_code
    except Exception as error:
        wrapped = MigwizardError(
            f"migwizard itself failed, which is a defect of it: {type(error).__name__}: {error}. Nothing is lost; what was "
            "begun is finished or taken back at the next start.",
            code="defect",
            cures=("Report it with the log, and with what --verbose prints.",),
        )
        _say(wrapped, arguments, error)
        return wrapped.exit_code


def _say(error: MigwizardError, arguments: argparse.Namespace, cause: BaseException | None = None) -> None:
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
    print(f"migwizard: {error.sentence}", file=sys.stderr)
    for cure in error.cures:
        print(f"  - {cure}", file=sys.stderr)
    guest = (
        error if isinstance(error, GuestError) else error.__cause__ if isinstance(error.__cause__, GuestError) else None
    )
    if arguments.verbose:
        text = guest.traceback if guest else "".join(traceback.format_exception(cause or error))
        print(text, file=sys.stderr)
    elif guest is not None and guest.traceback:
        print("  - The traceback: repeat the command with --verbose.", file=sys.stderr)
    _log(error, guest, arguments, cause)


def _log(
    error: MigwizardError, guest: GuestError | None, arguments: argparse.Namespace, cause: BaseException | None
) -> None:
    """The full traceback goes to the log, where a reset has a folder for one."""
    root = getattr(arguments, "root", None)
    if root is not None and (log := Workplace(root).log).parent.is_dir():
        with log.open("a", encoding="utf-8") as stream:
            stream.write("".join(traceback.format_exception(cause or error)) + (guest.traceback if guest else ""))
        print(f"  - The log: {log}", file=sys.stderr)

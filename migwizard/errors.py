"""Errors that speak: what happened, where, what can be done now; each knows its exit code."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from migwizard.exit_codes import ExitCode


class MigwizardError(Exception):
    """Something that ends a command.

    `code` is a stable name for scripts, `cures` are things the person can do now, `details` what a program may want.
    """

    exit_code = ExitCode.FAILED

    def __init__(
        self,
        sentence: str,
        *,
        code: str = "failed",
        cures: tuple[str, ...] = (),
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.cures = cures
        self.details = dict(details or {})


class UsageError(MigwizardError):
    """The command line or the configuration is wrong."""

    exit_code = ExitCode.USAGE


class ProjectError(MigwizardError):
    """The project cannot be loaded."""

    exit_code = ExitCode.PROJECT


class UndecidedError(MigwizardError):
    """A question has no safe answer and nobody answered it."""

    exit_code = ExitCode.UNDECIDED


class DatabaseError(MigwizardError):
    """A database is unreachable or not at the old head."""

    exit_code = ExitCode.DATABASE


class ConflictError(MigwizardError):
    """The checkpoint is locked, broken, foreign or newer."""

    exit_code = ExitCode.CONFLICT


class LeftError(MigwizardError):
    """The person left before the end; everything is kept."""

    exit_code = ExitCode.INTERRUPTED


def as_sentence(error: Exception) -> MigwizardError:
    """Any error as one that speaks: ours as they are, those of the system and of ourselves in words."""
    if isinstance(error, MigwizardError):
        return error
    if isinstance(error, OSError):
        spoken = _of_the_system(error)
    else:
        spoken = MigwizardError(
            f"migwizard itself failed, which is a defect of it: {type(error).__name__}: {error}. Nothing is lost; what was "
            "begun is finished or taken back at the next start.",
            code="defect",
            cures=("Report it with the log, and with what --verbose prints.",),
        )
    spoken.__cause__ = error
    return spoken


FULL = (errno.ENOSPC, errno.EDQUOT)
NO_RIGHT = (errno.EROFS, errno.EACCES, errno.EPERM)


def _of_the_system(error: OSError) -> MigwizardError:
    """An error of the system: no room, no right to write, or another one."""
    where = str(error.filename or "A file")
    details = {"errno": error.errno, "path": str(error.filename or "")}
    whole = "The checkpoint is whole; what was begun is finished or taken back at the next start."
    if error.errno in FULL:
        return MigwizardError(
            f"{where}: {error.strerror or error}. {whole}",
            code="disk-full",
            cures=("Make room, and start again.", *_elsewhere(where)),
            details=details,
        )
    if error.errno in NO_RIGHT:
        return MigwizardError(
            f"{where}: {error.strerror or error}. {whole}",
            code="read-only",
            cures=(_right(where), *_elsewhere(where)),
            details=details,
        )
    said = f"{where}: {error.strerror or error}. {whole}"
    return MigwizardError(said, code="os-error", cures=_elsewhere(where), details=details)


def _right(where: str) -> str:
    """What is to be done about a place that this user may not use, which may be because another one made it."""
    import pwd

    for path in (Path(where), *Path(where).parents):
        with suppress(OSError, KeyError):
            owner = path.stat().st_uid
            if owner == os.geteuid():
                break
            return f"{path} belongs to {pwd.getpwuid(owner).pw_name}: start as that user, or let this one read and write there."
    return "Let this user read and write there, and start again."


def _elsewhere(where: str) -> tuple[str, ...]:
    """What else helps where the place is that of the second backup, which a variable names."""
    from migwizard.paths import state_home

    if not Path(where).is_relative_to(state_home()) and not state_home().is_relative_to(where):
        return ()
    return ("The second backup lies there: XDG_STATE_HOME names another folder for it.",)

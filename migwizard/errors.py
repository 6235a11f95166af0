"""Errors that speak: what happened, where, what can be done now; each knows its exit code."""

from __future__ import annotations

from collections.abc import Mapping
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

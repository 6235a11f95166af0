"""The exit codes of the command line; scripts rely on them."""

from enum import IntEnum


class ExitCode(IntEnum):
    """How a run of migwizard ended."""

    DONE = 0
    """Done, or nothing to do."""
    FAILED = 1
    """Failed, or old and new are not equal."""
    USAGE = 2
    """The command line or the configuration is wrong."""
    PROJECT = 3
    """The project cannot be loaded."""
    UNDECIDED = 4
    """A person must decide."""
    DATABASE = 5
    """A database is unreachable or not at the old head."""
    CONFLICT = 6
    """The checkpoint is locked or in conflict."""
    INTERRUPTED = 130
    """Interrupted; can be resumed."""

"""The databases of a random project on one engine: made, looked at by the engine's own means, and removed again."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from pathlib import Path

from tests.fuzz.eyes import Seen
from tests.stored import Database

ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mysql": "MariaDB"}
"""What projects can be on, and what it is called on the page."""


class Databases(ABC):
    """The project's own database, and further ones that its history is tried on."""

    consent: tuple[str, ...] = ()
    """What `migwizard run --yes` wants to be told before it switches the project's own."""
    settings: str
    """Lines of the project's settings; DATABASES is one of them."""
    own: str
    """The NAME of the project's own."""
    idle: str
    """The NAME of one for commands that write nothing to any."""

    @abstractmethod
    def __init__(self, folder: Path, seed: str) -> None:
        """Make the project's own where `migrate` would not; `folder` holds the project, in a folder of that name."""

    @abstractmethod
    def fresh(self, what: str) -> str:
        """The NAME of an empty one, in the place of an earlier one for the same."""

    @abstractmethod
    def stored(self) -> Database:
        """The project's own, to be dumped."""

    @abstractmethod
    def look(self, name: str) -> Seen:
        """What lies in one of them."""

    @abstractmethod
    def remove(self) -> None:
        """Remove those that are not files in `folder`."""


def databases_of(engine: str, folder: Path, seed: str) -> Databases:
    """Those of a project on one of ENGINES; drivers are imported where they are wanted."""
    made = importlib.import_module(f"{__name__}.{engine}").OWN(folder, seed)
    assert isinstance(made, Databases)
    return made


def version_of(engine: str) -> str:
    """The name of an engine, and the version that projects get."""
    return f"{ENGINES[engine]} {importlib.import_module(f'{__name__}.{engine}').version()}"


def why_not(engine: str) -> str:
    """Why there can be no projects on an engine; empty where there can."""
    return str(importlib.import_module(f"{__name__}.{engine}").why_not())


def sweep(engine: str) -> None:
    """Remove what runs left on the engine's server that were killed."""
    importlib.import_module(f"{__name__}.{engine}").sweep()

"""A project on which kills are tried, and the states that it may be in afterwards."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from migwizard.paths import Workplace
from tests.chaos import forked
from tests.chaos.killer import Order
from tests.chaos.orders import Point
from tests.engine.support import Shop, make_tiny
from tests.subjects import fresh

TINY = "tiny"
RUN = ("run", "--yes")
UNDO = ("undo", "--yes")
RETIRE = ("retire", "--yes")


class Victim(Shop):
    """A project at some moment of its reset; commands run in forks of this process."""

    timeout = 600

    def __init__(self, root: Path, python: Path | None = None) -> None:
        super().__init__(root)
        self.python = python
        """Its own interpreter, where it is not ours."""
        self.database = next((path for path in sorted(root.glob("*.sqlite3"))), self.database)

    def run(self, *arguments: str, order: Order | None = None) -> forked.Ended:
        """A command of migwizard, killed as ordered; the trace lies beside the project."""
        named = ("--python", str(self.python)) if self.python else ()
        return forked.run((*arguments, *named), self.root, self.environment(), order, self.trace if order else None)

    @property
    def trace(self) -> Path:
        return self.root.parent / "trace"

    def django(self, *arguments: str) -> tuple[int, str]:
        """A management command: exit code, and what it said."""
        done = self.start(str(self.python or sys.executable), "manage.py", *arguments)
        return done.returncode, done.stdout + done.stderr

    def tree(self) -> dict[str, bytes]:
        """Every file of the project but its database and byte code, by relative path."""
        found = {}
        for path in self.root.rglob("*"):
            parts = path.relative_to(self.root).parts
            if not {".migwizard", ".venv", "__pycache__"} & set(parts) and path != self.database and path.is_file():
                found["/".join(parts)] = path.read_bytes()
        return found

    def beside(self) -> list[str]:
        """What the second backups hold, by path."""
        return sorted(path.relative_to(self._backups).as_posix() for path in self._backups.rglob("*"))

    def copied(self, folder: Path) -> Victim:
        """The same project in another place, under the same name, which its run id holds."""
        shutil.copytree(self.root.parent, folder, symlinks=True)
        copy = Victim(folder / self.root.name, self.python)
        if self._backups.is_dir():
            # They are named after the place of the project.
            (folder / "state" / "migwizard" / self._backups.name).rename(copy._backups)
        return copy

    @property
    def _backups(self) -> Path:
        """The second backups, where migwizard looks for them."""
        return self.root.parent / "state" / "migwizard" / Workplace(self.root).second_backup.name


@dataclass(frozen=True, slots=True)
class Known:
    """What a project is at one moment of a reset that nobody disturbs."""

    tree: Mapping[str, bytes]
    dump: list[str]
    timeless: list[str]
    beside: list[str]

    @classmethod
    def of(cls, victim: Victim) -> Known:
        return cls(victim.tree(), victim.dump(), victim.timeless_dump(), victim.beside())


@dataclass(slots=True)
class Start:
    """A project at each moment from which something is killed, and what Django says of each legal state."""

    moments: dict[str, Victim] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)
    said: dict[str, list[str]] = field(default_factory=dict)
    """What was wrong with a state, by its content: Django is asked about each once."""
    changes: tuple[int, str] = (0, "")
    """What `makemigrations --check` says before the reset."""
    traces: dict[tuple[str, tuple[str, ...]], list[Point]] = field(default_factory=dict)
    """What a kill can come between, by moment and command that runs from there undisturbed."""

    def run(self, origin: str, command: tuple[str, ...], folder: Path) -> Victim:
        """Run a command from a moment in a new folder, and keep its trace. Raises RuntimeError where it fails."""
        victim = self.moments[origin].copied(folder)
        victim.trace.unlink(missing_ok=True)
        done = victim.run(*command, order=Order())
        if done.code:
            raise RuntimeError(f"{' '.join(command)} from {origin} ended with {done.code}\n{done.out}{done.err}")
        self.traces[origin, command] = [json.loads(line) for line in victim.trace.read_text().splitlines()]
        return victim

    def keep(self, name: str, victim: Victim) -> None:
        self.moments[name], self.known[name] = victim, Known.of(victim)


def make(name: str, folder: Path) -> Victim:
    """A migrated project: tiny, demo, or a subject."""
    if name == TINY:
        return Victim(make_tiny(folder).root)
    copy = fresh(name, folder)
    copy.manage("migrate", "--verbosity", "0")
    # The demo lies in a folder with others, and what belongs to a project must lie in one.
    return Victim(copy.root, None if str(copy.python) == sys.executable else copy.python)


def prepare(name: str, folder: Path, legs: Mapping[str, tuple[str, tuple[str, ...]]]) -> Start:
    """Everything that kills start from, and what they have to lead to: `legs` are moments by name, made from another by a command."""
    start = Start()
    start.keep("before", make(name, folder / "before"))
    start.changes = start.moments["before"].django("makemigrations", "--check", "--dry-run")
    for moment, (origin, command) in legs.items():
        start.keep(moment, start.run(origin, command, folder / moment))
    return start


def content(victim: Victim) -> str:
    """A hash of all files and rows."""
    digest = hashlib.sha256()
    for path, data in sorted(victim.tree().items()):
        digest.update(f"{path} {len(data)} ".encode() + data)
    digest.update(json.dumps(victim.timeless_dump()).encode())
    return digest.hexdigest()

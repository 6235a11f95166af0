"""One tool on fresh copies of the demo: its virtual environment, its run, and what is measured afterwards."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.peers.judging import State, objects_between, raised, read_state, seeds_between, verdict
from tests.peers.tools import MIGRATE, Step, Tool, manage
from tests.subjects import BUILD, DEMO, Copy, SubjectError, environment, fresh, run

FOLDER = BUILD / "peers"
SECONDS = 300
"""What one command may take."""

RELEASE = (
    "user/migrations/0006_*.py",
    "user/migrations/0007_*.py",
    "products/migrations/0016_*.py",
    "products/migrations/0017_*.py",
    "products/migrations/0018_*.py",
    "orders/migrations/0013_*.py",
    "bootstrap/migrations/0*.py",
)
"""The demo's newest release, all that was written since 2024; a database that is behind lacks it."""

NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Result:
    """The cells of one tool; what could not be looked at is NOTHING."""

    ended: str
    files: str = NOTHING
    drift: str = NOTHING
    zero: str = NOTHING
    objects: str = NOTHING
    seeds: str = NOTHING
    current_told: str = NOTHING
    current_plain: str = NOTHING
    behind_told: str = NOTHING
    behind_plain: str = NOTHING


class Trial:
    """One tool, its environment and its copies of the demo."""

    def __init__(self, tool: Tool) -> None:
        self.tool = tool
        self.folder = FOLDER / tool.slug
        self.log = FOLDER / f"{tool.slug}.log"

    def result(self) -> Result:
        """Run the tool and measure. Whatever the tool does is a cell; raises SubjectError where the demo itself fails."""
        self._clear()
        try:
            python = self._environment()
        except SubjectError as error:
            self.log.write_text(f"{error}\n", encoding="utf-8")
            return Result("cannot be installed here")
        broken = self._attempt(self._copy("check", python), manage("check"))
        if broken:
            return Result(f"stops every command once installed ({broken})")
        current, behind, caught_up = self._databases(python)
        copy = self._copy("reset", python)
        before = migration_files(copy.root)
        place(copy, current)
        failure = self.run(copy)
        after = migration_files(copy.root)
        ended = self._verdict(copy, current, current, failure) if failure else "to its end"
        files = f"{len(before)} -> {len(after)}"
        if after == before:
            return Result(ended, files)
        made = self._from_zero(copy, current)
        elsewhere = [
            self._elsewhere(copy, python, start, goal, told=told)
            for start, goal in ((current, current), (behind, caught_up))
            for told in (True, False)
        ]
        return Result(ended, files, *made, *elsewhere)

    def ready(self) -> Copy:
        """A fresh demo in which the tool could run at once. Raises SubjectError where it cannot be installed, or stops everything."""
        self._clear()
        copy = self._copy("reset", self._environment())
        broken = self._attempt(copy, manage("check"))
        if broken:
            raise SubjectError(f"stops every command once installed ({broken})")
        copy.manage("migrate", "--verbosity", "0")
        return copy

    def run(self, copy: Copy) -> str:
        """Run the tool in it; why it failed, or empty."""
        return self._steps(copy, self.tool.reset)

    def _clear(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.log.write_text("", encoding="utf-8")

    def _environment(self) -> Path:
        """The interpreter of a virtual environment with Django and the tool, made once. Raises SubjectError."""
        wanted = [word for word in (self.tool.django, self.tool.requirement) if word]
        place = FOLDER / "environments" / "-".join(wanted).replace("=", "").replace("*", "x")
        python, made = place / "bin" / "python", place / "made-of.txt"
        if not made.is_file() or made.read_text(encoding="utf-8").split() != wanted:
            shutil.rmtree(place, ignore_errors=True)
            run([sys.executable, "-m", "venv", place], BUILD)
            run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted], BUILD)
            # Written last: an environment without it is one whose making was interrupted.
            made.write_text("\n".join(wanted), encoding="utf-8")
        return python

    def _copy(self, name: str, python: Path) -> Copy:
        """A fresh demo with the tool installed; its third-party package where such packages are, in site-packages."""
        copy = fresh(DEMO, self.folder / name, python)
        packages = copy.root.parent / "packages"
        site = Path(run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], BUILD).stdout.strip())
        for package in packages.iterdir():
            shutil.rmtree(site / package.name, ignore_errors=True)
            shutil.copytree(package, site / package.name)
        shutil.rmtree(packages)
        if self.tool.flat:
            flatten(copy.root)
        with (copy.root / "config" / "settings.py").open("a", encoding="utf-8") as settings:
            settings.write(self.tool.settings)
        return copy

    def _databases(self, python: Path) -> tuple[Path, Path, Path]:
        """What the old files make: a database that is up to date, one that is behind, and that one once it caught up."""
        copy = self._copy("old", python)
        made = [self.folder / f"{name}.sqlite3" for name in ("current", "behind", "caught-up")]
        copy.manage("migrate", "--verbosity", "0")
        shutil.copy(copy.database, made[0])
        copy.database.unlink()
        aside = self.folder / "release"
        for path in [path for pattern in RELEASE for path in copy.root.rglob(pattern)]:
            target = aside / path.relative_to(copy.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
        copy.manage("migrate", "--verbosity", "0")
        shutil.copy(copy.database, made[1])
        shutil.copytree(aside, copy.root, dirs_exist_ok=True)
        copy.manage("migrate", "--verbosity", "0")
        shutil.copy(copy.database, made[2])
        return made[0], made[1], made[2]

    def _from_zero(self, copy: Copy, current: Path) -> tuple[str, str, str, str]:
        """What the new files build on an empty database: the cells drift, zero, objects and seeds."""
        place(copy, None)
        drift = self._attempt(copy, manage("makemigrations", "--check", "--dry-run"))
        zero = self._attempt(copy, MIGRATE)
        if zero:
            return drift or "passes", zero, NOTHING, NOTHING
        old, new = self._state(current), self._state(copy.database)
        return drift or "passes", "passes", objects_between(old, new) or "kept", seeds_between(old, new)

    def _elsewhere(self, copy: Copy, python: Path, start: Path, goal: Path, *, told: bool) -> str:
        """What becomes of a database elsewhere: as the tool's documentation says, or by a plain `migrate`."""
        if not told:
            if not self.tool.old_files and self.tool.new_files == (MIGRATE,):
                return "the same"
            place(copy, start)
            return self._verdict(copy, start, goal, self._attempt(copy, MIGRATE))
        database, failure = start, ""
        if self.tool.old_files:
            old = self._copy("elsewhere", python)
            place(old, start)
            failure = self._steps(old, self.tool.old_files)
            database = old.database
        place(copy, database)
        failure = failure or self._steps(copy, self.tool.new_files)
        return self._verdict(copy, start, goal, failure)

    def _verdict(self, copy: Copy, start: Path, goal: Path, failure: str) -> str:
        """What became of the copy's database, which began as `start` and should be as `goal`."""
        checked = "" if failure else self._attempt(copy, manage("migrate", "--check"))
        return verdict(self._state(start), self._state(goal), self._state(copy.database), failure, checked)

    def _state(self, database: Path) -> State:
        return read_state(database, self.tool.tables)

    def _steps(self, copy: Copy, steps: Iterable[Step]) -> str:
        """Run commands until one fails; why it failed, or empty."""
        return next((failure for step in steps if (failure := self._attempt(copy, step))), "")

    def _attempt(self, copy: Copy, step: Step) -> str:
        """Run a command and log it; why it failed, or empty. Never raises for what the command does."""
        program, *arguments = step.words
        command: list[str | Path] = [program, *arguments]
        if program == "manage":
            command = [copy.python, "manage.py", *arguments]
        elif program == "migwizard":
            command = copy.migwizard_command(*arguments)
        code, stdout, stderr = _ended([str(word) for word in command], copy.root, step.typed)
        with self.log.open("a", encoding="utf-8") as log:
            log.write(
                f"$ {shlex.join(step.words)}    [{copy.root.parent.parent.name}]\n{stdout}{stderr}exit code: {code}\n\n"
            )
        return raised(code, stderr)


def place(copy: Copy, database: Path | None) -> None:
    """Give a project this database, or none."""
    for old in copy.root.glob("db.sqlite3*"):
        old.unlink()
    if database:
        shutil.copy(database, copy.root / "db.sqlite3")


def flatten(root: Path) -> None:
    """Move the demo's apps beside manage.py, each under its label."""
    homes = sorted({path.parent for path in root.rglob("migrations")}, reverse=True)
    dotted = {".".join(home.relative_to(root).parts): home.name for home in homes}
    # Inner apps first, as they lie in the folders of others; and so are the longer names.
    for home in homes:
        home.rename(root / home.name)
    shutil.rmtree(root / "apps")
    names = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in dotted))
    for path in root.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        path.write_text(names.sub(lambda found: dotted[found[0]], text), encoding="utf-8")


def migration_files(root: Path) -> dict[str, bytes]:
    """The migrations of a project."""
    return {str(path): path.read_bytes() for path in root.rglob("migrations/*.py") if path.name != "__init__.py"}


def _ended(command: list[str], folder: Path, typed: str) -> tuple[int | None, str, str]:
    """Exit code, stdout and stderr of a command; no code where it and what it started had to be ended."""
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            stdout, stderr = process.communicate(typed, timeout=SECONDS)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            return None, *process.communicate()
    return process.returncode, stdout, stderr

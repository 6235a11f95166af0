"""The guest: the project's own interpreter at work for us, spoken to in JSON Lines."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from migwizard.errors import MigwizardError, ProjectError
from migwizard.project import via
from migwizard.project.discovery import OWN, Project
from migwizard.project.envfiles import file_with
from migwizard.project.hiding import without_passwords
from migwizard.project.places import VARIABLE
from migwizard.project.process import EventHandler, GuestError, Process

__all__ = ["AGENT", "Guest", "GuestError"]

AGENT = via.AGENT / "__main__.py"


class Guest:
    """One loaded project. Requests run side by side, each in a fork, where the platform and the project allow it."""

    def __init__(
        self,
        project: Project,
        *,
        hash_seed: int = 0,
        clock_shift: float = 0.0,
        log: Path | None = None,
        fork: bool = True,
    ) -> None:
        self._project = project
        self._hash_seed = hash_seed
        self._clock_shift = clock_shift
        self._log_path = log
        self._fork = fork
        self._lock = threading.Lock()
        self._process: Process | None = None
        self._working: set[Process] = set()
        self._cancelled = False
        self.facts: dict[str, Any] = {}
        self.sources: dict[str, str] = {}
        """SHA-256 of the project's files that were loaded when it started, by path relative to the project."""
        self.foreign: set[str] = set()
        """Names of files that only the guest has, and may have."""
        self.scratch: Mapping[str, Any] | None = project.scratch.told() if project.scratch else None
        """Where it makes scratch databases; None for the server of the default database."""
        self.histories: dict[str, Path] = {}
        """Migrations folders by app label that the guest cannot see in the project's tree, although they are there."""

    def __enter__(self) -> Guest:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self, meanwhile: Callable[[], object] | None = None) -> dict[str, Any]:
        """Load the project; returns the facts of its settings. Raises GuestError, ProjectError.

        What `meanwhile` does costs no time, as long as the project takes longer.
        """
        try:
            self._process = self._launch(meanwhile)
        except GuestError as error:
            raise self._with_variable(error) from error
        self.forget_foreign()
        return self.facts

    def forget_foreign(self) -> None:
        """Leave the files out of `sources` that only the guest has."""
        self.sources = {name: digest for name, digest in self.facts["sources"].items() if name not in self.foreign}

    def _with_variable(self, error: GuestError) -> MigwizardError:
        """The same failure, with the file in which a variable stands that the settings miss."""
        project = self._project
        said = error.traceback.rpartition("\n  ")[2] if error.kind == "project" else ""
        known = {*project.environ, *(() if project.interpreter.via else os.environ)}
        found = file_with(said, project.root, known)
        if found is None:
            return self._with_interpreter(error)
        name, path = found
        return ProjectError(
            f"{error.sentence.rstrip('.')}. The variable {name} stands in {path.name} beside manage.py, which nobody reads by "
            f"itself: give it to the project with --env-file {path.name}. Nothing was changed.",
            code="variable",
            details={**error.details, "env_file": str(path)},
        )

    def _with_interpreter(self, error: GuestError) -> GuestError:
        """The same failure; where a module is missing and our own Python looked for it, that is most likely why."""
        missing = error.details.get("exception") == "ModuleNotFoundError" or error.details.get("lacks") == "django"
        if missing and self._project.interpreter.reason == OWN:
            error.sentence = (
                f"{error.sentence.rstrip('.')}. It was looked for by {OWN}: activate the one in which your project runs, or name "
                "it with --python. Nothing was changed."
            )
        return error

    def _launch(self, meanwhile: Callable[[], object] | None = None) -> Process:
        self._check_cancelled()
        interpreter, project = self._project.interpreter, self._project
        variables = {
            **project.environ,
            "PYTHONHASHSEED": str(self._hash_seed),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONIOENCODING": "utf-8",
        }
        process = self._begin(variables)
        try:
            root, manage = str(project.root), project.manage.name if project.manage else None
            if interpreter.via:
                root = via.launch(
                    process, interpreter.via, project.root, root=interpreter.root, manage=manage, environ=variables
                )
            process.send(self._start(root, manage))
            if meanwhile is not None:
                meanwhile()
            self.facts = self._without_secrets(process.wait(0, self._learn))
        except BaseException:
            process.kill()
            raise
        return process

    def _learn(self, event: Mapping[str, Any]) -> None:
        self._project.secrets.update(event.get("secrets", {}))

    def _without_secrets(self, facts: dict[str, Any]) -> dict[str, Any]:
        """The facts, with what the project's checks said and what its databases are called as anybody may read it."""
        hide = self._project.hide
        checks = [
            {**check, **{key: hide(check[key]) for key in ("text", "hint", "object")}} for check in facts["checks"]
        ]
        databases = [
            {**database, **{key: without_passwords(database[key]) for key in ("name", "host", "identity")}}
            for database in facts["databases"]
        ]
        return {**facts, "checks": checks, "databases": databases}

    def _begin(self, variables: Mapping[str, str]) -> Process:
        """The process itself; elsewhere the variables are told to it when it speaks."""
        interpreter, environment = self._project.interpreter, dict(os.environ)
        if interpreter.via:
            words = [*interpreter.via, "-c", via.BOOT.read_text(encoding="utf-8")]
        else:
            words = [*interpreter.words, str(AGENT)]
            # The first two would lead the project's interpreter to modules of ours; the last is for us, with its password.
            for name in ("PYTHONHOME", "__PYVENV_LAUNCHER__", VARIABLE):
                environment.pop(name, None)
            environment |= variables
        try:
            return Process(
                words,
                self._project.root,
                environment,
                named=interpreter.named,
                log=self._log_path,
                hide=self._project.hide,
            )
        except OSError as error:
            sentence = f"{interpreter.named} cannot be started: {error.strerror}. Nothing was changed."
            raise ProjectError(sentence, code="via" if interpreter.via else "interpreter") from error

    def _start(self, root: str, manage: str | None) -> dict[str, Any]:
        """What the agent is told first; `root` is the project's folder as it knows it."""
        return {
            "root": root,
            "manage": os.path.join(root, manage) if manage else None,  # noqa: PTH118 - of another machine, perhaps
            "settings": self._project.settings,
            "clock_shift": self._clock_shift,
            "fork": self._fork,
            # Whose scratch databases are on a server: made by this process, for this project, on this machine.
            "owner": {
                "root": str(self._project.root.resolve()),
                "host": socket.gethostname(),
                "pid": os.getpid(),
            },
        }

    def call(self, method: str, on_event: EventHandler | None = None, **params: Any) -> Any:
        """Send one request and wait for its result. Raises GuestError; cancels the request when interrupted."""
        with self._lock:
            process = self._process
            if process is None:
                process = self._launch()
            # Without forks a process answers one request and ends.
            self._process = process if self.facts["fork"] else None
            self._working.add(process)
            number = process.request(method, params, self.histories, self.scratch)
        try:
            self._check_cancelled()
            return process.wait(number, on_event)
        except GuestError:
            raise
        except BaseException:
            process.cancel(number)
            raise
        finally:
            if process is not self._process:
                self._working.discard(process)
                process.kill()

    def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            self._working.discard(process)
            process.kill()

    def cancel(self) -> None:
        """End the guest for good, from another thread too: whatever waits for it fails, and only `revive` starts it again."""
        self._cancelled = True
        for process in list(self._working):
            process.kill()
        self.close()

    def revive(self) -> None:
        """Start it again after a cancel, when nobody waits for the work any more that was cut off."""
        self._cancelled = False
        self.start()

    def _check_cancelled(self) -> None:
        if self._cancelled:
            raise GuestError({"kind": "died", "sentence": "The work was cut off.", "details": {}})

"""A story written to disk: models and migrations, by the project's own makemigrations and by hand."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.fuzz.databases import Databases
from tests.fuzz.models import App, World
from tests.fuzz.state import CONTRIB_LEAVES
from tests.fuzz.story import HandWritten, SchemaRun, Squash, Story, tell
from tests.fuzz.text import migrations_folder, model_files, project_files

WORKER = Path(__file__).with_name("worker.py")


class WorkerError(Exception):
    """Django failed on a project; `trace` says where."""

    def __init__(self, said: str, trace: str) -> None:
        super().__init__(said)
        self.trace = trace


def cpu_of(pid: int) -> float:
    """CPU seconds of a process and of its children that ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


class Worker:
    """An interpreter with Django at work, on projects of one engine."""

    def __init__(self, engine: str = "sqlite", python: Path | str = sys.executable) -> None:
        self.engine = engine
        self._process = subprocess.Popen(
            [str(python), str(WORKER), engine],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin"},
        )

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()
        self._process.wait()

    @property
    def cpu(self) -> float:
        """CPU seconds of all that it did so far."""
        return cpu_of(self._process.pid)

    def call(self, method: str, **params: Any) -> Any:
        """One request. Raises WorkerError where Django did."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"method": method, "params": params}) + "\n")
        self._process.stdin.flush()
        reply = json.loads(self._process.stdout.readline())
        if "error" in reply:
            raise WorkerError(reply["error"], reply["traceback"])
        return reply["result"]


def write(story: Story, root: Path, worker: Worker, databases: Databases) -> World:
    """Write the project of a story into a new folder; its last world. Raises WorkerError where Django refuses."""
    state, events, _ = tell(story)
    writer = _Writer(root, worker, state.world, databases)
    for event in events:
        writer.write(event)
    return state.world


class _Writer:
    def __init__(self, root: Path, worker: Worker, world: World, databases: Databases) -> None:
        self._root = root
        self._worker = worker
        self._database = databases.idle
        self._world = world
        self._files: dict[str, list[str]] = {app.label: [] for app in world.apps}
        self._plain: dict[str, int] = dict.fromkeys(self._files, 0)
        """How many of an app's first migrations could be squashed by a command."""
        self._waits: dict[str, set[tuple[str, str]]] = {label: set() for label in self._files}
        self._written: dict[str, str] = {}
        for path, text in project_files(world, databases.settings).items():
            self.file(path, text)

    def file(self, path: str, text: str) -> None:
        """Write a file where its text is another one now."""
        if self._written.get(path) != text:
            target = self._root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            self._written[path] = text

    def write(self, event: SchemaRun | HandWritten | Squash) -> None:
        if isinstance(event, SchemaRun):
            self._schema(event)
        elif isinstance(event, HandWritten):
            self._hand(event)
        else:
            self._squash(event)

    def _call(self, method: str, **params: Any) -> Any:
        return self._worker.call(method, root=str(self._root), database=self._database, **params)

    def _leaf(self, app: str) -> tuple[str, str] | None:
        if app in CONTRIB_LEAVES:
            return app, CONTRIB_LEAVES[app]
        return (app, self._files[app][-1]) if self._files[app] else None

    def _note(self, app: str, name: str, *, plain: bool) -> None:
        if plain and self._plain[app] == len(self._files[app]):
            self._plain[app] += 1
        self._files[app].append(name)
        self._waits[app].clear()

    def _schema(self, run: SchemaRun) -> None:
        for path, text in model_files(run.after).items():
            self.file(path, text)
        after = {app: set(waits) for app, waits in self._waits.items()}
        for app, others in run.waits.items():
            after[app] |= {leaf for other in others if (leaf := self._leaf(other))}
        answers = {
            "models": run.models,
            "fields": run.fields,
            "values": run.values,
            "state_only": run.state_only,
            "after": {app: sorted(waits) for app, waits in after.items()},
        }
        written = self._call("makemigrations", labels=sorted(self._files), answers=answers)
        for app, name in written:
            self._note(app, name, plain=app not in run.state_only)
        for app in sorted(run.holds):
            self._waits[app] |= {(other, name) for other, name in written if other != app}

    def _hand(self, event: HandWritten) -> None:
        app = self._world.app(event.app)
        needs = {leaf for other in {*event.text.apps, event.app} if (leaf := self._leaf(other))}
        needs |= self._waits[event.app]
        number = max([_number(name) for name in self._files[event.app]], default=0) + 1
        name = f"{number:04}_{event.slug}"
        folder = migrations_folder(app)
        self.file(f"{folder}/{name}.py", _migration(event, sorted(needs)).replace("{name}", name))
        if event.text.helper:
            path = f"{app.package.replace('.', '/')}/seeding.py"
            before = self._written.get(path)
            self.file(path, f"{before}\n\n{event.text.helper}" if before else event.text.helper)
        for path, text in event.text.beside.items():
            self.file(f"{folder}/{path.replace('{name}', name)}", text)
        self._note(event.app, name, plain=not event.python)
        for other in event.text.apps - {event.app}:
            if other in self._waits:
                self._waits[other].add((event.app, name))

    def _squash(self, event: Squash) -> None:
        """Squash as many of the first migrations as the command can; what does not load afterwards is taken back."""
        app, count = self._world.app(event.app), self._plain[event.app]
        names = self._files[event.app][:count]
        if count < 2 or any("squashed" in name for name in names):
            return
        folder = self._root / migrations_folder(app)
        before = {path: path.read_text() for path in self._root.rglob("*.py")}
        try:
            self._call("squash", app=event.app, start=names[0], end=names[-1])
            (made,) = set(folder.glob("*.py")) - before.keys()
            new = made.stem
            self._check()
        except (WorkerError, ValueError):
            self._restore(before)
            return
        self._files[event.app] = [new, *self._files[event.app][count:]]
        self._plain[event.app] = 1
        self._rename_waits(event.app, names, new)
        if event.remove:
            self._remove_originals(app, names, new, made)

    def _check(self) -> None:
        if not self._call("consistent"):
            raise ValueError("there are two leaves")

    def _restore(self, before: dict[Path, str]) -> None:
        for path in set(self._root.rglob("*.py")) - before.keys():
            path.unlink()
        for path, text in before.items():
            path.write_text(text)

    def _rename_waits(self, app: str, names: list[str], new: str) -> None:
        for waits in self._waits.values():
            if gone := {(app, name) for name in names} & waits:
                waits -= gone
                waits.add((app, new))

    def _remove_originals(self, app: App, names: list[str], new: str, made: Path) -> None:
        """What Django's manual says to do when every database has the squashed one."""
        before = {path: path.read_text() for path in self._root.rglob("*.py")}
        made.write_text(re.sub(r"    replaces = \[.*?\]\n\n", "", before[made], flags=re.DOTALL))
        for name in names:
            (made.parent / f"{name}.py").unlink()
        for path, text in before.items():
            if path.exists() and "dependencies" in text and path != made:
                for name in names:
                    text = re.sub(rf"""\((['"]){app.label}\1, (['"]){name}\2\)""", f'("{app.label}", "{new}")', text)
                path.write_text(text)
        try:
            self._check()
        except (WorkerError, ValueError):
            self._restore(before)


def _number(name: str) -> int:
    found = re.match(r"(\d+)(?:_squashed_(\d+))?", name)
    return int(found[2] or found[1]) if found else 0


def _migration(event: HandWritten, needs: list[tuple[str, str]]) -> str:
    text = event.text
    lines = [*text.imports, *([""] if text.imports else []), "from django.db import migrations", *text.head, "", ""]
    lines += ["class Migration(migrations.Migration):", "    dependencies = ["]
    lines += [f'        ("{app}", "{name}"),' for app, name in needs]
    lines += ["    ]", "", *(f"    {line}".rstrip() for line in text.inside)]
    lines += ["    operations = [", *(f"        {operation}," for operation in text.operations), "    ]", ""]
    return "\n".join(lines)

"""One random project: written, migrated, reset, looked at with Django's and the engine's own means, and undone."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import time
import traceback
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from migwizard.engine.proving import late
from migwizard.engine.steps.proof import LAZY
from tests.fuzz.databases import Databases, databases_of
from tests.fuzz.evolve import random_story
from tests.fuzz.eyes import differences
from tests.fuzz.history import Worker, WorkerError, cpu_of, write
from tests.fuzz.models import World
from tests.fuzz.statistics import app_cycle, kinds, model_cycle
from tests.fuzz.story import Story, tell
from tests.fuzz.zygote import Zygote
from tests.realworld import file_hashes
from tests.stored import COUNTERS, Database

ATTEMPTS = 6
REPLACING = 4
"""Of so many projects one is reset with files that replace the old ones by name."""


@dataclass(slots=True)
class Verdict:
    """What became of one project."""

    seed: str
    failures: list[str] = field(default_factory=list)
    """What is wrong with migwizard's work; the first word says where."""
    exceptions: list[str] = field(default_factory=list)
    """Where more files were written than need be; no difference, but not the best either."""
    dishonest: str = ""
    """Why the project's own history does not migrate from zero; then nothing was asked of migwizard."""
    figures: dict[str, Any] = field(default_factory=dict)


def project(
    seed: str,
    folder: Path,
    worker: Worker,
    started: Mapping[str, Zygote] = MappingProxyType({}),
    engine: str = "sqlite",
) -> tuple[Story, Verdict]:
    """The first honest project of a seed, judged.

    `started` is where migwizard's guests come from, for their share of the CPU time. Not every random history migrates from zero, since Django leaves dependencies out; then the seed is varied.
    """
    began = time.perf_counter(), _cpu(worker, started)
    for attempt in range(ATTEMPTS):
        story = random_story(f"{seed}.{attempt}" if attempt else seed, engine)
        verdict = judge(story, folder, worker)
        if not verdict.dishonest:
            break
    verdict.seed = seed
    verdict.figures["attempts"] = attempt + 1
    verdict.figures["wall"] = time.perf_counter() - began[0]
    verdict.figures["cpu"] = _cpu(worker, started) - began[1]
    return story, verdict


def judge(story: Story, folder: Path, worker: Worker) -> Verdict:
    """Write the project into `folder` anew, and do with it all that a user would, and more."""
    shutil.rmtree(folder, ignore_errors=True)
    root = folder / "project"
    root.mkdir(parents=True)
    databases = databases_of(story.engine, folder, story.seed)
    try:
        return _judge(story, root, worker, databases)
    finally:
        databases.remove()


def _judge(story: Story, root: Path, worker: Worker, databases: Databases) -> Verdict:
    verdict = Verdict(story.seed)
    try:
        world = write(story, root, worker, databases)
        built = worker.call("build", root=str(root), database=databases.own)
    except WorkerError as error:
        verdict.dishonest = f"{error}"[:300]
        return verdict
    if built["changes"]:
        verdict.dishonest = f"makemigrations finds changes: {built['changes'][:200]}"
        return verdict
    verdict.figures |= shape(story, world) | {"old": built["seconds"]}
    verdict.failures += _ride(_Subject(root, world, worker, databases, story.seed), verdict.figures)
    if "stock files" in verdict.figures:
        verdict.exceptions += _files(verdict.figures)
    return verdict


def shape(story: Story, world: World) -> dict[str, Any]:
    """Figures of a project that need no database."""
    state, _, steps = tell(story)
    taken = kinds(steps)
    return {
        "apps": len(world.apps),
        "models": len(world.models),
        "app cycle": app_cycle(world),
        "model cycle": model_cycle(world),
        "renames": taken["RenameModel"] + taken["RenameField"],
        "seeds": sum(count for name, count in taken.items() if name.startswith("data: ")),
        "objects": sum(count for name, count in taken.items() if name.startswith("object: ")),
        "alive": len(state.objects),
        "steps": dict(taken),
        "user": bool(world.user),
        "admin": "admin" in world.contrib,
    }


@dataclass(frozen=True, slots=True)
class _Subject:
    """A project whose old history migrates."""

    root: Path
    world: World
    worker: Worker
    databases: Databases
    seed: str

    @property
    def labels(self) -> list[str]:
        return [app.label for app in self.world.apps]

    def call(self, method: str, database: str, **params: Any) -> Any:
        """A request to the worker. Raises WorkerError where Django failed."""
        return self.worker.call(method, root=str(self.root), database=database, **params)


def _ride(subject: _Subject, figures: dict[str, Any]) -> list[str]:
    root, databases = subject.root, subject.databases
    files, rows, old = file_hashes(root), databases.stored().dump(), databases.look(databases.own)
    began = time.perf_counter()
    code, said = _run(root, databases, subject.seed, figures)
    (root.parent / "run.jsonl").write_text(said)
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    report: dict[str, Any] = lines[-1] if lines else {}
    figures["run"] = time.perf_counter() - began
    if code:
        failures = [f"run: exit {code}: {report.get('sentence') or said[-600:]}"]
        if report.get("differences"):
            failures.append(f"proof: {report['differences']!r}"[:600])
        now = {name: found for name, found in file_hashes(root).items() if not name.startswith(".migwizard/")}
        if now != files:
            failures.append("run: files changed although it was refused")
        return failures
    figures |= _report(report)
    figures["late"] = _rendering(root).startswith(LAZY)
    failures = [*_proof(report), *_late(root)]
    try:
        new = databases.fresh("new")
        seen = subject.call("look", databases.own, other=new, labels=subject.labels)
        failures += _seen(seen, differences(old, databases.look(new)))
        figures |= {"new": seen["seconds"], "schema files": seen["schema"]}
        changed = {name for name, found in databases.stored().dump().items() if name and rows.get(name) != found}
        if changed - {"django_migrations", "migwizard_history_backup", COUNTERS}:
            failures.append(f"switch: rows changed in {', '.join(sorted(changed))}")
        new_failed = subject.call("backwards", new, labels=subject.labels)
        figures |= _stock(subject, sum(seen["schema"].values()))
    except WorkerError as error:
        return [*failures, f"new: Django fails on the new history: {error}"[:500]]
    failures += _undo(root, databases.stored(), files, rows)
    return failures + _backwards(subject, new_failed)


def _run(root: Path, databases: Databases, seed: str, figures: dict[str, Any]) -> tuple[int, str]:
    """The whole reset; of some seeds with files that replace the old ones by name, without any switch.

    There is no such way where an app has more new files than old ones: that is refused, and the other way taken.
    """
    if zlib.crc32(seed.encode()) % REPLACING == 0:
        code, said = migwizard(root, "run", "--yes", "--json", "--replaces", "--until", "apply")
        figures["replaces"] = '"code": "replaces"' not in said
        if figures["replaces"]:
            return code, said
        return migwizard(root, "run", "--yes", "--json", "--no-replaces", *databases.consent)
    return migwizard(root, "run", "--yes", "--json", *databases.consent)


def _backwards(subject: _Subject, failed: dict[str, str]) -> list[str]:
    """Commands that went through with the old files, which are back by now, and fail with the new ones.

    A person's own operation may have no way back, or one that leaves behind what it made.
    """
    if not failed:
        return []
    try:
        before = subject.call("backwards", subject.databases.own, labels=subject.labels)
    except WorkerError as error:
        return [f"backwards: {error}"[:500]]
    return [f"backwards: {command}: {error}"[:500] for command, error in failed.items() if command not in before]


def _stock(subject: _Subject, ours: int) -> dict[str, Any]:
    """The number of files that Django alone writes; where they are fewer than ours, why they cannot be migrated."""
    folder = str(subject.root.parent / "stock")
    files = subject.call("stock", subject.databases.idle, folder=folder, labels=subject.labels)
    error = ""
    if files < ours:
        error = subject.call("stock_error", subject.databases.fresh("stock"), folder=folder, labels=subject.labels)
    return {"stock files": files, "stock error": error}


def _proof(report: dict[str, Any]) -> list[str]:
    proof = report.get("proof") or {}
    if proof.get("schema_equal") and proof.get("rows_equal"):
        return []
    return [f"proof: {proof.get('differences')!r}"[:600]]


def _late(root: Path) -> list[str]:
    """Whether late rendering failed, or built something else, and everything was run again as stock.

    Where it did not, the database of the late run is that of the new files, and our own look at both stock ones says that
    it is that of the stock migrate, too. Where there was a doubt while it ran, it was given up in time.
    """
    rendering = _rendering(root)
    return [] if rendering.startswith(LAZY) or late.DOUBT in rendering else [f"late: {rendering}"]


def _rendering(root: Path) -> str:
    return str(json.loads((root / ".migwizard/proof.json").read_text())["rendering"])


def _seen(seen: dict[str, Any], found: list[str]) -> list[str]:
    failures = [f"compare: {line}" for line in found]
    if "No planned migration operations" not in seen["plan"]:
        failures.append(f"plan: migrate would apply {seen['plan'][:300]}")
    if seen["changes"]:
        failures.append(f"changes: makemigrations finds {seen['changes'][:300]}")
    return failures


def _files(figures: dict[str, Any]) -> list[str]:
    """More schema files than Django's own run, or than apps where no cycle asks for it."""
    ours = sum(figures["schema files"].values())
    found = []
    if not figures["stock error"] and ours > figures["stock files"]:
        found.append(f"files: {ours} schema files, Django alone {figures['stock files']}")
    if not figures["app cycle"] and not (figures["user"] and figures["admin"]):
        many = [app for app, count in figures["schema files"].items() if count > 1]
        if many or figures["deferred"]:
            found.append(f"acyclic: {figures['deferred']} deferred; more than one file: {', '.join(many)}")
    return found


def _report(report: dict[str, Any]) -> dict[str, Any]:
    return {
        "files before": report["files_before"],
        "files after": report["files_after"],
        "deferred": report["deferred"],
        "rungs": dict(Counter(str(seed["rung"] or "left out") for seed in report["seeds"])),
    }


def _undo(root: Path, database: Database, files: dict[str, str], rows: dict[str, list[str]]) -> list[str]:
    code, said = migwizard(root, "undo", "--yes")
    if code:
        return [f"undo: exit {code}: {said[-600:]}"]
    failures = []
    now, found = file_hashes(root), database.dump()
    if changed := sorted(name for name in now.keys() | files.keys() if now.get(name) != files.get(name)):
        failures.append(f"undo: {len(changed)} files differ: {', '.join(changed[:5])}")
    if tables := sorted(name for name in found.keys() | rows.keys() if found.get(name) != rows.get(name)):
        failures.append(f"undo: rows differ in {', '.join(name or 'the schema' for name in tables[:5])}")
    return failures


def migwizard(root: Path, *arguments: str) -> tuple[int, str]:
    """Run a command of migwizard in a fork of this process, which has imported it; exit code, and what it printed."""
    output = root.parent / "said.txt"
    pid = os.fork()
    if pid == 0:
        code = 1
        with contextlib.suppress(BaseException):
            code = _command(root, output, arguments)
        os._exit(code)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), output.read_text(errors="replace")


def _command(root: Path, output: Path, arguments: Sequence[str]) -> int:
    from migwizard.cli import main

    os.chdir(root)
    os.environ["XDG_STATE_HOME"] = str(root.parent / "state")
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    with output.open("w") as stream, contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
        try:
            return int(main([*arguments, "--python", sys.executable]) or 0)
        except SystemExit as ended:
            return int(ended.code or 0) if not isinstance(ended.code, str) else 1
        except BaseException:
            traceback.print_exc()
            return 1


def _cpu(worker: Worker, started: Mapping[str, Zygote]) -> float:
    return cpu_of(os.getpid()) + worker.cpu + sum(zygote.cpu for zygote in started.values())

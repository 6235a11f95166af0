"""Random projects, each reset and undone: `python -m tests.fuzz`, or `make fuzz N=200 SEED=0 ENGINE=postgresql`.

Prints a line per project and a page of figures at the end; ends with 1 where a project was not reset as it should be.
A project that fails stays in build/fuzz/ENGINE/failures/SEED, with the story that made it.
"""

from __future__ import annotations

import argparse
import compileall
import importlib
import json
import multiprocessing
import os
import platform
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.fuzz import databases, kept
from tests.fuzz.history import Worker
from tests.fuzz.judge import judge, project
from tests.fuzz.report import page, section
from tests.fuzz.shrink import smallest
from tests.fuzz.story import Story
from tests.fuzz.zygote import HASH_SEEDS, Zygote, install
from tests.subjects import BUILD, ROOT
from tests.warm.modules import MODULES

FOLDER = BUILD / "fuzz"
_MEMORY = Path("/dev/shm")
PLACE = _MEMORY / f"fuzz-{os.getpid()}" if os.access(_MEMORY, os.W_OK) else FOLDER / "projects"
"""Where the projects are made: in memory where that can be, since a reset writes each of its files through to the disk."""


@dataclass(frozen=True, slots=True)
class Helpers:
    """What each process has that judges projects."""

    engine: str
    worker: Worker
    started: dict[str, Zygote]

    @property
    def folder(self) -> Path:
        """Where what is found out about the projects of this engine is kept."""
        return FOLDER / self.engine


_helpers: list[Helpers] = []


def prepare() -> None:
    """Import what every reset imports, and compile what its guest imports."""
    for name in MODULES:
        importlib.import_module(name)
    compileall.compile_dir(ROOT / "migwizard" / "project" / "agent", quiet=2)


def _start(engine: str) -> None:
    started = {seed: Zygote(seed, engine) for seed in HASH_SEEDS}
    install(started)
    _helpers.append(Helpers(engine, Worker(engine), started))


def _one(seed: str) -> dict[str, Any]:
    folder, helpers = PLACE / seed, _helpers[0]
    story, verdict = project(seed, folder, helpers.worker, helpers.started, helpers.engine)
    failed = helpers.folder / "failures" / seed
    shutil.rmtree(failed, ignore_errors=True)
    if verdict.failures:
        failed.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder, failed)
        (failed / "story.txt").write_text(kept.as_text(story))
        (failed / "failures.txt").write_text("\n".join(verdict.failures) + "\n")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return asdict(verdict)


def shrink(seed: str) -> Path | None:
    """Make the project of a failing seed small; where it lies, or None where nothing fails."""
    helpers = _helpers[0]
    folder = helpers.folder / "shrinking" / seed
    story, verdict = project(seed, folder, helpers.worker, helpers.started, helpers.engine)
    if not verdict.failures:
        return None
    wanted = _kind(verdict.failures[0])
    print(f"seed {seed} fails: {verdict.failures[0][:300]}", flush=True)

    def fails(candidate: Story) -> bool:
        found = judge(candidate, folder, helpers.worker)
        same = any(_kind(failure) == wanted for failure in found.failures)
        print(
            f"  {len(candidate.steps)} steps: {'fails too' if same else found.dishonest[:80] or 'does not'}", flush=True
        )
        return same

    small = smallest(story, fails)
    judge(small, folder, helpers.worker)
    (folder / "story.txt").write_text(kept.as_text(small))
    return folder


def _kind(failure: str) -> str:
    """What two failures have in common that are the same: where it was seen, and the first words without names."""
    return " ".join(word for word in failure.split()[:8] if word.islower() and "." not in word and "_" not in word)


def run(seeds: Sequence[str], jobs: int, engine: str) -> Iterator[dict[str, Any]]:
    """The result of every seed, as each is done."""
    context = multiprocessing.get_context("fork")
    with context.Pool(jobs, _start, (engine,), maxtasksperchild=None) as pool:
        yield from pool.imap_unordered(_one, seeds)


def main(arguments: Sequence[str]) -> int:
    """Run the seeds that are asked for; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("-n", type=int, default=20, help="how many projects (default: %(default)s)")
    parser.add_argument("--seed", default="0", help="the first seed; counted up from there (default: %(default)s)")
    parser.add_argument("--engine", choices=databases.ENGINES, default="sqlite", help="what their databases are on")
    parser.add_argument("--jobs", type=int, default=2, help="how many side by side (default: %(default)s)")
    parser.add_argument("--minutes", type=float, help="end after so long, with what was done till then")
    parser.add_argument("--resume", action="store_true", help="keep what the last run found out, failures apart")
    parser.add_argument("--shrink", action="store_true", help="make the one project of --seed small while it fails")
    parser.add_argument("--page", type=Path, help="also write the figures into this page")
    options = parser.parse_args(arguments)
    if reason := databases.why_not(options.engine):
        print(f"There can be no projects on {databases.ENGINES[options.engine]}: {reason}")
        return 1
    databases.sweep(options.engine)
    prepare()
    if options.shrink:
        return _shrunk(options.seed, options.engine)
    kept_results = FOLDER / options.engine / "results.jsonl"
    known = _kept(kept_results) if options.resume else {}
    seeds = [str(int(options.seed) + number) for number in range(options.n)]
    kept_results.parent.mkdir(parents=True, exist_ok=True)
    results = [known[seed] for seed in seeds if seed in known]
    wall = sum(result["figures"]["wall"] for result in results) / options.jobs
    began = time.perf_counter()
    with kept_results.open("a" if options.resume else "w") as stream:
        for result in run([seed for seed in seeds if seed not in known], options.jobs, options.engine):
            stream.write(json.dumps(result) + "\n")
            stream.flush()
            results.append(result)
            print(_line(result), flush=True)
            if options.minutes and time.perf_counter() - began > options.minutes * 60:
                break
    shutil.rmtree(PLACE, ignore_errors=True)
    results.sort(key=lambda result: int(result["seed"]))
    wall += time.perf_counter() - began
    title = databases.ENGINES[options.engine]
    text = section(results, f"python -m tests.fuzz {' '.join(arguments)}", _versions(options.engine), wall)
    print(f"\n{text}")
    if options.page:
        before = options.page.read_text() if options.page.exists() else ""
        options.page.write_text(page(before, title, text))
    return 1 if any(result["failures"] for result in results) else 0


def _shrunk(seed: str, engine: str) -> int:
    _start(engine)
    folder = shrink(seed)
    if folder is None:
        print(f"seed {seed} does not fail.")
        return 0
    print(f"The smallest project that fails is {folder / 'project'}.")
    print(f"Keep its story: cp {folder / 'story.txt'} {kept.FOLDER}/NAME.txt")
    return 1


def _kept(path: Path) -> dict[str, dict[str, Any]]:
    lines = path.read_text().splitlines() if path.exists() else []
    found = {result["seed"]: result for result in map(json.loads, lines)}
    return {seed: result for seed, result in found.items() if not result["failures"] and not result["dishonest"]}


def _line(result: dict[str, Any]) -> str:
    figures = result["figures"]
    said = result["dishonest"] and f"no history: {result['dishonest'][:150]}"
    said = said or (result["failures"][0][:300] if result["failures"] else "ok")
    files = f"{figures.get('files before', '?')} -> {figures.get('files after', '?')} files"
    more = f"; {result['exceptions'][0]}" if result["exceptions"] else ""
    return f"seed {result['seed']:>6}  {figures['cpu']:5.1f} s  {files:18} {said}{more}"


def _versions(engine: str) -> str:
    import django

    return f"Python {platform.python_version()}, Django {django.get_version()}, {databases.version_of(engine)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Random projects, each reset and undone: `python -m tests.fuzz`, or `make fuzz N=200 SEED=0`.

Prints a line per project and a page of figures at the end; ends with 1 where a project was not reset as it should be.
A project that fails stays in build/fuzz/failures/SEED, with the story that made it.
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
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.fuzz import kept
from tests.fuzz.history import Worker
from tests.fuzz.judge import judge, project
from tests.fuzz.report import page
from tests.fuzz.shrink import smallest
from tests.fuzz.story import Story
from tests.fuzz.zygote import HASH_SEEDS, Zygote, install
from tests.subjects import BUILD, ROOT

FOLDER = BUILD / "fuzz"
_MEMORY = Path("/dev/shm")
PLACE = _MEMORY / f"fuzz-{os.getpid()}" if os.access(_MEMORY, os.W_OK) else FOLDER / "projects"
"""Where the projects are made: in memory where that can be, since a reset writes each of its files through to the disk."""
RESULTS = FOLDER / "results.jsonl"
_HEAVY = (
    "libcst.matchers",
    "libcst.metadata",
    "migwizard.cli",
    "migwizard.commands.reset",
    "migwizard.engine.machine",
    "migwizard.faces.jsonlines",
    "migwizard.faces.narrator",
    "networkx",
)
_helpers: list[tuple[Worker, dict[str, Zygote]]] = []


def prepare() -> None:
    """Import what every reset imports, and compile what its guest imports."""
    for name in _HEAVY:
        importlib.import_module(name)
    compileall.compile_dir(ROOT / "migwizard" / "project" / "agent", quiet=2)


def _start() -> None:
    started = {seed: Zygote(seed) for seed in HASH_SEEDS}
    install(started)
    _helpers.append((Worker(), started))


def _one(seed: str) -> dict[str, Any]:
    folder = PLACE / seed
    story, verdict = project(seed, folder, *_helpers[0])
    failed = FOLDER / "failures" / seed
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
    worker, started = _helpers[0]
    folder = FOLDER / "shrinking" / seed
    story, verdict = project(seed, folder, worker, started)
    if not verdict.failures:
        return None
    wanted = _kind(verdict.failures[0])
    print(f"seed {seed} fails: {verdict.failures[0][:300]}", flush=True)

    def fails(candidate: Story) -> bool:
        found = judge(candidate, folder, worker)
        same = any(_kind(failure) == wanted for failure in found.failures)
        print(
            f"  {len(candidate.steps)} steps: {'fails too' if same else found.dishonest[:80] or 'does not'}", flush=True
        )
        return same

    small = smallest(story, fails)
    judge(small, folder, worker)
    (folder / "story.txt").write_text(kept.as_text(small))
    return folder


def _kind(failure: str) -> str:
    """What two failures have in common that are the same: where it was seen, and the first words without names."""
    return " ".join(word for word in failure.split()[:8] if word.islower() and "." not in word and "_" not in word)


def run(seeds: Sequence[str], jobs: int) -> Iterator[dict[str, Any]]:
    """The result of every seed, as each is done."""
    context = multiprocessing.get_context("fork")
    with context.Pool(jobs, _start, maxtasksperchild=None) as pool:
        yield from pool.imap_unordered(_one, seeds)


def main(arguments: Sequence[str]) -> int:
    """Run the seeds that are asked for; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("-n", type=int, default=20, help="how many projects (default: %(default)s)")
    parser.add_argument("--seed", default="0", help="the first seed; counted up from there (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=2, help="how many side by side (default: %(default)s)")
    parser.add_argument("--minutes", type=float, help="end after so long, with what was done till then")
    parser.add_argument("--resume", action="store_true", help="keep what the last run found out, failures apart")
    parser.add_argument("--shrink", action="store_true", help="make the one project of --seed small while it fails")
    parser.add_argument("--page", type=Path, help="also write the page of figures to this file")
    options = parser.parse_args(arguments)
    prepare()
    if options.shrink:
        return _shrunk(options.seed)
    known = _kept() if options.resume else {}
    seeds = [str(int(options.seed) + number) for number in range(options.n)]
    FOLDER.mkdir(parents=True, exist_ok=True)
    results = [known[seed] for seed in seeds if seed in known]
    wall = sum(result["figures"]["wall"] for result in results) / options.jobs
    began = time.perf_counter()
    with RESULTS.open("a" if options.resume else "w") as stream:
        for result in run([seed for seed in seeds if seed not in known], options.jobs):
            stream.write(json.dumps(result) + "\n")
            stream.flush()
            results.append(result)
            print(_line(result), flush=True)
            if options.minutes and time.perf_counter() - began > options.minutes * 60:
                break
    shutil.rmtree(PLACE, ignore_errors=True)
    results.sort(key=lambda result: int(result["seed"]))
    wall += time.perf_counter() - began
    text = page(results, f"python -m tests.fuzz {' '.join(arguments)}", _versions(), wall)
    print("\n" + text)
    if options.page:
        options.page.write_text(text)
    return 1 if any(result["failures"] for result in results) else 0


def _shrunk(seed: str) -> int:
    _start()
    folder = shrink(seed)
    if folder is None:
        print(f"seed {seed} does not fail.")
        return 0
    print(f"The smallest project that fails is {folder / 'project'}.")
    print(f"Keep its story: cp {folder / 'story.txt'} {kept.FOLDER}/NAME.txt")
    return 1


def _kept() -> dict[str, dict[str, Any]]:
    lines = RESULTS.read_text().splitlines() if RESULTS.exists() else []
    found = {result["seed"]: result for result in map(json.loads, lines)}
    return {seed: result for seed, result in found.items() if not result["failures"] and not result["dishonest"]}


def _line(result: dict[str, Any]) -> str:
    figures = result["figures"]
    said = result["dishonest"] and f"no history: {result['dishonest'][:150]}"
    said = said or (result["failures"][0][:300] if result["failures"] else "ok")
    files = f"{figures.get('files before', '?')} -> {figures.get('files after', '?')} files"
    more = f"; {result['exceptions'][0]}" if result["exceptions"] else ""
    return f"seed {result['seed']:>6}  {figures['cpu']:5.1f} s  {files:18} {said}{more}"


def _versions() -> str:
    import django

    return f"Python {platform.python_version()}, Django {django.get_version()}, SQLite {sqlite3.sqlite_version}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What a reset costs, as ratios to Django's own commands: `python -m tests.bench [NAMES...]`, or `make bench`.

Both sides of each ratio run in the same round on fresh copies, so that a slow machine slows both. Each figure is the
median of a few rounds. Seconds are printed to show the size of things; nothing here fails because of a time.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from tests.diffbench import LINES, measure_diff
from tests.realworld import migrate_from_zero, table
from tests.subjects import BUILD, DEMO, Copy, SubjectError, environment, fresh, present

FOLDER = BUILD / "bench"
ROUNDS = 3
# A subject gets no further round once it has used this many seconds; two subjects stay below ten minutes.
BUDGET = 240.0
DIFF = "diff"


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds of one round on one subject."""

    makemigrations: float
    """Plain makemigrations of the whole project, its old files removed."""
    until_generate: float
    """The command `migwizard run --until generate`, from its start to its end."""
    generate: float
    """The state generate alone, inside of the whole run."""
    seeds: float
    """The state seeds: the old history twice, and each trial of the new one."""
    proof: float
    """The state proof: the new history from zero and the comparison; the old runs are there already."""
    old: float
    """Plain migrate from zero with the old files."""
    new: float
    """Plain migrate from zero with the new files."""
    plain: float
    """Plain migrate from zero with the files of plain makemigrations (no seeds, no SQL objects)."""


def ratios(rounds: Sequence[Round]) -> dict[str, float]:
    """The medians of the ratios of each round."""
    stock = [one.old + one.new for one in rounds]

    def median(values: Sequence[float]) -> float:
        return round(statistics.median(values), 2)

    return {
        "run --until generate / makemigrations": median([one.until_generate / one.makemigrations for one in rounds]),
        "state generate / makemigrations": median([one.generate / one.makemigrations for one in rounds]),
        "states seeds + proof / migrate old + new": median(
            [(one.seeds + one.proof) / both for one, both in zip(rounds, stock, strict=True)]
        ),
        "state proof, old history known / migrate old + new": median(
            [one.proof / both for one, both in zip(rounds, stock, strict=True)]
        ),
        "migrate new / old": median([one.new / one.old for one in rounds]),
        "migrate new / plain makemigrations' files": median([one.new / one.plain for one in rounds]),
    }


def one_round(name: str) -> Round:
    """Every figure once, on fresh copies; the migrates follow one another. Raises SubjectError."""
    old, plain, reset = (fresh(name, FOLDER / kind) for kind in ("old", "plain", "reset"))
    for path in plain.root.rglob("migrations/*.py"):
        if path.name != "__init__.py" and ".venv" not in path.relative_to(plain.root).parts:
            path.unlink()
    makemigrations = _timed(lambda: plain.manage("makemigrations", "--verbosity", "0"))
    # makemigrations opens the database to look at its history, which makes an empty file.
    plain.database.unlink()
    until_generate = _timed(lambda: reset.migwizard("run", "--yes", "--until", "generate"))
    reset = fresh(name, FOLDER / "reset")
    states = state_seconds(reset)
    migrates = [migrate_from_zero(copy) for copy in (old, reset, plain)]
    return Round(makemigrations, until_generate, states["generate"], states["seeds"], states["proof"], *migrates)


def _timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def state_seconds(copy: Copy) -> dict[str, float]:
    """Seconds of each state of a whole run, from the moments at which its events arrive. Raises SubjectError."""
    command = copy.migwizard_command("run", "--yes", "--json")
    begun: list[tuple[str, float]] = []
    with subprocess.Popen(
        command, cwd=copy.root, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            data = json.loads(line)
            if data.get("event") == "begin":
                begun.append((data["text"], time.perf_counter()))
    if process.returncode:
        raise SubjectError(f"{copy.name}: migwizard run ended with {process.returncode}; see make realworld.")
    ends = [moment for _, moment in begun[1:]] + [time.perf_counter()]
    return {state: end - start for (state, start), end in zip(begun, ends, strict=True)}


def machine() -> str:
    """What the seconds were measured on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = os.getloadavg()[0]
    return f"{platform.platform()}, {cores} cores, load {load:.1f} at the start, Python {platform.python_version()}"


def measure(name: str) -> list[Round]:
    """Up to ROUNDS rounds within the budget."""
    start = time.perf_counter()
    rounds: list[Round] = []
    while len(rounds) < ROUNDS and (not rounds or time.perf_counter() - start < BUDGET):
        rounds.append(one_round(name))
        print(f"{name}: round {len(rounds)} done", file=sys.stderr, flush=True)
    return rounds


def _medians(rounds: Sequence[Round]) -> dict[str, float]:
    return {field: statistics.median(getattr(one, field) for one in rounds) for field in asdict(rounds[0])}


def _columns(title: str, values: Mapping[str, Mapping[str, float]]) -> str:
    """A table with one column a subject."""
    keys = list(next(iter(values.values())))
    return table((title, *values), [(key, *(f"{column[key]:.2f}" for column in values.values())) for key in keys])


def main(arguments: Sequence[str]) -> int:
    """Measure the named subjects (default: the demo, and oscar when it is there); returns the exit code.

    The name "diff" stands for the diff of a long file alone.
    """
    if list(arguments) == [DIFF]:
        print(machine() + "\n")
        print(_columns("seconds (median)", {f"{LINES:,} lines": measure_diff()}))
        return 0
    chosen = list(arguments) or [DEMO, *(["oscar"] if present("oscar") else [])]
    facts = machine()
    measured = {name: measure(name) for name in chosen}
    found = {name: ratios(rounds) for name, rounds in measured.items()}
    print(facts + "\n")
    print(_columns("ratio (median)", found) + "\n")
    print(_columns("seconds (median)", {name: _medians(rounds) for name, rounds in measured.items()}))
    print("\nrounds: " + ", ".join(f"{name} {len(rounds)}" for name, rounds in measured.items()))
    BUILD.mkdir(exist_ok=True)
    data = {
        "machine": facts,
        "ratios": found,
        "rounds": {name: [asdict(one) for one in rounds] for name, rounds in measured.items()},
    }
    (BUILD / "bench.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

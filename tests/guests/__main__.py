"""Projects of every age: `python -m tests.guests [PYTHON-DJANGO ...]`, or `make guests`.

For each pair of Python and Django the demo and every trap that this Django can express go through the whole reset and
its undo. Prints the rows, and writes them into docs/guests.md. Ends with 1 where anything failed.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Sequence

from tests import realworld
from tests.guests import page
from tests.guests.environments import FOLDER, PAIRS, Pair
from tests.subjects import SubjectError
from tests.traps import trying
from tests.traps.trap import grouped


def ride_traps(pair: Pair) -> tuple[int, list[str]]:
    """The whole reset, and its undo, of every trap that the pair can express; how many these are, and what failed."""
    failures, count = [], 0
    for number, traps in enumerate(grouped(pair.version)):
        folder = FOLDER / "work" / pair.place.name / str(number)
        shutil.rmtree(folder, ignore_errors=True)
        names = " ".join(trap.number for trap in traps)
        try:
            reset = trying.reset(traps, folder, str(pair.interpreter))
            reset.check(stops=traps[0].stops)
        except AssertionError as error:
            failures.append(f"{names}: {error}")
            continue
        for trap in traps:
            count += 1
            try:
                trap.wizard(reset)
            except AssertionError as error:
                failures.append(f"{trap.number}: {error}")
        failures += [] if traps[0].stops else [f"{names}: {failure}" for failure in trying.undo(reset)]
    return count, failures


def attempt(pair: Pair) -> tuple[tuple[str, ...], list[str]]:
    """The row of a pair, and what failed."""
    start = time.perf_counter()
    try:
        if not pair.make():
            reason = f"no python{pair.python} here"
            print(f"{pair.name}: skipped, {reason}", file=sys.stderr)
            return page.row(pair, f"not tried: {reason}", "", ""), []
        demo = realworld.ride("demo", pair.interpreter)
    except SubjectError as error:
        return page.row(pair, "FAILED", "", ""), [f"{pair.name}: {error}"]
    count, failures = ride_traps(pair)
    traps = f"{count} traps: " + ("FAILED" if failures else "ok")
    cells = (demo.row[1], demo.row[-1], traps)
    print(f"{pair.name}: {', '.join(cells)}, {time.perf_counter() - start:.0f} s", flush=True)
    return page.row(pair, *cells), [f"{pair.name}: {failure}" for failure in (*demo.failures, *failures)]


def main(arguments: Sequence[str]) -> int:
    """Try the named pairs, or all; returns the exit code."""
    known = {f"{pair.python}-{pair.django}": pair for pair in PAIRS}
    parser = argparse.ArgumentParser(prog="python -m tests.guests")
    parser.add_argument("pairs", nargs="*", metavar="PAIR", help=f"of {', '.join(known)}; default: all")
    options = parser.parse_args(arguments)
    failures = []
    for name in options.pairs or known:
        row, failed = attempt(known[name])
        failures += failed
        # At once: a whole run takes long, and what was measured is not lost where it ends early.
        page.write({known[name]: row})
    print("\n".join(failures), file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Every trap by itself: `python -m tests.traps [NUMBERS...]`, or `make traps`.

Tries Django alone and the whole reset on each, prints the rows, and writes them into docs/traps.md. Ends with 1 where a
claim does not hold.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Sequence

import django

from tests.postgresql import server
from tests.subjects import BUILD
from tests.traps import table, trying
from tests.traps.trap import Trap, registered


def wizard(trap: Trap) -> str:
    """Reset the trap's project, look at it and undo it. Raises AssertionError where something is wrong."""
    if trap.broken:
        return f"not yet: {trap.broken}"
    reset = trying.reset([trap], BUILD / "traps" / trap.number / "wizard")
    reset.check(stops=trap.stops)
    cell = trap.wizard(reset)
    failures = [] if trap.stops else trying.undo(reset)
    assert not failures, "; ".join(failures)
    return cell


def alone(trap: Trap) -> str:
    """Try the trap without us; on PostgreSQL too, where that says more and a server is there."""
    cell = trying.alone(trap, BUILD / "traps" / trap.number / "alone")
    if trap.postgresql is None:
        return cell
    if why := server.why_not():
        print(f"{trap.number} was not tried on PostgreSQL: {why}", file=sys.stderr)
        return cell
    return cell + table.ON_POSTGRESQL + trying.on_postgresql(trap, BUILD / "traps" / trap.number / "postgresql")


def attempt(trap: Trap, what: Callable[[Trap], str], failures: list[str]) -> str:
    """A cell, or FAILED."""
    try:
        return what(trap)
    except AssertionError as error:
        failures.append(f"{trap.number} {what.__name__}: {error}")
        return "FAILED"


def main(arguments: Sequence[str]) -> int:
    """Try the traps of these numbers, or all; returns the exit code."""
    known = {trap.number: trap for trap in registered() if trap.expressible(django.VERSION)}
    parser = argparse.ArgumentParser(prog="python -m tests.traps")
    parser.add_argument("numbers", nargs="*", metavar="NUMBER", help=f"of {', '.join(known)}; default: all")
    options = parser.parse_args(arguments)
    rows, failures = {}, list[str]()
    for number in options.numbers or known:
        trap = known[number]
        shutil.rmtree(BUILD / "traps" / number, ignore_errors=True)
        rows[trap] = table.row(trap, attempt(trap, alone, failures), attempt(trap, wizard, failures))
        print(" | ".join(rows[trap]), flush=True)
    table.write(rows)
    print("\n".join(failures), file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What the command line costs before it does anything, against a Python that imports argparse."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence

from tests.bench.figures import Figure, ratio, shown
from tests.bench.spending import Spent, rounds, spend
from tests.subjects import ROOT, environment

TARGET = 1.5
ROUNDS = 9
COMMANDS = {
    "argparse": ("-c", "import argparse"),
    "--help": ("-m", "migwizard", "--help"),
    "--version": ("-m", "migwizard", "--version"),
}


def measure(name: str) -> Sequence[Figure]:
    """Both commands, with the byte code that any second start has."""
    _once()
    found = rounds(_once, ROUNDS)
    argparse = [one["argparse"] for one in found]
    figures: list[Figure] = []
    for command in ("--help", "--version"):
        spent, what = [one[command] for one in found], f"migwizard {command} / python -c 'import argparse'"
        figures.append(ratio(f"{what}, wall", [one.wall for one in spent], [one.wall for one in argparse], TARGET))
        figures.append(ratio(f"{what}, CPU", [one.cpu for one in spent], [one.cpu for one in argparse], TARGET))
    return (
        *figures,
        shown("python -c 'import argparse', ms", [1000 * statistics.median(one.wall for one in argparse)]),
    )


def _once() -> dict[str, Spent]:
    variables = environment()
    del variables["PYTHONDONTWRITEBYTECODE"]
    return {key: spend([sys.executable, *words], ROOT, variables)[0] for key, words in COMMANDS.items()}

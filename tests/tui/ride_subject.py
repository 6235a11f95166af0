"""The wizard by keys alone over a whole product: `python -m tests.tui.ride_subject oscar`, part of `make realworld`."""

from __future__ import annotations

import os
import sys
import time

from tests.realworld import FOLDER
from tests.subjects import environment, fresh
from tests.tui.riding import Rider


def main(names: list[str]) -> int:
    for name in names:
        copy = fresh(name, FOLDER / f"{name}-screens")
        copy.manage("migrate", "--verbosity", "0")
        os.environ.update(environment())
        began = time.monotonic()
        rider = Rider(copy.root, python=str(copy.python), size=(80, 24))
        ended = rider.ride()
        seconds = time.monotonic() - began
        plan = copy.manage("migrate", "--plan").stdout
        print(f"{name}: exit {int(ended.exit_code)}, {len(rider.questions)} questions, {seconds:.0f} s, {plan.strip()}")
        if ended.exit_code or ended.report is None:
            print(ended.sentence)
            return 1
        print(f"  {ended.report['files_before']} -> {ended.report['files_after']} files")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["oscar"]))

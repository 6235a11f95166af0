"""What the wizard's screens cost, as ratios to a bare Textual app in the same terminal.

Both sides of a ratio run one after the other in each round. Key to paint is measured in the palette's search field while
the engine runs the old history of a project of 1,500 models, against an input field of an app that does nothing else.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from migwizard.demo.write import write_demo
from tests.bench.figures import Figure
from tests.subjects import BUILD
from tests.synthetic import write_project
from tests.terminal import Terminal

FOLDER = BUILD / "bench-ui"
ROUNDS = 5
KEYS = 25
APPS, MODELS = 200, 1500

BARE = """\
from textual.app import App
from textual.widgets import Footer, Input, Static


class Bare(App):
    def compose(self):
        yield Static("READY")
        yield Input()
        yield Footer()


Bare().run()
"""


def measure(name: str) -> Sequence[Figure]:
    """Every ratio of the interface."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    bare = FOLDER / "bare.py"
    bare.write_text(BARE)
    demo = write_demo(FOLDER / "demo")
    big = write_project(FOLDER / "big", APPS, MODELS)
    paint = _median(
        lambda: _first_paint(_wizard(demo), "Preflight") / _first_paint([sys.executable, str(bare)], "READY")
    )
    return (
        Figure("first paint / bare app", paint, 1.3),
        Figure("key to paint at 1,500 models / bare app", _busy_keys(big) / _bare_keys(bare), 2.0),
    )


def _median(once: Callable[[], float]) -> float:
    return statistics.median(once() for _ in range(ROUNDS))


def _wizard(root: Path) -> list[str]:
    return [sys.executable, "-m", "migwizard", "-C", str(root), "--python", sys.executable]


def _environment() -> dict[str, str]:
    return {**os.environ, "XDG_STATE_HOME": str(FOLDER / "state")}


def _first_paint(command: list[str], word: str) -> float:
    terminal = Terminal(command, environment=_environment())
    try:
        return terminal.wait(word) - terminal.began
    finally:
        terminal.close()


def _bare_keys(script: Path) -> float:
    terminal = Terminal([sys.executable, str(script)], environment=_environment())
    try:
        terminal.wait("READY")
        return statistics.median(terminal.echo_seconds() for _ in range(KEYS))
    finally:
        terminal.close()


def _busy_keys(root: Path) -> float:
    """The median while the engine watches the old history, which takes a minute or two."""
    terminal = Terminal(_wizard(root), environment=_environment())
    try:
        terminal.wait("Preflight")
        # The main action of each screen has the focus; a press too many finds a button that waits.
        while not terminal.comes("Step 5 of 9", 1.0):
            terminal.send("\r")
        # A key that comes while a screen is made goes nowhere; the first letter of the hint is below the cursor.
        while not terminal.comes("ype a part of its words", 5.0):
            terminal.send(":")
        return statistics.median(terminal.echo_seconds() for _ in range(KEYS))
    finally:
        terminal.close()

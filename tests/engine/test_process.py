"""The engine in its own process: it asks over a pipe, ends when it is told to, and leaves nothing running."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from migwizard.engine import process
from migwizard.engine.options import Opening, Options
from migwizard.engine.previews import GeneratePreview
from migwizard.engine.process import Ended, Engine, Message
from migwizard.engine.states import State
from migwizard.engine.surviving.checkpoint import ACCEPTED, load_checkpoint
from migwizard.engine.talk import MARK, Event, Question
from migwizard.paths import Workplace
from tests.engine.support import Shop

PATIENCE = 20.0
pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for left-over processes in /proc")


class Sitting:
    """An engine and everything it said."""

    def __init__(self, root: Path) -> None:
        self._heard: queue.Queue[Message] = queue.Queue()
        self.engine = Engine(Opening(root, python=sys.executable), Options(review=True), self._heard.put)
        self.engine.start()

    def until(self, wanted: Callable[[Message], bool], answer: bool = True) -> Message:
        """Answer by default until such a message comes."""
        while True:
            message = self._heard.get(timeout=60)
            if wanted(message):
                return message
            assert not isinstance(message, Ended), message
            if isinstance(message, Question) and answer:
                self.engine.answer(message.default or message.safe or message.choices[0].key)


@pytest.fixture
def sitting(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sitting]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tiny.root.parent / "state"))
    begun = Sitting(tiny.root)
    yield begun
    begun.engine.cancel()


def processes_in(root: Path) -> list[str]:
    """Command lines of the processes that work in `root`."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (folder / "cwd").readlink().is_relative_to(root):
                found.append((folder / "cmdline").read_text().replace("\0", " "))
    return found


def is_question(message: Message) -> bool:
    return isinstance(message, Question)


def works_on(state: str) -> Callable[[Message], bool]:
    return lambda message: isinstance(message, Event) and message.kind == "begin" and message.state == state


def wait_for(condition: Callable[[], bool]) -> bool:
    """Whether it becomes true soon; processes take a moment to go."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_it_asks_for_every_state_in_order(sitting: Sitting) -> None:
    reviews = []
    while True:
        message = sitting.until(lambda message: is_question(message) or isinstance(message, Ended))
        if not isinstance(message, Question) or message.state == "apply":
            break
        if message.kind == "review":
            reviews.append(message.id)
        sitting.engine.answer(message.default or message.safe or message.choices[0].key)
    assert reviews == [f"review:{state}" for state in ("preflight", "graph", "levels", "generate", "seeds", "proof")]


@pytest.mark.parametrize("state", ["preflight", "generate", "seeds", "proof"])
def test_cancelling_ends_it_and_its_guests(sitting: Sitting, tiny: Shop, state: str) -> None:
    sitting.until(works_on(state))
    before = tiny.tree()
    sitting.engine.cancel()
    assert wait_for(lambda: not processes_in(tiny.root)), processes_in(tiny.root)
    assert tiny.tree() == before
    kept = load_checkpoint(Workplace(tiny.root).checkpoint, tiny.root)
    assert (kept is None) is (state == "preflight")


def test_a_mark_is_kept_at_once_and_leaves_the_question_open(sitting: Sitting, tiny: Shop) -> None:
    question = sitting.until(lambda message: isinstance(message, Question) and message.id == "review:generate")
    assert isinstance(question, Question) and isinstance(question.preview, GeneratePreview)
    name = f"{question.preview.files[0].app}/{question.preview.files[0].name}"
    sitting.engine.answer(f"{MARK}accept {name}")

    def kept() -> bool:
        checkpoint = load_checkpoint(Workplace(tiny.root).checkpoint, tiny.root)
        return checkpoint is not None and name in checkpoint.results.get(ACCEPTED, {})

    assert wait_for(kept)
    sitting.engine.answer("continue")
    asked = sitting.until(is_question)
    assert isinstance(asked, Question) and asked.id != "review:generate", (
        "it was never closed, so it is not asked again"
    )


def deaf(pipe: Connection, opening: Opening, options: Options) -> None:
    """An engine in a place where nothing reaches it; ends by itself only when nobody ended it for very long."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    pipe.send(Event("begin", State.PROOF, str(os.getpid())))
    pipe.poll(PATIENCE)


def test_cancelling_ends_an_engine_that_does_not_listen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_serve", deaf)
    sitting = Sitting(tmp_path)
    begun = sitting.until(lambda message: isinstance(message, Event))
    assert isinstance(begun, Event) and Path("/proc", begun.text).is_dir()
    sitting.engine.cancel()
    assert not Path("/proc", begun.text).exists()
    assert sitting.engine._process.exitcode == -signal.SIGKILL, "it did not end by itself"


def test_a_new_sitting_goes_on_where_the_last_was_cut_off(sitting: Sitting, tiny: Shop) -> None:
    sitting.until(works_on("proof"))
    sitting.engine.cancel()
    again = Sitting(tiny.root)
    try:
        kept = []
        while True:
            message = again.until(lambda message: not isinstance(message, Question) or message.state == "apply")
            if isinstance(message, Question):
                break
            if isinstance(message, Event) and message.kind == "kept":
                kept.append(message.text.partition(":")[0])
        assert kept == ["graph", "levels", "generate", "seeds"]
    finally:
        again.engine.cancel()


WIZARD = """
import sys, queue
from pathlib import Path
from migwizard.engine.process import Engine
from migwizard.engine.options import Options
from migwizard.engine.options import Opening
from migwizard.engine.talk import Question

if __name__ == "__main__":
    heard = queue.Queue()
    Engine(Opening(Path(sys.argv[1]), python=sys.executable), Options(review=True), heard.put).start()
    while not isinstance(heard.get(), Question):
        pass
    print("asked", flush=True)
    heard.get()
"""


def test_it_ends_when_the_wizard_is_killed(tiny: Shop, tmp_path: Path) -> None:
    script = tmp_path / "wizard.py"
    script.write_text(WIZARD)
    with subprocess.Popen(
        [sys.executable, str(script), str(tiny.root)], env=tiny.environment(), stdout=subprocess.PIPE, text=True
    ) as wizard:
        assert wizard.stdout is not None and wizard.stdout.readline() == "asked\n"
        assert processes_in(tiny.root)
        wizard.kill()
    assert wait_for(lambda: not processes_in(tiny.root)), processes_in(tiny.root)


def test_leaving_is_said_with_the_step_and_the_way_on(sitting: Sitting) -> None:
    sitting.until(lambda message: isinstance(message, Question) and message.state == "levels")
    sitting.engine.answer("quit")
    ended = sitting.until(lambda message: isinstance(message, Ended))
    assert isinstance(ended, Ended)
    assert (ended.code, ended.exit_code) == ("left", 130)
    assert "levels, step 3 of 9" in ended.sentence and "unchanged" in ended.sentence

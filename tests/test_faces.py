"""What faces write: JSON a line at a time, narration, and "still working" at the right moments."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pty
import threading
from typing import Any

import pytest

from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Event, Question
from migwizard.faces.console import WIDTH, Console
from migwizard.faces.jsonlines import JsonLines, emit
from migwizard.faces.narrator import Narrator
from migwizard.faces.pulse import Pulse


class Writes(io.StringIO):
    """Remembers each write by itself: what another thread could get between."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def write(self, text: str) -> int:
        self.seen.append(text)
        return super().write(text)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


QUESTION = Question(
    "drift",
    State.PREFLIGHT,
    "Models and migrations disagree",
    "One field is new.",
    (Choice("leave", "stays as it is"), Choice("fold", "is made")),
    safe="leave",
)


def test_a_line_reaches_stdout_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    stdout = Writes()
    monkeypatch.setattr("sys.stdout", stdout)
    emit({"type": "event", "text": "two\nlines"})
    emit({"type": "result"})
    assert [json.loads(text) for text in stdout.seen] == [{"type": "event", "text": "two\nlines"}, {"type": "result"}]
    assert all(text.endswith("\n") and text.count("\n") == 1 for text in stdout.seen)


def test_narration_of_two_threads_never_shares_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each write waits for the other thread, so that what is written in two goes has the other's between."""

    class Waiting(Writes):
        def write(self, text: str) -> int:
            with contextlib.suppress(threading.BrokenBarrierError):
                both.wait(timeout=0.2)
            return super().write(text)

    both = threading.Barrier(2)
    stderr = Waiting()
    monkeypatch.setattr("sys.stderr", stderr)
    narrator = Narrator()
    threads = [
        threading.Thread(target=narrator.tell, args=(Event("run", State.SEEDS, text),)) for text in ("first", "second")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(stderr.getvalue().splitlines()) == ["    first", "    second"]
    assert sorted(stderr.seen) == ["    first\n", "    second\n"]


def test_json_names_the_choices_and_answers_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert JsonLines().ask(QUESTION) is None
    JsonLines().tell(Event("end", State.GRAPH, "graph", {"result": {"secret": 1}, "seconds": 2}))
    asked, told = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert [choice["key"] for choice in asked["choices"]] == ["leave", "fold"]
    assert (asked["id"], asked["safe"]) == ("drift", "leave")
    assert told["data"] == {"seconds": 2}


@pytest.mark.parametrize("no_input", [True, False])
def test_narration_asks_nobody_without_a_terminal(no_input: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("1\n") if no_input else io.StringIO("1\n"))
    assert Narrator(no_input=no_input).ask(QUESTION) is None


def test_narration_asks_nobody_where_stdin_is_closed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    narrator = Narrator()
    narrator.tell(Event("note", State.PROOF, "still said"))
    assert narrator.ask(QUESTION) is None
    assert capsys.readouterr().err == "note: still said\n"


def test_narration_asks_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("b\n3\n2\n"))
    assert Narrator().ask(QUESTION) == "fold"
    said = capsys.readouterr().err
    assert "1 Leave (safe): stays as it is" in said
    assert "'b' is no answer here" in said, "back is for the wizard only"


def test_a_person_leaves_at_every_question_of_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("q\n1\n"))
    assert Narrator().ask(QUESTION) == "quit"


def test_the_prompt_comes_again_after_what_is_said_meanwhile() -> None:
    out = io.StringIO()

    class Slow(Terminal):
        def readline(self, *size: Any) -> Any:
            thread = threading.Thread(target=console.show, args=("    second run: 2.1 s",))
            thread.start()
            thread.join()
            return super().readline(*size)

    console = Console(Slow("1\n"), out)
    assert console.read() == "1"
    console.show("goes on")
    assert out.getvalue() == "> \n    second run: 2.1 s\n> goes on\n"


def test_narration_tells_details_only_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    for verbose in (False, True):
        for kind in ("begin", "progress", "note", "end"):
            Narrator(verbose=verbose).tell(Event(kind, State.PROOF, kind))
    assert capsys.readouterr().err.splitlines() == [
        "==> begin",
        "note: note",
        "==> begin",
        "    progress",
        "note: note",
    ]


def test_lines_are_wrapped_but_paths_never_cut() -> None:
    out = io.StringIO()
    path = f"/{'long/' * 30}path"
    Console(io.StringIO(), out).say(f"{'word ' * 40}\n{path}", indent=2, hang=2)
    lines = out.getvalue().splitlines()
    assert path in out.getvalue()
    assert len(lines) == 4
    assert all(len(line) <= WIDTH or path in line for line in lines)
    assert lines[1].startswith("    word")


def test_answers_from_a_pipe_are_written_down_and_those_of_a_terminal_are_not() -> None:
    for stream, written in ((io.StringIO("1 \n"), "> 1 \n> \n"), (Terminal("1 \n"), "> > \n")):
        out = io.StringIO()
        console = Console(stream, out)
        assert (console.read(), console.ended) == ("1", False)
        assert (console.read(), console.ended) == (None, True)
        assert out.getvalue() == written


class Prompted(io.StringIO):
    """Types an answer into a terminal as soon as it is asked."""

    def __init__(self, keys: int, answer: bytes) -> None:
        super().__init__()
        self._keys, self._answer = keys, answer

    def write(self, text: str) -> int:
        if text.endswith("> "):
            os.write(self._keys, self._answer)
        return super().write(text)


@pytest.mark.parametrize("early", [b"q\n", b"\n", b"2\n1", b"b"])
def test_keys_typed_before_there_is_a_question_answer_nothing(early: bytes) -> None:
    keys, terminal = pty.openpty()
    with os.fdopen(keys, "rb", buffering=0) as echo, os.fdopen(terminal, encoding="utf-8") as answers:
        os.write(keys, early)
        seen = b""
        while seen.replace(b"\r", b"") != early:
            # Its echo: the terminal has it now.
            seen += echo.read(100)
        console = Console(answers, Prompted(keys, b"3\n"))
        assert console.read() == "3"


def test_lines_of_a_pipe_are_answers_however_early_they_come() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"1\n2\n")
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as answers:
        console = Console(answers, io.StringIO())
        assert [console.read(), console.read(), console.read()] == ["1", "2", None]


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_still_working_comes_every_thirty_seconds_while_something_runs() -> None:
    clock, said = Clock(), list[str]()
    pulse = Pulse(lambda: said.append("soon"), said.append, clock=clock, thread=False)
    pulse.beat()
    pulse.work()
    pulse.progress(3, 47)
    for seconds in range(1, 62):
        clock.now = 100.0 + seconds
        if seconds == 40:
            pulse.progress(31, 47)
        pulse.beat()
    assert said == ["soon", "still working, 3 of 47, 30 s", "still working, 31 of 47, 60 s"]
    pulse.rest()
    clock.now += 100
    pulse.beat()
    assert len(said) == 3
    pulse.work()
    clock.now += 29
    pulse.beat()
    assert said[3:] == ["soon"], "time spent waiting for a person is not work"
    clock.now += 121
    pulse.beat()
    assert said[4:] == ["still working, 2 min 30 s"]


def test_the_thread_of_the_pulse_ends() -> None:
    pulse = Pulse(lambda: None, lambda _: None)
    pulse.work()
    assert pulse._thread is not None
    pulse.close()
    pulse._thread.join(5)
    assert not pulse._thread.is_alive()

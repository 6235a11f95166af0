"""Nothing that a project says can move the cursor, rename the window or turn a line around: in no face, and not in the log."""

from __future__ import annotations

import io
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migwizard import logfile
from migwizard.engine.options import Opening, Options
from migwizard.engine.process import Engine, Message
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Event, Question
from migwizard.faces.console import Console
from migwizard.harmless import for_stream, harmless, harmless_copy

DANGEROUS = set("\x00\x07\x08\r\x1b\x7f\x9b\u202e\u2066\u2028\ud800")
EVIL = "\x1b]0;owned\x07\x1b[2J\r\x9b31m\u202egnp.exe\u2066 [bold]x[/bold] [link=file:///etc]y[/link]"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a\tb\nc", "a\tb\nc"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[2Jgone\x07", "\\x1b[2Jgone\\x07"),
        ("one\r\ntwo\rthree", "one\ntwo\\x0dthree"),
        ("\u202eabc\u2066", "\\u202eabc\\u2066"),
        ("caf\udce9", "caf\\udce9"),
        ("[bold]x[/bold] é 日本", "[bold]x[/bold] é 日本"),
    ],
)
def test_what_is_shown(text: str, says: str) -> None:
    assert harmless(text) == says


@given(st.text(st.characters(exclude_categories=[])))
def test_no_text_does_anything(text: str) -> None:
    said = harmless(text)
    assert not DANGEROUS & set(said)
    assert said == harmless(said)
    said.encode()


def test_data_for_a_pipe_stays_as_it_is() -> None:
    terminal = mock.Mock(isatty=lambda: True)
    assert for_stream(EVIL, io.StringIO()) == EVIL
    assert for_stream(EVIL, terminal) == harmless(EVIL)


def test_lines_and_log(tmp_path: Path) -> None:
    out = io.StringIO()
    console = Console(io.StringIO(f"{EVIL}\n"), out)
    console.say(EVIL)
    console.show(EVIL)
    assert console.read(EVIL) == EVIL.strip()
    logfile.append(tmp_path / "log", EVIL)
    for text in (out.getvalue(), (tmp_path / "log").read_text()):
        assert "owned" in text
        assert not DANGEROUS & set(text)


def test_what_the_wizard_hears_is_harmless_and_what_it_answers_is_what_was_meant() -> None:
    heard: list[Message] = []
    engine = Engine(Opening(Path()), Options(), heard.append)
    sent: list[str] = []
    question = Question("q", State.FAKE, EVIL, EVIL, (Choice(f"switch:{EVIL}", EVIL, typed=EVIL),), None, details=EVIL)
    event = Event("note", State.FAKE, EVIL, {"names": [EVIL, ("a", EVIL)], "state": State.FAKE, "count": 3})
    with mock.patch.object(engine, "_pipe") as pipe:
        pipe.recv.side_effect = [event, question, EOFError]
        pipe.send.side_effect = sent.append
        engine._read()
        assert isinstance(heard[1], Question)
        engine.answer(heard[1].choices[0].key)
    assert _texts(heard) == []
    assert "owned" in str(heard)
    assert sent == [f"switch:{EVIL}"]


def _texts(value: object) -> list[str]:
    """What in a message is not harmless."""
    found: dict[str, str] = {}
    harmless_copy(value, found)
    return list(found.values())


def test_what_is_harmless_is_not_copied() -> None:
    question = Question("q", State.FAKE, "one", "two", (Choice("a", "b"),), None)
    assert harmless_copy(question, {}) is question

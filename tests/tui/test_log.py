"""The log screen: follows, searches, saves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from migwizard.engine.states import State
from migwizard.engine.talk import Event
from migwizard.tui.screens import log as logs
from migwizard.tui.screens.log import LogScreen
from migwizard.tui.widgets.loglines import LogLines, is_error
from tests.tui.support import ScriptedApp, begin, drive, settled, text_of

pytestmark = pytest.mark.usefixtures("plain_screens")

MANY = 100_000


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(logs, "LOOK_SECONDS", 0.05)
    (tmp_path / ".migwizard").mkdir()
    return tmp_path


def log_of(project: Path, *lines: str) -> ScriptedApp:
    (project / logs.LOG).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return ScriptedApp(
        [Event("project", State.PREFLIGHT, "x", {"name": "x", "root": str(project)}), begin(State.PROOF)]
    )


async def until(pilot: Pilot[Any], what: Any) -> None:
    for _ in range(200):
        await pilot.pause(0.02)
        if what():
            return
    raise AssertionError("it did not happen")


async def opened(pilot: Pilot[Any], lines: int) -> LogLines:
    await pilot.press("l")
    await settled(pilot)
    found = pilot.app.screen.query_one(LogLines)
    await until(pilot, lambda: len(found.lines) >= lines)
    await settled(pilot)
    return found


def test_the_log_follows_while_it_grows_and_stops_when_the_person_scrolls(project: Path) -> None:
    app = log_of(project, *(f"line {number}" for number in range(100)))

    async def act(pilot: Pilot[Any]) -> None:
        lines = await opened(pilot, 100)
        assert ">line 99" in text_of(app)
        with (project / logs.LOG).open("a") as stream:
            stream.write("half a li")
        await pilot.pause(0.15)
        with (project / logs.LOG).open("a") as stream:
            stream.write("ne\n")
        await until(pilot, lambda: len(lines.lines) == 101)
        assert lines.lines[-1] == "half a line"
        assert lines.cursor == 100
        await pilot.press("up")
        await settled(pilot)
        assert "stopped following" in text_of(app)
        lines.extend(["more"])
        assert lines.cursor == 99
        await pilot.press("end")
        await settled(pilot)
        assert "follows the end" in text_of(app) and lines.cursor == 101

    drive(app, act)


def test_search_goes_round(project: Path) -> None:
    app = log_of(project, "one needle", "two", "three needle", "four")

    async def act(pilot: Pilot[Any]) -> None:
        lines = await opened(pilot, 4)
        await pilot.press("slash", *"NEEDLE", "enter")
        await settled(pilot)
        assert lines.cursor == 0
        await pilot.press("n")
        assert lines.cursor == 2
        await pilot.press("n")
        assert lines.cursor == 0

    drive(app, act)


def test_only_what_went_wrong(project: Path) -> None:
    app = log_of(project, "fine", "Traceback (most recent call last):", "fine too")

    async def act(pilot: Pilot[Any]) -> None:
        lines = await opened(pilot, 3)
        await pilot.press("v")
        await until(pilot, lambda: lines.lines == ["Traceback (most recent call last):"])
        await pilot.press("v")
        await until(pilot, lambda: len(lines.lines) == 3)

    drive(app, act)


def test_a_long_line_opens_and_the_log_is_saved(project: Path) -> None:
    long = "x" * 300 + " its tail"
    app = log_of(project, long)

    async def act(pilot: Pilot[Any]) -> None:
        await opened(pilot, 1)
        assert "its tail" not in text_of(app)
        await pilot.press("enter")
        await settled(pilot)
        assert "its tail" in text_of(app)
        await pilot.press("escape")
        await settled(pilot)
        await pilot.press("s")
        await until(pilot, (project / ".migwizard" / "shown.log").is_file)
        assert isinstance(app.screen, LogScreen)

    drive(app, act)


def test_there_is_no_log_yet(tmp_path: Path) -> None:
    app = ScriptedApp([begin(State.PROOF)])

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("l")
        await settled(pilot)
        assert "No entries yet" in text_of(app)

    drive(app, act)


class Counting(list[str]):
    """Lines that count how many of them are read."""

    read = 0

    def __getitem__(self, index: Any) -> Any:
        self.read += len(range(*index.indices(len(self)))) if isinstance(index, slice) else 1
        return super().__getitem__(index)

    def __iter__(self) -> Iterator[str]:
        self.read += len(self)
        return super().__iter__()


def test_of_very_many_lines_only_those_on_the_screen_are_drawn(project: Path) -> None:
    app = log_of(project, *(f"14:40:02 proof line {number}" for number in range(MANY)))

    async def act(pilot: Pilot[Any]) -> None:
        lines = await opened(pilot, MANY)
        lines.lines = counting = Counting(lines.lines)
        await pilot.press("home")
        await settled(pilot)
        assert ">14:40:02 proof line 0" in text_of(app)
        drawings = 5
        assert 0 < counting.read <= drawings * lines.size.height

    drive(app, act)


def test_errors_are_sought_beside_the_screen_and_nothing_that_comes_meanwhile_is_lost(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = log_of(project, "fine", "first error")
    begun, go_on, where = threading.Event(), threading.Event(), []

    def slow(line: str) -> bool:
        where.append(threading.current_thread())
        if line == "fine":
            begun.set()
            assert go_on.wait(20)
        return is_error(line)

    async def act(pilot: Pilot[Any]) -> None:
        lines = await opened(pilot, 2)
        monkeypatch.setattr(logs, "is_error", slow)
        await pilot.press("v")
        await until(pilot, begun.is_set)
        assert where[0] is not threading.main_thread()
        screen = app.screen
        assert isinstance(screen, LogScreen)
        screen.grow(["second error", "fine too"])
        go_on.set()
        await until(pilot, lambda: lines.lines == ["first error", "second error"])
        assert "errors only" in text_of(app)

    drive(app, act)

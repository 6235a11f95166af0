"""The Generate screen over the demo's files."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Button

from migwizard.engine.previews import DiffRow, GeneratePreview, StagedFile
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Event, Question
from migwizard.tui.roles import pointer
from migwizard.tui.screens.generate import GenerateScreen
from migwizard.tui.screens.generate_parts import strip, sum_of_lines
from tests.tui.recording import recorded
from tests.tui.snapshots import Compare, every_picture, same_after_resize, same_picture
from tests.tui.support import ScriptedApp, begin, drive, progress, settled, text_of, wizard

ASKED = recorded("review:generate")
assert isinstance(ASKED.preview, GeneratePreview)
FILES = ASKED.preview.files
ORDERS = "orders/0001_reset_initial"


def name(file: StagedFile) -> str:
    return f"{file.app}/{file.name}"


def app_with(*questions: Question) -> ScriptedApp:
    return wizard(begin(State.GENERATE), *(questions or (ASKED,)))


def screen_of(app: ScriptedApp) -> GenerateScreen:
    assert isinstance(app.screen, GenerateScreen)
    return app.screen


def said(app: ScriptedApp) -> str:
    return " ".join(str(note.message) for note in app._notifications)


def changed(broken: str = "") -> Question:
    """The question after the person edited the first file."""
    preview = ASKED.preview
    assert isinstance(preview, GeneratePreview)
    first = FILES[0]
    rows = (*first.rows, DiffRow("in", 0, "", first.written_lines + 1, "# mine"))
    sentence = f"{broken}; your text is kept." if broken else "1 line differs from what makemigrations wrote."
    mine = replace(first, rows=rows, edited=sentence, broken=broken)
    more = (
        Choice(f"change:{name(first)}", "shows it", "Show my change in it", "edit", shows="+# mine"),
        Choice(f"restore:{name(first)}", "puts it back", "Redo the original of it", "edit"),
    )
    choices = tuple(choice for choice in ASKED.choices if not broken or choice.key != "continue")
    return replace(ASKED, preview=replace(preview, files=(mine, *FILES[1:])), choices=(*choices, *more))


async def press(pilot: Pilot[Any], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settled(pilot)
        for button in pilot.app.screen.query(Button):
            # Textual lets a button rest after it was pressed; nobody waits for that here.
            button.remove_class("-active")


def test_the_main_action_accepts_all_files() -> None:
    app = app_with()

    async def act(pilot: Pilot[Any]) -> None:
        assert f">[ Accept all {len(FILES)} ]" in text_of(app)
        await press(pilot, "enter")
        assert app.answers == ["continue"]

    drive(app, act)


def test_files_are_accepted_one_by_one_and_the_last_one_goes_on() -> None:
    app = app_with()

    async def act(pilot: Pilot[Any]) -> None:
        await press(pilot, "tab")
        for number in range(len(FILES)):
            assert f"{number} accepted, {len(FILES) - number} to do" in text_of(app)
            assert app.answers == []
            await press(pilot, "enter")
        assert app.answers == ["continue"]
        assert app.script.marks == [f"accept {file.app}/{file.name}" for file in FILES]

    drive(app, act)


def test_files_that_were_accepted_in_another_sitting_are_accepted() -> None:
    question = recorded("review:generate")
    assert isinstance(question.preview, GeneratePreview)
    known = replace(question.preview, accepted=(f"{FILES[0].app}/{FILES[0].name}", f"{FILES[2].app}/{FILES[2].name}"))
    app = wizard(begin(State.GENERATE), replace(question, preview=known))

    async def act(pilot: Pilot[Any]) -> None:
        assert f"2 accepted, {len(FILES) - 2} to do" in text_of(app)
        await press(pilot, "tab", "enter", "enter")
        assert f"4 accepted, {len(FILES) - 4} to do" in text_of(app)

    drive(app, act)


def test_accepting_goes_to_the_next_file_that_is_to_do() -> None:
    app = app_with()

    async def act(pilot: Pilot[Any]) -> None:
        screen = screen_of(app)
        assert screen.number == 0
        await press(pilot, "tab", "enter")
        assert screen.number == 1
        assert f"✓ {FILES[0].app}" not in text_of(app)
        await press(pilot, "f")
        assert "accepted" in text_of(app)

    drive(app, act)


def test_each_waiting_line_names_the_file_and_level_of_its_return() -> None:
    app = app_with()

    async def act(pilot: Pilot[Any]) -> None:
        seen = set()
        for _ in range(20):
            file = screen_of(app).file
            assert file is not None
            shown = text_of(app)
            row = screen_of(app).diff.current
            assert row is not None
            assert row.kind == "waits"
            assert f"{pointer(screen_of(app).diff.has_focus)}~ waits" in shown
            assert f"↳ returns in {row.target}, level" in shown
            seen.add(row.what)
            await press(pilot, "n")
        assert seen == {item.what for file in FILES for item in file.waiting}

    drive(app, act)


def test_previous_goes_back_over_the_beginning_of_a_file() -> None:
    app = app_with()

    async def act(pilot: Pilot[Any]) -> None:
        screen = screen_of(app)
        await press(pilot, "p")
        assert screen.file is not None
        assert name(screen.file) == ORDERS
        assert screen.diff.place[0] == screen.diff.place[1]

    drive(app, act)


def test_the_target_is_the_line_that_returns_and_t_goes_back() -> None:
    app = app_with()

    async def act(pilot: Pilot[Any]) -> None:
        screen = screen_of(app)
        while screen.diff.current is None or screen.diff.current.what != "orders.order.last_shipment":
            await press(pilot, "n")
        from_row = screen.diff.current_row
        await press(pilot, "t")
        assert screen.file is not None
        assert name(screen.file) == "orders/0002_reset_links"
        assert screen.diff.current is not None
        assert "last_shipment" in screen.diff.current.right
        await press(pilot, "t")
        assert name(screen.file) == ORDERS
        assert screen.diff.current_row == from_row
        await press(pilot, "home", "t")
        assert "Nothing waits on this line" in said(app)

    drive(app, act)


def test_the_list_of_files_opens_one_and_escape_closes_it() -> None:
    app = app_with()

    async def act(pilot: Pilot[Any]) -> None:
        screen = screen_of(app)
        await press(pilot, "f", "end", "enter")
        assert screen.number == len(FILES) - 1
        assert not screen.has_class("-listing")
        await press(pilot, "f", "home", "escape")
        assert screen.number == len(FILES) - 1
        assert app.answers == []

    drive(app, act)


def test_the_largest_screens_have_the_list_beside_the_diff() -> None:
    app = app_with()

    async def act(pilot: Pilot[Any]) -> None:
        text = text_of(app)
        assert "WHAT makemigrations WOULD WRITE ALONE" in text
        assert all(f"{file.app}/{file.name.partition('_')[0]}" in text for file in FILES)
        await press(pilot, "f", "down")
        assert screen_of(app).number == 1

    drive(app, act, size=(200, 60))


def test_the_lines_of_each_file_add_up() -> None:
    for file in FILES:
        alone, written = sum_of_lines(file).split(" = ")
        assert (
            sum(int(f"{sign}{number}") for sign, number in re.findall(r"([-+]?) ?(\d+)", alone)) == file.written_lines
        )
        assert written.startswith(str(file.written_lines))


@pytest.mark.parametrize(("width", "sides"), [(80, False), (120, False), (160, True), (200, True)])
def test_old_and_new_stand_side_by_side_from_160_columns(width: int, sides: bool) -> None:
    app = app_with()

    async def act(pilot: Pilot[Any]) -> None:
        assert screen_of(app).diff.two_sides is sides
        assert ("WHAT makemigrations WOULD WRITE ALONE" in text_of(app)) is sides
        assert f"[ Accept all {len(FILES)} ]" in text_of(app)
        file = FILES[0]
        assert f"Check: {sum_of_lines(file)}  ✓ equal" in text_of(app)

    drive(app, act, size=(width, 40))


def test_the_guard_is_folded_and_explained() -> None:
    app = app_with()

    async def act(pilot: Pilot[Any]) -> None:
        screen = screen_of(app)
        screen.diff.focus()
        await settled(pilot)
        assert screen.topic == "generate.waiting"
        await press(pilot, "home")
        while screen.diff.current is None or not screen.diff.current.note:
            await press(pilot, "down")
        assert screen.topic == "generate.guard"
        # All but the one among the operations, and the one that says that the file is no initial one.
        assert f"{FILES[0].guard - 2} lines: our guard, which stops migrate before the switch (x opens)" in text_of(app)

    drive(app, act, size=(120, 40))


def test_saving_is_the_engines_and_its_place_is_told() -> None:
    app = app_with(ASKED, ASKED)

    async def act(pilot: Pilot[Any]) -> None:
        await press(pilot, "s")
        assert app.answers == ["save:diff"]
        app.script.say(Event("saved", State.GENERATE, "The diff is in .migwizard/generate.diff."))
        await settled(pilot)
        assert "generate.diff" in said(app)

    drive(app, act)


def test_a_resize_keeps_file_and_row() -> None:
    app = app_with()

    async def act(pilot: Pilot[Any]) -> None:
        screen = screen_of(app)
        await press(pilot, "n", "n", "n")
        number, row = screen.number, screen.diff.current_row
        for size in ((200, 60), (80, 24), (200, 60)):
            await pilot.resize_terminal(*size)
            await settled(pilot)
            assert (screen.number, screen.diff.current_row) == (number, row)
            assert screen.diff.has_focus

    drive(app, act)


def test_levels_are_seen_while_they_are_written() -> None:
    levels = [["user/0001_a", "products/0001_a"], ["orders/0001_a"], ["user/0002_b"]]
    app = wizard(
        begin(State.GENERATE, expected=9.0),
        progress(State.GENERATE, "level 2 of 3: makemigrations orders", 1, 3, levels=levels),
    )

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.pause(0.2)
        app.clock.now += 4
        await pilot.pause(1.1)
        await settled(pilot)
        text = text_of(app)
        assert "✓ level 0  ████" in text
        assert "user/0001_a  products/0001_a" in text
        assert "● now level 2 of 3: makemigrations orders" in text
        assert "4.0 s, about 5 s left" in text
        assert "○ level 2  ░░░░" in text

    drive(app, act)


def test_nothing_had_to_wait_is_said() -> None:
    files = tuple(replace(file, waiting=(), returning=0, rows=file.rows[:3]) for file in FILES)
    app = app_with(replace(ASKED, preview=GeneratePreview(files, ())))

    async def act(pilot: Pilot[Any]) -> None:
        assert "Nothing had to wait" in text_of(app)
        await press(pilot, "n")
        assert "Nothing had to wait." in said(app)

    drive(app, act)


def test_a_thousand_files_fit() -> None:
    files = tuple(replace(FILES[0], app=f"app{number:03}", rows=FILES[0].rows[:9]) for number in range(1000))
    app = app_with(replace(ASKED, preview=GeneratePreview(files, ())))

    async def act(pilot: Pilot[Any]) -> None:
        await press(pilot, "f", "end", "enter")
        assert screen_of(app).number == 999
        assert "File 1,000 of 1,000" in text_of(app)

    drive(app, act)


def test_the_strip_shows_the_files_around_the_current_one() -> None:
    for width in (60, 120, 400):
        for number in range(len(FILES)):
            line = strip(FILES, number, (), width)
            assert line.cell_length <= width
            assert f"● {FILES[number].app}/{FILES[number].name.partition('_')[0]}" in line.plain


@every_picture
def test_picture(snap_compare: Compare, size: tuple[int, int], theme: str) -> None:
    async def act(pilot: Pilot[Any]) -> None:
        await press(pilot, "p", "p")

    same_picture(snap_compare, app_with(), size=size, theme=theme, act=act)


def test_picture_of_160_columns(snap_compare: Compare) -> None:
    same_picture(snap_compare, app_with(), size=(160, 44))


def test_picture_after_a_resize(snap_compare: Compare) -> None:
    same_after_resize(snap_compare, app_with())


def test_picture_of_an_edited_file(snap_compare: Compare) -> None:
    same_picture(snap_compare, app_with(changed()), size=(80, 24))


def test_picture_of_the_list(snap_compare: Compare) -> None:
    async def act(pilot: Pilot[Any]) -> None:
        await press(pilot, "tab", "enter", "f")

    same_picture(snap_compare, app_with(), size=(80, 24), act=act)

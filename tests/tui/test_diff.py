"""The diff widget and the way its rows become lines."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from migwizard.engine.previews import DiffRow
from migwizard.engine.staging.diffing import GUARD
from migwizard.tui import themes
from migwizard.tui.widgets.diff import DiffView
from migwizard.tui.widgets.diff_lines import (
    CONTEXT,
    LEAST,
    folds,
    one_below_other,
    side_by_side,
    waiting_places,
)
from migwizard.tui.widgets.highlight import pieces

BACK = "orders/0002_reset_links"


def equal(number: int, text: str = "same") -> DiffRow:
    return DiffRow("equal", number, f"{text} {number}", number, f"{text} {number}")


def out(text: str) -> DiffRow:
    return DiffRow("out", 1, text, 0, "")


def into(text: str, note: str = "") -> DiffRow:
    return DiffRow("in", 0, "", 1, text, note)


def waiting(text: str, target: str = BACK) -> DiffRow:
    return DiffRow("waits", 7, text, 0, "", f"returns in {target}, level 4", target, "orders.order.courier")


def returning(target: str = BACK) -> DiffRow:
    return DiffRow("returns", 0, "", 0, "", f"returns in {target}, level 4", target, "orders.order.courier")


MANY = [equal(number) for number in range(1, 31)]
ROWS = [*MANY, waiting("    ('courier', models.X()),"), returning(), out("gone"), into("come"), into("more"), equal(31)]


class Frame(App[None]):
    """The widget alone."""

    def __init__(self, rows: Sequence[DiffRow] = ROWS) -> None:
        super().__init__()
        self.animation_level = "none"
        self.rows = rows
        self.moved: list[DiffRow] = []
        themes.register(self)

    def compose(self) -> ComposeResult:
        yield DiffView(id="diff")

    def on_mount(self) -> None:
        self.diff.show("orders/0001", self.rows)
        self.diff.focus()

    def on_diff_view_moved(self, event: DiffView.Moved) -> None:
        self.moved.append(event.row)

    @property
    def diff(self) -> DiffView:
        return self.query_one(DiffView)

    def text(self) -> list[str]:
        return [self.diff.render_line(y).text.rstrip() for y in range(self.diff.size.height)]


def drive(app: Frame, act: Callable[[Pilot[Any]], Awaitable[None]], size: tuple[int, int] = (80, 20)) -> None:
    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await act(pilot)

    asyncio.run(run())


def test_equal_blocks_are_folded_but_for_their_edges() -> None:
    shown = one_below_other(ROWS, ())
    assert shown[0].hidden == 30 - CONTEXT
    assert [line.row for line in shown[1:]] == list(range(30 - CONTEXT, len(ROWS)))
    assert folds(one_below_other(ROWS, {0})) == []


def test_a_short_equal_block_is_not_folded() -> None:
    rows = [out("a"), *MANY[: 2 * CONTEXT + LEAST - 1], out("b")]
    assert folds(one_below_other(rows, ())) == []
    rows = [out("a"), *MANY[: 2 * CONTEXT + LEAST], out("b")]
    assert [line.hidden for line in one_below_other(rows, ()) if line.hidden] == [LEAST]


def test_every_row_is_in_exactly_one_line_of_either_layout() -> None:
    rows = [into("guard", GUARD), into("guard", GUARD), *ROWS, *MANY, out("a"), out("b"), into("c"), out("d")]
    for layout in (one_below_other, side_by_side):
        for opened in ((), range(len(rows))):
            held: list[int] = []
            for line in layout(rows, opened):
                held += range(line.row, line.row + line.hidden) if line.hidden else {line.row, line.right} - {-1}
            assert len(held) == len(set(held))
            missing = set(range(len(rows))) - set(held)
            # Beside what waits there is no line of its own for where it returns.
            assert {rows[row].kind for row in missing} <= {"returns"}
            assert layout is side_by_side or not missing


def test_what_goes_out_stands_beside_what_comes_in() -> None:
    lines = side_by_side(ROWS, ())
    assert [(line.row, line.right) for line in lines[-3:]] == [(32, 33), (-1, 34), (35, 35)]


def test_our_guard_is_one_folded_line() -> None:
    rows = [equal(1), *(into(f"line {n}", GUARD) for n in range(22)), equal(2)]
    shown = one_below_other(rows, ())
    assert [(line.row, line.hidden) for line in shown] == [(0, 0), (1, 22), (23, 0)]


def test_places_that_wait_begin_once_for_neighbours() -> None:
    rows = [waiting("a"), waiting("b"), returning(), waiting("c", "x/0003"), returning("x/0003"), equal(1), returning()]
    assert waiting_places(rows) == [0, 3, 6]


def test_the_first_part_that_waits_has_the_cursor_and_a_word() -> None:
    app = Frame()

    async def act(pilot: Pilot[Any]) -> None:
        text = app.text()
        assert text[0] == "┃  ···  28 equal lines (x opens)", "the bar says that the keys go here"
        assert text[3] == ">~ waits     ('courier', models.X()),"
        assert text[4] == f"┃  ↳ returns in {BACK}, level 4"
        assert text[5:8] == ["┃-     1 gone", "┃+     1 come", "┃+     1 more"]

    drive(app, act)


def test_wide_windows_show_both_sides_and_scroll_them_together() -> None:
    long = "x" * 200
    app = Frame([DiffRow("equal", 1, long, 1, long), waiting(f"    {long}"), returning(), into(f"new {long}")])

    async def act(pilot: Pilot[Any]) -> None:
        left, _, right = app.text()[0].partition("│")
        assert left.endswith("…")
        assert right.strip().startswith("1 xxx")
        _, _, beside = app.text()[1].partition("│")
        assert beside == f" ~ waits ↳ returns in {BACK}, level 4"
        await pilot.press("right")
        assert app.text()[2].partition("│")[2].startswith(" +     1 xxx")

    drive(app, act, size=(140, 20))


def test_arrows_move_the_cursor_and_the_view_follows() -> None:
    app = Frame([out(f"line {number}") for number in range(500)])

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("end")
        assert app.text()[-1] == ">-     1 line 499"
        await pilot.press("pageup", "pageup", "up")
        assert app.moved[-1].left == "line 460"
        await pilot.press("home")
        assert app.text()[0] == ">-     1 line 0"

    drive(app, act)


def test_enter_and_x_unfold_and_x_folds_again() -> None:
    app = Frame()

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("home", "enter")
        assert app.text()[0] == ">      1 same 1"
        app.diff.toggle_folds()
        assert "28 equal lines" in app.text()[0]
        # The cursor is on the block that holds its row.
        assert app.text()[0].startswith(">")

    drive(app, act)


def test_going_to_a_folded_row_unfolds_it() -> None:
    app = Frame()

    async def act(pilot: Pilot[Any]) -> None:
        app.diff.go_to(10)
        assert app.diff.current_row == 10
        await pilot.pause()
        assert any(line == ">     11 same 11" for line in app.text())

    drive(app, act)


def test_a_resize_keeps_the_row_and_what_was_unfolded() -> None:
    app = Frame()

    async def act(pilot: Pilot[Any]) -> None:
        app.diff.go_to(10)
        await pilot.resize_terminal(200, 60)
        await pilot.pause()
        seen = [(app.diff.two_sides, app.diff.current_row)]
        await pilot.resize_terminal(80, 20)
        await pilot.pause()
        seen.append((app.diff.two_sides, app.diff.current_row))
        assert seen == [(True, 10), (False, 10)]
        assert any(line == ">     11 same 11" for line in app.text())

    drive(app, act)


def test_the_same_file_shown_again_keeps_the_cursor_another_one_does_not() -> None:
    app = Frame()

    async def act(pilot: Pilot[Any]) -> None:
        app.diff.go_to(34)
        app.diff.show("orders/0001", [*ROWS, equal(32)])
        assert app.diff.current_row == 34
        app.diff.show("orders/0002", ROWS)
        assert app.diff.current_row == 30

    drive(app, act)


def test_the_cursor_stays_on_its_line_when_lines_come_in_above() -> None:
    rows = [equal(1), equal(2), out("gone")]
    app = Frame(rows)

    async def act(pilot: Pilot[Any]) -> None:
        app.diff.go_to(1)
        app.diff.show("orders/0001", [into("mine"), into("too"), *rows])
        assert app.diff.current is not None
        assert app.diff.current.left == "same 2"

    drive(app, act)


def test_an_empty_diff_is_no_trouble() -> None:
    app = Frame([])

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("down", "end", "pageup", "enter", "right")
        app.diff.toggle_folds()
        assert not app.diff.go_to_waiting(1)
        assert app.diff.current is None

    drive(app, act)


@pytest.mark.parametrize("theme", [*themes.NAMES, themes.WITHOUT_COLOUR])
def test_every_theme_tells_kinds_apart_by_glyph(theme: str) -> None:
    app = Frame()

    async def act(pilot: Pilot[Any]) -> None:
        app.theme = theme
        await pilot.pause()
        assert [line[1] for line in app.text()[3:8]] == ["~", " ", "-", "+", "+"]
        # No style is the same colour on itself.
        coloured = 0
        for y in range(8):
            for segment in app.diff.render_line(y):
                style = segment.style
                if style is not None and style.color is not None and not style.color.is_default:
                    coloured += 1
                    assert style.color != style.bgcolor
        assert coloured

    drive(app, act)


def test_only_visible_lines_are_coloured() -> None:
    pieces.cache_clear()
    app = Frame([into(f"value = {number}  # nothing like it") for number in range(5000)])

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.pause()
        assert 0 < pieces.cache_info().misses < 100

    drive(app, act)


def test_code_is_cut_into_pieces_of_one_kind_each() -> None:
    found = pieces("    name='Order',  # None")
    assert "".join(text for text, _ in found) == "    name='Order',  # None"
    assert ("'Order'", "string") in found
    assert ("# None", "comment") in found
    assert ("True", "keyword") in pieces("initial = True")


def test_nothing_in_a_text_reaches_the_terminal_as_a_command() -> None:
    assert "".join(text for text, _ in pieces("a = '\x1b[31m\x9b\x07'\t# x")) == "a = '·[31m··'   # x"

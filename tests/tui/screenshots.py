"""Draw the pictures in screenshots/: `python -m tests.tui.screenshots`, or `make screenshots`.

Every screen shows what the engine asked on the demo project (see recording.py), at the three sizes, and every refusal its
example (see refusals/). Nothing in a picture depends on the day, the machine or the run, so that CI can draw them again and
compare.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from migwizard.engine.process import Message
from migwizard.engine.states import ORDER
from migwizard.engine.talk import Question
from tests.tui.again import second
from tests.tui.ordering import offering
from tests.tui.recording import recorded
from tests.tui.refusals import EXAMPLES
from tests.tui.refusing import refusal
from tests.tui.support import SIZES, ScriptedApp, begin, end, parse_once, settled, wizard

FOLDER = Path(__file__).parents[2] / "screenshots"
Act = Callable[[Pilot[Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a question, after some keys."""

    name: str
    question: str
    keys: tuple[str, ...] = ()
    sizes: tuple[tuple[int, int], ...] = SIZES
    theme: str = "migwizard-dark"
    guided: bool = True

    def app(self) -> ScriptedApp:
        kind, _, code = self.question.partition(":")
        made = MADE.get(self.question)
        question = refusal(code) if kind == "refusal" else made() if made else recorded(self.question)
        return wizard(*before(question), question, theme=self.theme, guided=self.guided)

    def file(self, size: tuple[int, int]) -> Path:
        return FOLDER / f"{self.name}-{size[0]}x{size[1]}.svg"


SMALL = ((80, 24),)
MADE: dict[str, Callable[[], Question]] = {"offer": offering, "second": second, "kept": partial(second, kept=True)}
"""Questions that are not asked on the demo project: dependencies for the order on Seeds, and a reset of what is one already."""
WIDE = ((160, 44),)
PICTURES = (
    Picture("resume", "resume"),
    Picture("preflight", "review:preflight"),
    Picture("second", "second"),
    Picture("second-kept", "kept"),
    Picture("graph", "review:graph"),
    Picture("graph-by-level", "review:graph", ("v",), SMALL),
    Picture("levels", "review:levels", sizes=(*SIZES, *WIDE)),
    Picture("levels-light", "review:levels", sizes=SMALL, theme="migwizard-light"),
    Picture("levels-contrast", "review:levels", sizes=SMALL, theme="migwizard-contrast"),
    Picture("levels-expert", "review:levels", sizes=SMALL, guided=False),
    Picture("generate", "review:generate", ("n",), sizes=(*SIZES, *WIDE)),
    Picture("seeds-decide", "keep:products.0016_search_index#0"),
    Picture("seeds", "review:seeds", sizes=(*SIZES, *WIDE)),
    Picture("seeds-order", "offer", ("tab", "tab")),
    Picture("proof", "review:proof"),
    Picture("apply", "apply"),
    Picture("apply-confirm", "apply", ("tab", "enter")),
    Picture("fake", "switch:default"),
    Picture("fake-confirm", "switch:default", ("tab", "enter")),
    Picture("fake-switched", "review:fake"),
    Picture("done", "review:done"),
    Picture("undo", "undo"),
    Picture("help", "review:levels", ("f1", "f1")),
    Picture("explain", "review:levels", ("question_mark",), SMALL),
    Picture("palette", "review:levels", ("colon",), SMALL),
    *(Picture(f"refusal-{code}", f"refusal:{code}", sizes=SMALL) for code in EXAMPLES),
)


def before(question: Question) -> list[Message]:
    """What the engine said until it asked this: each earlier state, and that of the question begun."""
    if question.id == "resume":
        return []
    # Undo is asked after everything was done.
    state = ORDER[-1] if question.id.startswith("undo") else question.state
    earlier = ORDER[: ORDER.index(state)]
    # Each beginning opens a screen, which takes its time; the log shows the last ones.
    said: list[Message] = [end(state) for state in earlier[:-1]]
    said += [message for state in earlier[-1:] for message in (begin(state), end(state))]
    return [*said, begin(state)]


async def _draw(picture: Picture, size: tuple[int, int]) -> None:
    app = picture.app()
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for key in picture.keys:
            await pilot.press(key)
            await settled(pilot)
        # A button that was pressed looks so for a moment, also under the dialog that it opened.
        while any(screen.query("Button.-active") for screen in app.screen_stack):
            await pilot.pause(0.05)
        await settled(pilot)
        picture.file(size).write_text(slim(app.export_screenshot(title="migwizard")), encoding="utf-8")


def slim(svg: str) -> str:
    """The same picture in half the bytes: short names, and no clipping of single lines, whose texts have a length anyway."""
    svg = re.sub(r"terminal-\d+-", "t-", svg)
    svg = re.sub(r'<clipPath id="t-line-\d+">.*?</clipPath>\s*', "", svg, flags=re.DOTALL)
    svg = re.sub(r' clip-path="url\(#t-line-\d+\)"', "", svg)
    return re.sub(r"[ \t]+\n", "\n", svg).rstrip() + "\n"


def draw(picture: Picture) -> None:
    """Write the picture at its sizes."""
    os.environ |= {"LC_ALL": "C.UTF-8", "COLORTERM": "truecolor", "TEXTUAL_ANIMATIONS": "none"}
    for name in ("NO_COLOR", "SSH_CONNECTION"):
        os.environ.pop(name, None)
    for size in picture.sizes:
        asyncio.run(_draw(picture, size))


def main() -> None:
    wanted = {picture.file(size) for picture in PICTURES for size in picture.sizes}
    for old in set(FOLDER.glob("*.svg")) - wanted:
        old.unlink()
    with ProcessPoolExecutor(initializer=parse_once) as pool:
        list(pool.map(draw, PICTURES))
    print(f"{len(wanted)} pictures in {FOLDER.name}/")


if __name__ == "__main__":
    main()

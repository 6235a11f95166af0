"""What a long diff costs: a file of 5,000 nearly equal lines, some of which wait.

`compute` is the engine's part, `paint` the screen's: from handing the rows over until they are drawn, and a key after it.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.bench.figures import Figure, shown

if TYPE_CHECKING:
    from migwizard.engine.previews import DiffRow

LINES = 5000
FIELDS = 6
"""Of each model; every seventh model has one that waits."""
ROUNDS = 7
BACK = "shop/0002_reset_links_to_other"


def texts() -> tuple[str, str, Sequence[str]]:
    """What makemigrations would write alone, what was written, and the models of which a field waits."""
    head = (
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n\n    operations = [\n"
    )
    literal, written, waiting = [head], [head], []
    number = 0
    while sum(part.count("\n") for part in literal) < LINES:
        name = f"Model{number}"
        fields = [
            f"                ('field{f}', models.CharField(max_length=20, blank=True)),\n" for f in range(FIELDS)
        ]
        begin = f"        migrations.CreateModel(\n            name='{name}',\n            fields=[\n"
        end = "            ],\n        ),\n"
        late = "                ('late', models.ForeignKey(on_delete=models.CASCADE, to='other.thing')),\n"
        literal.append(begin + "".join(fields) + (late if number % 7 == 0 else "") + end)
        written.append(begin + "".join(fields) + end)
        if number % 7 == 0:
            waiting.append(name)
        number += 1
    return "".join([*literal, "    ]\n"]), "".join([*written, "    ]\n"]), waiting


def measure(name: str) -> Sequence[Figure]:
    """Medians in seconds; nobody has a diff to compare with."""
    os.environ["TEXTUAL_ANIMATIONS"] = "none"
    from migwizard.engine.previews import Waiting
    from migwizard.engine.staging.diffing import diff_rows

    literal, written, names = texts()
    waiting = [Waiting(f"shop.{n}.late", (f"{n.lower()} field late",), ("other",), BACK, 3) for n in names]
    rows: tuple[DiffRow, ...] = ()
    computed = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        rows = diff_rows([("0001_initial", literal)], written, waiting)
        computed.append(time.perf_counter() - start)
    return [
        shown(f"{what}, s", values) for what, values in {"compute": computed, **asyncio.run(_painted(rows))}.items()
    ]


async def _painted(rows: Sequence[DiffRow]) -> dict[str, list[float]]:
    from textual.app import App, ComposeResult

    from migwizard.tui import themes
    from migwizard.tui.widgets.diff import DiffView
    from migwizard.tui.widgets.highlight import pieces

    class Frame(App[None]):
        def on_mount(self) -> None:
            self.animation_level = "none"
            themes.register(self)

        def compose(self) -> ComposeResult:
            yield DiffView(id="diff")

    found: dict[str, list[float]] = {"paint": [], "paint, all unfolded": [], "key": []}
    app = Frame()
    async with app.run_test(size=(160, 45)) as pilot:
        view = app.query_one(DiffView)

        async def drawn() -> None:
            await pilot.pause()
            [view.render_line(y) for y in range(view.size.height)]

        for number in range(ROUNDS):
            pieces.cache_clear()
            start = time.perf_counter()
            view.show(f"file {number}", rows)
            await drawn()
            found["paint"].append(time.perf_counter() - start)
            start = time.perf_counter()
            view.toggle_folds()
            view.toggle_folds()
            await drawn()
            found["paint, all unfolded"].append(time.perf_counter() - start)
            start = time.perf_counter()
            view.action_page(1)
            await drawn()
            found["key"].append(time.perf_counter() - start)
    return found

"""The page of the environments: a row for each, in which every trial went as it has to."""

from __future__ import annotations

from tests.environments import page
from tests.environments.__main__ import NAMES
from tests.environments.trials import TRIALS
from tests.traps.table import cells


def test_the_page_has_a_row_for_every_environment_and_all_went_well() -> None:
    rows = {name: row for name, row in cells(page.PAGE.read_text(encoding="utf-8")).items() if name in NAMES}
    assert list(rows) == NAMES, "run: make environments"
    assert {name: row for name, row in rows.items() if row[2:] != ("ok",) * len(TRIALS)} == {}

"""Differences planted into staging one by one: each is found and named, and nothing is swapped."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.engine.support import Shop, begun, kept

pytestmark = pytest.mark.ride

PEOPLE, CLUBS, SEED = "people/0001_reset_initial.py", "clubs/0001_reset_initial.py", "clubs/0003_reset_seed.py"


@pytest.fixture(scope="session")
def seeded(migrated: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The tiny project after `run --until seeds`; not to be changed."""
    shop = migrated.copy(tmp_path_factory.mktemp("seeded"))
    shop.migwizard("run", "--yes", "--until", "seeds")
    return shop


@pytest.mark.parametrize(
    ("file", "pattern", "replacement", "named"),
    [
        pytest.param(PEOPLE, r"models\.Index\(.*\)\]", "]", ["index", "person_name"], id="missing index"),
        pytest.param(CLUBS, r"max_length=8", "max_length=9", ["clubs_club.code", "(8)", "(9)"], id="varchar length"),
        pytest.param(SEED, r'sql="""CREATE TRIGGER.*"""', 'sql=""', ["trigger", "clubs_count"], id="lost trigger"),
        pytest.param(SEED, r'sql="""CREATE VIEW.*"""', 'sql=""', ["view", "clubs_roster"], id="lost view"),
        pytest.param(CLUBS, r"db_default=0", "default=0", ["clubs_club", "members", "default"], id="lost default"),
        pytest.param(SEED, r', "climb": "Climbing"', "", ["clubs_club", "climb"], id="missing seed row"),
        pytest.param(SEED, r'"Chess"', '"Go"', ["clubs_club", "name", "Chess", "Go"], id="changed seed value"),
        pytest.param(SEED, r"9, 30", "9, 31", ["clubs_club", "updated_at", "09:31"], id="changed updated_at"),
    ],
)
def test_a_planted_difference_is_found_and_named(
    seeded: Shop, tmp_path: Path, file: str, pattern: str, replacement: str, named: list[str]
) -> None:
    shop = seeded.copy(tmp_path)
    path = shop.staging / file
    text, count = re.subn(pattern, replacement, path.read_text())
    assert count == 1
    path.write_text(text)
    lines = shop.lines("run", "--yes", expect=1)
    assert kept(lines) == ["graph", "levels", "generate", "seeds"]
    assert begun(lines) == ["preflight", "proof"]
    assert lines[-1]["code"] == "not-equal"
    for word in named:
        assert word in lines[-1]["sentence"]
    assert path.read_text() == text, "the edited file is still the edited one"
    assert shop.tree() == seeded.tree()
    assert shop.dump() == seeded.dump()
    assert (shop.root / ".migwizard" / "proof.txt").is_file()

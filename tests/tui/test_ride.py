"""The whole ride by keys alone over the real engine: to the end at once, and left and resumed in every state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from migwizard.engine.states import ORDER, State
from migwizard.engine.talk import Question
from tests.engine.support import Shop, make_tiny
from tests.tui.riding import Rider, usual

pytestmark = pytest.mark.ride

BACK = [f"review:{state}" for state in ORDER[1:]]


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The tiny project at its old head; not to be changed."""
    return make_tiny(tmp_path_factory.mktemp("migrated"))


@pytest.fixture(scope="module", autouse=True)
def steady(migrated: Shop) -> Iterator[None]:
    """The engine's process sees what the commands of a test see."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in migrated.environment().items():
            patch.setenv(name, value)
        for name in ("VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="module")
def ridden(migrated: Shop, tmp_path_factory: pytest.TempPathFactory, steady: None) -> Shop:
    """The tiny project after an undisturbed ride; not to be changed."""
    shop = migrated.copy(tmp_path_factory.mktemp("ridden"))
    assert Rider(shop.root).ride().exit_code == 0
    return shop


def leave_at(state: State) -> Callable[[Question], str]:
    """Quit at the first question of a state."""
    left: list[State] = []

    def say(question: Question) -> str:
        if question.state is state and question.id != "resume" and not left:
            left.append(state)
            return "key:q"
        return usual(question)

    return say


def test_keys_alone_lead_through_the_whole_ride(ridden: Shop, migrated: Shop) -> None:
    assert ridden.tree() != migrated.tree()
    assert ridden.manage("makemigrations", "--check").returncode == 0
    plan = ridden.manage("migrate", "--plan").stdout
    assert "No planned migration operations" in plan


def test_left_in_every_state_and_resumed_it_ends_the_same(migrated: Shop, ridden: Shop, tmp_path: Path) -> None:
    shop = migrated.copy(tmp_path)
    for state in ORDER:
        rider = Rider(shop.root, leave_at(state))
        ended = rider.ride()
        assert (ended.code, ended.exit_code) == ("left", 130), state
        # Where Preflight was left nothing was found out yet, so there is nothing to resume.
        assert (rider.questions[0].id == "resume") is (ORDER.index(state) > 1), state
        if ORDER.index(state) <= ORDER.index(State.APPLY):
            assert shop.tree() == migrated.tree(), state
            assert shop.dump() == migrated.dump(), state
    assert Rider(shop.root).ride().exit_code == 0
    assert shop.tree() == ridden.tree()
    assert shop.timeless_dump() == ridden.timeless_dump()


def test_back_from_every_state_leads_to_the_same_end(migrated: Shop, ridden: Shop, tmp_path: Path) -> None:
    """`b` at the first approval of each state, then on again; from Apply on it says first what it undoes."""
    gone: list[str] = []
    shop = migrated.copy(tmp_path)

    def say(question: Question) -> str:
        if question.id in BACK and question.id not in gone:
            gone.append(question.id)
            return "key:b"
        return "keep" if question.id.startswith("undo:") else usual(question)

    assert Rider(shop.root, say).ride().exit_code == 0
    assert gone == BACK
    assert shop.tree() == ridden.tree()
    assert shop.timeless_dump() == ridden.timeless_dump()

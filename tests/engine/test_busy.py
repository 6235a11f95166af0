"""A database that somebody else writes to: waited for once more, for longer, and nothing changes meanwhile."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from migwizard.engine.switching import patience
from migwizard.engine.talk import Event
from tests.engine.persons import Act, Person, sit_down
from tests.engine.refusing import own_surroundings, refused, then, words  # noqa: F401 - a fixture
from tests.engine.support import Shop

pytestmark = pytest.mark.ride

BUSY = ["again", "wait", "skip:default", "quit"]


class Holder:
    """Somebody who writes to the database."""

    def __init__(self, database: Path) -> None:
        self._connection = sqlite3.connect(database, isolation_level=None, check_same_thread=False)

    def take(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def take_all(self) -> None:
        """Nobody else can even read."""
        self._connection.execute("BEGIN EXCLUSIVE")

    def release(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def holder(tiny_proved: Shop) -> Iterator[Holder]:
    with closing(Holder(tiny_proved.database)) as found:
        yield found


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is waited for in vain costs nothing here."""
    monkeypatch.setattr(patience, "SECONDS", 0.1)


@dataclass
class Waiting(Person):
    """Does something as soon as the engine says that it waits longer."""

    meanwhile: Callable[[], object] = field(default=lambda: None)

    def tell(self, event: Event) -> None:
        super().tell(event)
        if f"at most {patience.LONGER:g} s" in event.text:
            self.meanwhile()


def test_waiting_switches_as_soon_as_the_database_is_free(tiny_proved: Shop, holder: Holder) -> None:
    script: dict[str, list[Act]] = {
        "apply": ["apply"],
        "switch:default": [then(holder.take, "switch"), "later"],
        "refusal:MW-E20": ["wait"],
        "review:done": ["undo"],
        "undo:": ["undo-fake"],
    }
    person = Waiting(script, goes_on=True, meanwhile=holder.release)
    sit_down(tiny_proved.root, person)
    question = person.asked("refusal:MW-E20")
    assert question.headline == "default is busy"
    assert list(words(question)) == BUSY
    wait = question.choice("wait")
    assert wait is not None
    assert (wait.label, wait.writes) == ("Wait up to 60 s", "the rows of default")
    assert "held django_migrations for 0.1 s" in question.text
    at = person.ids.index("refusal:MW-E20")
    assert person.ids[at + 1 : at + 3] == ["review:fake", "review:done"], "who said yes and waits is not asked again"
    assert person.ids.count("switch:default") == 2, "after an undo the word to wait is used up"


def impatient(shop: Shop, alias: str, path: Path) -> None:
    """Name one more database in the settings; a look at it gives up soon."""
    with (shop.root / "config/settings.py").open("a") as stream:
        options = '"OPTIONS": {"timeout": 0.1}'
        stream.write(
            f"\nDATABASES[{alias!r}] = {{'ENGINE': 'django.db.backends.sqlite3', 'NAME': {str(path)!r}, {options}}}\n"
        )


@pytest.mark.parametrize("asked", ["dry", "switch"])
def test_a_database_outside_is_never_switched_by_the_word_to_wait(tiny: Shop, tmp_path: Path, asked: str) -> None:
    outside = tmp_path / "archive.sqlite3"
    shutil.copy(tiny.database, outside)
    before = outside.read_bytes()
    impatient(tiny, "archive", outside)
    with closing(Holder(outside)) as holder:
        script: dict[str, list[Act]] = {
            "apply": ["apply"],
            "switch:archive": [then(holder.take_all if asked == "dry" else holder.take, asked), "later"],
            "refusal:": ["wait"],
            "review:done": ["quit"],
        }
        person = Waiting(script, goes_on=True, meanwhile=holder.release)
        assert sit_down(tiny.root, person).left
    wait = person.asked("refusal:").choice("wait")
    assert wait is not None
    assert (wait.effect.partition(" as ")[0], wait.writes) == ("looks at archive", "")
    assert person.ids.count("switch:archive") == 2, "its name has to be typed, so it is asked again"
    assert outside.read_bytes() == before


def test_waiting_after_a_dry_run_asks_again(tiny_proved: Shop, holder: Holder) -> None:
    impatient(tiny_proved, "default", tiny_proved.database)
    before = tiny_proved.dump()
    script: dict[str, list[Act]] = {
        "apply": ["apply"],
        "switch:default": [then(holder.take_all, "dry"), "quit"],
        "refusal:": ["wait"],
    }
    person = Waiting(script, goes_on=True, meanwhile=holder.release)
    assert sit_down(tiny_proved.root, person).left
    assert person.ids.count("switch:default") == 2
    assert tiny_proved.dump() == before


def test_waiting_in_vain_changes_nothing(tiny_proved: Shop, holder: Holder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LONGER", 0.3)
    before = tiny_proved.dump()
    script: dict[str, list[Act]] = {
        "apply": ["apply"],
        "switch:default": [then(holder.take, "switch")],
        "refusal:MW-E20": ["wait"],
    }
    question = refused(sit_down(tiny_proved.root, Person(script, goes_on=True)), "MW-E20", "default is busy", 5)
    assert "held django_migrations for 0.3 s" in question.text
    assert list(words(question)) == BUSY
    holder.release()
    assert tiny_proved.dump() == before


def test_waiting_can_be_stopped(tiny_proved: Shop, holder: Holder) -> None:
    before = tiny_proved.dump()
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    script: dict[str, list[Act]] = {
        "apply": ["apply"],
        "switch:default": [then(holder.take, "switch")],
        "refusal:MW-E20": ["wait"],
    }
    person = Waiting(script, goes_on=True, meanwhile=timer.start)
    with pytest.raises(KeyboardInterrupt):
        sit_down(tiny_proved.root, person)
    holder.release()
    assert tiny_proved.dump() == before
    again = Person({"resume": ["resume"], "switch:default": ["switch"], "review:done": ["quit"]}, goes_on=True)
    sit_down(tiny_proved.root, again)
    assert again.ids[-1] == "review:done"
    assert tiny_proved.dump() != before


def test_an_undo_waits_too(tiny_proved: Shop, holder: Holder) -> None:
    before = tiny_proved.dump()
    script: dict[str, list[Act]] = {
        "apply": ["apply"],
        "switch:default": ["switch", "quit"],
        "review:done": ["undo"],
        "undo:": [then(holder.take, "undo-fake"), "undo-fake"],
        "refusal:MW-E20": ["wait"],
    }
    person = Waiting(script, goes_on=True, meanwhile=holder.release)
    sit_down(tiny_proved.root, person)
    wait = person.asked("refusal:MW-E20").choice("wait")
    assert wait is not None
    assert not wait.writes, "it only looks, and asks again"
    at = person.ids.index("refusal:MW-E20")
    assert person.ids[at + 1].startswith("undo:")
    assert tiny_proved.dump() == before


def test_preflight_waits_too(tiny: Shop) -> None:
    with (tiny.root / "config/settings.py").open("a") as stream:
        stream.write("\nDATABASES['default']['OPTIONS'] = {'timeout': 0.1}\n")
    with closing(Holder(tiny.database)) as holder:
        holder.take()
        timer = threading.Timer(1.0, holder.release)
        person = Person({"dirty-elsewhere": ["go-on"], "refusal:unreachable": [then(timer.start, "wait")]})
        assert sit_down(tiny.root, person).left
        timer.join()
    assert list(words(person.asked("refusal:unreachable"))) == BUSY
    assert person.ids[-1] == "review:preflight"

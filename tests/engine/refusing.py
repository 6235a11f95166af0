"""What the tests of refusals share: a refusal that was asked, a cure that leads on, and surroundings of their own."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from migwizard.engine.options import Opening
from migwizard.engine.talk import Question
from tests.engine.persons import Act, Person, Sat, sit_down
from tests.engine.support import Shop

ROSTER = "clubs/migrations/0004_roster.py"
PINS: dict[str, list[Act]] = {
    f"pin:people.{name}": ["pin"] for name in ("0001_initial", "0002_person_club", "0003_rename_alias_person_nick")
}
"""What is asked where clubs is left out."""


@pytest.fixture(autouse=True)
def own_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No git above the projects, no environment and no home of the person who runs the tests."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE", "SOURCE_DATE_EPOCH", "GIT_DIR", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)


def refused(sat: Sat, code: str, headline: str, exit: int) -> Question:
    """The sitting ended with this refusal, which was asked first with this headline and a way out."""
    assert sat.error is not None
    assert (sat.error.code, int(sat.error.exit_code)) == (code, exit)
    question = sat.person.asked(f"refusal:{code}")
    assert (question.kind, question.headline, int(question.exit_code)) == ("refusal", headline, exit)
    keys = [choice.key for choice in question.choices]
    assert "quit" in keys
    assert len(keys) > 1, "no cure besides leaving"
    assert len(keys) == len(set(keys))
    assert len(question.headline) <= 60
    assert "lost" in question.text
    return question


def shows(question: Question, key: str) -> str:
    """What is shown for a choice instead of taking it."""
    choice = question.choice(key)
    assert choice is not None
    return choice.shows


def words(question: Question) -> dict[str, str]:
    return {choice.key: choice.words for choice in question.choices}


def then(act: Callable[[], object], answer: str) -> Act:
    """Something that the person does outside, and then answers."""

    def answered(_: Question) -> str:
        act()
        return answer

    return answered


def cured(root: Path, code: str, act: Act, opening: Opening | None = None) -> Sat:
    """A sitting in which one cure is taken, and the checks pass afterwards."""
    person = Person({f"refusal:{code}": [act], "dirty-elsewhere": ["go-on"], "second": ["reset"], **PINS})
    sat = sit_down(root, person, opening)
    assert sat.left, sat.error
    assert person.ids[-1] == "review:preflight", person.ids
    return sat


def git(root: Path, *arguments: str) -> None:
    own = ["-c", "user.name=t", "-c", "user.email=t@t"]
    subprocess.run(["git", *own, *arguments], cwd=root, check=True, capture_output=True)


def begun(tiny: Shop) -> Path:
    """A reset that was left after preflight; returns its checkpoint."""
    person = Person({"dirty-elsewhere": ["go-on"], "review:preflight": ["continue"]})
    assert sit_down(tiny.root, person).left
    path = tiny.root / ".migwizard/checkpoint.json"
    assert path.is_file()
    return path

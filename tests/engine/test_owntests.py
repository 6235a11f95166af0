"""The project's own tests after Apply: asked for, told, and without consequence."""

from __future__ import annotations

from migwizard.engine.swapping.owntests import sentence
from tests.engine.persons import sitting
from tests.engine.support import Shop

FAILING = """
from django.test import TestCase


class Honest(TestCase):
    def test_people_are_there(self):
        from people.models import Person

        self.assertEqual(Person.objects.count(), 4711)
"""


def test_they_run_where_that_was_asked_for_and_hold_nothing_up(tiny_proved: Shop) -> None:
    (tiny_proved.root / "people/tests.py").write_text(FAILING)
    events = tiny_proved.lines("run", "--yes", "--run-tests", "--until", "apply")
    report = events[-1]
    assert (report["state"], report["tests"]["exit"]) == ("apply", 1)
    assert report["tests"]["command"] == "python manage.py test --noinput"
    assert [line for line in events if line.get("text", "").startswith("Your tests failed with exit code 1")]
    assert "4711" in (tiny_proved.root / ".migwizard/migwizard.log").read_text()

    (tiny_proved.root / "people/tests.py").unlink()
    person, _ = sitting(tiny_proved, {"resume": ["resume"], "review:apply": ["tests", "quit"]})
    first, second = person.every("review:apply")
    assert first.default == "continue", "nobody runs them by Enter"
    assert "failed with exit code 1" in first.text
    assert "Your tests" in second.text
    assert "failed with exit code 1" not in second.text


def test_what_came_of_them_is_a_sentence() -> None:
    told = sentence({"command": "python -m pytest -q", "exit": 0, "seconds": 2.0, "said": "3 passed"})
    assert told == "Your tests passed in 2 s (python -m pytest -q): 3 passed"

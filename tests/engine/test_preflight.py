"""What preflight finds and tells, and the question when nothing stands in the way."""

from __future__ import annotations

import pytest

from migwizard.engine.previews import PreflightPreview
from migwizard.engine.steps import looking
from tests.engine.persons import Person, sit_down
from tests.engine.refusing import own_surroundings, shows  # noqa: F401 - a fixture
from tests.engine.support import Shop

pytestmark = pytest.mark.ride

NAMES = [check.name for check in looking.CHECKS]


def test_each_check_is_told_before_and_after(tiny: Shop) -> None:
    person = Person({"dirty-elsewhere": ["go-on"]})
    sit_down(tiny.root, person)
    told = [
        (event.kind, event.data["name"])
        for event in person.events
        if event.kind == "finding" or (event.kind == "progress" and "name" in event.data)
    ]
    assert told == [(kind, name) for name in NAMES for kind in ("progress", "finding")]
    numbers = [(e.data["number"], e.data["total"]) for e in person.events if e.kind == "progress" and "name" in e.data]
    assert numbers == [(number, len(NAMES)) for number in range(1, len(NAMES) + 1)]


def test_the_review_shows_all_findings(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    person = Person({"dirty-elsewhere": ["go-on"]})
    sit_down(tiny.root, person)
    question = person.asked("review:preflight")
    assert (question.headline, question.safe, question.default) == (
        "Ready. Nothing stands in the way",
        "continue",
        "continue",
    )
    preview = question.preview
    assert isinstance(preview, PreflightPreview)
    found = {finding.name: (finding.status, finding.text) for finding in preview.findings}
    assert list(found) == NAMES
    assert found["Project"] == ("ok", "tiny, manage.py found")
    assert found["Settings"] == ("ok", "config.settings, named in manage.py")
    assert found["History"] == ("ok", "7 migrations in 2 apps, one newest migration each")
    assert found["Databases"] == ("ok", "default: all applied")
    assert found["Git"] == ("note", "no git here: our own backup keeps the old files")
    assert found["Graphviz"][0] == "note"
    assert [choice.key for choice in question.choices if not choice.group] == ["continue", "again"]
    assert shows(question, "show:graphviz") == looking.GRAPHVIZ


def test_checking_again_sees_the_project_as_it_is_now(tiny: Shop) -> None:
    def change(_: object) -> str:
        with (tiny.root / "clubs/models.py").open("a") as stream:
            stream.write("    motto = models.TextField(default='')\n")
        return "again"

    person = Person({"dirty-elsewhere": ["go-on"], "review:preflight": [change]})
    sit_down(tiny.root, person)
    assert person.ids == ["dirty-elsewhere", "review:preflight", "drift"]


def test_little_space_is_a_note(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        free = 3 * 1024**2

    monkeypatch.setattr("shutil.disk_usage", lambda path: Usage)
    person = Person({"dirty-elsewhere": ["go-on"]})
    sit_down(tiny.root, person)
    preview = person.asked("review:preflight").preview
    assert isinstance(preview, PreflightPreview)
    (scratch,) = [finding for finding in preview.findings if finding.name == "Scratch"]
    assert (scratch.status, scratch.text) == ("note", "can be made, but only 3 MB are free")
    assert not (tiny.root / ".migwizard/scratch").exists()


def break_two_databases(shop: Shop) -> None:
    for name in ("one", "two"):
        (shop.root / f"{name}.sqlite3").write_bytes(b"not a database at all" * 100)
    with (shop.root / "config/settings.py").open("a") as stream:
        for name in ("one", "two"):
            database = f"{{'ENGINE': 'django.db.backends.sqlite3', 'NAME': BASE_DIR / '{name}.sqlite3'}}"
            stream.write(f"\nDATABASES['{name}'] = {database}\n")


def test_two_databases_in_the_way_are_two_findings(tiny: Shop) -> None:
    break_two_databases(tiny)
    person = Person({"refusal:unreachable": ["skip:one", "skip:two"], "dirty-elsewhere": ["go-on"]})
    sit_down(tiny.root, person)
    first = person.questions[0]
    assert isinstance(first.preview, PreflightPreview)
    stops = {finding.name: finding.text for finding in first.preview.findings if finding.status == "stop"}
    assert stops == {"Databases": "one does not answer", "Database two": "two does not answer"}
    assert [choice.key for choice in first.choices if choice.group] == [
        "database-two:skip:two",
        "database-two:show",
    ]
    assert person.ids == ["refusal:unreachable"] * 2 + ["dirty-elsewhere", "review:preflight"]


def test_a_cure_of_another_stop_works_at_once(tiny: Shop) -> None:
    """The choice stands in the group of its finding, and acts like any other."""
    break_two_databases(tiny)
    person = Person({"refusal:unreachable": ["database-two:skip:two"]})
    sit_down(tiny.root, person)
    last = person.questions[-1]
    assert isinstance(last.preview, PreflightPreview)
    assert [finding.text for finding in last.preview.findings if finding.status == "stop"] == ["one does not answer"]

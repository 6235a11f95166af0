"""Refusals of preflight's checks: really caused, with their headlines and cures."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from migwizard.engine.findings import Finding
from migwizard.engine.options import Opening
from migwizard.engine.previews import PreflightPreview
from tests.engine.persons import Person, sit_down
from tests.engine.refusing import ROSTER, cured, git, own_surroundings, refused, shows, then  # noqa: F401 - a fixture
from tests.engine.support import Shop

pytestmark = pytest.mark.ride

# 3-8: preflight


def test_errors_of_the_system_check(tiny: Shop) -> None:
    models = tiny.root / "clubs/models.py"
    good = models.read_text()
    models.write_text(good + "    bad_ = models.TextField()\n    worse_ = models.TextField()\n")
    question = refused(sit_down(tiny.root, Person()), "check", "Django reports 2 errors", 3)
    assert "fields.E001" in shows(question, "show")
    assert question.text.count("must not end with an underscore") == 2
    assert ".." not in question.text
    cured(tiny.root, "check", then(lambda: models.write_text(good), "again"))


def test_two_newest_migrations(tiny: Shop) -> None:
    other = tiny.root / "clubs/migrations/0004_other.py"
    other.write_text((tiny.root / ROSTER).read_text())
    question = refused(sit_down(tiny.root, Person()), "conflict", "clubs has two newest migrations", 4)
    assert shows(question, "merge") == "python manage.py makemigrations --merge clubs\n"
    assert "0004_other" in shows(question, "both")
    cured(tiny.root, "conflict", then(other.unlink, "again"))


@pytest.fixture
def repository(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    (tiny.root / ".gitignore").write_text("*.sqlite3\n__pycache__/\n")
    git(tiny.root, "init", "-q")
    git(tiny.root, "add", ".")
    git(tiny.root, "commit", "-qm", "all")
    return tiny


def test_migrations_that_are_not_committed(repository: Shop) -> None:
    for name in (ROSTER, "people/migrations/0001_initial.py"):
        with (repository.root / name).open("a") as stream:
            stream.write("# later\n")
    question = refused(sit_down(repository.root, Person()), "dirty", "2 migration files are not committed", 4)
    assert shows(question, "files").splitlines() == [ROSTER, "people/migrations/0001_initial.py"]
    commands = shows(question, "git")

    def commit() -> None:
        assert commands.startswith(f"git add -- {ROSTER} people/")
        git(repository.root, "commit", "-qam", "later")

    sat = cured(repository.root, "dirty", then(commit, "again"))
    assert "dirty-elsewhere" not in sat.person.ids


def git_finding(shop: Shop) -> Finding:
    person = Person({"dirty-elsewhere": ["go-on"]})
    sit_down(shop.root, person)
    preview = person.asked("review:preflight").preview
    assert isinstance(preview, PreflightPreview)
    (found,) = [finding for finding in preview.findings if finding.name == "Git"]
    return found


def test_migrations_that_git_ignores_are_no_safety_net(repository: Shop) -> None:
    with (repository.root / ".gitignore").open("a") as stream:
        stream.write("people/migrations/\n")
    git(repository.root, "rm", "-rq", "--cached", "people/migrations")
    git(repository.root, "commit", "-qam", "ignore them")
    found = git_finding(repository)
    assert found.status == "note"
    assert found.text == "1 migration folder is ignored by git: our own backup keeps the old files"
    assert found.detail == "people/migrations"


def test_a_project_in_a_folder_that_git_ignores(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    above = tiny.root.parent
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(above.parent))
    (above / ".gitignore").write_text(f"/{tiny.root.name}/\n*.json\n")
    git(above, "init", "-q")
    git(above, "add", ".gitignore")
    git(above, "commit", "-qm", "all")
    found = git_finding(tiny)
    assert found.text == "2 migration folders are ignored by git: our own backup keeps the old files"
    assert found.detail.splitlines() == ["clubs/migrations", "people/migrations"]


def test_an_app_in_a_repository_of_its_own_is_asked_about_there(repository: Shop) -> None:
    with (repository.root / ".gitignore").open("a") as stream:
        stream.write("clubs/\n")
    git(repository.root, "rm", "-rq", "--cached", "clubs")
    git(repository.root, "commit", "-qam", "elsewhere")
    git(repository.root / "clubs", "init", "-q")
    git(repository.root / "clubs", "add", ".")
    git(repository.root / "clubs", "commit", "-qm", "all")
    with (repository.root / ROSTER).open("a") as stream:
        stream.write("# later\n")
    question = refused(sit_down(repository.root, Person()), "dirty", "1 migration file is not committed", 4)
    assert shows(question, "git").startswith("git -C clubs add -- migrations/0004_roster.py\ngit -C clubs commit ")
    git(repository.root / "clubs", "commit", "-qam", "later")
    assert git_finding(repository).status == "ok"


def test_files_that_git_keeps_although_it_ignores_their_folder_are_safe(repository: Shop) -> None:
    with (repository.root / ".gitignore").open("a") as stream:
        stream.write("people/migrations/\n")
    git(repository.root, "commit", "-qam", "too late")
    assert git_finding(repository) == Finding("Git", "ok", "everything is committed", "")


def test_work_elsewhere_is_asked_about_once(repository: Shop) -> None:
    (repository.root / "notes.txt").write_text("x")
    person = Person({"dirty-elsewhere": ["go-on"]})
    sit_down(repository.root, person)
    assert person.ids == ["dirty-elsewhere", "review:preflight"]
    question = person.questions[0]
    assert (question.headline, question.safe, question.kind) == ("Not everything is in git", "go-on", "decide")
    assert "notes.txt" in question.text
    again = Person({"resume": ["resume"]})
    sit_down(repository.root, again)
    assert "dirty-elsewhere" not in again.ids


def test_everything_committed_asks_nothing(repository: Shop) -> None:
    person = Person()
    sit_down(repository.root, person)
    assert person.ids == ["review:preflight"]


def test_several_stops_are_all_shown_with_their_cures(repository: Shop) -> None:
    with (repository.root / ROSTER).open("a") as stream:
        stream.write("# later\n")
    repository.query("DELETE FROM django_migrations WHERE name = '0004_roster'")
    sat = sit_down(repository.root, Person())
    question = refused(sat, "dirty", "1 migration file is not committed", 4)
    assert isinstance(question.preview, PreflightPreview)
    found = {finding.name: (finding.status, finding.text) for finding in question.preview.findings}
    assert found["Git"] == ("stop", "1 migration file is not committed")
    assert found["Databases"] == ("stop", "default is 1 migration behind")
    assert found["Models"][0] == "ok"
    assert list(found) == [
        "Project", "Python", "Settings", "Check", "History", "Git", "Models", "Databases", "Scratch", "Graphviz",
    ]  # fmt: skip
    grouped = [choice.key for choice in question.choices if choice.group == "Databases"]
    assert grouped == ["databases:steps", "databases:skip:default"]
    told = [(event.data["name"], event.data["status"]) for event in sat.person.events if event.kind == "finding"]
    assert told == [(name, status) for name, (status, _) in found.items()]


def test_what_waits_for_a_stop_is_not_looked_at(tiny: Shop) -> None:
    (tiny.root / "clubs/migrations/0009_broken.py").write_text("1 / 0\n")
    preview = sit_down(tiny.root, Person()).person.asked("refusal:history").preview
    assert isinstance(preview, PreflightPreview)
    waiting = {finding.name: finding.text for finding in preview.findings if finding.status == "waiting"}
    assert waiting == dict.fromkeys(("Models", "Databases"), "not looked at yet: waits for History")


def drifted(tiny: Shop) -> None:
    models = tiny.root / "clubs/models.py"
    models.write_text(models.read_text() + "    motto = models.TextField()\n")


def test_drift_is_folded_or_left(tiny: Shop) -> None:
    drifted(tiny)
    person = Person({"dirty-elsewhere": ["go-on"], "drift": ["fold"]})
    question = refused(sit_down(tiny.root, person), "drift", "Let Django write the drift first", 4)
    asked = person.asked("drift")
    assert (asked.safe, asked.default, [c.key for c in asked.choices]) == ("leave", "leave", ["leave", "fold"])
    assert "makemigrations" in shows(question, "commands")
    second = tiny.copy(tiny.root.parent / "second")
    left = Person({"dirty-elsewhere": ["go-on"], "drift": ["fold"], "refusal:drift": ["leave"]})
    assert sit_down(tiny.root, left).left
    assert left.ids[-1] == "review:preflight"
    again = Person({"dirty-elsewhere": ["go-on"], "drift": ["fold", "leave"], "refusal:drift": ["again"]})
    assert sit_down(second.root, again).left
    assert again.ids.count("drift") == 2, "whoever comes back is asked again"


def test_nothing_to_reset(tiny: Shop) -> None:
    for app in ("clubs", "people"):
        (tiny.root / app / "migrations").rename(tiny.root / app / "was_migrations")

    def give_back() -> None:
        for app in ("clubs", "people"):
            (tiny.root / app / "was_migrations").rename(tiny.root / app / "migrations")

    person = Person({"nothing": ["apps", "finish"]})
    sat = sit_down(tiny.root, person)
    assert sat.error is None
    assert sat.report is not None and sat.report["nothing"]
    assert person.questions[0].headline == "Nothing to reset"
    assert "clubs: yours, without migrations" in shows(person.questions[0], "apps")
    back = Person({"nothing": [then(give_back, "again")], "dirty-elsewhere": ["go-on"]})
    sit_down(tiny.root, back)
    assert back.ids[-1] == "review:preflight"


def test_settings_without_migrations_are_exchanged(tiny: Shop) -> None:
    bare = "from config.settings import *\nMIGRATION_MODULES = {'clubs': None, 'people': None}\n"
    (tiny.root / "config/bare.py").write_text(bare)
    opening = Opening(tiny.root, sys.executable, "config.bare")
    sat = sit_down(tiny.root, Person(), opening)
    refused(sat, "migrations-disabled", "These settings disable your migrations", 2)
    cured(tiny.root, "migrations-disabled", "settings=config.settings", opening)


def test_migrations_outside_leave_their_app_out(tiny: Shop, tmp_path: Path) -> None:
    (tiny.root / "clubs/migrations").rename(tmp_path / "elsewhere")
    (tiny.root / "clubs/migrations").symlink_to(tmp_path / "elsewhere")
    refused(sit_down(tiny.root, Person()), "outside", "The migrations of an app lie outside the project", 2)
    sat = cured(tiny.root, "outside", "out:clubs")
    preview = sat.person.questions[-1].preview
    assert isinstance(preview, PreflightPreview)
    assert any(f.text.startswith("3 migrations in 1 app,") for f in preview.findings)

"""Every refusal is really caused here: its headline, its cures, how it ends, and that a cure leads on."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from migwizard.engine import durable
from migwizard.engine.lock import locked
from migwizard.engine.options import Opening
from migwizard.engine.previews import PreflightPreview, RefusalPreview
from migwizard.engine.talk import Question
from migwizard.project import guest
from tests.engine.persons import Act, Person, Sat, sit_down
from tests.engine.support import Shop

pytestmark = pytest.mark.ride

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
    person = Person({f"refusal:{code}": [act], "dirty-elsewhere": ["go-on"], **PINS})
    sat = sit_down(root, person, opening)
    assert sat.left, sat.error
    assert person.ids[-1] == "review:preflight", person.ids
    return sat


# 1: where the project is


def test_no_project_here_shows_those_below(tiny: Shop, tmp_path: Path) -> None:
    start = tmp_path / "far"
    (start / "a/b").mkdir(parents=True)
    tiny.root.rename(start / "a/b/tiny")
    opening = Opening(start, python=sys.executable)
    question = refused(sit_down(start, Person(), opening), "no-project", "No Django project here", 2)
    assert question.choice("below").shows == f"{start}/a/b/tiny/manage.py"  # type: ignore[union-attr]
    assert words(question)[f"use:{start}/a/b/tiny"] == "Open a/b/tiny/"
    cured(start, "no-project", f"use:{start}/a/b/tiny", opening)
    shutil.rmtree(start / "a/b/tiny/.migwizard")
    cured(start, "no-project", f"folder={start}/a/b/tiny", opening)


def test_several_projects_are_choices(tiny: Shop, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other/manage.py").touch()
    opening = Opening(tmp_path, python=sys.executable)
    question = refused(sit_down(tmp_path, Person(), opening), "several-projects", "Which project?", 2)
    assert [w for w in words(question).values() if w.startswith("Open")] == ["Open other/", "Open tiny/"]
    cured(tmp_path, "several-projects", f"use:{tiny.root}", opening)


# 2, 30: loading it


def test_settings_that_exit(tiny: Shop) -> None:
    settings = tiny.root / "config/settings.py"
    good = settings.read_text()
    settings.write_text(good + "\nraise SystemExit(1)\n")
    question = refused(sit_down(tiny.root, Person()), "project", "Your settings stopped the start", 3)
    assert "called sys.exit(1)" in question.text
    assert "SystemExit" in question.details
    assert list(words(question))[:4] == ["show", "python", "settings", "again"]
    cured(tiny.root, "project", then(lambda: settings.write_text(good), "again"))


def test_an_app_that_cannot_be_imported(tiny: Shop) -> None:
    models = tiny.root / "people/models.py"
    good = models.read_text()
    models.write_text("import legacy_of_nobody\n" + good)
    question = refused(sit_down(tiny.root, Person()), "project", "tiny/people/models.py cannot be imported", 3)
    assert "line 1" in question.text
    cured(tiny.root, "project", then(lambda: models.write_text(good), "again"))


def test_another_python_is_taken(tiny: Shop, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "$@"\n')
    bare.chmod(0o755)
    opening = Opening(tiny.root, python=str(bare))
    question = refused(sit_down(tiny.root, Person(), opening), "project", "This Python has no Django", 3)
    assert question.choice("python").wants  # type: ignore[union-attr]
    cured(tiny.root, "project", f"python={sys.executable}", opening)


def test_a_python_that_is_not_there(tiny: Shop) -> None:
    opening = Opening(tiny.root, python="/nowhere/python")
    refused(sit_down(tiny.root, Person(), opening), "interpreter", "This Python cannot be used", 2)
    cured(tiny.root, "interpreter", f"python={sys.executable}", opening)


def test_a_guest_that_ends(tiny: Shop) -> None:
    settings = tiny.root / "config/settings.py"
    good = settings.read_text()
    settings.write_text(good + "\nimport os, sys; print('last words', file=sys.stderr, flush=True); os.abort()\n")
    question = refused(sit_down(tiny.root, Person()), "died", "Your project's process ended", 3)
    assert "signal 6" in question.text
    assert "last words" in question.details
    assert list(words(question)) == ["again", "show", "python", "quit"]
    cured(tiny.root, "died", then(lambda: settings.write_text(good), "again"))


def test_a_guest_that_hangs(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = tiny.root / "config/settings.py"
    good = settings.read_text()
    settings.write_text(good + "\nimport os, signal; os.kill(os.getpid(), signal.SIGSTOP)\n")
    with monkeypatch.context() as patched:
        patched.setattr(guest, "SILENCE_SECONDS", 1.0)
        refused(sit_down(tiny.root, Person()), "died", "Your project gives no sign of life", 3)
    cured(tiny.root, "died", then(lambda: settings.write_text(good), "again"))


def test_a_migration_that_cannot_be_imported(tiny: Shop) -> None:
    broken = tiny.root / "clubs/migrations/0009_broken.py"
    broken.write_text("import nothing_of_nobody\n")
    sat = sit_down(tiny.root, Person())
    question = refused(sat, "history", "clubs/migrations/0009_broken.py cannot be imported", 3)
    assert isinstance(question.preview, PreflightPreview)
    cured(tiny.root, "history", then(broken.unlink, "again"))


# 3-8: preflight


def test_errors_of_the_system_check(tiny: Shop) -> None:
    models = tiny.root / "clubs/models.py"
    good = models.read_text()
    models.write_text(good + "    bad_ = models.TextField()\n    worse_ = models.TextField()\n")
    question = refused(sit_down(tiny.root, Person()), "check", "Django reports 2 errors", 3)
    assert "fields.E001" in question.choice("show").shows  # type: ignore[union-attr]
    cured(tiny.root, "check", then(lambda: models.write_text(good), "again"))


def test_two_newest_migrations(tiny: Shop) -> None:
    other = tiny.root / "clubs/migrations/0004_other.py"
    other.write_text((tiny.root / ROSTER).read_text())
    question = refused(sit_down(tiny.root, Person()), "conflict", "clubs has two newest migrations", 4)
    assert question.choice("merge").shows == "python manage.py makemigrations --merge clubs\n"  # type: ignore[union-attr]
    assert "0004_other" in question.choice("both").shows  # type: ignore[union-attr]
    cured(tiny.root, "conflict", then(other.unlink, "again"))


def git(root: Path, *arguments: str) -> None:
    own = ["-c", "user.name=t", "-c", "user.email=t@t"]
    subprocess.run(["git", *own, *arguments], cwd=root, check=True, capture_output=True)


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
    assert question.choice("files").shows.splitlines() == [ROSTER, "people/migrations/0001_initial.py"]  # type: ignore[union-attr]
    commands = question.choice("git").shows  # type: ignore[union-attr]

    def commit() -> None:
        assert commands.startswith(f"git add -- {ROSTER} people/")
        git(repository.root, "commit", "-qam", "later")

    sat = cured(repository.root, "dirty", then(commit, "again"))
    assert "dirty-elsewhere" not in sat.person.ids


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
    models.write_text(models.read_text() + "    motto = models.TextField(default='')\n")


def test_drift_is_folded_or_left(tiny: Shop) -> None:
    drifted(tiny)
    person = Person({"dirty-elsewhere": ["go-on"], "drift": ["fold"]})
    question = refused(sit_down(tiny.root, person), "drift", "Let Django write the drift first", 4)
    asked = person.asked("drift")
    assert (asked.safe, asked.default, [c.key for c in asked.choices]) == ("leave", "leave", ["leave", "fold"])
    assert "makemigrations" in question.choice("commands").shows  # type: ignore[union-attr]
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
    assert "clubs: yours, without migrations" in person.questions[0].choice("apps").shows  # type: ignore[union-attr]
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


# 13-17: the checkpoint


def begun(tiny: Shop) -> Path:
    """A reset that was left after preflight; returns its checkpoint."""
    person = Person({"dirty-elsewhere": ["go-on"], "review:preflight": ["continue"]})
    assert sit_down(tiny.root, person).left
    path = tiny.root / ".migwizard/checkpoint.json"
    assert path.is_file()
    return path


def changed(path: Path, **values: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_the_checkpoint_of_another_project(tiny: Shop) -> None:
    path = begun(tiny)
    changed(path, project={"name": "warehouse", "settings": "w.settings", "labels": ["w"]})
    headline = "This checkpoint belongs to another project"
    question = refused(sit_down(tiny.root, Person()), "checkpoint-foreign", headline, 6)
    assert "warehouse" in question.choice("show").shows  # type: ignore[union-attr]
    _set_aside(tiny, "checkpoint-foreign")


def _set_aside(tiny: Shop, code: str) -> None:
    before = (tiny.root / ".migwizard/checkpoint.json").read_bytes()
    sat = cured(tiny.root, code, "aside")
    choice = sat.person.asked(f"refusal:{code}").choice("aside")
    assert choice is not None and choice.writes
    (kept,) = tiny.root.glob(".migwizard-aside-*")
    assert (kept / "checkpoint.json").read_bytes() == before
    assert (kept / ".gitignore").read_text() == "*\n"


def test_a_broken_checkpoint_with_a_whole_copy(tiny: Shop) -> None:
    path = begun(tiny)
    text = path.read_text()
    path.write_text(text[: len(text) // 2])
    question = refused(sit_down(tiny.root, Person()), "checkpoint-corrupt", "The checkpoint cannot be read", 6)
    assert f"char {len(text) // 2}" in question.text or "Unterminated" in question.text or "delimiter" in question.text
    assert words(question)["previous"].endswith(" copy")
    person = Person({"refusal:checkpoint-corrupt": ["previous"], "resume": ["resume"]})
    assert sit_down(tiny.root, person).left
    assert "resume" in person.ids
    json.loads(path.read_text())
    (broken,) = path.parent.glob("checkpoint.broken-*.json")
    assert broken.read_text() == text[: len(text) // 2]


def test_the_byte_at_which_a_checkpoint_breaks(tiny: Shop) -> None:
    path = begun(tiny)
    path.write_bytes('{"name": "ä", '.encode() + b"\xff}")
    sat = sit_down(tiny.root, Person())
    assert sat.error is not None and sat.error.details["byte"] == 15
    path.write_text('{"name": "ä" oh}')
    sat = sit_down(tiny.root, Person())
    assert sat.error is not None and sat.error.details["byte"] == 14


def test_a_broken_checkpoint_without_a_copy(tiny: Shop) -> None:
    path = begun(tiny)
    path.write_text("{")
    path.with_name("checkpoint.previous.json").write_text("{")
    question = refused(sit_down(tiny.root, Person()), "checkpoint-corrupt", "The checkpoint cannot be read", 6)
    assert list(words(question)) == ["show", "aside", "quit"]
    _set_aside(tiny, "checkpoint-corrupt")


def test_a_newer_checkpoint(tiny: Shop) -> None:
    changed(begun(tiny), format=99)
    question = refused(sit_down(tiny.root, Person()), "checkpoint-newer", "Made by a newer migwizard", 6)
    assert list(words(question)) == ["update", "aside", "quit"]
    _set_aside(tiny, "checkpoint-newer")


def test_a_checkpoint_that_names_a_place_outside(tiny: Shop) -> None:
    changed(begun(tiny), folders={"clubs": "../../other"})
    headline = "This checkpoint names a place outside"
    question = refused(sit_down(tiny.root, Person()), "checkpoint-outside", headline, 6)
    assert "../../other" in question.text
    _set_aside(tiny, "checkpoint-outside")


def test_a_second_wizard(tiny: Shop) -> None:
    begun(tiny)
    lock = tiny.root / ".migwizard/lock"
    with locked(lock):
        question = refused(sit_down(tiny.root, Person()), "locked", "Another migwizard works here", 6)
        assert list(words(question)) == ["look", "wait", "again", "quit"]
        assert f"process {os.getpid()}" in question.text
        look = Person({"refusal:locked": ["look"], "review:preflight": ["continue"], "review:graph": ["continue"]})
        assert sit_down(tiny.root, look).error is None
        assert look.ids == ["refusal:locked", "review:preflight", "review:graph"]
    _wait_for_it(tiny, lock)


def _wait_for_it(tiny: Shop, lock: Path) -> None:
    taken, release = threading.Event(), threading.Event()

    def other() -> None:
        with locked(lock):
            taken.set()
            release.wait(20)

    thread = threading.Thread(target=other)
    thread.start()
    taken.wait(20)
    timer = threading.Timer(1.0, release.set)
    timer.start()
    try:
        person = Person({"refusal:locked": ["wait"], "resume": ["resume"]})
        assert sit_down(tiny.root, person).left
    finally:
        release.set()
        thread.join()
    assert person.ids[:2] == ["refusal:locked", "resume"]
    assert any("waiting" in event.text for event in person.events)


# 18, 20: the disk


def test_a_full_disk(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    question = _faulty(tiny, monkeypatch, errno.ENOSPC, "disk-full", "The disk is full")
    assert words(question)["uses"] == "Show what .migwizard uses"


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_folder_that_cannot_be_written(tiny: Shop, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    _faulty(tiny, monkeypatch, number, "read-only", "tiny/.migwizard/checkpoint.json cannot be written")


def _faulty(tiny: Shop, monkeypatch: pytest.MonkeyPatch, number: int, code: str, headline: str) -> Question:
    """Writing the checkpoint fails until the person has made room."""
    begun(tiny)
    real = durable.write_file

    def failing(path: Path, data: bytes, mode: int | None = None) -> None:
        if path.name == "checkpoint.json":
            raise OSError(number, os.strerror(number), str(path))
        real(path, data, mode)

    script: dict[str, list[Act]] = {"resume": ["resume"], "review:preflight": ["continue"]}
    with monkeypatch.context() as patched:
        patched.setattr(durable, "write_file", failing)
        question = refused(sit_down(tiny.root, Person(script)), code, headline, 1)
        assert "checkpoint is whole" in question.text
        mended = then(lambda: patched.setattr(durable, "write_file", real), "again")
        person = Person({**script, f"refusal:{code}": [mended]})
        assert sit_down(tiny.root, person).left
    assert person.ids[-1] != f"refusal:{code}"
    return question


def test_no_scratch_database(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from migwizard.engine.steps import looking

    class Refusing:
        Error = sqlite3.Error

        @staticmethod
        def connect(path: Path) -> None:
            raise sqlite3.OperationalError("unable to open database file")

    with monkeypatch.context() as patched:
        patched.setattr(looking, "sqlite3", Refusing)
        question = refused(sit_down(tiny.root, Person()), "scratch", "No scratch database possible", 5)
        assert "no proof" in question.text
        cured(tiny.root, "scratch", then(lambda: patched.setattr(looking, "sqlite3", sqlite3), "again"))


# 21-24, 27: databases


def test_a_file_that_is_no_database(tiny: Shop) -> None:
    good = tiny.database.read_bytes()
    tiny.database.write_bytes(b"not a database at all" * 100)
    question = refused(sit_down(tiny.root, Person()), "unreachable", "default does not answer", 5)
    assert words(question)["skip:default"] == "Go on without default"
    cured(tiny.root, "unreachable", then(lambda: tiny.database.write_bytes(good), "again"))


def test_a_database_is_left_out(tiny: Shop) -> None:
    tiny.database.write_bytes(b"not a database at all" * 100)
    sat = cured(tiny.root, "unreachable", "skip:default")
    preview = sat.person.questions[-1].preview
    assert isinstance(preview, PreflightPreview)
    (found,) = [finding for finding in preview.findings if finding.name == "Databases"]
    assert (found.status, found.text) == ("note", "default left out; migwizard fake switches it later")


@pytest.fixture
def writer(tiny: Shop) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that holds the database."""
    code = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN IMMEDIATE'); print(flush=True); input()"
    command = [sys.executable, "-c", code, str(tiny.database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        yield other
        other.kill()


def test_a_busy_database(tiny: Shop, writer: subprocess.Popen[bytes]) -> None:
    with (tiny.root / "config/settings.py").open("a") as stream:
        stream.write("\nDATABASES['default']['OPTIONS'] = {'timeout': 0.1}\n")
    question = refused(sit_down(tiny.root, Person()), "unreachable", "default is busy", 5)
    assert list(words(question)) == ["again", "skip:default", "quit"]

    def end() -> None:
        writer.kill()
        writer.wait()

    cured(tiny.root, "unreachable", then(end, "again"))


def test_a_database_that_is_behind(tiny: Shop) -> None:
    tiny.query("DELETE FROM django_migrations WHERE name = '0004_roster'")
    question = refused(sit_down(tiny.root, Person()), "MW-E12", "default is 1 migration behind", 5)
    assert "lacks clubs.0004_roster" in question.choice("steps").shows  # type: ignore[union-attr]
    row = "INSERT INTO django_migrations (app, name, applied) VALUES ('clubs', '0004_roster', '2020-01-01')"
    cured(tiny.root, "MW-E12", then(lambda: tiny.query(row), "again"))


def test_a_row_that_nobody_knows(tiny: Shop) -> None:
    tiny.query("INSERT INTO django_migrations (app, name, applied) VALUES ('clubs', '0012_hotfix', '2020-01-01')")
    question = refused(sit_down(tiny.root, Person()), "MW-E13", "default names a migration nobody has", 5)
    assert "0012_hotfix.py" in question.choice("search").shows  # type: ignore[union-attr]
    tolerate = question.choice("tolerate")
    assert tolerate is not None and tolerate.typed == "0012_hotfix"
    cured(tiny.root, "MW-E13", "tolerate")


def test_tables_without_rows(tiny: Shop) -> None:
    tiny.query("DELETE FROM django_migrations WHERE app IN ('clubs', 'people')")
    question = refused(sit_down(tiny.root, Person()), "MW-E15", "default has tables but no history", 5)
    assert "skip:default" in words(question)


# 12, 32-36: later states


def test_an_old_history_that_fails(tiny: Shop) -> None:
    path = tiny.root / "clubs/migrations/0002_first_clubs.py"
    good = path.read_text()
    path.write_text(good.replace("operations = [", "operations = [migrations.RunSQL('SELEKT 1'),"))
    question = refused(
        sit_down(tiny.root, Person(goes_on=True)), "old-history", "The old history cannot build a database", 1
    )
    assert isinstance(question.preview, RefusalPreview)
    assert question.preview.log.endswith(".migwizard/migwizard.log")
    assert "SELEKT" in question.details
    mended = then(lambda: path.write_text(good), "again")
    person = Person({"refusal:old-history": [mended], "apply": ["quit"]}, goes_on=True)
    assert sit_down(tiny.root, person).left
    assert "review:proof" in person.ids


def test_a_new_history_that_differs_goes_back_to_the_seeds(tiny: Shop) -> None:
    def drop(question: Question) -> str:
        return next(choice.key for choice in question.choices if choice.key.startswith("drop:clubs.0002"))

    class Stubborn(Person):
        def _usual(self, question: Question) -> str:
            return "stop" if question.id.startswith("difference:") else super()._usual(question)

    person = Stubborn({"review:seeds": [drop, "continue", "quit"], "refusal:not-equal": ["to:seeds"]}, goes_on=True)
    assert sit_down(tiny.root, person).left
    question = person.asked("refusal:not-equal")
    assert question.headline.startswith("Old and new differ in ")
    assert [choice.key for choice in question.choices] == ["report", "to:seeds", "again", "quit"]
    assert "clubs_club" in question.choice("report").shows  # type: ignore[union-attr]
    assert person.ids[-1] == "review:seeds"


def test_the_approval_is_void_when_a_migration_moves(tiny: Shop) -> None:
    def touch() -> None:
        with (tiny.root / ROSTER).open("a") as stream:
            stream.write("# later\n")

    person = Person({"apply": [then(touch, "apply"), "quit"], "refusal:tree-changed": ["again"]}, goes_on=True)
    assert sit_down(tiny.root, person).left
    assert person.asked("refusal:tree-changed").headline == "The approval is void"
    assert person.ids[-1] == "apply", "everything was computed anew, and is asked for again"
    assert person.ids.count("review:generate") >= 1
    assert (tiny.root / ROSTER).is_file()


def test_the_approval_is_void_when_a_staged_file_moves(tiny: Shop) -> None:
    def touch() -> None:
        staged = next((tiny.root / ".migwizard/staging/clubs").glob("0001_*.py"))
        staged.write_text(staged.read_text() + "# later\n")

    person = Person({"apply": [then(touch, "apply")]}, goes_on=True)
    question = refused(sit_down(tiny.root, person), "staging-changed", "The approval is void", 6)
    assert [choice.key for choice in question.choices] == ["again", "to:preflight", "back", "quit"]


def test_old_and_new_rows_at_the_switch(tiny: Shop) -> None:
    def by_hand() -> None:
        new = next((tiny.root / "clubs/migrations").glob("0001_*.py")).stem
        tiny.query(f"INSERT INTO django_migrations (app, name, applied) VALUES ('clubs', '{new}', '2020-01-01')")

    class Trusting(Person):
        def _usual(self, question: Question) -> str:
            return "apply" if question.id == "apply" else super()._usual(question)

    person = Trusting({"switch:default": [then(by_hand, "switch")]}, goes_on=True)
    question = refused(sit_down(tiny.root, person), "MW-E14", "default is half old, half new", 5)
    assert "u takes that back" in question.text
    assert "skip:default" in words(question)


def test_undo_when_others_built_on_it(tiny_finished: Shop) -> None:
    leaf = max((tiny_finished.root / "clubs/migrations").glob("0*.py")).stem
    later = tiny_finished.root / "clubs/migrations/0009_later.py"
    later.write_text(
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
        f"    dependencies = [('clubs', '{leaf}')]\n    operations = []\n"
    )
    sat = sit_down(tiny_finished.root, Person({"resume": ["resume"]}))
    question = refused(sat, "finished", "This reset is finished, and others built on it", 6)
    assert [choice.key for choice in question.choices] == ["look", "aside", "quit"]


def test_nobody_answers(tiny: Shop) -> None:
    person = Person({"dirty-elsewhere": [lambda _: None]})
    sat = sit_down(tiny.root, person)
    assert sat.error is not None
    assert (sat.error.code, int(sat.error.exit_code)) == ("dirty-elsewhere", 4)
    assert person.ids == ["dirty-elsewhere"], "no refusal is shown to nobody"

"""Refusals while the project is found and loaded: really caused, and cured."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from migwizard.engine.options import Opening
from migwizard.engine.previews import PreflightPreview
from migwizard.project import process
from tests.engine.persons import Person, sit_down
from tests.engine.refusing import begun, cured, own_surroundings, refused, shows, then, words  # noqa: F401 - a fixture
from tests.engine.support import Shop

pytestmark = pytest.mark.ride

# 1: where the project is


def test_no_project_here_shows_those_below(tiny: Shop, tmp_path: Path) -> None:
    start = tmp_path / "far"
    (start / "a/b").mkdir(parents=True)
    tiny.root.rename(start / "a/b/tiny")
    opening = Opening(start, python=sys.executable)
    question = refused(sit_down(start, Person(), opening), "no-project", "No Django project here", 2)
    assert shows(question, "below") == f"{start}/a/b/tiny/manage.py"
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
    question = refused(sit_down(tiny.root, Person()), "project", "legacy_of_nobody cannot be imported", 3)
    assert "people/models.py" in question.text
    assert "own interpreter" not in question.text
    assert "line 1" in question.text
    cured(tiny.root, "project", then(lambda: models.write_text(good), "again"))


def test_an_app_that_is_not_installed_where_no_environment_was_found(tiny: Shop) -> None:
    settings = tiny.root / "config/settings.py"
    settings.write_text(settings.read_text() + "\nINSTALLED_APPS += ['app_of_nobody']\n")
    question = refused(
        sit_down(tiny.root, Person(), Opening(tiny.root)), "project", "app_of_nobody cannot be imported", 3
    )
    assert "It was looked for by migwizard's own interpreter, since the project has no environment" in question.text
    assert "--python" in question.text


def test_another_python_is_taken(tiny: Shop, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "$@"\n')
    bare.chmod(0o755)
    opening = Opening(tiny.root, python=str(bare))
    question = refused(sit_down(tiny.root, Person(), opening), "project", "This Python has no Django", 3)
    assert next(choice for choice in question.choices if choice.key == "python").wants
    person = cured(tiny.root, "project", f"python={sys.executable}", opening).person
    said = [event.data["said"]["python"] for event in person.events if event.kind == "project"]
    assert said == [str(bare), sys.executable], "the commands printed at the end say the one that was chosen"


def test_undo_says_why_it_cannot_begin(tiny: Shop) -> None:
    begun(tiny)
    (tiny.root / "people/models.py").write_text("import legacy_of_nobody\n")
    person = Person({"refusal:project": ["undo", "quit"]})
    sit_down(tiny.root, person)
    assert [question.text.startswith("Undo could not begin") for question in person.every("refusal:")] == [False, True]


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
        patched.setattr(process, "SILENCE_SECONDS", 1.0)
        refused(sit_down(tiny.root, Person()), "died", "Your project gives no sign of life", 3)

        def mend() -> None:
            settings.write_text(good)
            patched.undo()

        cured(tiny.root, "died", then(mend, "again"))


def test_a_migration_that_cannot_be_imported(tiny: Shop) -> None:
    broken = tiny.root / "clubs/migrations/0009_broken.py"
    broken.write_text("import nothing_of_nobody\n")
    sat = sit_down(tiny.root, Person())
    question = refused(sat, "history", "clubs/migrations/0009_broken.py cannot be imported", 3)
    assert isinstance(question.preview, PreflightPreview)
    cured(tiny.root, "history", then(broken.unlink, "again"))


def test_settings_without_apps_are_no_project_without_migrations(tiny: Shop) -> None:
    (tiny.root / "config/bare.py").write_text('SECRET_KEY = "x"\n')
    opening = Opening(tiny.root, settings="config.bare")
    question = refused(sit_down(tiny.root, Person(), opening), "project", "Your project cannot be loaded", 3)
    assert "The settings config.bare name no apps: INSTALLED_APPS is empty there." in question.text
    cured(tiny.root, "project", "settings=config.settings", opening)

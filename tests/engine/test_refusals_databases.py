"""Refusals about the project's databases: really caused, and cured."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from migwizard.engine.previews import PreflightPreview
from migwizard.engine.talk import Question
from tests.engine.persons import Person, sit_down
from tests.engine.refusing import cured, own_surroundings, refused, shows, then, words  # noqa: F401 - a fixture
from tests.engine.support import Shop, make_project
from tests.traps.writing import files_of, write_project

pytestmark = pytest.mark.ride

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


def test_a_busy_database(tiny: Shop, writer: subprocess.Popen[bytes]) -> None:
    with (tiny.root / "config/settings.py").open("a") as stream:
        stream.write("\nDATABASES['default']['OPTIONS'] = {'timeout': 0.1}\n")
    question = refused(sit_down(tiny.root, Person()), "unreachable", "default is busy", 5)
    assert list(words(question)) == ["again", "wait", "skip:default", "quit"]

    def end() -> None:
        writer.kill()
        writer.wait()

    cured(tiny.root, "unreachable", then(end, "again"))


def test_a_database_that_is_behind(tiny: Shop) -> None:
    tiny.query("DELETE FROM django_migrations WHERE name = '0004_roster'")
    question = refused(sit_down(tiny.root, Person()), "MW-E12", "default is 1 migration behind", 5)
    assert "lacks clubs.0004_roster" in shows(question, "steps")
    row = "INSERT INTO django_migrations (app, name, applied) VALUES ('clubs', '0004_roster', '2020-01-01')"
    cured(tiny.root, "MW-E12", then(lambda: tiny.query(row), "again"))


@pytest.fixture
def groups(tmp_path: Path) -> Shop:
    """A project whose migrations depend on an older one of django.contrib.auth, and on none of sessions."""
    shop = make_project("seeds_groups", tmp_path)
    people = shop.root / "packages/deep/alpha/migrations/0004_people.py"
    newest, older = "0012_alter_user_first_name_max_length", "0011_update_proxy_permissions"
    people.write_text(people.read_text().replace(newest, older))
    with (shop.root / "settings.py").open("a") as settings:
        settings.write('INSTALLED_APPS.append("django.contrib.sessions")\n')
    shop.manage("migrate")
    return shop


def test_a_database_in_which_another_app_is_behind(groups: Shop) -> None:
    groups.query("DELETE FROM django_migrations WHERE name = '0012_alter_user_first_name_max_length'")
    question = refused(sit_down(groups.root, Person()), "MW-E12", "default is 1 migration behind", 5)
    assert "lacks auth.0012_alter_user_first_name_max_length, of other apps" in question.text
    cured(groups.root, "MW-E12", then(lambda: groups.manage("migrate"), "again"))


def test_a_database_that_is_torn_is_refused_at_once(groups: Shop) -> None:
    groups.query("DELETE FROM django_migrations WHERE name = '0011_update_proxy_permissions'")
    question = refused(sit_down(groups.root, Person()), "MW-E12", "default is 1 migration behind", 5)
    assert "lacks auth.0011_update_proxy_permissions, of other apps" in question.text
    assert "InconsistentMigrationHistory" in groups.manage("migrate").stderr, "so that is no cure"
    assert "InconsistentMigrationHistory" in groups.manage("migrate", "--fake", "auth", "0011").stderr
    steps = shows(question, "steps")
    assert "default was torn before any reset" in steps
    (record,) = re.findall("INSERT INTO .*;", steps)
    cured(groups.root, "MW-E12", then(lambda: groups.query(record), "again"))


def test_one_that_is_behind_needs_the_files_as_they_are_and_no_release(tiny: Shop) -> None:
    tiny.manage("migrate", "clubs", "0003", "-v0")
    question = refused(sit_down(tiny.root, Person()), "MW-E12", "default is 1 migration behind", 5)
    assert "it lacks clubs.0004_roster." in question.text
    error = tiny.lines("run", "--yes", expect=5)[-1]
    for told in (question.text, error["sentence"]):
        assert "release" not in told
    assert error["cures"] == ["Run python manage.py migrate with the files as they are now, then start again."]
    cured(tiny.root, "MW-E12", then(lambda: tiny.manage("migrate"), "again"))


def test_an_own_history_that_is_torn(tiny: Shop) -> None:
    (row,) = tiny.query("SELECT name FROM django_migrations WHERE app = 'clubs' AND name LIKE '0002%'")
    tiny.query(f"DELETE FROM django_migrations WHERE app = 'clubs' AND name = '{row[0]}'")
    question = refused(sit_down(tiny.root, Person()), "MW-E12", "default is 1 migration behind", 5)
    steps = shows(question, "steps")
    assert "InconsistentMigrationHistory" in steps
    assert f"VALUES ('clubs', '{row[0]}'" in steps


def test_an_app_on_which_the_project_does_not_depend_may_be_behind(groups: Shop) -> None:
    groups.query("DELETE FROM django_migrations WHERE app = 'sessions'")
    groups.migwizard("run", "--yes", "--until", "preflight")


USERS_ONLY = """
== shop/models.py
class Item(models.Model):
    by = models.ForeignKey("auth.User", models.CASCADE)
== shop/migrations/0001_initial.py
dependencies = [migrations.swappable_dependency("auth.User")]
operations = [migrations.CreateModel("Item", [ID])]
== shop/migrations/0002_by.py
dependencies = [("shop", "0001_initial")]
operations = [migrations.AddField("Item", "by", models.ForeignKey("auth.User", models.CASCADE, default=1))]
"""
SECOND = 'DATABASES["second"] = {**DATABASES["default"], "NAME": BASE_DIR / "second.sqlite3"}\n'


@pytest.fixture
def shops(tmp_path: Path) -> Shop:
    """A database beside the default one, which has of other apps only what the migrations of `shop` waited for."""
    apps = ("django.contrib.auth", "django.contrib.contenttypes")
    shop = Shop(write_project(tmp_path / "shops", files_of(USERS_ONLY), apps, SECOND))
    shop.manage("migrate", "-v0")
    shop.manage("migrate", "shop", "--database", "second", "-v0")
    return shop


def test_a_database_has_all_that_swappable_models_need(shops: Shop) -> None:
    """New files wait for the first migration of the users' app, so that the switch finds nothing lacking."""
    report = shops.lines("run", "--yes", "--drift", "leave")[-1]
    assert report["databases"] == {"default": "NEW", "second": "NEW"}
    assert "No migrations to apply" in shops.manage("migrate", "shop", "--database", "second").stdout


def test_what_to_do_names_the_database(shops: Shop) -> None:
    shops.edit("shop/models.py", "auth.User", "auth.Group")
    migration = shops.root / "shop/migrations/0002_by.py"
    migration.write_text(migration.read_text().replace("auth.User", "auth.Group"))
    refused = shops.migwizard("run", "--yes", "--drift", "leave", expect=5)
    said = " ".join(refused.stderr.split())
    assert "Database second lacks auth.0002_alter_permission_name_max_length" in said
    assert "Run python manage.py migrate --database second with the files as they are now" in said


def test_a_row_that_nobody_knows(tiny: Shop) -> None:
    tiny.query("INSERT INTO django_migrations (app, name, applied) VALUES ('clubs', '0012_hotfix', '2020-01-01')")
    question = refused(sit_down(tiny.root, Person()), "MW-E13", "default names a migration nobody has", 5)
    assert "0012_hotfix.py" in shows(question, "search")
    tolerate = question.choice("tolerate")
    assert tolerate is not None and tolerate.typed == "0012_hotfix"
    cured(tiny.root, "MW-E13", "tolerate")


def test_a_row_that_nobody_knows_is_tolerated_by_an_answer_in_a_file(tiny: Shop) -> None:
    tiny.query("INSERT INTO django_migrations (app, name, applied) VALUES ('clubs', '0012_hotfix', '2020-01-01')")
    refusal = tiny.lines("run", "--yes", expect=5)[-1]
    assert '{"tolerate:clubs.0012_hotfix": "tolerate"}' in refusal["cures"][0]
    assert "git log -- migwizard_manifest.json" in refusal["cures"][0]
    assert "--prune" not in refusal["cures"][0]
    answers = tiny.root.parent / "answers.json"
    answers.write_text('{"tolerate:clubs.0012_hotfix": "tolerate"}')
    tiny.migwizard("run", "--yes", "--until", "preflight", "--answers", str(answers))


def test_tables_without_rows(tiny: Shop) -> None:
    tiny.query("DELETE FROM django_migrations WHERE app IN ('clubs', 'people')")
    question = refused(sit_down(tiny.root, Person()), "MW-E15", "default has tables but no history", 5)
    assert "skip:default" in words(question)


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


NEWEST = "0012_alter_user_first_name_max_length"


def test_a_database_that_lacks_what_another_app_brings_is_behind_wherever_it_is_told(groups: Shop) -> None:
    """It was whole when the reset began, or is another one under the same alias: its own rows are at the old head."""
    groups.migwizard("run", "--yes", "--until", "apply")
    assert groups.lines("status")[-1]["databases"] == {"default": "OLD_HEAD"}
    groups.query(f"DELETE FROM django_migrations WHERE name = '{NEWEST}'")
    assert groups.lines("status")[-1]["databases"] == {"default": "BEHIND"}
    said = groups.migwizard("status").stderr
    assert "Database default is behind" in said
    assert "fake --database default --dry-run" in said
    for command in (("--dry-run",), ("--all",)):
        error = groups.lines("fake", *command, expect=5)[-1]
        assert error["code"] == "MW-E12", "nobody is asked to switch it"
        assert f"auth.{NEWEST}" in error["sentence"]


def test_nobody_is_asked_to_switch_a_database_that_is_behind(groups: Shop) -> None:
    groups.migwizard("run", "--yes", "--until", "apply")
    groups.query(f"DELETE FROM django_migrations WHERE name = '{NEWEST}'")
    person = Person(goes_on=True)
    question = refused(sit_down(groups.root, person), "MW-E12", "default is 1 migration behind", 5)
    assert not [asked for asked in person.ids if asked.startswith("switch:")]
    assert question.details == "", "nothing of its own failed, so there is no traceback to read"

"""A reset and everybody whom it concerns: production, a staging that is behind, a colleague, the checks, and who forgot.

Each has a checkout and a database of its own. At the end all have the schema that an empty database gets, and `migrate` has
nothing to do; or a refusal said what to do, and doing that led there.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from migwizard.switch.script import FILE_NAME
from tests.engine.support import Shop
from tests.fuzz.databases import databases_of
from tests.fuzz.eyes import differences

pytestmark = [pytest.mark.ride, pytest.mark.xdist_group("rehearsal")]

NEW_MODEL = """

class Mail(models.Model):
    person = models.ForeignKey(Person, models.CASCADE)
    address = models.EmailField()
"""
FILL = """\
from django.db import migrations


def fill(apps, schema_editor):
    Mail = apps.get_model("people", "Mail")
    for person in apps.get_model("people", "Person").objects.all():
        Mail.objects.create(person=person, address="unknown@example.org")


class Migration(migrations.Migration):
    dependencies = [("people", "0004_mail"), ("clubs", "0003_club_members")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
"""


@dataclass(frozen=True, slots=True)
class World:
    """The repository of everybody, and databases as they are at that moment."""

    folder: Path
    origin: Shop
    old_head: Path
    """A copy of production's database before the reset."""

    def checkout(self, name: str, revision: str = "main") -> Shop:
        """A clone of its own, without a database."""
        shop = Shop(self.folder / name / "tiny")
        git(self.origin, "clone", "-q", "-b", revision, str(self.origin.root), str(shop.root))
        return shop

    def given(self, name: str, database: Path, revision: str = "main") -> Shop:
        """A clone with a copy of this database."""
        shop = self.checkout(name, revision)
        shutil.copy(database, shop.database)
        return shop


def git(shop: Shop, *arguments: str) -> str:
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    done = shop.start("git", *identity, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def commit(shop: Shop, message: str) -> None:
    git(shop, "add", "-A")
    git(shop, "commit", "-qm", message)


@pytest.fixture(scope="module")
def world(migrated: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """After the reset was pushed; the colleague's branch is from before."""
    folder = tmp_path_factory.mktemp("rehearsal")
    origin = migrated.copy(folder / "origin")
    old_head = folder / "old_head.sqlite3"
    origin.database.rename(old_head)
    (origin.root / ".gitignore").write_text("*.sqlite3\n.migwizard/\n__pycache__/\n")
    git(origin, "init", "-q", "-b", "main")
    commit(origin, "Before the reset")
    git(origin, "tag", "release")
    git(origin, "checkout", "-q", "-b", "mail")
    with (origin.root / "people/models.py").open("a") as stream:
        stream.write(NEW_MODEL)
    assert origin.manage("makemigrations", "people", "-n", "mail", "-v0").returncode == 0
    (origin.root / "people/migrations/0005_fill_mail.py").write_text(FILL)
    commit(origin, "Give people mail addresses")
    git(origin, "checkout", "-q", "main")
    shutil.copy(old_head, origin.database)
    origin.migwizard("run", "--yes", "--until", "apply")
    origin.database.unlink()
    commit(origin, "Reset the migrations")
    yield World(folder, origin, old_head)


@pytest.fixture(scope="module")
def fresh(world: World) -> Shop:
    """The empty database that automatic checks build."""
    shop = world.checkout("fresh")
    assert shop.manage("migrate", "-v0").returncode == 0
    return shop


def script(shop: Shop, *arguments: str, expect: int = 0) -> str:
    done = shop.start(sys.executable, FILE_NAME, *arguments)
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout + done.stderr


def assert_arrived(shop: Shop, like: Shop) -> None:
    """Nothing to migrate, nothing to write, and the schema of `like`, as something else than migwizard sees it."""
    assert "No migrations to apply" in shop.manage("migrate").stdout
    assert shop.manage("makemigrations", "--check", "--dry-run").returncode == 0
    databases = databases_of("sqlite", shop.root, "rehearsal")
    seen = [databases.look(str(each.database)) for each in (like, shop)]
    assert [line for line in differences(*seen) if line.startswith("schema")] == []


def test_production(world: World, fresh: Shop) -> None:
    production = world.given("production", world.old_head)
    rows = production.query("SELECT * FROM people_person ORDER BY id")
    assert "would go out" in script(production, "check")
    script(production, "switch", "--database", "default")
    assert_arrived(production, fresh)
    assert production.query("SELECT * FROM people_person ORDER BY id") == rows


def test_staging_one_release_behind(world: World, fresh: Shop) -> None:
    release = world.given("release", world.old_head, "release")
    assert release.manage("migrate", "-v0", "clubs", "0003").returncode == 0
    staging = world.given("staging", release.database)
    before = staging.dump()
    said = script(staging, "switch", "--database", "default", expect=5)
    assert "it lacks clubs.0004_roster" in said
    assert git(world.origin, "rev-parse", "release") in said
    assert staging.dump() == before
    # What the refusal asks for.
    assert release.manage("migrate", "-v0").returncode == 0
    shutil.copy(release.database, staging.database)
    script(staging, "switch", "--database", "default")
    assert_arrived(staging, fresh)


def test_a_colleague_with_two_migrations(world: World) -> None:
    colleague = world.given("colleague", world.old_head, "mail")
    assert colleague.manage("migrate", "-v0").returncode == 0
    git(colleague, "merge", "-q", "--no-edit", "origin/main")
    colleague.migwizard("branch", "--yes")
    commit(colleague, "Lead the branch to the new migrations")
    own = colleague.query("SELECT * FROM django_migrations WHERE name IN ('0004_mail', '0005_fill_mail') ORDER BY id")
    script(colleague, "switch", "--database", "default")
    after = colleague.query("SELECT * FROM django_migrations ORDER BY id")
    assert [row for row in after if row in own] == own, "they were applied, and stay so"
    assert len(own) == 2
    checks = world.checkout("checks-of-the-branch")
    git(checks, "pull", "-q", str(colleague.root), "mail")
    assert checks.manage("migrate", "-v0").returncode == 0
    assert_arrived(colleague, checks)
    # Production is switched, and gets the branch with the next release.
    production = world.given("production-later", world.old_head)
    script(production, "switch", "--database", "default")
    git(production, "pull", "-q", str(colleague.root), "mail")
    assert production.manage("migrate", "-v0").returncode == 0
    assert_arrived(production, checks)


def test_where_the_switch_was_forgotten(world: World, fresh: Shop) -> None:
    forgotten = world.given("forgotten", world.old_head)
    before = forgotten.dump()
    stopped = forgotten.manage("migrate")
    assert stopped.returncode == 1
    assert forgotten.dump() == before
    (named,) = re.findall(rf"python {FILE_NAME} (switch --database \w+)", stopped.stderr)
    script(forgotten, *named.split())
    assert_arrived(forgotten, fresh)


def test_a_fresh_database_needs_nothing(fresh: Shop) -> None:
    assert "Nothing to do" in script(fresh, "switch", "--database", "default")
    assert_arrived(fresh, fresh)

"""The forgotten switch: plain migrate on an unswitched database stops before it writes a row."""

from __future__ import annotations

from pathlib import Path
from shutil import copy

import pytest

from migwizard.seeds.guard import add_guard, remove_guard
from migwizard.switch import manifest as manifests
from tests.switch import shop
from tests.switch.engines import Database
from tests.switch.support import script_file

COMMAND = "migwizard_switch.py switch --database default"


def test_without_the_guard_a_seed_is_sown_twice(tmp_path: Path) -> None:
    project = shop.make_shop(tmp_path, ("base", "rates"))
    project.migrate()
    shop.reset(project, ("base", "rates"), guarded=False)
    project.migrate()
    assert project.database.query("SELECT code FROM base_country") == [("AT",), ("AT",)]


@pytest.mark.parametrize(
    "apps",
    [
        pytest.param(("base", "rates"), id="an app that has seeds only"),
        pytest.param(("users", "blog"), id="apps with models, no third party"),
        pytest.param(shop.APPS, id="all together"),
    ],
)
def test_migrate_stops_before_it_writes_a_row(tmp_path: Path, place: Database, apps: tuple[str, ...]) -> None:
    """Not even a table, where the engine could not take it back."""
    project = shop.make_shop(tmp_path, apps, place)
    project.migrate()
    shop.reset(project, apps)
    before = place.dump()
    stopped = project.django("migrate")
    assert stopped.returncode == 1
    assert f"python {COMMAND} " in stopped.stderr
    assert "'default'" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert place.dump() == before


def test_fake_initial_does_not_pass_the_guard_by(tmp_path: Path, place: Database) -> None:
    project = shop.make_shop(tmp_path, database=place)
    project.migrate()
    shop.reset(project)
    before = place.dump()
    assert COMMAND in project.django("migrate", "--fake-initial").stderr
    assert place.dump() == before


def test_the_command_that_it_names_leads_on(tmp_path: Path, place: Database) -> None:
    project = shop.make_shop(tmp_path, database=place)
    project.migrate()
    shop.reset(project)
    (tmp_path / manifests.FILE_NAME).write_text(shop.shop_manifest().to_json())
    copy(script_file(), tmp_path)
    assert COMMAND in project.django("migrate").stderr
    done = project.run(*COMMAND.split())
    assert done.returncode == 0, done.stderr
    assert "is switched: 4 rows of django_migrations went out, 3 came in" in done.stdout
    assert "No migrations to apply" in project.django("migrate").stdout
    assert place.query("SELECT code FROM base_country") == [("AT",)]


def test_the_guard_passes_on_an_empty_and_on_a_half_migrated_database(tmp_path: Path, place: Database) -> None:
    project = shop.make_shop(tmp_path, database=place)
    shop.reset(project)
    project.migrate("users")
    project.migrate()
    assert "No migrations to apply" in project.django("migrate").stdout
    assert {app for app, _ in place.names()} == {"base", "users", "blog", "rates"}


def test_a_kept_row_does_not_stop_a_new_history(tmp_path: Path) -> None:
    project = shop.make_shop(tmp_path, ("base", "users", "rates"))
    shop.reset(project, ("base", "users", "rates"))
    project.migrate("users")
    project.database.record("users", "0003_x")
    stopped = project.django("migrate")
    assert stopped.returncode == 1
    assert "users.0003_x" in stopped.stderr
    seed = project.root / "rates/migrations/0001_r1_seed.py"
    seed.write_text(add_guard(seed.read_text(), labels=shop.RESET, keep=[("users", "0003_x")]))
    project.migrate()


def test_the_guard_fits_into_what_makemigrations_writes(tmp_path: Path) -> None:
    project = shop.make_shop(tmp_path, ("base", "users", "blog"))
    for path in shop.OLD_FILES:
        (tmp_path / path).unlink(missing_ok=True)
    made = project.django("makemigrations", "users", "blog", "-n", "r1_initial")
    assert made.returncode == 0, made.stderr
    for file in tmp_path.glob("*/migrations/*_r1_initial.py"):
        source = file.read_text()
        guarded = add_guard(source, labels=shop.RESET, keep=[])
        assert remove_guard(guarded) == source
        file.write_text(guarded)
    project.migrate()
    unchanged = project.django("makemigrations", "--check", "--dry-run")
    assert unchanged.returncode == 0, unchanged.stdout


def test_a_router_that_keeps_an_app_out_does_not_keep_the_guard_out(tmp_path: Path) -> None:
    """Without tables of users its new name would be recorded beside the old ones, before another app's guard stops."""
    project = shop.make_shop(tmp_path, ("base", "users", "rates"))
    project.write(
        {
            "routing.py": """
                class Router:
                    def allow_migrate(self, db, app_label, **hints):
                        return app_label != "users"
            """,
        }
    )
    with (tmp_path / "settings.py").open("a") as settings:
        settings.write("DATABASE_ROUTERS = ['routing.Router']\n")
    project.migrate()
    shop.reset(project, ("base", "users", "rates"))
    before = project.database.dump()
    assert "migwizard_switch.py" in project.django("migrate", "users").stderr
    assert project.database.dump() == before

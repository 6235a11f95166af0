"""The forgotten switch: plain migrate on an unswitched database stops before it writes a row."""

from __future__ import annotations

from pathlib import Path

import pytest

from migwizard.seeds.guard import add_guard, remove_guard
from tests.switch import shop
from tests.switch.support import dump, names, query


def test_without_the_guard_a_seed_is_sown_twice(tmp_path: Path) -> None:
    project = shop.make_shop(tmp_path, ("base", "rates"))
    project.migrate()
    shop.reset(project, ("base", "rates"), guarded=False)
    project.migrate()
    assert query(project.database, "SELECT code FROM base_country") == [("AT",), ("AT",)]


@pytest.mark.parametrize(
    "apps",
    [
        pytest.param(("base", "rates"), id="an app that has seeds only"),
        pytest.param(("users", "blog"), id="apps with models, no third party"),
        pytest.param(shop.APPS, id="all together"),
    ],
)
def test_migrate_stops_before_it_writes_a_row(tmp_path: Path, apps: tuple[str, ...]) -> None:
    project = shop.make_shop(tmp_path, apps)
    project.migrate()
    shop.reset(project, apps)
    before = dump(project.database)
    stopped = project.django("migrate")
    assert stopped.returncode == 1
    assert "python migwizard_switch.py switch --database default" in stopped.stderr
    assert "'default'" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert dump(project.database) == before


def test_the_guard_passes_on_an_empty_and_on_a_half_migrated_database(tmp_path: Path) -> None:
    project = shop.make_shop(tmp_path)
    shop.reset(project)
    project.migrate("users")
    project.migrate()
    assert "No migrations to apply" in project.django("migrate").stdout
    assert {app for app, _ in names(project.database)} == {"base", "users", "blog", "rates"}


def test_a_kept_row_does_not_stop_a_new_history(tmp_path: Path) -> None:
    project = shop.make_shop(tmp_path, ("base", "users", "rates"))
    shop.reset(project, ("base", "users", "rates"))
    project.migrate("users")
    query(
        project.database, "INSERT INTO django_migrations (app, name, applied) VALUES ('users', '0003_x', '2020-01-01')"
    )
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
    before = dump(project.database)
    assert "migwizard_switch.py" in project.django("migrate", "users").stderr
    assert dump(project.database) == before

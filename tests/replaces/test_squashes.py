"""An old history with a squash: databases record its name beside what it joins, or only what it joins."""

from __future__ import annotations

from pathlib import Path

from tests.engine.layouts import create, migration, models, settle
from tests.replaces.support import WarmShop
from tests.replaces.test_databases import ROWS, replaced

NAME, SIZE = "CharField(max_length=20)", "IntegerField(default=0)"
PARTS, SQUASH = [("shop", "0001_initial"), ("shop", "0002_size")], ("shop", "0001_squashed_0002_size")
NEW = ("shop", "0001_reset_initial")


def test_a_squash_goes_with_what_it_joins_and_may_lack_a_row_of_its_own(tmp_path: Path) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/migrations/__init__.py": "",
        "shop/models.py": models(Thing={"name": NAME, "size": SIZE}),
        "shop/migrations/0001_initial.py": migration(create("Thing", name=NAME), more="initial = True"),
        "shop/migrations/0002_size.py": migration(f'migrations.AddField("thing", "size", models.{SIZE})', PARTS[0]),
        "shop/migrations/0001_squashed_0002_size.py": migration(
            create("Thing", name=NAME, size=SIZE), more=f"initial = True\n    replaces = {PARTS!r}"
        ),
    }
    shop = WarmShop(settle(tmp_path / "site", files, ["shop"]).root)
    assert set(shop.query(ROWS)) == {*PARTS, SQUASH}
    shop.migwizard("run", "--yes", "--replaces", "--until", "apply")
    assert dict(replaced(shop)) == {NEW: [*PARTS, SQUASH]}
    assert "A plain migrate records them by itself" in shop.check()
    whole = shop.copy(tmp_path / "whole")
    assert "No migrations to apply" in whole.manage("migrate").stdout
    whole.assert_clean()

    shop.query(f"DELETE FROM django_migrations WHERE name = '{SQUASH[1]}'")
    said = shop.check()
    assert "2 would come in" in said
    assert "plain migrate" not in said, "Django would pass over the new file"
    done = shop.fork("migwizard_switch.py", "switch")
    assert done.returncode == 0, done.stderr
    assert set(shop.query(ROWS)) == {*PARTS, SQUASH, NEW}
    shop.assert_clean()

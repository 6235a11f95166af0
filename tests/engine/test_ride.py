"""The whole reset of a small project, and the way back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.engine.support import Shop, begun, changed, kept, make_project

pytestmark = pytest.mark.ride


def test_run_resets_files_and_history_and_nothing_else(migrated: Shop, tiny: Shop) -> None:
    said = tiny.manage("makemigrations", "--check", "--dry-run").stdout
    report = tiny.lines("run", "--yes")[-1]
    assert report["proof"]["schema_equal"]
    assert report["proof"]["rows_equal"]
    assert (report["files_before"], report["files_after"], report["databases"]) == (7, 4, {"default": "NEW"})
    assert tiny.manage("makemigrations", "--check", "--dry-run").stdout == said
    assert "No planned migration operations" in tiny.manage("migrate", "--plan").stdout
    touched = changed(migrated.tree(), tiny.tree()) - {"migwizard_manifest.json", "migwizard_switch.py"}
    assert len(touched) == 7 + 4
    assert all("/migrations/0" in path for path in touched)
    assert _data(tiny) == _data(migrated)


def _data(shop: Shop) -> list[str]:
    """The dump without the recorded migrations and our copy of them."""
    ours = ("django_migrations", "migwizard_history_backup")
    return [line for line in shop.dump() if not any(name in line for name in ours)]


def test_undo_gives_back_every_byte_and_row(migrated: Shop, tiny_finished: Shop) -> None:
    assert tiny_finished.tree() != migrated.tree()
    assert tiny_finished.dump() != migrated.dump()
    tiny_finished.migwizard("undo", "--yes")
    assert tiny_finished.tree() == migrated.tree()
    assert tiny_finished.dump() == migrated.dump()
    assert not (tiny_finished.root / ".migwizard").exists()


def test_undo_works_from_the_second_backup(migrated: Shop, tiny_finished: Shop) -> None:
    shutil.rmtree(tiny_finished.root / ".migwizard" / "backup")
    # The second backup is found by the project's path, and this is a copy of the project.
    (state,) = (tiny_finished.root.parent / "state" / "migwizard").iterdir()
    where = tiny_finished.migwizard("undo", "--yes", expect=1).stderr
    place = Path(where.split("here and in ")[1].split(". Nothing")[0])
    shutil.move(state, place.parent)
    tiny_finished.migwizard("undo", "--yes")
    assert tiny_finished.tree() == migrated.tree()
    assert tiny_finished.dump() == migrated.dump()


def test_a_reset_can_be_done_again_after_undo(finished: Shop, tiny_finished: Shop) -> None:
    new = tiny_finished.tree()
    tiny_finished.migwizard("undo", "--yes")
    tiny_finished.migwizard("run", "--yes")
    assert tiny_finished.tree() == new
    assert tiny_finished.timeless_dump() == finished.timeless_dump()


def test_a_finished_run_is_left_alone(tiny_finished: Shop) -> None:
    tree, dump = tiny_finished.tree(), tiny_finished.dump()
    lines = tiny_finished.lines("run", "--yes")
    assert lines[-1]["state"] == "done"
    assert lines[-1]["databases"] == {"default": "NEW"}
    assert kept(lines) == ["apply"]
    assert begun(lines) == ["fake", "done"]
    assert (tiny_finished.tree(), tiny_finished.dump()) == (tree, dump)


def _add_migration(shop: Shop) -> None:
    shop.edit("people/models.py", "    club =", "    born = models.DateField(null=True)\n    club =")
    done = shop.manage("makemigrations", "people")
    assert done.returncode == 0, done.stderr


def test_undo_is_refused_where_migrations_were_built_upon_the_new_ones(tiny_finished: Shop) -> None:
    _add_migration(tiny_finished)
    tree, dump = tiny_finished.tree(), tiny_finished.dump()
    refused = tiny_finished.migwizard("undo", "--yes", expect=6)
    assert "emove or set aside people/migrations/0002_" in refused.stderr
    assert (tiny_finished.tree(), tiny_finished.dump()) == (tree, dump)


def test_undo_is_refused_where_a_new_file_was_edited(migrated: Shop, tiny_finished: Shop) -> None:
    tiny_finished.edit("people/migrations/0001_reset_initial.py", "blank=True, ", "")
    tree, dump = tiny_finished.tree(), tiny_finished.dump()
    refused = tiny_finished.migwizard("undo", "--yes", expect=6)
    told = tiny_finished.migwizard("status").stderr
    assert "Undo would stop: people/migrations/0001_reset_initial.py was changed meanwhile" in told
    as_written = ".migwizard/staging/people/0001_reset_initial.py"
    assert f"copy {as_written} over people/migrations/0001_reset_initial.py" in refused.stderr
    assert (tiny_finished.tree(), tiny_finished.dump()) == (tree, dump)
    # As a checkout with other ends of lines, and a hook that formats, leave them: no edit of a person's.
    text = (tiny_finished.root / as_written).read_bytes()
    (tiny_finished.root / "people/migrations/0001_reset_initial.py").write_bytes(text.replace(b"\n", b"\r\n"))
    manifest = tiny_finished.root / "migwizard_manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()), indent=7, sort_keys=True))
    tiny_finished.migwizard("undo", "--yes")
    assert tiny_finished.tree() == migrated.tree()


def test_a_second_reset_is_refused_with_the_way_to_it_and_then_possible(tiny_finished: Shop) -> None:
    _add_migration(tiny_finished)
    tree = tiny_finished.tree()
    assert tiny_finished.manage("migrate", "-v0").returncode == 0
    refused = tiny_finished.migwizard("run", "--yes", expect=6)
    assert "is finished" in refused.stderr
    assert "people.0002" in refused.stderr
    assert tiny_finished.tree() == tree
    shutil.rmtree(tiny_finished.root / ".migwizard")
    before = tiny_finished.dump()
    tiny_finished.epoch = "1700000000"
    report = tiny_finished.lines("run", "--yes")[-1]
    assert (report["files_before"], report["files_after"]) == (5, 4)
    assert not [item for item in report["answers"] if item["question"].startswith("keep:")], (
        "the old guard stays behind"
    )
    guards = [text.count(b"class StopIfNotSwitched") for text in tiny_finished.tree().values()]
    assert sum(guards) == 1
    assert not set(tree) & {path for path in tiny_finished.tree() if "/migrations/0" in path}
    tiny_finished.migwizard("undo", "--yes")
    assert tiny_finished.tree() == tree
    assert tiny_finished.dump() == before


def test_drift_is_left_as_it_was(tiny: Shop) -> None:
    tiny.edit("clubs/models.py", "max_length=60", "max_length=61")
    said = tiny.manage("makemigrations", "--check", "--dry-run")
    assert said.returncode == 1
    report = tiny.lines("run", "--yes")[-1]
    assert {"question": "drift", "answer": "leave", "by": "--yes"} in report["answers"]
    after = tiny.manage("makemigrations", "--check", "--dry-run")
    assert after.returncode == 1
    assert "Alter field name on club" in after.stdout
    assert "No planned migration operations" in tiny.manage("migrate", "--plan").stdout


def test_an_app_with_seeds_only(tmp_path: Path) -> None:
    shop = make_project("seedonly", tmp_path)
    tree, dump = shop.tree(), shop.dump()
    report = shop.lines("run", "--yes")[-1]
    assert [(seed["verdict"], seed["rung"]) for seed in report["seeds"]] == [("seed", "move")] * 2
    assert "No planned migration operations" in shop.manage("migrate", "--plan").stdout
    shop.migwizard("undo", "--yes")
    assert (shop.tree(), shop.dump()) == (tree, dump)

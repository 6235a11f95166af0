"""The whole reset, and its undo, of a project that runs elsewhere."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from migwizard.engine.opening import look_ride
from migwizard.engine.options import Options
from migwizard.errors import ProjectError
from migwizard.project.discovery import find_project
from tests.engine.persons import Person
from tests.engine.support import MIGWIZARD, Shop, begun
from tests.project.elsewhere import Place, gone, image_of, mounted, wait_until, why_not_mounted

pytestmark = pytest.mark.ride


def _caveats(shop: Shop) -> list[str]:
    return list(json.loads((shop.root / ".migwizard/proof.json").read_bytes())["caveats"])


def test_through_a_copy_of_the_project(migrated: Shop, finished: Shop, tiny: Shop, tmp_path: Path) -> None:
    place = image_of(tiny.root, tmp_path)
    there = Shop(place.root)
    before = there.tree()
    secret, shown = f"env DB_PASSWORD=pl4nted {place.command}", f"env DB_PASSWORD=... {place.command}"
    said = tiny.migwizard("run", "--yes", "--via", secret, "--env-file", os.devnull).stderr
    assert f"--via {shlex.quote(shown)} --env-file {os.devnull} undo" in said
    written = [path for path in tiny.root.parent.rglob("*") if path.is_file()]
    assert not [path for path in written if b"pl4nted" in path.read_bytes()] and "pl4nted" not in said
    for name in ("proof.json", "proof.txt", "runbook.md", "summary.md", "checkpoint.json"):
        assert "DB_PASSWORD=..." in (tiny.root / ".migwizard" / name).read_text(), name
    assert tiny.tree() == finished.tree()
    assert there.timeless_dump() == finished.timeless_dump()
    assert there.tree() == before
    assert tiny.dump() == migrated.dump(), "the database of the checkout is none of the place's"
    assert f"The project ran through another command, with a copy of the files: {shown}." in _caveats(tiny)
    refused = tiny.migwizard("undo", "--yes", expect=6).stderr
    assert "default was switched when it was db.sqlite3 through --via" in refused
    tiny.migwizard("undo", "--yes", "--via", place.command)
    assert tiny.tree() == migrated.tree()
    assert there.dump() == migrated.dump()
    assert not (tiny.root / ".migwizard").exists()
    assert place.is_clean


@pytest.mark.skipif(bool(why_not_mounted()), reason=why_not_mounted())
def test_through_another_root_in_which_the_project_is_mounted(
    migrated: Shop, finished: Shop, tiny: Shop, tmp_path: Path
) -> None:
    place = mounted(tiny.root, tmp_path)
    (tmp_path / "variables").write_text("SEEN='from the file'\n")
    tests = tiny.root / "people/tests.py"
    tests.write_text(
        "import os\nfrom django.test import SimpleTestCase\n\n\nclass There(SimpleTestCase):\n    def test_there(self):\n"
        "        self.assertEqual((os.getcwd(), os.environ['SEEN']), ('/app', 'from the file'))\n"
    )
    report = tiny.lines(
        "run", "--yes", "--run-tests", "--via", place.command, "--env-file", str(tmp_path / "variables")
    )[-1]
    assert (report["tests"]["exit"], report["tests"]["command"]) == (0, f"{place.command} manage.py test --noinput")
    tests.unlink()
    assert tiny.tree() == finished.tree()
    assert tiny.timeless_dump() == finished.timeless_dump()
    assert f"The project ran through another command: {place.command}." in _caveats(tiny)
    # It is the same file here and there.
    tiny.migwizard("undo", "--yes")
    assert tiny.tree() == migrated.tree()
    assert tiny.dump() == migrated.dump()
    assert place.is_clean


def test_a_copy_is_told_of_until_it_is_built_anew(tiny_proved: Shop, tmp_path: Path) -> None:
    place = image_of(tiny_proved.root, tmp_path)
    events = tiny_proved.lines("run", "--yes", "--run-tests", "--via", place.command)
    told = [line["text"] for line in events if line.get("event") == "warning"]
    assert [text for text in told if "build its image anew" in text]
    assert [text for text in told if "tests were not run" in text]
    assert not {"seeds", "proof"} & set(begun(events)), "what was proved here holds there"
    for app in ("people", "clubs"):
        shutil.rmtree(place.root / app)
        shutil.copytree(tiny_proved.root / app, place.root / app)
    again = tiny_proved.lines("run", "--yes", "--via", place.command)
    assert again[-1]["databases"] == {"default": "NEW"}
    assert not [line for line in again if line.get("event") == "warning"]


def test_a_killed_host_leaves_nothing_there(tiny: Shop, tmp_path: Path) -> None:
    seed, pid = tiny.root / "clubs/migrations/0002_first_clubs.py", tmp_path / "pid"
    waiting = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid()) + ' '); time.sleep(60)"
    seed.write_text(seed.read_text().replace("    Club =", f"    {waiting}\n    Club ="))
    place = image_of(tiny.root, tmp_path)
    command = [*MIGWIZARD, "run", "--yes", "--until", "seeds", "--via", place.command]
    with subprocess.Popen(
        command, cwd=tiny.root, env=tiny.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as host:
        wait_until("the seed", lambda: pid.exists() and pid.read_text().endswith(" "))
        assert not place.is_clean
        host.send_signal(signal.SIGKILL)
    wait_until("the end of everything there", lambda: place.is_clean and gone(int(pid.read_text())))


def _look(shop: Shop, place: Place) -> None:
    """Open the project through a place, without a reset."""
    with look_ride(find_project(shop.root, via=place.command), Person(), Options(), None):
        pass


def test_other_files_are_refused_by_name(tiny: Shop, tmp_path: Path) -> None:
    place = image_of(tiny.root, tmp_path)
    _look(tiny, place)

    def refused(says: str) -> None:
        with pytest.raises(ProjectError) as caught:
            _look(tiny, place)
        assert f"runs other files than this checkout has: {says}." in caught.value.sentence
        assert caught.value.code == "via-differs"

    first = place.root / "people/migrations/0001_initial.py"
    kept = first.read_bytes()
    first.write_bytes(kept + b"\n")
    refused("people/migrations/0001_initial.py differs")
    first.write_bytes(kept)
    (place.root / "people/migrations/0009_new.py").touch()
    refused("people/migrations/0009_new.py is there and not here")
    (place.root / "people/migrations/0009_new.py").unlink()
    (tiny.root / "people/migrations/helper.py").touch()
    refused("people/migrations/helper.py is here and not there")
    with (place.root / "people/models.py").open("a") as models:
        models.write("x = 1\n")
    refused("people/models.py differs")


def test_a_file_of_the_place_alone_is_no_difference_where_git_ignores_it(tiny: Shop, tmp_path: Path) -> None:
    place = image_of(tiny.root, tmp_path)
    (place.root / "config/local.py").write_text("LOCAL = True\n")
    for root in (tiny.root, place.root):
        with (root / "config/settings.py").open("a") as settings:
            settings.write("\ntry:\n    from config.local import *\nexcept ImportError:\n    pass\n")
    with pytest.raises(ProjectError, match=r"config/local\.py is there and not here"):
        _look(tiny, place)
    (tiny.root / ".gitignore").write_text("local.py\n")
    assert tiny.start("git", "init", "-q").returncode == 0
    _look(tiny, place)

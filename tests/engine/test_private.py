"""What holds rows of databases can be read by nobody else, from the moment it is there and whatever the umask is."""

from __future__ import annotations

import argparse
import errno
import json
import os
import pwd
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from migwizard import logfile, private
from migwizard.commands.complaints import write_log
from migwizard.engine.later import undo
from migwizard.engine.surviving import durable
from migwizard.engine.surviving.lock import locked
from migwizard.errors import as_sentence
from migwizard.paths import Workplace, state_home
from migwizard.tui import clipboard
from tests.engine.support import MIGWIZARD, Shop

LOOK = '''
import json, os, stat

def look(root, log):
    """The modes of all that lies in our folder just now."""
    found = {}
    for folder, names, files in os.walk(os.path.join(root, ".migwizard")):
        for path in [folder, *(os.path.join(folder, name) for name in files)]:
            found[os.path.relpath(path, root)] = stat.S_IMODE(os.lstat(path).st_mode)
    with open(log, "a") as stream:
        stream.write(json.dumps(found) + "\\n")
'''

COPIES = re.compile(r"\.migwizard/(backup(/|$)|staging/\w+(/__init__\.py)?$)")
"""Copies of the project's own files and folders have the modes that these have, in a folder that is closed."""


@pytest.fixture
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def open_to_others(place: Path) -> set[str]:
    """What somebody else could read, by path relative to `place`."""
    paths = [place, *place.rglob("*")]
    return {str(path.relative_to(place)) for path in paths if not path.is_symlink() and path.lstat().st_mode & 0o077}


@pytest.mark.usefixtures("no_umask")
def test_every_way_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, seen = Workplace(tmp_path), []
    real = os.fsync

    def look(descriptor: int) -> None:
        seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    with locked(place.lock):
        durable.write_file(place.folder / "rows/default.json", b"Ada")
        durable.append_line(place.folder / "branch/journal.jsonl", "Ada")
        logfile.append(place.log, "Ada")
        clipboard.write(place.folder, "rows", "Ada")
        clipboard.write(tmp_path / "state/migwizard", "rows", "Ada")
    assert open_to_others(place.folder) == set()
    assert open_to_others(tmp_path / "state") == set()
    assert set(seen) == {0o700, 0o600}


@pytest.mark.usefixtures("no_umask")
def test_a_link_in_the_place_of_a_temporary_file_is_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("mine")
    (tmp_path / "ours").symlink_to(other)
    with private.open_new(tmp_path / "ours") as stream:
        stream.write(b"Ada")
    assert other.read_text() == "mine"
    assert stat.S_IMODE((tmp_path / "ours").lstat().st_mode) == 0o600


@pytest.mark.parametrize("named", ["relative/state", "", None])
def test_the_second_backup_lies_in_one_place_wherever_one_stands(
    monkeypatch: pytest.MonkeyPatch, named: str | None
) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    if named is None:
        monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    else:
        monkeypatch.setenv("XDG_STATE_HOME", named)
    assert state_home() == Path("/home/ada/.local/state")


def test_a_folder_that_is_a_volume_of_its_own_stays_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Workplace(tmp_path)
    durable.write_file(place.checkpoint, b"{}")
    durable.write_file(place.folder / "rows/default.json", b"{}")
    real = os.rmdir

    def mounted(path: str | Path, **more: Any) -> None:
        if Path(path) == place.folder:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(path))
        real(path, **more)

    monkeypatch.setattr(os, "rmdir", mounted)
    undo._remove(place)
    undo.sweep(place)
    assert list(place.folder.iterdir()) == []


def test_a_copy_for_which_there_is_no_room_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(source))

    durable.write_file(tmp_path / "clubs/0001_initial.py", b"")
    monkeypatch.setattr(shutil, "copy2", full)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with pytest.raises(OSError, match="No space left") as caught:
        durable.copy_folder(tmp_path / "clubs", tmp_path / "state/clubs")
    spoken = as_sentence(caught.value)
    assert spoken.code == "disk-full"
    assert spoken.sentence.startswith(f"{tmp_path}/state/.clubs.migwizard-")
    assert "XDG_STATE_HOME names another folder" in spoken.cures[-1]


def test_a_state_folder_that_can_be_none_has_a_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setenv("HOME", "/dev/null")
    with pytest.raises(FileExistsError) as caught:
        private.make_folder(Workplace(Path("/nowhere")).second_backup)
    assert "XDG_STATE_HOME names another folder" in as_sentence(caught.value).cures[-1]


def test_what_another_user_owns_is_named_with_that_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Workplace(tmp_path)
    place.create()
    owner = pwd.getpwuid(os.geteuid()).pw_name
    error = PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(place.journal))

    def refused(*_: object) -> NoReturn:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(os, "geteuid", lambda: 12345)
        (cure,) = as_sentence(error).cures
    assert cure == f"{place.folder} belongs to {owner}: start as that user, or let this one read and write there."
    monkeypatch.setattr(os, "open", refused)
    monkeypatch.setattr(Path, "is_file", refused)
    assert write_log(as_sentence(error), argparse.Namespace(root=tmp_path)) is None


def test_nothing_is_removed_behind_a_link(tmp_path: Path) -> None:
    """Nobody comes so far: what is a link in our folder is refused at the start."""
    source, other, link = tmp_path / "source", tmp_path / "other", tmp_path / "link"
    write = {source / "0001_initial.py": "ours", other / "clubs/thesis.txt": "mine", other / ".x.migwizard-7": "mine"}
    for path, text in write.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    link.symlink_to(other)
    with pytest.raises(OSError, match="symbolic links"):
        durable.copy_folder(source, link / "clubs")
    durable.copy_folder(source, link / "new")
    durable.sweep(link)
    assert {path: path.read_text() for path in write} == write


def test_the_folder_of_an_older_migwizard_is_closed(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    place.folder.mkdir(mode=0o755)
    place.folder.chmod(0o755)
    place.create()
    assert stat.S_IMODE(place.folder.stat().st_mode) == 0o700


@pytest.mark.ride
def test_a_whole_ride_without_a_umask(tiny: Shop) -> None:
    """Watched by a migration of the project, and looked at in the end; the project's own files are as usual."""
    log = tiny.root.parent / "seen.jsonl"
    (tiny.root / "looking.py").write_text(LOOK)
    tiny.edit(
        "clubs/migrations/0002_first_clubs.py",
        "    for ",
        f"    from looking import look\n    look({str(tiny.root)!r}, {str(log)!r})\n    for ",
    )
    (tiny.root / "clubs/migrations/0001_initial.py").chmod(0o640)
    modes = {path: path.stat().st_mode for path in tiny.root.rglob("*.py")}
    done = subprocess.run(
        [*MIGWIZARD, "run", "--yes"],
        cwd=tiny.root,
        env=tiny.environment(),
        capture_output=True,
        text=True,
        check=False,
        umask=0,
    )
    assert done.returncode == 0, done.stderr
    seen = [json.loads(line) for line in log.read_text().splitlines()]
    scratch = {name for found in seen for name in found if ".sqlite3" in name}
    assert scratch, "the migration saw no scratch database"
    open_then = {name for found in seen for name, mode in found.items() if mode & 0o077}
    assert {name for name in open_then if not COPIES.match(name)} == set()
    open_now = open_to_others(tiny.root / ".migwizard")
    assert {name for name in open_now if not COPIES.match(f".migwizard/{name}")} == set()
    (second,) = (tiny.root.parent / "state/migwizard").glob("*/*")
    labels = {folder.name for folder in (tiny.root / ".migwizard/backup").iterdir()}
    assert {name for name in open_to_others(second) if name.split("/")[0] not in labels} == set()
    assert all(stat.S_IMODE(folder.stat().st_mode) == 0o700 for folder in (second, second.parent, second.parent.parent))
    new = next(tiny.root.glob("clubs/migrations/*_reset_*.py"))
    assert stat.S_IMODE(new.stat().st_mode) == 0o666
    tiny.migwizard("undo", "--yes")
    assert {path: path.stat().st_mode for path in tiny.root.rglob("*.py")} == modes

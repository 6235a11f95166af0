"""Systems that lack something: a sentence instead of a traceback, or the same work in another way."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from migwizard import platforms
from migwizard.engine.surviving import durable

WITHOUT = "import sys; sys.modules.update({0}); from migwizard.cli import main; sys.exit(main({1}))"


def started(missing: tuple[str, ...], *arguments: str) -> subprocess.CompletedProcess[str]:
    gone = dict.fromkeys(missing)
    command = [sys.executable, "-c", WITHOUT.format(gone, list(arguments))]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("missing", [("fcntl",), ("termios",), ("fcntl", "termios")])
@pytest.mark.parametrize("arguments", [(), ("run", "--yes"), ("status",), ("--plain",), ("undo",)])
def test_a_system_without_locks_is_told_in_one_sentence(
    missing: tuple[str, ...], arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "manage.py").touch()
    monkeypatch.chdir(tmp_path)
    done = started(missing, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("migwizard: migwizard does not work on this system")
    assert "Traceback" not in done.stderr and all(name in done.stderr for name in missing)
    assert [path.name for path in tmp_path.iterdir()] == ["manage.py"]


@pytest.mark.parametrize("arguments", [("--version",), ("--help",), ("run", "--help")])
def test_help_comes_everywhere(arguments: tuple[str, ...]) -> None:
    assert started(("fcntl", "termios"), *arguments).returncode == 0


def test_this_system_has_all() -> None:
    assert platforms.hindrance() == ""


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_that_cannot_flush_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    real = os.fsync

    def refusing(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, os.strerror(number))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", refusing)
    durable.write_file(tmp_path / "folder/file", b"new")
    assert (tmp_path / "folder/file").read_bytes() == b"new"
    durable.remove_file(tmp_path / "folder/file")
    assert not (tmp_path / "folder/file").exists()


def test_another_error_of_flushing_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(descriptor: int) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OSError, match="broken"):
        durable.write_file(tmp_path / "file", b"new")

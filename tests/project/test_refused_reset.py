"""Histories, databases, working trees and checkpoints that a reset must not start from; each refusal changes nothing."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from migwizard.engine.surviving.lock import locked
from tests.project.support import SEED, Shell, snapshot, write

DATABASE = "db.sqlite3"


def _append(shell: Shell, text: str, name: str = "config/settings.py") -> None:
    with (shell.root / name).open("a", encoding="utf-8") as stream:
        stream.write(text + "\n")


def _execute(shell: Shell, statement: str) -> None:
    with closing(sqlite3.connect(shell.root / DATABASE, isolation_level=None)) as connection:
        connection.execute(statement)


# The history


def test_two_newest_migrations_are_named(shell: Shell) -> None:
    text = (shell.root / SEED).read_text()
    (shell.root / "stock/migrations/0003_other.py").write_text(text)
    shell.refused("run", "--yes", exit=4, says=("stock ends in 0003_other and 0003_seed", "makemigrations --merge"))


def test_a_migration_that_needs_one_that_is_gone(shell: Shell) -> None:
    (shell.root / "stock/migrations/0001_initial.py").unlink()
    shell.refused("run", "--yes", exit=3, says=("form no graph", "stock", "0001_initial"))


ANSWERS_FOR_EVERY_APP = """
class Off({base}):
    def __contains__(self, item):
        return True

    def __getitem__(self, item):
        return None


MIGRATION_MODULES = Off()
"""


@pytest.mark.parametrize(
    "overrides",
    [
        "MIGRATION_MODULES = {'stock': None, 'sales': None, 'contenttypes': None}",
        "MIGRATION_MODULES = {'stock': None}",
        ANSWERS_FOR_EVERY_APP.format(base="object"),
        ANSWERS_FOR_EVERY_APP.format(base="dict"),
    ],
    ids=["all", "one", "class", "dict class"],
)
def test_settings_that_disable_migrations(shell: Shell, overrides: str) -> None:
    _append(shell, overrides)
    shell.refused("run", "--yes", exit=2, says=("config.settings disable migrations of", "stock", "--settings"))


def test_a_third_party_without_migrations_is_no_reason_to_refuse(shell: Shell) -> None:
    _append(shell, "MIGRATION_MODULES = {'contenttypes': None}")
    _execute(shell, "DELETE FROM django_migrations WHERE app = 'contenttypes'")
    ended = shell("run", "--yes", "--until", "preflight")
    assert ended.exit == 0, ended.err


def test_no_app_of_the_project_has_migrations(shell: Shell) -> None:
    for app in ("stock", "sales"):
        shutil.rmtree(shell.root / app / "migrations")
    shell.refused("run", "--yes", exit=0, says="Nothing to reset")


def test_an_old_history_that_builds_nothing_from_zero(shell: Shell) -> None:
    text = (shell.root / SEED).read_text()
    (shell.root / SEED).write_text(text.replace('name="hammer"', 'name="hammer", size=1 // 0'))
    line = text.splitlines().index('    apps.get_model("stock", "Item").objects.create(name="hammer")') + 1
    before = snapshot(shell.root)
    ended = shell("run", "--yes")
    assert ended.exit == 1
    for piece in ("cannot build a database from zero", "stock.0003_seed (operation 0", "ZeroDivisionError"):
        assert piece in ended.err
    assert f"{shell.root / SEED}, line {line}" in ended.err
    assert snapshot(shell.root) == before


def test_migrations_that_lie_outside_of_the_project(shell: Shell, tmp_path: Path) -> None:
    outside = tmp_path / "elsewhere"
    shutil.move(shell.root / "sales/migrations", outside)
    (shell.root / "sales/migrations").symlink_to(outside)
    shell.refused("run", "--yes", exit=2, says=("migrations of sales lie in", "--exclude sales"))
    assert (outside / "0001_initial.py").is_file()


@pytest.mark.parametrize("name", ["0001_initial.py", "max_migration.txt"])
def test_a_file_of_the_swap_that_is_a_link(shell: Shell, name: str) -> None:
    """Undo would bring a file in its place; a link beside the migrations stays as it is."""
    folder = shell.root / "sales/migrations"
    write(shell.root, {"sales/shared.sql": "", "sales/max_migration.txt": "0001_initial\n"})
    (folder / "shared.sql").symlink_to("../shared.sql")
    assert shell("run", "--yes", "--until", "preflight").exit == 0
    if (folder / name).exists():
        (folder / name).rename(folder.parent / name)
    (folder / name).symlink_to(f"../{name}")
    shell.refused("run", "--yes", exit=2, says=(f"sales/migrations/{name} is a link", "--exclude sales"))


@pytest.mark.parametrize("kind", ["link to nothing", "ring", "ring through another folder", "pipe"])
def test_something_in_a_migrations_folder_that_no_backup_can_hold(shell: Shell, kind: str) -> None:
    path = shell.root / "sales/migrations/0002_odd.py"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to({"link to nothing": "nowhere", "ring": "."}.get(kind, "../data"))
    if kind == "ring through another folder":
        write(shell.root, {"sales/data/rows.json": ""})
        (shell.root / "sales/data/back").symlink_to("../migrations")
    odd = "0002_odd.py/back" if "through" in kind else "0002_odd.py"
    says = (f"sales/migrations/{odd} is neither a file nor a folder", "Nothing was changed", "--exclude sales")
    shell.refused("run", "--yes", exit=2, says=says)


# The working tree


@pytest.fixture
def repository(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """The tiny project in a git repository of its own, everything committed."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    write(shell.root, {".gitignore": "*.sqlite3\n"})
    _git(shell, "init", "-q")
    _git(shell, "add", ".")
    _git(shell, "-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "all")
    return shell


def _git(shell: Shell, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=shell.root, check=True, capture_output=True)


def test_a_changed_migration_that_is_not_committed(repository: Shell) -> None:
    _append(repository, "# later", SEED)
    repository.refused("run", "--yes", exit=4, says=(SEED, "not committed", "git stash"))


def test_a_repository_that_git_refuses_to_read(repository: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another user's: what is not committed there would go without a word."""
    _append(repository, "# later", SEED)
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    says = ("dubious ownership", f"git config --global --add safe.directory {repository.root}", "Nothing was changed")
    repository.refused("run", "--yes", exit=4, says=says)


def test_what_a_hook_says_of_its_repository_leads_nowhere(
    repository: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _append(repository, "# later", SEED)
    subprocess.run(["git", "init", "-q", tmp_path / "other"], check=True)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other/.git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))
    repository.refused("run", "--yes", exit=4, says=(SEED, "not committed"))


def test_a_new_file_in_a_migrations_folder(repository: Shell) -> None:
    write(repository.root, {"sales/migrations/notes ä.txt": "x"})
    repository.refused("run", "--yes", exit=4, says="sales/migrations/notes ä.txt")


def test_a_removed_and_a_staged_migration(repository: Shell) -> None:
    _append(repository, "# later", "sales/migrations/0001_initial.py")
    _git(repository, "add", ".")
    repository.refused("run", "--yes", exit=4, says="sales/migrations/0001_initial.py")


def test_changes_elsewhere_do_not_matter(repository: Shell) -> None:
    _append(repository, "# later", "stock/models.py")
    write(repository.root, {"notes.txt": "x"})
    before = snapshot(repository.root)
    ended = repository("run", "--yes", "--until", "preflight")
    assert ended.exit == 0, ended.err
    assert snapshot(repository.root) == before


def test_no_git_is_normal(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(shell.root.parent))
    ended = shell("run", "--yes", "--until", "preflight")
    assert ended.exit == 0
    assert "No git here" in ended.err


# The database


@contextmanager
def _other_process(shell: Shell, begin: str) -> Iterator[None]:
    """A lock is held by another process: this one would lose it when it reads the file for a snapshot."""
    code = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute(sys.argv[2]); print(flush=True); input()"
    command = [sys.executable, "-c", code, str(shell.root / DATABASE), begin]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        yield
        other.kill()


def _impatient(shell: Shell) -> None:
    _append(shell, "DATABASES['default']['OPTIONS'] = {'timeout': 0.1}")


@pytest.mark.parametrize("begin", ["BEGIN EXCLUSIVE", "BEGIN IMMEDIATE"])
def test_a_database_that_somebody_else_writes_to(shell: Shell, begin: str) -> None:
    _impatient(shell)
    with _other_process(shell, begin):
        shell.refused("run", "--yes", exit=5, says=("Database default", "database is locked"))
    assert shell("run", "--yes", "--until", "preflight").exit == 0


def test_a_database_in_wal_mode_stays_as_it_is(shell: Shell) -> None:
    _execute(shell, "PRAGMA journal_mode = WAL")
    _execute(shell, "DELETE FROM django_migrations WHERE app = 'sales'")
    shell.refused("run", "--yes", exit=5, says="default")


def test_a_database_that_is_behind(shell: Shell) -> None:
    _execute(shell, "DELETE FROM django_migrations WHERE name = '0003_seed'")
    shell.refused("run", "--yes", exit=5, says=("stock.0003_seed", "manage.py migrate"))


def test_a_database_with_rows_that_nobody_knows(shell: Shell) -> None:
    _execute(shell, "INSERT INTO django_migrations (app, name, applied) VALUES ('stock', '0007_branch', '2020-01-01')")
    shell.refused("run", "--yes", exit=5, says="stock.0007_branch")


def test_a_file_that_is_no_database(shell: Shell) -> None:
    (shell.root / DATABASE).write_bytes(b"not a database at all" * 100)
    shell.refused("run", "--yes", exit=5, says=("Database default", "file is not a database"))


def test_a_named_database_that_is_missing(shell: Shell) -> None:
    (shell.root / DATABASE).unlink()
    shell.refused("run", "--yes", "--database", "default", exit=5, says=("Database default", "does not exist"))


def test_a_database_that_the_settings_do_not_have(shell: Shell) -> None:
    shell.refused("run", "--yes", "--database", "replica", exit=2, says=("'replica'", "default"))


@pytest.mark.ride
def test_a_missing_database_is_reported_and_never_made(shell: Shell) -> None:
    (shell.root / DATABASE).unlink()
    ended = shell("run", "--yes", "--json")
    assert ended.exit == 0, ended.err
    assert ended.objects[-1]["databases"] == {"default": "missing"}
    assert not (shell.root / DATABASE).exists()
    shell.refused("fake", "--yes", "--database", "default", exit=5, says="does not exist")
    shell.refused("fake", "--yes", exit=5, says="does not exist")


ORACLE = """
from django.db.backends.sqlite3.base import DatabaseWrapper as SQLite


class DatabaseWrapper(SQLite):
    vendor = "oracle"

    def get_new_connection(self, params):
        open("connected", "w").close()
        raise RuntimeError("a connection was tried")
"""


def test_an_engine_of_another_kind_is_refused_without_a_connection(shell: Shell) -> None:
    """Django says of what kind it is: an engine of a package may be called whatever it wants."""
    (shell.root / "engine_of_ours").mkdir()
    (shell.root / "engine_of_ours/__init__.py").touch()
    (shell.root / "engine_of_ours/base.py").write_text(ORACLE)
    _append(shell, 'DATABASES = {"default": {"ENGINE": "engine_of_ours", "NAME": "shop", "HOST": "127.0.0.1"}}\n')
    says = (
        "The database default runs on engine_of_ours; migwizard proves on SQLite, PostgreSQL, MySQL and MariaDB only."
    )
    shell.refused("run", "--yes", exit=2, says=says)
    assert not (shell.root / "connected").exists()


# The checkpoint


def _begun(shell: Shell) -> dict[str, Any]:
    assert shell("run", "--yes", "--until", "preflight").exit == 0
    data: dict[str, Any] = json.loads((shell.root / ".migwizard/checkpoint.json").read_text())
    return data


@pytest.mark.parametrize("command", [("run", "--yes"), ("status",), ("undo", "--yes"), ("plan",)])
@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b"\xff\xfe", b"null", b'{"format": "1"}', b'{"format": 1, "state": "nowhere"}']
)
def test_a_corrupt_checkpoint(shell: Shell, content: bytes, command: tuple[str, ...]) -> None:
    path = shell.root / ".migwizard/checkpoint.json"
    path.parent.mkdir()
    path.write_bytes(content)
    shell.refused(*command, exit=6, says=(f"The checkpoint {path} cannot be read", "checkpoint.previous.json"))
    assert path.read_bytes() == content


def test_a_checkpoint_with_a_field_of_the_wrong_kind_or_without_one(shell: Shell) -> None:
    good = _begun(shell)
    path = shell.root / ".migwizard/checkpoint.json"
    for key in sorted(set(good) - {"format"}):
        for broken in ({k: v for k, v in good.items() if k != key}, good | {key: 7}):
            path.write_text(json.dumps(broken))
            shell.refused("status", exit=6, says="cannot be read")


def test_a_checkpoint_of_a_newer_version(shell: Shell) -> None:
    data = _begun(shell) | {"format": 99, "soul": {}}
    (shell.root / ".migwizard/checkpoint.json").write_text(json.dumps(data))
    shell.refused("run", "--yes", exit=6, says=("newer migwizard (format 99", "Update migwizard"))


@pytest.mark.parametrize(
    "project", [{"settings": "other.settings"}, {"labels": ["blog", "wiki"]}], ids=["settings", "labels"]
)
def test_a_checkpoint_of_another_project(shell: Shell, project: dict[str, Any]) -> None:
    data = _begun(shell)
    data["project"].update(project, name="other")
    (shell.root / ".migwizard/checkpoint.json").write_text(json.dumps(data))
    shell.refused("run", "--yes", exit=6, says=("belongs to another project", "made for other"))
    shell.refused("undo", "--yes", exit=6, says="belongs to another project")


@pytest.mark.parametrize(
    "change",
    [
        {"files": {"../../evil.py": "0"}},
        {"files": {"/etc/passwd": "0"}},
        {"folders": {"stock": "../outside"}},
        {"folders": {"stock": "/tmp"}},
        {"folders": {"stock": "outside/migrations"}},
        {"folders": {"../../..": "stock/migrations"}},
    ],
    ids=str,
)
def test_a_checkpoint_whose_paths_leave_the_project(shell: Shell, change: dict[str, Any], tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (shell.root / "outside").symlink_to(outside)
    data = _begun(shell) | change
    (shell.root / ".migwizard/checkpoint.json").write_text(json.dumps(data))
    for command in ("run", "undo"):
        shell.refused(command, "--yes", exit=6, says="names a place outside the project")
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("part", ["", "backup", "work", "backup/sales", "staging/sales/0001_initial.py"])
def test_a_link_in_our_own_folder(shell: Shell, part: str, tmp_path: Path) -> None:
    """Whatever would be written through it, or removed behind it, is somebody else's."""
    outside, link = tmp_path / "outside", shell.root / ".migwizard" / part
    _begun(shell)
    if not part:
        link.rename(outside)
    write(outside, {"sales/notes.txt": "mine", "old.sqlite3": "mine"})
    if link.is_dir():
        shutil.rmtree(link)
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(outside)
    before = snapshot(outside)
    for command in (("run", "--yes"), ("undo", "--yes"), ("fake", "--yes"), ("branch",), ("retire",)):
        shell.refused(*command, exit=6, says=f"{link} is a link, and nothing is written or removed through it")
    assert snapshot(outside) == before


def test_a_journal_whose_paths_leave_the_project(shell: Shell, tmp_path: Path) -> None:
    _begun(shell)
    precious = tmp_path / "precious"
    precious.write_bytes(b"")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    step = {"path": "../precious", "before": empty, "after": None, "source": None}
    entry = {"event": "begin", "kind": "apply", "run_id": "r", "steps": [step]}
    (shell.root / ".migwizard/journal.jsonl").write_text(json.dumps(entry) + "\n")
    shell.refused("run", "--yes", exit=6, says=("outside the project", "../precious"))
    assert precious.is_file()


@pytest.mark.parametrize("command", ["run", "undo"])
def test_a_second_run_at_the_same_time(shell: Shell, command: str) -> None:
    _begun(shell)
    with locked(shell.root / ".migwizard/lock"):
        shell.refused(command, "--yes", exit=6, says=("Another migwizard works in this project: process",))
        assert shell("status").exit == 0
    assert shell("run", "--yes", "--until", "preflight").exit == 0


@pytest.mark.ride
def test_a_project_that_cannot_be_forked_takes_the_same_ride(shell: Shell) -> None:
    _append(shell, "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()")
    ended = shell("run", "--yes", "--json")
    assert ended.exit == 0, ended.err
    result = ended.objects[-1]
    assert result["state"] == "done"
    assert (result["proof"]["schema_equal"], result["proof"]["rows_equal"]) == (True, True)
    assert result["databases"] == {"default": "NEW"}

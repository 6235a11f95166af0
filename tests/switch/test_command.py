"""The script's command line, in a project of two SQLite databases that was reset."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import copy
from typing import Any

import pytest

from migwizard.switch import manifest as manifests
from migwizard.switch.script import FILE_NAME
from tests import warm
from tests.switch import shop
from tests.switch.support import PYTHON, Project, dump, names, query, script_file

MANAGE = """
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "src"))
if __name__ == "__main__":
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)
"""


class Deployed:
    """A project with its new files, manifest and script; `databases` are at the old head until something is done to them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        project = Project(root / "src", shop.APPS)
        project.write(shop.chosen({**shop.MODELS, **shop.NEIGHBOUR, **shop.OLD_FILES}, shop.APPS))
        self.databases = {alias: root / f"{alias}.sqlite3" for alias in ("default", "archive")}
        (root / "src/config").mkdir()
        (root / "src/config/__init__.py").touch()
        (root / "src/settings.py").rename(root / "src/config/settings.py")
        self.settings(**{alias: {"NAME": str(path)} for alias, path in self.databases.items()})
        (root / "manage.py").write_text(MANAGE)
        for alias in self.databases:
            self.run("manage.py", "migrate", "-v0", "--database", alias)
        self.old = {alias: path.read_bytes() for alias, path in self.databases.items()}
        shop.reset(project)
        (root / manifests.FILE_NAME).write_text(shop.shop_manifest().to_json())
        copy(script_file(), root)

    def settings(self, **databases: dict[str, Any]) -> None:
        """Let the settings have these databases, on SQLite where they say no engine."""
        full = {alias: {"ENGINE": "django.db.backends.sqlite3", **database} for alias, database in databases.items()}
        with (self.root / "src/config/settings.py").open("a") as stream:
            stream.write(f"DATABASES = {full!r}\n")

    def run(self, *command: str, expect: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"} | environment
        done = warm.django(PYTHON).run(command, self.root, kept)
        assert done.returncode == expect, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    def script(self, *arguments: str, expect: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run(FILE_NAME, *arguments, expect=expect, **environment)

    def lines(self, *arguments: str, expect: int = 0) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.script(*arguments, "--json", expect=expect).stdout.splitlines()]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    return Deployed(tmp_path_factory.mktemp("deployed"))


@pytest.fixture
def deployed(made: Deployed) -> Iterator[Deployed]:
    """Each test finds both databases at the old head, and settings that name them."""
    for alias, path in made.databases.items():
        path.write_bytes(made.old[alias])
    settings = made.root / "src/config/settings.py"
    text = settings.read_text()
    yield made
    settings.write_text(text)


def results(lines: list[dict[str, Any]]) -> list[tuple[str, str, str | None]]:
    return [(line["database"], line["result"], line["code"]) for line in lines if line["type"] == "database"]


def test_check_reads_every_database_and_writes_nothing(deployed: Deployed) -> None:
    lines = deployed.lines("check")
    assert results(lines) == [("default", "WOULD_SWITCH", None), ("archive", "WOULD_SWITCH", None)]
    assert (lines[0]["deleted"], lines[0]["inserted"], lines[0]["state"]) == (4, 3, "OLD_HEAD")
    assert lines[-1] == {
        "type": "result", "action": "check", "dry_run": True, "exit": 0, "changed": 0, "refused": 0
    }  # fmt: skip
    assert "4 rows of django_migrations would go out, 3 would come in" in deployed.script("check").stdout
    assert {alias: path.read_bytes() for alias, path in deployed.databases.items()} == deployed.old


def test_switch_migrate_and_undo(deployed: Deployed) -> None:
    before = dump(deployed.databases["default"])
    deployed.script("switch", "--database", "default", "--dry-run")
    assert dump(deployed.databases["default"]) == before
    said = deployed.script("switch", "--database", "default").stdout
    assert "Database 'default' is switched: 4 rows" in said
    assert "Next: python manage.py migrate" in said
    assert "No migrations to apply" in deployed.run("manage.py", "migrate").stdout
    assert "is at the new history. Nothing to do." in deployed.script("switch", "--database", "default").stdout
    assert deployed.databases["archive"].read_bytes() == deployed.old["archive"]
    deployed.script("undo", "--database", "default", "--dry-run")
    deployed.script("undo", "--database", "default")
    assert dump(deployed.databases["default"]) == before
    assert "is not switched. Nothing to do." in deployed.script("undo", "--database", "default").stdout


def test_what_came_on_top_is_taken_off_by_the_commands_that_a_refused_undo_names(deployed: Deployed) -> None:
    before = dump(deployed.databases["archive"])
    deployed.script("switch", "--database", "archive")
    coupons, later = (deployed.root / f"src/blog/migrations/{name}.py" for name in ("0002_coupons", "0003_later"))
    try:
        coupons.write_text(shop.migration([shop.NEW[1]]))
        later.write_text(shop.migration([("blog", "0002_coupons")]))
        deployed.run("manage.py", "migrate", "--database", "archive")
        later.rename(later.with_suffix(".gone"))
        said = deployed.script("undo", "--database", "archive", expect=5).stderr
        assert "Put the file of blog.0003_later back where it was" in said
        later.with_suffix(".gone").rename(later)
        said = deployed.script("undo", "--database", "archive", expect=5).stderr
        (command,) = re.findall("(python manage.py migrate .*)", said)
        assert command == "python manage.py migrate --database archive blog 0001_r1_initial"
        (line, _) = deployed.lines("undo", "--database", "archive", expect=5)
        assert [step["command"] for step in line["details"]["steps"]] == [command]
        assert "Then the same undo again." in said
        deployed.run(*command.split()[1:])
        deployed.script("undo", "--database", "archive")
        assert dump(deployed.databases["archive"]) == before
    finally:
        coupons.unlink(missing_ok=True)
        later.unlink(missing_ok=True)
        later.with_suffix(".gone").unlink(missing_ok=True)


def test_a_new_row_that_was_taken_back_is_to_be_applied_again_before_an_undo(deployed: Deployed) -> None:
    deployed.script("switch", "--database", "default")
    deployed.run("manage.py", "migrate", "rates", "zero")
    said = deployed.script("undo", "--database", "default", expect=5).stderr
    (command,) = re.findall("Apply again .* taken back .*: (python manage.py migrate .*)", said)
    assert command == "python manage.py migrate rates 0001_r1_seed"
    deployed.run(*command.split()[1:])
    deployed.script("undo", "--database", "default")


def test_what_a_database_lacks_is_refused_and_let_be_by_name(deployed: Deployed) -> None:
    query(deployed.databases["default"], "ALTER TABLE users_user DROP COLUMN nick")
    query(deployed.databases["default"], "DROP TABLE blog_post")
    before = dump(deployed.databases["default"])
    refused = deployed.script("switch", "--database", "default", expect=5)
    assert "lacks blog_post and users_user.nick, which the old history builds" in refused.stderr
    assert "--may-lack blog_post --may-lack users_user.nick" in refused.stderr
    assert dump(deployed.databases["default"]) == before
    (line, _) = deployed.lines("check", "--database", "default", "--may-lack", "blog_post", expect=5)
    assert (line["code"], line["details"]["lacking"]) == ("MW-E22", ["users_user.nick"])
    may_lack = ("--may-lack", "blog_post", "--may-lack", "users_user.nick")
    assert deployed.lines("switch", "--database", "default", *may_lack)[-1]["changed"] == 1
    assert results(deployed.lines("check", "--database", "default", *may_lack)) == [("default", "NOTHING_TO_DO", None)]


def test_a_database_of_new_rows_alone_is_looked_at_too(deployed: Deployed) -> None:
    """As after a `--fake`, or after a migrate that recorded new names because they replace old ones."""
    default = deployed.databases["default"]
    query(default, "ALTER TABLE users_user DROP COLUMN nick")
    query(default, "DELETE FROM django_migrations WHERE app IN ('users', 'blog', 'rates')")
    for app, name in shop.NEW:
        query(default, f"INSERT INTO django_migrations (app, name, applied) VALUES ('{app}', '{name}', '2020-01-01')")
    (line, _) = deployed.lines("check", "--database", "default", expect=5)
    assert (line["code"], line["details"]["lacking"]) == ("MW-E22", ["users_user.nick"])
    query(default, "INSERT INTO django_migrations (app, name, applied) VALUES ('users', '0002_later', '2020-01-01')")
    assert results(deployed.lines("check", "--database", "default")) == [("default", "NOTHING_TO_DO", None)]


def test_a_switch_by_another_reset_of_the_same_names_is_no_switch_of_this_one(deployed: Deployed) -> None:
    default = deployed.databases["default"]
    deployed.script("switch", "--database", "default")
    query(default, "UPDATE migwizard_history_backup SET run_id = 'another'")
    (line, _) = deployed.lines("switch", "--database", "default", expect=5)
    assert (line["code"], line["details"]) == ("MW-E23", {"run": "another"})


def test_a_table_that_a_router_keeps_out_is_not_missed(deployed: Deployed) -> None:
    query(deployed.databases["archive"], "DROP TABLE blog_post")
    assert results(deployed.lines("check", "--database", "archive")) == [("archive", "WOULD_SWITCH", None)]


def test_an_app_that_these_settings_leave_out_is_not_behind(deployed: Deployed) -> None:
    """One database never had it, and one has its rows, which are switched like the rest."""
    with (deployed.root / "src/config/settings.py").open("a") as settings:
        settings.write('INSTALLED_APPS.remove("rates")\n')
    archive = deployed.databases["archive"]
    query(archive, "DELETE FROM django_migrations WHERE app = 'rates'")
    lines = deployed.lines("switch", "--all")
    assert [(line["database"], line["deleted"], line["inserted"]) for line in lines[:-1]] == [
        ("default", 4, 3),
        ("archive", 3, 2),
    ]
    assert results(deployed.lines("check")) == [("default", "NOTHING_TO_DO", None), ("archive", "NOTHING_TO_DO", None)]
    assert "is at the new history" in deployed.script("check", "--database", "archive").stdout
    assert deployed.lines("undo", "--all")[-1]["changed"] == 2


def test_one_that_is_refused_keeps_all_from_being_switched(deployed: Deployed) -> None:
    archive = deployed.databases["archive"]
    query(archive, "DELETE FROM django_migrations WHERE name = '0002_nick'")
    lines = deployed.lines("switch", "--all", expect=5)
    assert results(lines) == [("archive", "REFUSED", "MW-E12")]
    assert (lines[0]["state"], lines[0]["details"]["missing"]) == ("BEHIND", [["users", "0002_nick"]])
    assert set(names(deployed.databases["default"])) >= set(shop.OLD)
    refused = deployed.script("switch", "--all", expect=5)
    assert refused.stdout == ""
    assert "users.0002_nick" in refused.stderr and refused.stderr.endswith("No database was changed.\n")
    # Named, the other one is switched alone; later the command for all goes on with the rest.
    deployed.script("switch", "--database", "default")
    query(archive, "INSERT INTO django_migrations (app, name, applied) VALUES ('users', '0002_nick', '2020-01-01')")
    assert results(deployed.lines("switch", "--all")) == [
        ("default", "NOTHING_TO_DO", None),
        ("archive", "SWITCHED", None),
    ]
    assert deployed.lines("undo", "--all")[-1]["changed"] == 2


def test_a_row_that_nobody_knows_is_let_be_by_its_name(deployed: Deployed) -> None:
    query(
        deployed.databases["default"],
        "INSERT INTO django_migrations (app, name, applied) VALUES ('blog', '0009_hotfix', '2020-01-01')",
    )
    refused = deployed.script("check", "--database", "default", expect=5)
    assert "blog.0009_hotfix" in refused.stderr and "--tolerate blog.0009_hotfix" in refused.stderr
    assert deployed.lines("switch", "--database", "default", "--tolerate", "blog.0009_hotfix")[0]["deleted"] == 5


def test_of_several_databases_one_has_to_be_named_before_something_is_written(deployed: Deployed) -> None:
    assert "default, archive" in deployed.script("switch", expect=2).stderr
    assert (
        "no database 'nope'; they have default, archive"
        in deployed.script("undo", "--database", "nope", expect=2).stderr
    )
    assert "one of them" in deployed.script("switch", "--all", "--database", "default", expect=2).stderr
    assert "'x' is no number of seconds" in deployed.script("check", "--lock-timeout", "x", expect=2).stderr


def test_a_database_without_file_is_not_made(deployed: Deployed) -> None:
    missing = deployed.root / "missing.sqlite3"
    deployed.settings(default={"NAME": str(missing)}, other={"ENGINE": ""})
    lines = deployed.lines("check")
    assert [(line["database"], line["result"]) for line in lines[:-1]] == [
        ("default", "LEFT_OUT"),
        ("other", "LEFT_OUT"),
    ]
    assert lines[-1]["exit"] == 0
    assert deployed.lines("switch", "--all")[-1]["exit"] == 0
    for action in ("switch", "undo"):
        refused = deployed.script(action, "--database", "default", expect=5).stderr
        assert f"'default' has no file: {missing} is not there" in refused and "(missing)" in refused
    assert not missing.exists()


def test_a_database_is_switched_once_whatever_leads_to_it(deployed: Deployed) -> None:
    default, archive = (str(path) for path in deployed.databases.values())
    copy = deployed.root / "copy.sqlite3"
    copy.write_bytes(deployed.old["default"])
    deployed.settings(
        replica={"NAME": str(copy), "TEST": {"MIRROR": "default"}},
        other={"NAME": archive, "TEST": {"MIRROR": "default"}},
        default={"NAME": default},
        again={"NAME": default},
    )
    assert "'replica' is a replica of 'default'" in deployed.script("check").stdout
    lines = deployed.lines("switch", "--all")
    assert {line["database"]: line["result"] for line in lines[:-1]} == {
        # Its rows have the ids and times of those that it mirrors.
        "replica": "LEFT_OUT",
        # A mirror for tests only: another database in truth.
        "other": "SWITCHED",
        "default": "SWITCHED",
        "again": "LEFT_OUT",
    }
    assert copy.read_bytes() == deployed.old["default"]
    # It lags behind, and is not taken for a database that was forgotten.
    assert "'replica' is a replica of 'default'" in deployed.script("switch", "--all").stdout


def test_an_engine_that_cannot_be_locked_is_refused_with_a_sentence(deployed: Deployed) -> None:
    backend = deployed.root / "src/strange"
    backend.mkdir(exist_ok=True)
    (backend / "__init__.py").touch()
    (backend / "base.py").write_text(
        "from django.db.backends.sqlite3 import base\n\n\n"
        "class DatabaseWrapper(base.DatabaseWrapper):\n    vendor = 'strange'\n"
    )
    deployed.settings(default={"ENGINE": "strange", "NAME": str(deployed.databases["default"])})
    refused = deployed.script("check", expect=5)
    assert "is of the engine strange, which the switch cannot lock" in refused.stderr


def test_a_database_that_does_not_answer_is_refused(deployed: Deployed) -> None:
    deployed.settings(
        default={"NAME": str(deployed.databases["default"])}, broken={"NAME": str(deployed.root / "manage.py")}
    )
    refused = deployed.script("switch", "--all", expect=5)
    assert "Database 'broken'" in refused.stderr
    assert set(names(deployed.databases["default"])) >= set(shop.OLD)


def test_settings_come_from_the_option_the_environment_or_manage_py(deployed: Deployed) -> None:
    other = deployed.root / "src/other.py"
    other.write_text("from config.settings import *\nDATABASES = {'default': {}, 'spare': DATABASES['archive']}\n")
    lines = deployed.lines("check", "--settings", "other")
    assert [line["result"] for line in lines[:-1]] == ["LEFT_OUT", "WOULD_SWITCH"]
    assert lines[1]["database"] == "spare"
    named = deployed.script("check", DJANGO_SETTINGS_MODULE="other")
    assert "'spare'" in named.stdout
    assert "'archive'" in deployed.script("check").stdout
    assert "No module named 'nowhere'" in deployed.script("check", "--settings", "nowhere", expect=3).stderr


def test_a_manifest_that_cannot_be_used_is_named(deployed: Deployed) -> None:
    path = deployed.root / manifests.FILE_NAME
    text = path.read_text()
    try:
        path.write_text(text.replace("0002_nick", "0002_nack"))
        assert "was changed after it was written" in deployed.script("check", expect=6).stderr
        path.write_text("<<<<<<< ours\n")
        said = deployed.script("check", expect=6).stderr
        assert "is no manifest" in said and "git checkout --ours -- migwizard_manifest.json" in said
        path.write_text(text.replace('"format": 1', '"format": 99'))
        assert deployed.lines("check", expect=6)[-1]["code"] == "MW-E10"
        path.unlink()
        assert "There is no" in deployed.script("check", expect=6).stderr
    finally:
        path.write_text(text)


def test_a_project_that_fails_while_it_loads_is_a_sentence(deployed: Deployed) -> None:
    with (deployed.root / "src/config/settings.py").open("a") as stream:
        stream.write("raise SystemExit('SECRET is not set')\n")
    refused = deployed.script("switch", "--database", "default", expect=3)
    assert "The project cannot be loaded: SystemExit: SECRET is not set" in refused.stderr


ALONE = """
import runpy, sys

def refuse(event, arguments):
    written = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if written or event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "urllib.", "ftplib.")):
        sys.stderr.write(f"refused: {event} {arguments}\\n")
        raise RuntimeError(event)

sys.argv = sys.argv[1:]
sys.path.insert(0, ".")
sys.addaudithook(refuse)
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def test_it_opens_no_socket_starts_no_process_and_writes_no_file_but_the_database(deployed: Deployed) -> None:
    files = {path for path in deployed.root.rglob("*") if "__pycache__" not in path.parts}
    for action in ("check", "switch", "undo"):
        done = subprocess.run(
            [sys.executable, "-B", "-c", ALONE, FILE_NAME, action, "--database", "default"],
            cwd=deployed.root,
            env={key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert deployed.databases["default"].exists()
    assert {path for path in deployed.root.rglob("*") if "__pycache__" not in path.parts} == files

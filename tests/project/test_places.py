"""`--scratch`: what can be said, where it may be said, and that no password leaves it."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest

from migwizard.commands import setup
from migwizard.config import Config, read_config
from migwizard.engine.runlog import Logged
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Event, Question
from migwizard.errors import UsageError
from migwizard.paths import Workplace
from migwizard.project.places import Places, find_places, without_password
from tests.project.support import Shell, write

PLANTED = "postgresql://ada:pl4nted%2Fword@db:5433/"


def places(*said: str) -> Places:
    found = find_places(said, Config())
    assert found is not None
    return found


def refused(*said: str) -> UsageError:
    with pytest.raises(UsageError) as error:
        find_places(said, Config())
    assert error.value.code == "scratch-where"
    return error.value


def test_a_url_becomes_settings_of_django() -> None:
    found = places(PLANTED + "?sslmode=require")
    assert (found.kind, found.shown) == ("server", "postgresql://ada:***@db:5433/?sslmode=require")
    assert found.told()["spots"] == [
        {
            "alias": "",
            "settings": {"HOST": "db", "PORT": "5433", "USER": "ada", "PASSWORD": "pl4nted/word", "NAME": ""},
            "options": {"sslmode": "require"},
        }
    ]
    socketed = places("mariadb:///?unix_socket=/run/my.sock&user=root").spots[0]
    assert (socketed.vendor, socketed.settings["HOST"], socketed.settings["USER"]) == ("mysql", "/run/my.sock", "root")
    assert "pl4nted" not in repr(found)


def test_words_are_kinds_and_everything_else_is_an_alias() -> None:
    assert [places(word).kind for word in ("local", "embedded", "proofs")] == ["local", "embedded", "server"]
    assert places("proofs").spots[0].alias == "proofs"
    assert places("proofs", "postgresql://db/b").kind == places("mysql://db/a").kind == "given"
    assert places("embedded").secrets != places("embedded").secrets, "a password for one ride"


@pytest.mark.parametrize(
    ("said", "says"),
    [
        (("oracle://db/",), "those of postgresql:// and mysql:// are known"),
        (("local", "proofs"), "names local beside others"),
        (("postgresql://db/a", "postgresql://db/"), "each is an empty database, and postgresql://db/ names none"),
        (("postgresql://ada:***@db/",), "without its password"),
        (("postgresql://ada:pl4nted/word@db/",), "has the URL postgresql://ada:***@db/, which cannot be read"),
        (("postgresql://ada:pl4nted@db:x/",), "has the URL postgresql://ada:***@db:x/, which cannot be read"),
    ],
)
def test_what_is_refused_without_its_password(said: tuple[str, ...], says: str) -> None:
    error = refused(*said)
    assert says in error.sentence
    assert "pl4nted" not in error.sentence + str(error.cures)


def test_the_option_comes_before_the_variable_and_the_variable_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    config = Config(scratch=("proofs",))
    assert find_places((), Config()) is None
    assert getattr(find_places((), config), "shown", "") == "proofs"
    monkeypatch.setenv("MIGWIZARD_SCRATCH", f" {PLANTED} ")
    assert getattr(find_places((), config), "shown", "") == "postgresql://ada:***@db:5433/"
    assert getattr(find_places(("local",), config), "shown", "") == "local"


def test_a_password_in_the_configuration_is_refused_with_the_variable(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.migwizard]\nscratch = '{PLANTED}'\n")
    with pytest.raises(UsageError) as error:
        find_places((), read_config(tmp_path))
    assert error.value.code == "config"
    assert "MIGWIZARD_SCRATCH" in error.value.cures[0]
    assert "pl4nted" not in error.value.sentence
    (tmp_path / "pyproject.toml").write_text("[tool.migwizard]\nscratch = ['postgresql://ada@db/']\n")
    assert read_config(tmp_path).scratch == ("postgresql://ada@db/",)


def test_printed_commands_say_it_without_the_password() -> None:
    given = Namespace(project=None, python=None, via=None, via_root=None, env_file=None, settings=None)
    setup.remember(given, {"scratch": [PLANTED, "mysql://bo@db/?password=pl4nted"]})
    words = "--scratch 'postgresql://ada:***@db:5433/' --scratch 'mysql://bo@db/?password=***' run"
    assert setup.again(given, "run").endswith(words)
    assert "--scratch" not in setup.again(given, "undo", "--yes"), "it works as it is printed"
    assert without_password("proofs") == "proofs"


class Typing:
    """A face whose person types a place with its password."""

    def tell(self, event: Event) -> None:
        """Nothing is shown."""

    def ask(self, question: Question) -> str | None:
        return f"scratch={PLANTED}"


def test_what_a_person_types_reaches_the_log_without_its_password(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    place.folder.mkdir()
    choices = (Choice("scratch", "", "Another place", wants="alias or URL"),)
    answer = Logged(Typing(), place).ask(Question("refusal:scratch", State.PREFLIGHT, "No", "No.", choices, safe=None))
    assert answer == f"scratch={PLANTED}"
    assert "answered refusal:scratch: scratch=postgresql://ada:***@db:5433/" in place.log.read_text()


def test_the_project_does_not_get_the_variable(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIGWIZARD_SCRATCH", PLANTED)
    with (shell.root / "config/settings.py").open("a") as settings:
        settings.write("import os\nassert 'MIGWIZARD_SCRATCH' not in os.environ\n")
    assert shell("plan").exit == 0
    said = shell("doctor").out
    assert "scratch databases: postgresql://ada:***@db:5433/  (MIGWIZARD_SCRATCH)" in said


def test_on_sqlite_it_changes_nothing(shell: Shell) -> None:
    write(shell.root, {"pyproject.toml": "[tool.migwizard]\nscratch = 'nowhere'\n"})
    assert shell("run", "--yes", "--until", "proof").exit == 0

"""Secrets planted wherever a project keeps them are found nowhere afterwards: in no file of ours, and in nothing that was said."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.engine.persons import Person, sit_down
from tests.engine.support import MIGWIZARD, Shop
from tests.mysql.server import needs_mysql
from tests.mysql.server import settings as mysql_settings
from tests.postgresql.server import needs_postgresql
from tests.postgresql.server import settings as postgresql_settings

pytestmark = pytest.mark.ride

MARK = "pl4nted"
"""Stands in every secret; nothing else in a project has it."""
SETTINGS = """
import os, sys
SECRET_KEY = "pl4nted-secret-key-%"
DATABASES["default"]["PASSWORD"] = "pl4nted'db\\\\pass"
DATABASES["default"]["USER"] = "shop"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "redis://:pl4nted-cache@h/1"}}
EMAIL_HOST_PASSWORD = "pl4nted-mail"
EMAIL_URL = "smtp://shop:pl4nted%40url@mail:25"
STRIPE = {"API_KEY": "pl4nted-stripe", "WEBHOOKS": [{"SIGNING_KEY": "pl4nted-hook"}]}
PRIVATE_TOKENS = ["pl4nted-one", b"pl4nted-two"]
API_KEYS = {"pl4nted-key": "Mobile App"}
BROKER = "amqp://guest:sla/pl4nted@h"
ALL = [SECRET_KEY, DATABASES["default"]["PASSWORD"], CACHES["default"]["LOCATION"], EMAIL_HOST_PASSWORD, EMAIL_URL, STRIPE,
       PRIVATE_TOKENS, API_KEYS, "Mobile App", BROKER, "sess_" + SECRET_KEY + "_1", os.environ.get("SHOP_TOKEN"), os.environ.get("DATABASE_URL"), "pl4nted-cache", "pl4nted%40url", "pl4nted@url"]
"""
LOUD = """
    from django.conf import settings
    import sys
    print("loud", settings.ALL, *settings.ALL, file=sys.stderr)
    print("loud", settings.ALL, *settings.ALL)
"""
ENVIRONMENT = {"SHOP_TOKEN": "pl4nted-token", "DATABASE_URL": "postgres://shop:env/pl4nted@db:5432/shop"}


class Planted(Shop):
    """A project that knows secrets, and remembers all that was said about it."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.said = ""

    def environment(self) -> dict[str, str]:
        return super().environment() | ENVIRONMENT

    def start(self, *command: str) -> subprocess.CompletedProcess[str]:
        done = super().start(*command)
        self.said += done.stdout + done.stderr
        return done

    def told(self) -> list[str]:
        """Where a secret is found."""
        places = [self.root / ".migwizard", self.root.parent / "state"]
        files = [path for place in places for path in place.rglob("*") if path.is_file()]
        files += [*self.root.glob("migwizard_*"), *self.root.glob("*/migrations/*_reset_*.py")]
        found = [str(path) for path in files if MARK.encode() in path.read_bytes()]
        found += [str(path) for place in places for path in place.rglob(f"*{MARK}*")]
        return found + [line for line in self.said.splitlines() if MARK in line]

    def add_settings(self, text: str) -> None:
        with (self.root / "config/settings.py").open("a") as settings:
            settings.write(text)


@pytest.fixture
def planted(tiny: Shop) -> Planted:
    shop = Planted(tiny.root)
    shop.add_settings(SETTINGS)
    (shop.root / "people/apps.py").write_text(
        f'from django.apps import AppConfig\n\n\nclass PeopleConfig(AppConfig):\n    name = "people"\n\n    def ready(self):{LOUD.replace(chr(10), chr(10) + "    ")}'
    )
    return shop


def test_a_whole_ride(planted: Planted) -> None:
    for command in (
        ("doctor", "--json"),
        ("run", "--yes", "--json", "--verbose"),
        ("status", "--json"),
        ("verify", "--json"),
        ("runbook",),
        ("fake", "--all", "--dry-run", "--yes"),
        ("retire", "--dry-run", "--json"),
        ("undo", "--yes"),
    ):
        planted.start(*MIGWIZARD, *command)
    assert planted.told() == []


def test_the_log_of_a_ride_that_is_loud(planted: Planted) -> None:
    planted.migwizard("run", "--yes", "--until", "graph")
    log = (planted.root / ".migwizard/migwizard.log").read_text()
    assert "loud" in log and "<SECRET_KEY>" in log and "<DATABASES.default.PASSWORD>" in log
    assert planted.told() == []


@pytest.mark.parametrize(
    "statement",
    [
        "raise ValueError(os.environ['DATABASE_URL'])",
        "raise ValueError('bad dsn: host=db password=pl4nted-dsn user=u')",
        "raise KeyError({'PASSWORD': 'pl4nted-dict', 'HOST': 'db', 'api_token': 'pl4nted'}, 'DB_PASS=pl4nted')",
        "import urllib.parse; urllib.parse.urlsplit('mysql://u:pl4nted-url@[db/x')\nraise RuntimeError('mysql://u:pl4nted-url@db/x')",
        "sys.exit('cannot use ' + os.environ['SHOP_TOKEN'])",
        "print(os.environ['DATABASE_URL'], file=sys.stderr, flush=True); os._exit(3)",
    ],
)
def test_settings_that_fail_with_a_secret(planted: Planted, statement: str) -> None:
    planted.migwizard("run", "--yes", "--until", "graph")
    planted.add_settings(f"\n{statement}\n")
    for command in (("run", "--yes", "--json"), ("doctor",), ("plan", "--verbose"), ("--plain", "--no-input")):
        planted.start(*MIGWIZARD, *command)
    sat = sit_down(planted.root, Person())
    assert sat.error is not None
    assert planted.told() == []
    assert MARK not in sat.error.sentence + "".join(sat.error.cures) + str(sat.error.details)


LEAKY = """
from django.db.backends.sqlite3.base import *
from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, params):
        if "db.sqlite3" in str(self.settings_dict["NAME"]):
            raise OperationalError("no way in: postgres://shop:%s@db, %r" % (self.settings_dict["PASSWORD"], self.settings_dict))
        return super().get_new_connection(params)
"""


def test_a_connection_that_fails_with_its_settings(planted: Planted) -> None:
    (planted.root / "leaky/sqlite3").mkdir(parents=True)
    (planted.root / "leaky/sqlite3/__init__.py").write_text("")
    (planted.root / "leaky/sqlite3/base.py").write_text(LEAKY)
    planted.add_settings('\nDATABASES["default"]["ENGINE"] = "leaky.sqlite3"\n')
    for command in (("run", "--yes", "--json"), ("doctor", "--json"), ("run", "--yes", "--verbose"), ("status",)):
        planted.start(*MIGWIZARD, *command)
    person = Person()
    sat = sit_down(planted.root, person)
    told = str(sat.error and (sat.error.sentence, sat.error.details)) + "".join(map(str, person.questions))
    assert "no way in" in told + planted.said
    assert MARK not in told
    assert planted.told() == []


@pytest.mark.parametrize(
    "server",
    [
        pytest.param(postgresql_settings, marks=needs_postgresql, id="postgresql"),
        pytest.param(mysql_settings, marks=needs_mysql, id="mysql"),
    ],
)
def test_a_server_that_refuses_us(planted: Planted, server: Callable[[str], dict[str, Any]]) -> None:
    database = server("nothing_here") | {"USER": "nobody_here", "PASSWORD": "pl4nted-server"}
    driver = "import pymysql\npymysql.version_info = (2, 2, 8, 'final', 0)\npymysql.install_as_MySQLdb()\n"
    first = planted.root / "config/settings.py"
    first.write_text((driver if "mysql" in database["ENGINE"] else "") + first.read_text())
    planted.add_settings(
        f'\nDATABASES["default"] = {database!r}\nDATABASES["url"] = dict(DATABASES["default"], HOST="postgres://u:pl4nted-host@h")\n'
    )
    for command in (
        ("run", "--yes", "--json"),
        ("doctor", "--json"),
        ("run", "--yes", "--verbose"),
        ("status", "--json"),
    ):
        done = planted.start(*MIGWIZARD, *command)
        assert done.returncode == (5 if command[0] == "run" else 0), done.stderr
    assert "nobody_here" in planted.said
    assert planted.told() == []

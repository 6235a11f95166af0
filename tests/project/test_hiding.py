"""Secrets are taken out of what the project says, known ones by name and others by their looks; what is none stays."""

from __future__ import annotations

import pytest

from migwizard.project.hiding import secret_variables, without_passwords, without_secrets


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cannot parse postgres://shop:pl4nted@db/shop", "cannot parse postgres://shop:***@db/shop"),
        ("mysql://u:a:b%40c@h and redis://:pl4nted@h/1", "mysql://u:***@h and redis://:***@h/1"),
        ("host=db user=u password=pl4nted sslmode=on", "host=db user=u password=*** sslmode=on"),
        ("{'PASSWORD': 'pl4nted', 'USER': 'u'}", "{'PASSWORD': '***', 'USER': 'u'}"),
        ('dsn "user=u passwd=pl4nted"', 'dsn "user=u passwd=***"'),
        ("user=u password='two words' host=h", "user=u password='***' host=h"),
        (repr("p'w: password='two \\' words'"), repr("p'w: password='***'")),
        ("DB_PASS=pl4nted PWD={pl;4nted};Server=h passwd = pl4nted", "DB_PASS=*** PWD=***;Server=h passwd = ***"),
        ("{'api_token': 'pl4nted', 'pwd': b'pl 4', 'key': 'k'}", "{'api_token': '***', 'pwd': b'***', 'key': 'k'}"),
        ('{"SECRET_KEY": "pl4nted", "PASSWORD": 4711, "PORT": 1}', '{"SECRET_KEY": "***", "PASSWORD": ***, "PORT": 1}'),
        ("d['TOKEN'] = 'pl4nted", "d['TOKEN'] = '***"),
        ("amqp://guest:sla/sh@h, postgres://u:a@b/c<d>?e#f@h/d", "amqp://guest:***@h, postgres://u:***@h/d"),
        ("smtp://bob@mail.org:pl4nted@mail", "smtp://bob@mail.org:***@mail"),
        (
            "postgres://u:<DB_PASSWORD>@h, password='<DB_PASSWORD>'",
            "postgres://u:<DB_PASSWORD>@h, password='<DB_PASSWORD>'",
        ),
        (
            "{'password': ['This field is required.'], 'token': None}",
            "{'password': ['This field is required.'], 'token': None}",
        ),
        ("{'API_TOKEN': UUID('12345678-90ab')}, token=str('pl4')", "{'API_TOKEN': UUID('***')}, token=str('***')"),
        ("password: pl4nted, x-api-key: pl4nted", "password: ***, x-api-key: ***"),
        ('unrecognized token: "#"', 'unrecognized token: "#"'),
        ("bypass=1, passed = 3, tokens=5, primary_key=True", "bypass=1, passed = 3, tokens=5, primary_key=True"),
        ("at http://localhost:5173/@vite", "at http://localhost:5173/@vite"),
        ("KeyError: 'PASSWORD'", "KeyError: 'PASSWORD'"),
        ("password: this field is required", "password: this field is required"),
        ("see https://docs.djangoproject.com/en/5.2/ref/", "see https://docs.djangoproject.com/en/5.2/ref/"),
        ("mail a@b.org, sqlite:///x.db@1", "mail a@b.org, sqlite:///x.db@1"),
    ],
)
def test_what_looks_like_a_password(text: str, says: str) -> None:
    assert without_passwords(text) == says


@pytest.mark.parametrize(
    ("known", "text", "says"),
    [
        ({"SECRET_KEY": "dj-4711"}, "bad key 'dj-4711'", "bad key '<SECRET_KEY>'"),
        ({"P": "sh0p"}, "sh0p and sh0pping in /srv/sh0pping", "<P> and sh0pping in /srv/sh0pping"),
        ({"P": "shop"}, "shop.0003_x failed", "shop.0003_x failed"),
        ({"P": "abc"}, "abc is too short to be told from a word", "abc is too short to be told from a word"),
        ({"P": "a\\b'c\n4"}, repr({"x": "a\\b'c\n4", "y": repr("a\\b'c\n4")}), """{'x': "<P>", 'y': '"<P>"'}"""),
        ({"U": "redis://:s3cret@h/0"}, "auth s3cret failed", "auth <U> failed"),
        ({"U": "amqp://guest:sla/sh@h?x=a@b"}, "auth sla/sh failed", "auth <U> failed"),
        ({"U": "redis://:p@ss/w0@h"}, "auth p@ss/w0 failed", "auth <U> failed"),
        ({"K": "Zx81-Q"}, "sess_Zx81-Q9, aZx81-Qb", "sess_<K>9, a<K>b"),
        ({"K": "1234987"}, "sess_1234987, 12349876", "sess_<K>, 12349876"),
        ({"K": "Develop"}, "Development of Develop", "Development of <K>"),
        ({"K": "QuiteALongSecret"}, "sess_QuiteALongSecret", "sess_<K>"),
        ({"K": "12345678-90ab-cdef-1234-567890abcdef"}, "no 1234567890abcdef1234567890abcdef", "no <K>"),
        ({"A": "long-one-two", "B": "one-two"}, "long-one-two, one-two", "<A>, <B>"),
    ],
)
def test_known_secrets(known: dict[str, str], text: str, says: str) -> None:
    assert without_secrets(text, known) == says


def test_variables_that_are_secret() -> None:
    environ = {
        "DATABASE_URL": "postgres://u:p@h/d",
        "API_URL": "https://api.example.org/",
        "SSH_AUTH_SOCK": "/tmp/ssh-1/agent",
        "AWS_SECRET_ACCESS_KEY": "wJalr",
        "APP_PASSWORD": "word",
        "CACHE_URL": "redis://:a/b@h/0",
        "DEV_URL": "http://localhost:5173/@vite",
        "MEDIA_URL": "media/",
        "PWD": "/srv/shop",
        "KEYBOARD": "us-12345",
        "AUTHOR": "Ada-12345",
        "HOME": "/home/ada",
    }
    assert secret_variables(environ).keys() == {
        "DATABASE_URL",
        "AWS_SECRET_ACCESS_KEY",
        "APP_PASSWORD",
        "CACHE_URL",
    }

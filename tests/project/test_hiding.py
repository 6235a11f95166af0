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
        "KEYBOARD": "us-12345",
        "AUTHOR": "Ada-12345",
        "HOME": "/home/ada",
    }
    assert secret_variables(environ).keys() == {"DATABASE_URL", "AWS_SECRET_ACCESS_KEY", "APP_PASSWORD"}

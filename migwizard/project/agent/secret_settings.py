"""What the settings keep secret: passwords, keys and tokens, so that the host can take them out of every text."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Mapping, Set
from numbers import Number
from typing import Any, Iterator
from uuid import UUID

_NAME = re.compile(
    r"PASSW|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|DSN|APIKEY|SALT|(^|_)(KEYS?|PASS|PWD|PIN|AUTH)$"
    r"|(API|ACCESS|PRIVATE|SIGNING)_?KEY",
    re.I,
)
_ITSELF = re.compile(r"(PASS(W(OR)?D|PHRASE)?|PWD|PIN|SECRET|TOKEN|KEY|CREDENTIAL|SALT|AUTH)S?$", re.I)
"""Names of what is a secret itself, as DB_PASSWORD is; PASSWORD_RESET_TIMEOUT is something about one."""
_OPTION = re.compile(r"(?:[A-Z]?[a-z]|_){1,30}\d?\d?|[A-Z_]{1,30}\d?\d?")
"""Keys that name an option or an alias; any other may be a secret, as in `API_KEYS = {"9f8e7d6c": "mobile app"}`."""
_NO_SECRETS = ("PASSWORD_HASHERS", "AUTH_PASSWORD_VALIDATORS")
_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*){2,}")
"""The path of a class, as settings name those that make tokens."""
_LOGIN = re.compile(r"://[^\s:/]*:(?!\d+/@).*@", re.DOTALL)
"""A URL with a password, whatever stands in that; `http://localhost:5173/@vite` has a port."""
GIVEN_OUT = re.compile(
    r"[spr]k_(live|test)_\w{10,}|whsec_\w{10,}|gh[opsru]_\w{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|xox[a-z]-[\w-]{10,}"
    r"|AKIA[0-9A-Z]{16}|AIza[\w-]{35}|SG\.[\w-]{16,}\.[\w-]{16,}|key-[0-9a-f]{32}|SK[0-9a-f]{32}|\d{8,10}:[\w-]{35}"
    r"|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|(?=.*\d)(?=.*[a-f])[0-9a-f]{32}"
    r"|(?=.*[A-Z])(?=.*[a-z])(?=.*\d)([A-Za-z0-9]{32,}|[A-Za-z0-9/+]{40}|[A-Za-z0-9/+]{30,}={1,2})",
    re.ASCII,
)
"""Keys in the shapes in which Stripe, GitHub, GitLab, Slack, AWS, Google, SendGrid, Mailgun, Twilio, Telegram and makers of JSON web
tokens give them out, and long mixtures of letters and digits: they are secret under any name, as in `STRIPE = {"live": ...}`.
"""
_SMALL = 99999
_DEPTH = 6


def secret_settings() -> dict[str, str]:
    """Secret values by where they stand, as `DATABASES.default.PASSWORD`."""
    from django.conf import settings

    found: dict[str, str] = {}
    for name in dir(settings):
        if name.isupper() and name not in _NO_SECRETS:
            try:
                found.update(_secrets(name, name, getattr(settings, name)))
            except Exception:
                # A setting that is computed may fail as it likes; it is no business of ours here.
                continue
    return found


def _secrets(path: str, name: str, value: Any, depth: int = 0) -> Iterator[tuple[str, str]]:
    if isinstance(value, (Mapping, list, tuple, Set)):
        if depth < _DEPTH:
            for found in _inner_secrets(path, name, value, depth + 1):
                yield found
        return
    if isinstance(value, (bytes, bytearray)):
        value = value.decode("utf-8", "replace")
    if isinstance(value, UUID):
        value = str(value)
    if isinstance(value, str):
        text = str(value)
        secret = text if _NAME.search(name) or _LOGIN.search(text) or GIVEN_OUT.fullmatch(text) else ""
    else:
        secret = _as_text(value) if _NAME.search(name) and _ITSELF.search(name) else ""
    if secret and not _is_path_of_class(secret):
        yield path, secret


def _inner_secrets(path: str, name: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
    # A password that is also the name of the user or of the database is none.
    known = [value.get(key) for key in ("USER", "NAME", "HOST")] if isinstance(value, Mapping) else []
    plain = [text for text in known if isinstance(text, str)]
    for number, (key, item) in enumerate(_entries(name, value)):
        # TOKENS = {"mail": ...}: what is named so holds nothing else.
        inner = key if key and (_NAME.search(key) or not _NAME.search(name)) else name
        where = "{}.{}".format(path, key if _OPTION.fullmatch(key) else number)
        for found, secret in _secrets(where, inner, item, depth):
            if secret not in plain or "://" in secret:
                yield found, secret


def _entries(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """What a collection holds, with its key if that is a text; also keys that are secrets themselves."""
    if not isinstance(value, Mapping):
        for item in value:
            yield "", item
        return
    for key, item in value.items():
        text = str(key) if isinstance(key, str) else ""
        if (_NAME.search(name) and not _OPTION.fullmatch(text)) or GIVEN_OUT.fullmatch(text):
            yield "", key
        yield text, item


def _as_text(value: Any) -> str:
    """What a project prints of a secret that is no text; nothing of switches, small numbers, paths and code."""
    try:
        if value is None or callable(value) or isinstance(value, (bool, os.PathLike)):
            return ""
        return "" if isinstance(value, Number) and abs(value) <= _SMALL else str(value)  # type: ignore[arg-type]  # what is a Number has abs
    except Exception:
        # It is code of the project, which may fail as it likes.
        return ""


def _is_path_of_class(value: str) -> bool:
    """Whether a text names what can be imported; keys of services may have dots, too."""
    if not _DOTTED.fullmatch(value):
        return False
    package = value.partition(".")[0]
    return package in sys.modules or importlib.util.find_spec(package) is not None

"""What the settings keep secret: passwords, keys and tokens, so that the host can take them out of every text."""

from __future__ import annotations

import importlib.util
import re
import sys
from typing import Any, Iterator
from urllib.parse import urlsplit

_NAME = re.compile(
    r"PASSW|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|DSN|APIKEY|(^|_)(KEYS?|PASS|PWD|AUTH)$|(API|ACCESS|PRIVATE|SIGNING)_?KEY",
    re.I,
)
_NO_SECRETS = ("PASSWORD_HASHERS", "AUTH_PASSWORD_VALIDATORS")
_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*){2,}")
"""The path of a class, as settings name those that make tokens."""
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
    if isinstance(value, dict) and depth < _DEPTH:
        # A password that is also the name of the user or of the database is none.
        plain = {value.get(key) for key in ("USER", "NAME", "HOST") if isinstance(value.get(key), str)}
        for key, item in value.items():
            # TOKENS = {"mail": ...}: what is named so holds nothing else.
            inner = name if _NAME.search(name) else str(key)
            for where, secret in _secrets("{}.{}".format(path, key), inner, item, depth + 1):
                if secret not in plain or "://" in secret:
                    yield where, secret
    elif isinstance(value, (list, tuple)) and depth < _DEPTH:
        for number, item in enumerate(value):
            for found in _secrets("{}.{}".format(path, number), name, item, depth + 1):
                yield found
    elif isinstance(value, bytes):
        for found in _secrets(path, name, value.decode("utf-8", "replace"), depth):
            yield found
    elif isinstance(value, str) and (_has_password(value) or _NAME.search(name)) and not _is_path_of_class(value):
        yield path, value


def _is_path_of_class(value: str) -> bool:
    """Whether a text names what can be imported; keys of services may have dots, too."""
    if not _DOTTED.fullmatch(value):
        return False
    package = value.partition(".")[0]
    return package in sys.modules or importlib.util.find_spec(package) is not None


def _has_password(value: str) -> bool:
    try:
        return "://" in value and bool(urlsplit(value).password)
    except ValueError:
        return True

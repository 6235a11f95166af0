"""Secrets taken out of texts: what the project says, raises and prints goes to a terminal, a log and perhaps an issue.

What is known is replaced by its name: variables of an `--env-file`, secret variables of the environment, secrets of the
settings once these are loaded. What only looks like a password, as in the URL of a database in the message of settings that
failed, is replaced by `***`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote, urlsplit

_SECRET = re.compile(
    r"PASS|SECRET|TOKEN|CRED|SALT|PRIVATE|UR[IL]|DSN|APIKEY|(?:^|_)(?:KEYS?|AUTH)(?:$|_)", re.IGNORECASE
)
"""Names of variables whose value is a secret, or holds one."""
_WORD = re.compile(r"[A-Za-z_.]*|\d{1,5}|[\d.]*")
"""Values that are words, versions, addresses or small numbers: alone they tell nothing, and texts are full of them."""
_SHORT = 4
_PLAIN = re.compile(r"[a-z]{1,8}")
"""Words of everyday: as passwords they protect nothing, and without them no message could name an app, a role or a package."""
_LOGIN = re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@'\"<>]*:)[^\s/'\"<>]+(?=@)", re.IGNORECASE)
"""The beginning of a URL that holds a password."""
_SAID = re.compile(r"(\b\w*passw(?:or)?d['\"]?(?:=|:\s+(?=['\"])))(['\"]?)[^\s'\",;&)<>]+", re.IGNORECASE)
"""A password as connection strings and dictionaries name it."""


def hidden(text: str, variables: Mapping[str, str]) -> str:
    """A text with the name of a variable wherever its value stood, as it is or as messages print it.

    Words and small numbers stay, unless the variable's name says that they are secret.
    """
    forms = [(form, name) for name, value in variables.items() for form in _forms(name, value)]
    for form, name in _longest_first(forms):
        text = text.replace(form, f"<{name}>")
    return text


def without_secrets(text: str, known: Mapping[str, str]) -> str:
    """A text with the name of a secret wherever it stood as a word of its own, and without what looks like a password."""
    forms = [(form, name) for name, value in known.items() for form in _parts(value) if _can_be_told(form)]
    for form, name in _longest_first(forms):
        text = re.sub(rf"(?<![A-Za-z0-9_]){_quoted(form)}(?![A-Za-z0-9_])", f"<{name}>".replace("\\", r"\\"), text)
    return without_passwords(text)


def _can_be_told(form: str) -> bool:
    return len(form) >= _SHORT and not _PLAIN.fullmatch(form)


def without_passwords(text: str) -> str:
    """A text with `***` for what looks like a password."""
    return _SAID.sub(r"\1\2***", _LOGIN.sub(r"\1***", text))


def secret_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables of an environment whose name says that they are secret, and whose value can be."""
    found = {name: value for name, value in environ.items() if _SECRET.search(name)}
    return {name: value for name, value in found.items() if _password(value) or not _is_harmless(name, value)}


def _is_harmless(name: str, value: str) -> bool:
    """A word, a path or an address without a password, as SSH_AUTH_SOCK or API_URL hold one."""
    strong = re.search(r"PASSW|SECRET|TOKEN", name, re.IGNORECASE)
    return not strong and bool(_WORD.fullmatch(value) or value.startswith(("/", "~")) or "://" in value)


def _longest_first(forms: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(forms, key=lambda item: -len(item[0]))


def _forms(name: str, value: str) -> set[str]:
    if len(value) < 3 or (_WORD.fullmatch(value) and not _SECRET.search(name)):
        return set()
    return _parts(value)


def _parts(value: str) -> set[str]:
    """A value as it is, as messages print it, its lines, and the password in it."""
    password = _password(value)
    lines = [line for line in value.splitlines() if len(line) > 3]
    return {value, " ".join(value.split()), repr(value)[1:-1], *lines, password, unquote(password)} - {""}


def _quoted(text: str) -> str:
    """A pattern of a text as it is and as it stands between quotes, also between those of a text that was quoted before."""
    return "".join(map(_character, text))


def _character(one: str) -> str:
    if one == "\\":
        return r"\\+"
    if one in "'\"":
        return rf"\\*{one}"
    if one.isprintable() and one.isascii():
        return re.escape(one)
    escaped = {one.encode("unicode_escape").decode("ascii"), json.dumps(one)[1:-1]}
    return "(?:{}|{})".format(re.escape(one), "|".join(rf"\\+{re.escape(form.lstrip(chr(92)))}" for form in escaped))


def _password(value: str) -> str:
    try:
        return urlsplit(value).password or ""
    except ValueError:
        return ""

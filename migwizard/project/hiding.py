"""Secrets taken out of texts: what the project says, raises and prints goes to a terminal, a log and perhaps an issue.

What is known is replaced by its name: variables of an `--env-file`, secret variables of the environment, secrets of the
settings once these are loaded. What only looks like a password, as in the URL of a database in the message of settings that
failed, is replaced by `***`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from migwizard.project.agent.secret_settings import GIVEN_OUT

_SECRET = re.compile(
    r"PASS|SECRET|TOKEN|CRED|SALT|PRIVATE|UR[IL]|DSN|PWD|APIKEY|(?:^|_)(?:KEYS?|AUTH)(?:$|_)", re.IGNORECASE
)
"""Names of variables whose value is a secret, or holds one."""
_WORD = re.compile(r"[A-Za-z_.]*|\d{1,5}|[\d.]*")
"""Values that are words, versions, addresses or small numbers: alone they tell nothing, and texts are full of them."""
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
"""Printed with or without dashes."""
_SHORT = 4
_PLAIN = re.compile(r"[a-z]{1,8}")
"""Words of everyday: as passwords they protect nothing, and without them no message could name an app, a role or a package."""
_INSIDE = 6
"""From so many characters on a secret that is no word is found inside of words too; a word from `_LONG` on."""
_LONG = 12
_LOGIN = re.compile(
    r"(\b[a-z][a-z0-9+.-]*://[^\s:/'\"<>]*:)(?!\d+/@|<[^\s<>]*>@)(?:(?!://)[^\s'\"])+(?=@)", re.IGNORECASE
)
"""The beginning of a URL that holds a password, which goes as far as the last `@`: slashes are often left unquoted. Behind a
port, as in `http://localhost:5173/@vite`, and where the name of a secret stands already there is none.
"""
_TAIL = re.compile(r"://[^\s:/]*:(?!\d+/@)((?:(?!://)[^@])+(?:@(?:(?!://)\S)*)?)@")
"""The same in a value: from the password to the last `@`."""
_SAID = re.compile(
    r"""(\b(?:\w*(?:passw(?:or)?d|passphrase|pwd|_(?:pass|secret|token)|(?:api|access|private|secret|signing)[_-]?key)
            |pass|secret|token)
        (?:\\*['"]\]?\s*(?:==?|:)               # 'password': or ['password'] =
           |[ \t]*==?                           # password =
           |(?<!\Wtoken):(?=\s+\\*['"])        # password: '...'; but: unrecognized token: "#"
           |:(?=[ \t]+(?=[^\s'",;&)<>]*\d)[^\s'",;&)<>]{6}))   # token: 4f3c9a; but: must be
        [ \t]*)
        (?!(?:None|True|False|null)\b|[\[({]['"]|[bru]{0,2}\\*['"]?<[^<>]*>)
        (?:((?:\w+\()?[bru]{0,2}(\\*['"]))(?:(?!\3)(?:\\+[^\\\n]|[^\\\n]))+(?=\3)
           |\{[^}\n]+\}
           |(\\*['"]?)[^\s'",;&)<>]+)""",
    re.IGNORECASE | re.VERBOSE,
)
"""A password, a key or a token as connection strings, dictionaries and lines of code name it, also as `UUID('...')`. Without quotes what
stands behind a colon is one where it has a digit: else it is a sentence about it.
"""


def hidden(text: str, variables: Mapping[str, str]) -> str:
    """A text with the name of a variable wherever its value stood, as it is or as messages print it.

    Words and small numbers stay, unless the variable's name says that they are secret.
    """
    forms = [(form, name) for name, value in variables.items() for form in _forms(name, value)]
    for form, name in _longest_first(forms):
        text = text.replace(form, f"<{name}>")
    return text


def without_secrets(text: str, known: Mapping[str, str]) -> str:
    """A text with the name of a secret wherever it stood, and without what looks like a password.

    A short one, or one that is a word or a number, counts only where it is not part of a longer one.
    """
    forms = [(form, name) for name, value in known.items() for form in _parts(value) if _can_be_told(form)]
    for form, name in _longest_first(forms):
        beside = _beside(form)
        text = re.sub(rf"(?<!{beside}){_quoted(form)}(?!{beside})", f"<{name}>".replace("\\", r"\\"), text)
    return without_passwords(text)


def _can_be_told(form: str) -> bool:
    return len(form) >= _SHORT and not _PLAIN.fullmatch(form)


def _beside(form: str) -> str:
    """A pattern of what may not stand directly before or after a secret."""
    if len(form) >= _LONG or (len(form) >= _INSIDE and not _WORD.fullmatch(form)):
        return r"[^\s\S]"
    return r"\d" if form.isdigit() and len(form) >= _INSIDE else "[A-Za-z0-9_]"


def without_passwords(text: str) -> str:
    """A text with `***` for what looks like a password."""
    return _SAID.sub(r"\1\2\4***", _LOGIN.sub(r"\1***", text))


def secret_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables of an environment whose name says that they are secret and whose value can be, or whose value alone does."""
    found = {name: value for name, value in environ.items() if _SECRET.search(name)}
    named = {name: value for name, value in found.items() if _passwords(value) or not _is_harmless(name, value)}
    return named | {name: value for name, value in environ.items() if GIVEN_OUT.fullmatch(value)}


def _is_harmless(name: str, value: str) -> bool:
    """A word, a path or an address without a password, as SSH_AUTH_SOCK, API_URL or MEDIA_URL hold one."""
    strong = re.search(r"PASSW|SECRET|TOKEN", name, re.IGNORECASE)
    address = "://" in value or (re.search(r"UR[IL]$", name, re.IGNORECASE) and "@" not in value)
    return not strong and bool(_WORD.fullmatch(value) or value.startswith(("/", "~")) or address)


def _longest_first(forms: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(forms, key=lambda item: -len(item[0]))


def _forms(name: str, value: str) -> set[str]:
    if _WORD.fullmatch(value) and not _SECRET.search(name):
        return set()
    return {form for form in _parts(value) if len(form) >= 3}


def _parts(value: str) -> set[str]:
    """A value as it is, as messages print it, its lines, and the passwords in it."""
    passwords = _passwords(value)
    lines = [line for line in value.splitlines() if len(line) > 3]
    without_dashes = [value.replace("-", "")] if _UUID.fullmatch(value) else []
    found = {value, " ".join(value.split()), repr(value)[1:-1], *lines, *passwords, *map(unquote, passwords)}
    return found.union(without_dashes)


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


def _passwords(value: str) -> set[str]:
    """What may be the password of a URL in a text: it may hold an `@`, and so may what follows it."""
    tails = [tail.split("@") for tail in _TAIL.findall(value)]
    return {"@".join(parts[:end]) for parts in tails for end in range(1, len(parts) + 1)}

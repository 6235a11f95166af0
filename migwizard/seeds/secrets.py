"""Values that nobody should find in a repository: password hashes, and what looks random in a column named like one."""

from __future__ import annotations

import ast
import math
import re
from collections import Counter
from collections.abc import Iterable

_HASH = re.compile(r"(pbkdf2_\w+|argon2|bcrypt\w*|scrypt|md5|sha1)\$.+\$")
_NAME = re.compile(
    r"(?:^|_)(?:pass(?:word|wd|phrase)?|secret|token|(?:api|private|access)_?key|credentials?)(?:_|$)", re.I
)
_KEY = re.compile(r"(?:^|_)(?:key|salt|signature)(?:_|$)", re.I)


def looks_secret(column: str, value: str) -> bool:
    """Whether a value, as Python source, looks like a secret."""
    try:
        text = ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return False
    if not isinstance(text, str):
        return False
    if _HASH.match(text):
        return True
    # An unusable password begins with "!" in Django: it opens nothing.
    if text.startswith("!"):
        return False
    if _NAME.search(column):
        return len(text) >= 8 and _entropy(text) >= 2.5
    return bool(_KEY.search(column)) and len(text) >= 20 and _entropy(text) >= 3.5


def secret_columns(cells: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The columns among (column, value) in which some value looks like a secret."""
    return tuple(dict.fromkeys(column for column, value in cells if looks_secret(column, value)))


def _entropy(text: str) -> float:
    """Shannon's, in bits a character."""
    return -sum(number / len(text) * math.log2(number / len(text)) for number in Counter(text).values())

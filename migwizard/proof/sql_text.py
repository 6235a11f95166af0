"""SQL as SQLite stores it: tokens, and one spelling for texts that mean the same.

SQLite keeps the text of a definition as it was typed, and ALTER TABLE patches it in place. So two equal tables may differ
in white space, comments, quotes and case. Only ASCII letters lose their case, as in SQLite itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["word", "name", "string", "blob", "number", "sign"]

# The words that SQLite never takes as an unquoted name: only for them do the quotes carry meaning.
_RESERVED_WORDS = """
    add all alter and as autoincrement between case check collate commit constraint create default deferrable
    delete distinct drop else escape except exists foreign from group having in index insert intersect into is
    isnull join limit not nothing notnull null on or order primary references returning select set table then to
    transaction union unique update using values when where
"""
RESERVED = frozenset(_RESERVED_WORDS.split())

# After these only a name can follow, whatever its quotes are.
NAMING = frozenset({"table", "index", "constraint", "references", "collate"})

_TOKEN = re.compile(
    r"""
      (?P<space>[ \t\n\f\r]+ | --[^\n]* | /\*.*?(?:\*/|\Z))
    | [xX]'(?P<blob>[^']*)(?:'|\Z)
    | '(?P<string>(?:[^']|'')*)(?:'|\Z)
    | "(?P<double>(?:[^"]|"")*)(?:"|\Z)
    | `(?P<grave>(?:[^`]|``)*)(?:`|\Z)
    | \[(?P<bracket>[^\]]*)(?:\]|\Z)
    | (?P<number>0[xX][0-9a-fA-F]+ | (?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<word>[A-Za-z0-9_$\u0080-\U0010ffff]+)
    | (?P<sign>->>|->|\|\||<<|>>|<=|>=|<>|!=|==|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PLAIN_NAME = re.compile(r"[a-z_\u0080-\U0010ffff][a-z0-9_$\u0080-\U0010ffff]*")
_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


@dataclass(frozen=True, slots=True)
class Token:
    """A token with its meaning (without quotes, names and words in lower case) and its place in the text."""

    kind: Kind
    text: str
    start: int
    end: int

    def is_word(self, *words: str) -> bool:
        """Whether this is one of the unquoted `words`."""
        return self.kind == "word" and self.text in words

    def is_sign(self, sign: str) -> bool:
        return self.kind == "sign" and self.text == sign


def lower(text: str) -> str:
    """`text` without the case of its ASCII letters: how SQLite compares names."""
    return text.translate(_LOWER)


def tokenise(sql: str, names: Collection[str] | None = None) -> list[Token]:
    """The tokens of `sql` without white space and comments.

    A text in double quotes is a name; but SQLite reads it as a string where no such name exists. With `names` (in lower
    case) given, that rule is followed. What is not closed ends with the text; no input is refused.
    """
    tokens: list[Token] = []
    for match in _TOKEN.finditer(sql):
        kind = match.lastgroup
        if kind is None or kind == "space":
            continue
        named = bool(tokens) and tokens[-1].is_word(*NAMING)
        meaning, text = _read(kind, match[kind], named, names)
        tokens.append(Token(meaning, text, match.start(), match.end()))
    return tokens


def _read(kind: str, text: str, named: bool, names: Collection[str] | None) -> tuple[Kind, str]:
    """The meaning of one match; `named` when only a name can stand here."""
    if kind == "string":
        value = text.replace("''", "'")
        return ("name", lower(value)) if named else ("string", value)
    if kind == "double":
        value = text.replace('""', '"')
        known = named or names is None or lower(value) in names
        return ("name", lower(value)) if known else ("string", value)
    if kind in ("grave", "bracket"):
        return "name", lower(text.replace("``", "`") if kind == "grave" else text)
    plain: dict[str, Kind] = {"blob": "blob", "number": "number", "word": "word"}
    return plain.get(kind, "sign"), lower(text)


def render(tokens: Iterable[Token]) -> str:
    """The tokens in their one spelling, a space between two."""
    return " ".join(_spell(token) for token in tokens)


def _spell(token: Token) -> str:
    if token.kind == "string":
        return "'" + token.text.replace("'", "''") + "'"
    if token.kind == "blob":
        return f"x'{token.text}'"
    if token.kind == "name" and (token.text in RESERVED or not _PLAIN_NAME.fullmatch(token.text)):
        # In these quotes a name is a name whether it exists or not.
        return "`" + token.text.replace("`", "``") + "`"
    return token.text


def normalise(sql: str, names: Collection[str] | None = None) -> str:
    """The one spelling of `sql`; equal for texts that differ only in white space, comments, quotes of names and case."""
    return render(tokenise(sql, names))


def compact(tokens: Iterable[Token]) -> str:
    """The tokens as a person would set them: no space inside parentheses and before commas."""
    text, glued = "", True
    for token in tokens:
        close = token.is_sign(")") or token.is_sign(",")
        text += _spell(token) if glued or close else " " + _spell(token)
        glued = token.is_sign("(")
    return text


def body(tokens: list[Token]) -> tuple[int, int]:
    """The places of the first opening parenthesis and of the one that closes it.

    Raises ValueError where there is none, as in no stored CREATE TABLE.
    """
    depth, opened = 0, -1
    for place, token in enumerate(tokens):
        if token.is_sign("("):
            opened = place if depth == 0 else opened
            depth += 1
        elif token.is_sign(")"):
            depth -= 1
            if depth == 0:
                return opened, place
    raise ValueError("This is not a CREATE TABLE with a list of columns: no closed parentheses.")


def definitions(tokens: list[Token]) -> list[list[Token]]:
    """The tokens of each column and table constraint of a CREATE TABLE; raises ValueError as `body` does."""
    opened, closed = body(tokens)
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens[opened + 1 : closed]:
        depth += token.is_sign("(") - token.is_sign(")")
        if depth == 0 and token.is_sign(","):
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]

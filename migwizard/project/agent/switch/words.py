"""Migrations as the manifest names them, and lists of them in sentences."""

from __future__ import annotations

import typing

Key = typing.Tuple[str, str]
Keys = typing.List[Key]
Facts = typing.Dict[str, typing.Any]


def keys(pairs: typing.Iterable[typing.Sequence[str]]) -> Keys:
    """The pairs of JSON as what can be looked up."""
    return [(app, name) for app, name in pairs]


def full_name(key: Key) -> str:
    """`app.name`, as Django prints a migration."""
    return f"{key[0]}.{key[1]}"


def listed(words: typing.Iterable[str]) -> str:
    """'a, b and c'; of many the first three and their number."""
    shown = list(words)
    if len(shown) > 4:
        shown = [*shown[:3], f"{len(shown) - 3} more"]
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))

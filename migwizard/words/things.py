"""What the objects of a database are called."""

from __future__ import annotations

_SAID = {
    "comment": "the comment on {}",
    "owner": "the owner of {}",
    "grant": "the privileges on {}",
    "default privileges": "the default privileges {}",
    "counter": "the counter of {}",
    "contents": "the contents of {}",
}
"""Kinds that say something of another object, or are a part of its state."""


def called(kind: str, name: str) -> str:
    """An object inside of a sentence: "the view totals", "the comment on table shop_item"."""
    return _SAID.get(kind, f"the {kind} {{}}").format(name)

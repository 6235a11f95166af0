"""Names of the new migrations: never one that the old history has used."""

from __future__ import annotations

import re
from collections.abc import Collection


def choose_tag(tag: str, known: Collection[tuple[str, str]]) -> str:
    """The tag, with a number where an earlier reset of this project used it: reset, reset2, reset3, ...

    A database could not be told switched from unswitched if a name came back.
    """
    number, candidate = 1, tag
    while any(re.match(rf"\d{{4}}_{re.escape(candidate)}_(initial|links|seed|sql|drift)", name) for _, name in known):
        number += 1
        candidate = f"{tag}{number}"
    return candidate


def batch_name(number: int, tag: str, targets: Collection[str]) -> str:
    """0001_reset_initial, then 0002_reset_links_to_shipment (or 0002_reset_links where it has several targets)."""
    if number == 1:
        return f"0001_{tag}_initial"
    return f"{number:04d}_{tag}_links" + (f"_to_{min(targets)}" if len(targets) == 1 else "")


def numbered(number: int, tag: str, what: str) -> str:
    """0003_reset_seed, 0004_reset_sql."""
    return f"{number:04d}_{tag}_{what}"

"""Names of the new migrations: never one that the old history has used."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable


def choose_tag(tag: str, known: Collection[tuple[str, str]]) -> str:
    """The tag, with a number where earlier resets of this project used it: reset, reset2, reset3, ...

    Counted on from the latest one: an earlier reset may have left nothing but rows in databases that nobody sees from here,
    and such a database could not be told switched from unswitched if a name came back.
    """
    pattern = re.compile(rf"\d{{4}}_{re.escape(tag)}(\d*)_(initial|links|seed|sql|drift)")
    numbers = [int(found[1] or 1) for _, name in known if (found := pattern.match(name))]
    return f"{tag}{max(numbers) + 1}" if numbers else tag


def batch_name(number: int, tag: str, targets: Collection[str]) -> str:
    """0001_reset_initial, then 0002_reset_links_to_shipment (or 0002_reset_links where it has several targets)."""
    if number == 1:
        return f"0001_{tag}_initial"
    return f"{number:04d}_{tag}_links" + (f"_to_{min(targets)}" if len(targets) == 1 else "")


def numbered(number: int, tag: str, what: str, highest: int | None = None) -> str:
    """0003_reset_seed, 0004_reset_sql; beyond the highest number that is free, 0002_reset_then3_seed.

    So new files sort before what is kept on top of them, whose numbers they must not reach.
    """
    if highest is None or number <= highest:
        return f"{number:04d}_{tag}_{what}"
    return f"{highest:04d}_{tag}_then{number}_{what}"


def below(names: Iterable[str]) -> int | None:
    """The highest number below those of kept migrations; None where they do not tell."""
    numbers = [int(found[0]) for name in names if (found := re.match(r"\d+", name))]
    return min(numbers) - 1 if numbers and min(numbers) > 1 else None

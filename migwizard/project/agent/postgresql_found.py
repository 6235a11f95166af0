"""What was found in the catalogue of a PostgreSQL database: objects by kind and name, and where the catalogue has each."""

from __future__ import annotations

from typing import Any, Dict, NamedTuple, Optional, Tuple

from .postgresql_names import Execute

Key = Tuple[str, int]
"""A table of the catalogue, as "pg_proc", and an oid in it."""


class Place(NamedTuple):
    """An object as other rows of the catalogue lead to it."""

    kind: str
    name: str
    noun: str
    """How COMMENT ON and ALTER call it: `FUNCTION "f"(integer)`. `{}` stands for a sequence whose name is made up."""
    label: str
    """How a person calls it, and a comment on it: `function f(integer)`."""
    table: Optional[str] = None
    """The table that it goes with."""
    column: Optional[str] = None
    """The column that a sequence with a made-up name belongs to."""


class Found:
    """What the readers found so far.

    `objects` has a mapping of names for each kind but tables and sequences; every object has `sql`, which makes it,
    and `drop`, which removes it, `order` among those of its kind, `table` where it belongs to one, and whatever else
    has to be equal.
    """

    def __init__(self, execute: Execute, version: int) -> None:
        self.execute = execute
        self.version = version
        self.objects: Dict[str, Dict[str, Dict[str, Any]]] = {}
        self.places: Dict[Key, Place] = {}

    def add(self, kind: str, name: str, key: Key, called: str, sql: str, what: str = "", **facts: Any) -> None:
        """One more object; `what` and `called` are the two halves of its noun: "TRIGGER" and `"t" ON "x"`."""
        what = what or kind.upper()
        known = self.objects.setdefault(kind, {})
        known[name] = dict(facts, sql=sql, drop="DROP {} IF EXISTS {};".format(what, called), order=len(known))
        table = facts.get("table")
        self.places[key] = Place(kind, name, "{} {}".format(what, called), "{} {}".format(kind, name), table)

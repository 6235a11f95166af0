"""What a comparison of two databases does not look at, said for what is there: a certificate claims no more than was read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from migwizard.words.counting import some

_OTHERS_CONTENT = re.compile(r"\bUSING\s+fts\d\b.*\bcontent\s*=", re.IGNORECASE | re.DOTALL)


def unread(catalogue: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each kind of thing in the catalogue whose content is not compared."""
    if catalogue["engine"] == "postgresql":
        if views := [name for name, view in catalogue["views"].items() if view["materialised"]]:
            yield f"What materialised views hold was not compared: {some(views)}; refresh them after a migrate from zero."
        if free := [name for name, facts in catalogue["sequences"].items() if facts["table"] is None]:
            yield f"How far sequences of no column have counted was not compared: {some(free)}."
        yield (
            "Schemas, rules, aggregates, operators, text search configurations, statistics and event triggers "
            "were not compared."
        )
    if catalogue["engine"] == "mysql":
        if catalogue["sequences"]:
            yield f"How far sequences have counted was not compared: {some(list(catalogue['sequences']))}."
        yield "Privileges, stored packages, spatial reference systems and statistics were not compared."
    if indexes := [name for name, table in catalogue["tables"].items() if _OTHERS_CONTENT.search(table["sql"] or "")]:
        yield f"What full-text tables over other tables have indexed was not compared: {some(indexes)}; rebuild them."

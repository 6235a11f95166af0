"""What a comparison of two databases does not look at, said for what is there: a certificate claims no more than was read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from migwizard.words.counting import some

_OTHERS_CONTENT = re.compile(r"\bUSING\s+fts\d\b.*\bcontent\s*=", re.IGNORECASE | re.DOTALL)


def unread(catalogue: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each kind of thing in the catalogue whose content is not compared."""
    tables = catalogue["tables"]
    for kind, names in catalogue.get("unread", {}).items():
        yield f"{kind[0].upper()}{kind[1:]} were not compared: {some(names)}."
    if foreign := [name for name, table in tables.items() if table.get("type") == "foreign"]:
        yield f"What foreign tables hold was not compared: {some(foreign)}."
    if hidden := [name for name, table in tables.items() if table.get("hidden")]:
        yield f"Row security hides what tables hold from the user of the settings, so it was not compared: {some(hidden)}."
    if catalogue["engine"] == "mysql":
        if catalogue["sequences"]:
            yield f"How far sequences have counted was not compared: {some(list(catalogue['sequences']))}."
        yield "Privileges, stored packages, spatial reference systems and statistics were not compared."
    if indexes := [name for name, table in tables.items() if _OTHERS_CONTENT.search(table["sql"] or "")]:
        yield f"What full-text tables over other tables have indexed was not compared: {some(indexes)}; rebuild them."

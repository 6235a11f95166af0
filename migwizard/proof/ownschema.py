"""PostgreSQL databases whose own schema bears another name than that of the scratch databases: with `search_path=app,public` tables
are made in `app`, and in `public` where there is no `app`. What is alike otherwise is not told for that name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

PUBLIC = "public"
"""The own schema of a database of which was not kept what it is."""
_QUALIFIED = ("function", "procedure", "trigger", "rule", "operator", "operator class", "publication", "statistics")
"""Kinds that PostgreSQL defines with the schema of what they are about, be it the own one; it leaves it out of others."""
_ABOUT = ("comment", "owner", "grant")
_BODY = "\nAS $"
"""Behind it is text of the project, in which the name of a schema is what somebody wrote."""

Catalogue = Mapping[str, Any]


def without_own_schemas(history: Catalogue, real: Catalogue) -> tuple[Catalogue, Catalogue]:
    """Both catalogues, each without the name of its own schema; as they are where it is the same, or the engine another one."""
    built, own = history.get("schema", PUBLIC), real.get("schema", PUBLIC)
    if "postgresql" not in (history["engine"], real["engine"]) or built == own:
        return history, real
    alike = frozenset({built, own})
    there = frozenset(real["objects"].get("schema", ()))
    return _without(history, built, alike, frozenset({built}) - there), _without(real, own, alike, frozenset({own}))


def _without(catalogue: Catalogue, schema: str, alike: frozenset[str], gone: frozenset[str]) -> Catalogue:
    """`gone` are schemas that are not told of; one of those that are `alike` is as good as another for an extension."""

    def cut(facts: Mapping[str, Any]) -> dict[str, Any]:
        texts = {key: _cut(facts[key], schema) for key in ("definition", "sql") if isinstance(facts.get(key), str)}
        return {**facts, **texts}

    objects = dict(catalogue["objects"])
    for kind in _QUALIFIED:
        objects[kind] = {name: cut(facts) for name, facts in objects.get(kind, {}).items()}
    for name, facts in (extensions := dict(objects.get("extension", {}))).items():
        extensions[name] = {**facts, "schema": ""} if facts.get("schema") in alike else facts
    objects["extension"] = extensions
    for kind, named in (("schema", "{}"), *((kind, "schema {}") for kind in _ABOUT)):
        names = {named.format(name) for name in gone}
        objects[kind] = {name: facts for name, facts in objects.get(kind, {}).items() if name not in names}
    tables = {
        name: {**table, "indexes": [cut(index) for index in table["indexes"]]}
        for name, table in catalogue["tables"].items()
    }
    return {**catalogue, "objects": objects, "tables": tables}


def _cut(text: str, schema: str) -> str:
    head, mark, body = text.partition(_BODY)
    quoted = '"{}"'.format(schema.replace('"', '""'))
    pattern = rf"(?<![\w.\"'$])(?:{re.escape(schema)}|{re.escape(quoted)})\.(?=\S)"
    return re.sub(pattern, "", head) + mark + body

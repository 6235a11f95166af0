"""Schema objects that only hand-written SQL makes: what the old database has at its end and the new schema has not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from migwizard.seeds.rungs import is_plain
from migwizard.seeds.verdicts import Judged, Thing, Verdict

KINDS = ("table", "index", "view", "trigger")


@dataclass(frozen=True, slots=True)
class SchemaObject:
    """One object with its definition in the final catalogue of the old history."""

    kind: str
    name: str
    table: str
    """The table it belongs to; its own name for a table or view."""
    sql: str

    @property
    def thing(self) -> Thing:
        return self.kind, self.name

    @property
    def drop_sql(self) -> str:
        return f'DROP {self.kind.upper()} IF EXISTS "{self.name}";'


def read_objects(catalogue: Mapping[str, Any]) -> dict[Thing, SchemaObject]:
    """Every object of an SQLite catalogue that has a definition of its own."""
    found = []
    for table, facts in catalogue["tables"].items():
        found.append(SchemaObject("table", table, table, facts["sql"]))
        found += [
            SchemaObject("index", index["name"], table, index["sql"]) for index in facts["indexes"] if index.get("sql")
        ]
    found += [SchemaObject("view", name, name, sql) for name, sql in catalogue["views"].items()]
    found += [
        SchemaObject("trigger", name, facts["table"], facts["sql"]) for name, facts in catalogue["triggers"].items()
    ]
    return {item.thing: item for item in found}


def replaced_tables(
    operations: Collection[Mapping[str, Any]],
    objects: Collection[tuple[str, str, str]],
    old: Mapping[str, Any],
    new: Mapping[str, Any],
) -> dict[str, SchemaObject]:
    """Tables of models that the old history makes by SQL of its own inside a SeparateDatabaseAndState.

    `objects` are (kind, name, operation id) as observed; a table counts where its definition differs from the one the
    new schema makes. By table name.
    """
    separate = {facts["id"] for facts in operations if facts["in_separate"] is not None}
    found = {}
    for kind, name, owner in objects:
        both = name in old["tables"] and name in new["tables"]
        if kind == "table" and owner in separate and both and old["tables"][name]["sql"] != new["tables"][name]["sql"]:
            found[name] = SchemaObject("table", name, name, old["tables"][name]["sql"])
    return found


def as_it_was(judged: Judged, final: Mapping[Thing, SchemaObject]) -> bool:
    """Whether a RunSQL can be taken over unchanged: all that it made is still there, just as it made it.

    Triggers have another place than all else: who makes both is taken apart, unless rows hold it together.
    """
    if judged.facts["kind"] != "RunSQL" or not is_plain(judged) or judged.facts["state_operations"]:
        return False
    kinds = {kind == "trigger" for kind, _ in judged.things}
    return made_stands(judged, final) and (judged.verdict is not Verdict.SCHEMA or len(kinds) == 1)


def made_stands(judged: Judged, final: Mapping[Thing, SchemaObject]) -> bool:
    """Whether an operation only made objects, and all of them are still there just as it made them."""
    return all(
        action == "created" and (kind, name) in judged.things and final[kind, name].sql == sql
        for action, kind, name, sql in judged.facts["schema"]
    )

"""Schema objects that only hand-written SQL makes: what the old database has at its end and the new schema has not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from migwizard.proof.catalogue import compare_catalogues
from migwizard.proof.difference import Difference
from migwizard.seeds.rungs import is_plain
from migwizard.seeds.verdicts import Judged, Thing, Verdict

KINDS = (
    "schema",
    "extension",
    "collation",
    "type",
    "sequence",
    "function",
    "procedure",
    "aggregate",
    "operator",
    "operator family",
    "operator class",
    "cast",
    "text search parser",
    "text search template",
    "text search dictionary",
    "text search configuration",
    "foreign data wrapper",
    "server",
    "user mapping",
    "table",
    "constraint",
    "index",
    "statistics",
    "view",
    "rule",
    "policy",
    "publication",
    "setting",
    "default privileges",
    "comment",
    "owner",
    "grant",
    "trigger",
    "event",
    "counter",
    "contents",
    "event trigger",
)
"""What can be brought by its definition, in an order in which things can mostly be made; what one needs comes first anyway."""
GROUPS = {
    "function": "functions",
    "procedure": "procedures",
    "view": "views",
    "trigger": "triggers",
    "event": "events",
}
"""Where a catalogue of MySQL keeps each kind, besides tables with their parts and sequences."""


@dataclass(frozen=True, slots=True)
class SchemaObject:
    """One object with its definition in the final catalogue of the old history."""

    kind: str
    name: str
    table: str
    """The table it belongs to; its own name for all that belongs to none."""
    sql: str
    drop: str = ""
    """The statement that removes it, where it is another one than that of most kinds."""
    order: int = 0
    """Among those of its kind: later ones may need earlier ones."""
    whole: bool = False
    """One statement, whatever semicolons are in it: Django takes texts apart for drivers that run one at a time."""
    needs: frozenset[Thing] = frozenset()
    """Without these it cannot be made, as the database itself tells."""
    checked: bool = False
    """Whether it is a function whose text is looked at when it is made, so that all that it names must be there."""

    @property
    def thing(self) -> Thing:
        return self.kind, self.name

    @property
    def drop_sql(self) -> str:
        return self.drop or f'DROP {self.kind.upper()} IF EXISTS "{self.name}";'

    @property
    def bare_name(self) -> str:
        """The name alone, as other definitions write it: without schema, arguments and table."""
        return self.name.partition(" on ")[0].partition("(")[0].rpartition(".")[2]


def read_objects(catalogue: Mapping[str, Any]) -> dict[Thing, SchemaObject]:
    """Every object of a catalogue that has a definition of its own."""
    readers = {"sqlite": _sqlite_objects, "postgresql": _postgresql_objects, "mysql": _mysql_objects}
    found = list(readers[catalogue["engine"]](catalogue))
    needs: dict[Thing, set[Thing]] = defaultdict(set)
    for kind, name, other, other_name in catalogue.get("needs", ()):
        needs[kind, name].add((other, other_name))
    return {item.thing: replace(item, needs=frozenset(needs[item.thing])) for item in found}


def _sqlite_objects(catalogue: Mapping[str, Any]) -> Iterator[SchemaObject]:
    for table, facts in catalogue["tables"].items():
        yield SchemaObject("table", table, table, facts["sql"])
        for index in facts["indexes"]:
            if index.get("sql"):
                yield SchemaObject("index", index["name"], table, index["sql"])
    for name, sql in catalogue["views"].items():
        yield SchemaObject("view", name, name, sql)
    for name, facts in catalogue["triggers"].items():
        yield SchemaObject("trigger", name, facts["table"], facts["sql"])


def _postgresql_objects(catalogue: Mapping[str, Any]) -> Iterator[SchemaObject]:
    for table, facts in catalogue["tables"].items():
        yield SchemaObject("table", table, table, facts["sql"], facts["drop"])
        for constraint in (each for each in facts["constraints"] if each["sql"]):
            order = 1 if constraint["type"] == "f" else 0
            name = name_on_table(constraint["name"], table)
            yield SchemaObject("constraint", name, table, constraint["sql"], constraint["drop"], order)
        for index in facts["indexes"]:
            if index["sql"]:
                yield SchemaObject("index", index["name"], table, index["sql"], index["drop"])
    for kind, things in catalogue["objects"].items():
        for name, facts in things.items():
            if (kind, name) == ("schema", "public"):
                continue  # Every new database has it.
            table = facts.get("table") or name
            checked = facts.get("language") == "sql"
            yield SchemaObject(kind, name, table, facts["sql"], facts["drop"], facts["order"], checked=checked)
    for name, facts in catalogue["sequences"].items():
        if facts["table"] is None:
            yield SchemaObject("sequence", name, name, facts["sql"], facts["drop"], facts["order"])


def _mysql_objects(catalogue: Mapping[str, Any]) -> Iterator[SchemaObject]:
    """Several tables may have indexes of one name here, too; what has no statement of its own comes with its table."""
    for table, facts in catalogue["tables"].items():
        yield SchemaObject("table", table, table, facts["sql"], facts["drop"], whole=True)
        for kind, parts in (("index", facts["indexes"]), ("constraint", facts["constraints"])):
            for part in parts:
                if part["sql"]:
                    order = 1 if part.get("type") == "f" else 0
                    name = name_on_table(part["name"], table)
                    yield SchemaObject(kind, name, table, part["sql"], part["drop"], order, whole=True)
    for kind, group in {**GROUPS, "sequence": "sequences"}.items():
        for name, facts in catalogue.get(group, {}).items():
            table = facts.get("table") or name
            yield SchemaObject(kind, name, table, facts["sql"], facts["drop"], facts.get("order", 0), whole=True)


def read_counters(catalogue: Mapping[str, Any], counters: Mapping[str, int]) -> dict[Thing, SchemaObject]:
    """How far sequences have counted, as statements that set them; `counters` are those of `read_rows`.

    The sequence of a primary key is known by its table, that of another column by both, one of no column by its own name.
    """
    if catalogue["engine"] == "mysql":
        return {("counter", table): _mysql_counter(table, number) for table, number in counters.items()}
    tables = catalogue["tables"]
    found: dict[str, tuple[str, str]] = {}
    for name, facts in catalogue.get("sequences", {}).items():
        table, column = facts["table"], facts["column"]
        if table is None:
            found[name] = name, _literal(_identifier(name))
            continue
        owner = f"pg_get_serial_sequence({_literal(_identifier(table))}, {_literal(column)})"
        is_key = any(each["pk"] and each["name"] == column for each in tables[table]["columns"])
        found[table if is_key else f"{table}.{column}"] = table, owner
    return {
        ("counter", name): SchemaObject("counter", name, found[name][0], f"SELECT setval({found[name][1]}, {number});")
        for name, number in counters.items()
        if name in found
    }


def _mysql_counter(table: str, number: int) -> SchemaObject:
    name = table.replace("`", "``")
    return SchemaObject("counter", table, table, f"ALTER TABLE `{name}` AUTO_INCREMENT = {number + 1}")


def read_contents(catalogue: Mapping[str, Any]) -> dict[Thing, SchemaObject]:
    """What fills each materialised view that holds something, behind all rows."""
    views = catalogue.get("objects", {}).get("view", {})
    return {
        ("contents", name): SchemaObject(
            "contents",
            name,
            name,
            f"REFRESH MATERIALIZED VIEW {_identifier(name)};",
            order=facts["order"],
            needs=frozenset({("view", name)}),
        )
        for name, facts in views.items()
        if facts["materialised"] and facts["populated"]
    }


def _identifier(name: str) -> str:
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split(".", 1))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def any_made(observations: Mapping[str, Any]) -> bool:
    """Whether an operation that was observed made, changed or removed an object."""
    return bool(observations["objects"]) or any(facts["schema"] for facts in observations["operations"])


def altered(differences: Iterable[Difference], operations: Iterable[Mapping[str, Any]], engine: str) -> set[Thing]:
    """What both histories have, but in another way, or the new one alone, and what an operation changed or removed.

    There is no statement in a catalogue that changes an object, so that only the operation itself brings the change.
    """
    changed = {
        (kind, name)
        for facts in operations
        for action, kind, name, _ in facts["schema"]
        if action in ("changed", "dropped")
    }
    found = set()
    for difference in differences:
        # A default that Django may have left behind may as well be one that SQL gave.
        if difference.severity != "error" and (engine, difference.kind) != ("mysql", "column"):
            continue
        if difference.kind == "column" or (difference.kind == "table" and difference.new is not None):
            found.add(("table", difference.table or difference.name))
        elif difference.new is not None:
            found.add(thing_of(difference, engine))
    return found & changed


def name_on_table(name: str, table: str) -> str:
    """Several tables may have constraints, and on MySQL indexes, of one name."""
    return f"{name} on {table}"


def thing_of(difference: Difference, engine: str) -> Thing:
    """The object that a difference of two catalogues is about."""
    name = difference.name
    if difference.kind == "constraint" or (difference.kind == "index" and engine == "mysql"):
        name = name_on_table(name, difference.table or "")
    return difference.kind, name


def replaced_tables(
    operations: Collection[Mapping[str, Any]],
    objects: Collection[tuple[str, str, str]],
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    adopted: Collection[str] = (),
) -> dict[str, SchemaObject]:
    """Tables of models that the old history makes by SQL of its own, and the models by operations on the state.

    `objects` are (kind, name, operation id) as observed, `adopted` the tables of models that were unmanaged when they were
    created; a table counts where its definition differs from the one the new schema makes. By table name.
    """
    beside = {facts["id"] for facts in operations if facts["in_separate"] is not None or facts.get("state_operations")}
    made = {name for kind, name, owner in objects if kind == "table" and (owner in beside or name in adopted)}
    both = sorted(made & old["tables"].keys() & new["tables"].keys())
    if old["engine"] == "sqlite":
        changed = {name for name in both if old["tables"][name]["sql"] != new["tables"][name]["sql"]}
    else:
        differences = compare_catalogues(old, new, explicit_names=()) if both else ()
        changed = {d.table or d.name for d in differences if d.severity == "error" and d.kind in ("table", "column")}
    facts = old["tables"]
    return {
        name: SchemaObject("table", name, name, _with_keys(facts[name]), facts[name].get("drop", ""))
        for name in both
        if name in changed
    }


def _with_keys(facts: Mapping[str, Any]) -> str:
    """The statements that make a table so that others can point to it: PostgreSQL tells keys apart from the columns."""
    keys = [each["sql"] for each in facts.get("constraints", ()) if each.get("type") in ("p", "u") and each["sql"]]
    return "\n".join([facts["sql"], *keys])


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


def is_own_operation(judged: Judged, final: Mapping[Thing, SchemaObject]) -> bool:
    """Whether a class of its own stands for what it makes, as Django has one for extensions: it says more than SQL."""
    ours = all(kind in ("extension", "collation") for kind, _ in judged.things)
    return (
        ours and bool(judged.facts.get("written")) and judged.facts["kind"] == "custom" and made_stands(judged, final)
    )

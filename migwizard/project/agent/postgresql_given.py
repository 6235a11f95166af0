"""PostgreSQL: what is in a database that was given to us, its mark, and how it is emptied again."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from .postgresql_names import FIRST_OID, MARK_TABLE, OF_ITSELF, OWN, Execute, literal, quote_column

_FREE_TYPE = (
    "NOT EXISTS (SELECT 1 FROM pg_class c WHERE c.oid = o.typrelid AND c.relkind <> 'c') "
    "AND NOT EXISTS (SELECT 1 FROM pg_type e WHERE e.typarray = o.oid)"
)
"""Types of tables and of arrays go with what they are for."""
_OBJECTS = (
    # Event triggers would hear of everything that is dropped.
    ("pg_event_trigger", "true"),
    ("pg_publication", "true"),
    ("pg_class", "relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"),
    ("pg_proc", "true"),
    ("pg_type", _FREE_TYPE),
    ("pg_operator", "true"),
    ("pg_opclass", "true"),
    ("pg_opfamily", "true"),
    ("pg_collation", "true"),
    ("pg_conversion", "true"),
    ("pg_ts_config", "true"),
    ("pg_ts_dict", "true"),
    ("pg_ts_parser", "true"),
    ("pg_ts_template", "true"),
    ("pg_statistic_ext", "true"),
    ("pg_cast", "true"),
    ("pg_foreign_server", "true"),
    ("pg_foreign_data_wrapper", "true"),
)
"""Catalogues, in the order in which their objects are dropped, and which of them."""
_WORDS = {"statistics object": "STATISTICS", "foreign-data wrapper": "FOREIGN DATA WRAPPER"}


def wanted(real: Dict[str, Any], use: Any) -> None:
    """Nothing has to be fitted: an encoding cannot be changed."""


def fit(execute: Execute, wanted: Any) -> None:
    """See `wanted`."""


def nature(execute: Execute) -> Dict[str, Any]:
    """What has to be the same in all databases, for the same history to build the same in them."""
    version, encoding, collation, kind = execute(
        "SELECT current_setting('server_version'), pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database "
        "WHERE datname = current_database()"
    )[0]
    return {
        "version": version,
        "encoding": encoding,
        "collation": collation,
        "character type": kind,
        **standing(execute),
    }


def standing(execute: Execute) -> Dict[str, List[str]]:
    """What may be there already, and stays: extensions and schemas."""
    schemas = "SELECT n.nspname FROM pg_namespace n WHERE {} ORDER BY 1".format(OWN.format("n"))
    return {
        "extensions": [
            str(name) for (name,) in execute("SELECT extname FROM pg_extension ORDER BY 1") if name != "plpgsql"
        ],
        "schemas": [str(name) for (name,) in execute(schemas)],
    }


def contents(execute: Execute) -> List[str]:
    """Everything else, as words."""
    found = ["{} {}".format(kind, identity) for kind, identity in _objects(execute)]
    return found + ["large object {}".format(oid) for (oid,) in execute("SELECT oid FROM pg_largeobject_metadata")]


def _objects(execute: Execute) -> List[Any]:
    parts = (
        "SELECT {place} AS place, '{name}'::regclass::oid AS class, o.oid FROM {name} o WHERE o.oid >= {first} AND {which} "
        "AND {free}".format(place=place, name=name, first=FIRST_OID, which=which, free=OF_ITSELF.format(name, "o.oid"))
        for place, (name, which) in enumerate(_OBJECTS)
    )
    return list(
        execute(
            "SELECT i.type, i.identity FROM ({}) found, pg_identify_object(found.class, found.oid, 0) i "
            "WHERE coalesce(i.name, '') <> {} AND coalesce(i.schema, '') !~ '^pg_(toast|temp)' "
            "ORDER BY found.place, found.oid".format(" UNION ALL ".join(parts), literal(MARK_TABLE))
        )
    )


def _mark_table(execute: Execute) -> Optional[str]:
    found = execute(
        "SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = {} AND {}".format(
            literal(MARK_TABLE), OWN.format("n")
        )
    )
    return "{}.{}".format(quote_column(found[0][0]), quote_column(MARK_TABLE)) if found else None


def read_mark(execute: Execute) -> Optional[str]:
    """What the mark says; None where there is none. A table of that name with anything else in it says nothing."""
    table = _mark_table(execute)
    if table is None:
        return None
    rows = execute("SELECT row_to_json(m) ->> 'mark' FROM {} m LIMIT 1".format(table))
    return str(rows[0][0] or "") if rows else ""


def write_mark(execute: Execute, text: str) -> bool:
    """Whether the mark is written now; in one statement, so that no other process can write another one meanwhile."""
    from django.db.utils import Error

    try:
        execute("CREATE TABLE {} AS SELECT {}::text AS mark".format(quote_column(MARK_TABLE), literal(text)))
    except Error:
        if read_mark(execute) is None:
            raise
        return False
    return True


def change_mark(execute: Execute, text: str) -> None:
    execute("UPDATE {} SET mark = {}".format(_mark_table(execute), literal(text)))


def remove_mark(execute: Execute) -> None:
    execute("DROP TABLE {}".format(_mark_table(execute)))


def empty(execute: Execute, before: Dict[str, List[str]], wanted: Any) -> None:
    """Drop everything but the mark and what was there before; whoever is still connected is a fork of ours that was cut off."""
    execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND usename = current_user AND pid <> pg_backend_pid()"
    )
    for kind, identity in _objects(execute):
        if kind == "event trigger":
            _drop(execute, kind, identity)
    now = standing(execute)
    for kind, group in (("schema", "schemas"), ("extension", "extensions")):
        for name in now[group]:
            if name not in before[group]:
                _drop(execute, kind, quote_column(name))
    for kind, identity in _objects(execute):
        _drop(execute, kind, identity)
    execute("SELECT lo_unlink(oid) FROM pg_largeobject_metadata")


def _drop(execute: Execute, kind: str, identity: str) -> None:
    """Each by itself: all in one transaction could need more locks than the server has."""
    execute("DROP {} IF EXISTS {} CASCADE".format(_WORDS.get(kind, kind.upper()), identity))

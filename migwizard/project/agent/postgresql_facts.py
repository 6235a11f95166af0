"""Reads the catalogue of a PostgreSQL database as plain JSON-able facts, by PostgreSQL's own definitions.

Everything goes through one callable `execute(sql)` that returns all rows of a statement as tuples. No statement has
parameters, since drivers disagree about placeholders, and none writes. Names of the current schema are written without
it, all others with it. What extensions brought along is left out: the extension stands for it.
"""

from __future__ import annotations

from typing import Any, Dict

from . import postgresql_relations as relations
from . import postgresql_rights as rights
from . import postgresql_routines as routines
from . import postgresql_whole as whole
from .postgresql_found import Found
from .postgresql_names import Execute
from .postgresql_needs import read_needs
from .postgresql_tables import read_tables

_RARE = (
    ("pg_collation", routines.read_collations),
    ("pg_aggregate", routines.read_aggregates),
    ("pg_operator", routines.read_operators),
    ("pg_opfamily", routines.read_operator_classes),
    ("pg_cast", routines.read_casts),
    ("pg_ts_", whole.read_text_search),
    ("pg_foreign_data_wrapper", whole.read_foreign),
    ("pg_statistic_ext", relations.read_statistics),
    ("pg_policy", relations.read_policies),
    ("pg_publication", whole.read_publications),
    ("pg_event_trigger", whole.read_event_triggers),
    ("pg_default_acl", rights.read_default_privileges),
)
"""Readers of kinds that most databases have none of, by the catalogue that tells."""


def read_catalogue(execute: Execute, *, needs: bool = True) -> Dict[str, Any]:
    """All objects of the database but migwizard's own tables.

    Returns `{"engine", "version", "schema", "tables", "sequences", "objects", "needs", "unread"}`. `schema` is the own one, in which tables are made. A table has `columns`,
    `constraints`, `foreign_keys` and `indexes`; `objects` are those of all other kinds, by kind and name. Every object has
    `sql`, which makes it, and `drop`. `needs` lists [kind, name, kind, name] where one object cannot be made before
    another one; it is left out on demand, since it costs. `unread` names things of kinds that are not read.
    """
    found = Found(execute, int(execute("SHOW server_version_num")[0][0]))
    version = execute("SHOW server_version")[0][0].split(" ")[0]
    there = whole.rare_kinds(found)
    whole.read_schemas(found)
    whole.read_extensions(found)
    routines.read_types(found)
    routines.read_functions(found)
    tables = read_tables(found)
    sequences = relations.read_sequences(found)
    relations.join_sequences(tables, sequences)
    relations.read_views(found)
    relations.read_rules(found)
    relations.read_triggers(found)
    whole.read_settings(found)
    for catalogue, read in _RARE:
        if any(name.startswith(catalogue) for name in there):
            read(found)
    rights.read_comments(found)
    rights.read_owners(found)
    rights.read_grants(found)
    return {
        "engine": "postgresql",
        "version": version,
        "schema": execute("SELECT current_schema()::text")[0][0] or whole.PUBLIC,
        "tables": tables,
        "sequences": sequences,
        "objects": found.objects,
        "needs": read_needs(found) if needs else [],
        "unread": whole.unread_things(found) if needs else {},
    }

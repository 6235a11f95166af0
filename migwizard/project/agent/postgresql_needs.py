"""What the objects of a PostgreSQL database need of each other, as PostgreSQL itself keeps it."""

from __future__ import annotations

from typing import Dict, List

from .postgresql_found import Found, Key
from .postgresql_names import FIRST_OID

_MEMBERS = ("pg_amop", "pg_amproc", "pg_publication_rel", "pg_publication_namespace")
"""Parts of an object that have rows of their own, which depend on it."""
_WHOLES = ("pg_opfamily", "pg_opclass", "pg_publication")


def read_needs(found: Found) -> List[List[str]]:
    """[kind, name, kind, name] for each object that cannot be there without another one; what is inside of a function
    that is only text is not known here."""
    parts = _parts(found)
    rows = found.execute(
        "SELECT classid::regclass::text, objid, refclassid::regclass::text, refobjid, deptype::text FROM pg_depend "
        "WHERE objid >= {0} AND refobjid >= {0}".format(FIRST_OID)
    )
    edges = []
    for catalogue, oid, other, other_oid, how in rows:
        if how == "e" or (catalogue in _MEMBERS and other in _WHOLES):
            parts.setdefault((catalogue, oid), (other, other_oid))
        else:
            edges.append(((catalogue, oid), (other, other_oid)))
    needs = set()
    for key, other in edges:
        left, right = found.places.get(_whole(parts, key)), found.places.get(_whole(parts, other))
        if left is not None and right is not None and left[:2] != right[:2]:
            needs.add((*left[:2], *right[:2]))
    for kind in ("comment", "owner", "grant"):
        for name, facts in found.objects.get(kind, {}).items():
            needs.add((kind, name, *facts["of"]))
    return [list(need) for need in sorted(needs)]


def _whole(parts: Dict[Key, Key], key: Key) -> Key:
    """The object that a row of the catalogue is a part of."""
    seen = set()
    while key in parts and key not in seen:
        seen.add(key)
        key = parts[key]
    return key


def _parts(found: Found) -> Dict[Key, Key]:
    """Rows of the catalogue that are parts of others: defaults, the rules of views, the types of rows and lists."""
    of_rows = "FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid WHERE c.relkind {} 'c' AND t.oid >= {{0}}"
    of_views = "FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relkind = 'm' AND c.oid >= {0}"
    statements = [
        "SELECT 'pg_attrdef', oid, 'pg_class', adrelid FROM pg_attrdef",
        "SELECT 'pg_rewrite', oid, 'pg_class', ev_class FROM pg_rewrite WHERE rulename = '_RETURN' AND oid >= {0}",
        "SELECT 'pg_type', typarray, 'pg_type', oid FROM pg_type WHERE typarray >= {0}",
        "SELECT 'pg_type', t.oid, 'pg_class', t.typrelid " + of_rows.format("<>"),
        "SELECT 'pg_class', t.typrelid, 'pg_type', t.oid " + of_rows.format("="),
        "SELECT 'pg_class', i.indexrelid, 'pg_class', i.indrelid " + of_views,
    ]
    if found.version >= 140000:
        statements.append("SELECT 'pg_type', rngmultitypid, 'pg_type', rngtypid FROM pg_range WHERE rngtypid >= {0}")
    sql = " UNION ALL ".join(statements).format(FIRST_OID)
    return {(catalogue, oid): (other, whole) for catalogue, oid, other, whole in found.execute(sql)}

"""What is said of the objects of a PostgreSQL database: comments, other owners than usual, and who may do what.

Each is an object of its own, so that it can be brought where the object itself comes from somewhere else.
"""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from .postgresql_found import Found, Key, Place
from .postgresql_names import FIRST_OID, literal, of_sequence, quote, quote_column

_INSIDE = ("constraint", "index", "extension")
"""Their comments are theirs: names of the first two may be made up, and an extension brings its own."""

_OWNERS = (
    ("pg_class", "relowner"),
    ("pg_proc", "proowner"),
    ("pg_type", "typowner"),
    ("pg_namespace", "nspowner"),
    ("pg_collation", "collowner"),
    ("pg_operator", "oprowner"),
    ("pg_opclass", "opcowner"),
    ("pg_opfamily", "opfowner"),
    ("pg_statistic_ext", "stxowner"),
    ("pg_ts_dict", "dictowner"),
    ("pg_ts_config", "cfgowner"),
    ("pg_foreign_data_wrapper", "fdwowner"),
    ("pg_foreign_server", "srvowner"),
    ("pg_event_trigger", "evtowner"),
    ("pg_publication", "pubowner"),
)
_GRANTS = """
    WITH thing(catalogue, oid, sub, kind, owner, acl) AS (
        SELECT 'pg_class', oid, 0, CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner, relacl FROM pg_class
        UNION ALL SELECT 'pg_class', a.attrelid, a.attnum, 'c'::"char", c.relowner, a.attacl FROM pg_attribute a
            JOIN pg_class c ON c.oid = a.attrelid WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
        UNION ALL SELECT 'pg_proc', oid, 0, 'f'::"char", proowner, proacl FROM pg_proc
        UNION ALL SELECT 'pg_type', oid, 0, 'T'::"char", typowner, typacl FROM pg_type
        UNION ALL SELECT 'pg_namespace', oid, 0, 'n'::"char", nspowner, nspacl FROM pg_namespace
        UNION ALL SELECT 'pg_foreign_data_wrapper', oid, 0, 'F'::"char", fdwowner, fdwacl FROM pg_foreign_data_wrapper
        UNION ALL SELECT 'pg_foreign_server', oid, 0, 'S'::"char", srvowner, srvacl FROM pg_foreign_server
    ), changed AS (
        SELECT t.*, coalesce(i.initprivs, acldefault(t.kind, t.owner)) AS usual FROM thing t
            LEFT JOIN pg_init_privs i ON i.classoid = t.catalogue::regclass AND i.objoid = t.oid AND i.objsubid = t.sub
        WHERE t.acl IS NOT NULL AND (t.oid >= {first} OR t.catalogue = 'pg_namespace')
    ), has AS (
        SELECT catalogue, oid, sub, a.grantee, a.privilege_type, a.is_grantable FROM changed, aclexplode(acl) a
    ), usually AS (
        SELECT catalogue, oid, sub, a.grantee, a.privilege_type, a.is_grantable FROM changed, aclexplode(usual) a
    ), differs AS (
        (SELECT 'GRANT' AS act, * FROM (SELECT * FROM has EXCEPT SELECT * FROM usually) more)
        UNION ALL (SELECT 'REVOKE', * FROM (SELECT * FROM usually EXCEPT SELECT * FROM has) less)
    )
    SELECT catalogue, oid, sub, act, CASE WHEN grantee = 0 THEN 'PUBLIC'
            WHEN pg_get_userbyid(grantee) = current_user THEN 'CURRENT_USER' ELSE quote_ident(pg_get_userbyid(grantee)) END,
        string_agg(privilege_type, ', ' ORDER BY privilege_type), is_grantable
    FROM differs GROUP BY 1, 2, 3, 4, 5, is_grantable ORDER BY 1, 2, 3, 4 DESC, 5, is_grantable
"""


def read_comments(found: Found) -> None:
    """Comments on whatever was found, by what they are on; those inside of a constraint or an index are told there."""
    rows = found.execute(
        "SELECT classoid::regclass::text, objoid, objsubid, CASE WHEN objsubid > 0 THEN (SELECT attname FROM pg_attribute "
        "WHERE attrelid = objoid AND attnum = objsubid) END, description FROM pg_description WHERE objoid >= {} "
        "ORDER BY 1, 2, 3".format(FIRST_OID)
    )
    members = _composite_types(found)
    for catalogue, oid, _, column, text in rows:
        place = found.places.get((catalogue, oid)) or members.get(oid)
        if place is None or place.kind in _INSIDE or place.column is not None:
            continue
        noun, label = place.noun, place.label
        if column is not None:
            noun, label = "COLUMN {}.{}".format(quote(place.name), quote_column(column)), _column_label(place, column)
        _say(found, "comment", label, place, "COMMENT ON {} IS {};".format(noun, literal(text)))
        found.objects["comment"][label]["drop"] = "COMMENT ON {} IS NULL;".format(noun)


def _composite_types(found: Found) -> Dict[int, Place]:
    """Composite types by the oid under which their members are kept."""
    types = {oid: place for (catalogue, oid), place in found.places.items() if catalogue == "pg_type"}
    if not types:
        return {}
    rows = found.execute("SELECT typrelid, oid FROM pg_type WHERE typtype = 'c' AND oid >= {}".format(FIRST_OID))
    return {relation: types[oid] for relation, oid in rows if oid in types}


def _column_label(place: Place, column: str) -> str:
    return "column {}.{}".format(place.name, column)


def _say(found: Found, kind: str, label: str, place: Place, sql: str) -> None:
    """One more object of a `kind` that says something of `place`."""
    known = found.objects.setdefault(kind, {})
    known[label] = {"sql": sql, "drop": "", "table": place.table, "of": [place.kind, place.name], "order": len(known)}


def read_owners(found: Found) -> None:
    """The owners of what does not belong to the user of the settings."""
    parts = (
        "SELECT '{0}', oid, pg_get_userbyid({1}) FROM {0} WHERE oid >= {2} AND pg_get_userbyid({1}) <> current_user".format(
            catalogue, owner, FIRST_OID
        )
        for catalogue, owner in _OWNERS
    )
    for catalogue, oid, owner in found.execute(" UNION ALL ".join(parts) + " ORDER BY 1, 2"):
        place = found.places.get((catalogue, oid))
        if place is not None and place.kind not in _INSIDE and place.column is None:
            change = "ALTER {} OWNER TO {{}};".format(place.noun)
            _say(found, "owner", place.label, place, change.format(quote_column(owner)))
            found.objects["owner"][place.label]["drop"] = change.format("CURRENT_USER")


def read_grants(found: Found) -> None:
    """Who may do what, as far as it is not as usual, by what it is about."""
    grants: Dict[Tuple[Key, Any], List[Tuple[Any, ...]]] = {}
    for catalogue, oid, column, *change in found.execute(_GRANTS.format(first=FIRST_OID)):
        grants.setdefault(((catalogue, oid), column), []).append(tuple(change))
    names = _column_names(found, [(oid, number) for ((_, oid), number) in grants if number])
    for (key, number), changes in grants.items():
        place = found.places.get(key)
        if place is None:
            continue
        column = names.get((key[1], number))
        statements = [_grant(place, column, *change) for change in changes]
        # The other way round, in the other order.
        undo = [_grant(place, column, _OPPOSITE[act], *rest) for act, *rest in reversed(changes)]
        label = place.label if column is None else _column_label(place, column)
        _say(found, "grant", label, place, _together(place, statements))
        found.objects["grant"][label]["drop"] = _together(place, undo)


_OPPOSITE = {"GRANT": "REVOKE", "REVOKE": "GRANT"}


def _column_names(found: Found, columns: List[Tuple[int, int]]) -> Dict[Tuple[int, int], str]:
    if not columns:
        return {}
    where = ", ".join("({}, {})".format(*column) for column in columns)
    sql = "SELECT attrelid, attnum, attname FROM pg_attribute WHERE (attrelid, attnum) IN ({})".format(where)
    return {(relation, number): name for relation, number, name in found.execute(sql)}


def _grant(place: Place, column: str | None, act: str, grantee: str, privileges: str, grantable: bool) -> str:
    what, _, called = place.noun.partition('"')
    noun = {
        "VIEW": "TABLE",
        "MATERIALIZED VIEW": "TABLE",
        "FOREIGN TABLE": "TABLE",
        "AGGREGATE": "FUNCTION",
        "SERVER": "FOREIGN SERVER",
    }.get(what.strip())
    whole = place.noun if noun is None else '{} "{}'.format(noun, called)
    if column is not None:
        privileges = ", ".join("{} ({})".format(one, quote_column(column)) for one in privileges.split(", "))
    to = "TO" if act == "GRANT" else "FROM"
    option = " WITH GRANT OPTION" if act == "GRANT" and grantable else ""
    return "{} {} ON {} {} {}{}".format(act, privileges, whole, to, grantee, option)


def _together(place: Place, statements: List[str]) -> str:
    if place.table is not None and place.column is not None:
        return of_sequence(place.table, place.column, *statements)
    return "\n".join("{};".format(statement) for statement in statements)


def read_default_privileges(found: Found) -> None:
    """Who may do what with objects that a role will make."""
    nouns = {"r": "TABLES", "S": "SEQUENCES", "f": "FUNCTIONS", "T": "TYPES", "n": "SCHEMAS"}
    rows = found.execute(
        """
        WITH rule AS (
            SELECT d.oid, pg_get_userbyid(d.defaclrole) AS role, n.nspname AS schema, d.defaclobjtype::text AS kind,
                d.defaclacl AS acl, CASE WHEN n.oid IS NULL THEN acldefault(
                    CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END::"char", d.defaclrole) END AS usual
            FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
        ), has AS (
            SELECT oid, a.grantee, a.privilege_type, a.is_grantable FROM rule, aclexplode(acl) a
        ), usually AS (
            SELECT oid, a.grantee, a.privilege_type, a.is_grantable FROM rule, aclexplode(usual) a
        ), differs AS (
            (SELECT 'GRANT' AS act, * FROM (SELECT * FROM has EXCEPT SELECT * FROM usually) more)
            UNION ALL (SELECT 'REVOKE', * FROM (SELECT * FROM usually EXCEPT SELECT * FROM has) less)
        )
        SELECT r.oid, r.role, r.schema, r.kind, d.act,
            CASE d.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(d.grantee)) END,
            string_agg(d.privilege_type, ', ' ORDER BY d.privilege_type), d.is_grantable
        FROM rule r JOIN differs d ON d.oid = r.oid
        GROUP BY 1, 2, 3, 4, 5, 6, d.is_grantable ORDER BY 1, 5 DESC, 6, d.is_grantable
        """
    )
    known = found.objects.setdefault("default privileges", {})
    for _, role, schema, kind, act, grantee, privileges, grantable in rows:
        where = "" if schema is None else " IN SCHEMA {}".format(quote_column(schema))
        start = "ALTER DEFAULT PRIVILEGES FOR ROLE {}{} ".format(quote_column(role), where)
        name = "of {}{} on {}".format(role, "" if schema is None else " in " + schema, nouns[kind].lower())
        facts = known.setdefault(name, {"sql": "", "drop": "", "order": len(known)})
        option = " WITH GRANT OPTION" if act == "GRANT" and grantable else ""
        line = "{}{{}} {} ON {} {{}} {}".format(start, privileges, nouns[kind], grantee)
        way = {"GRANT": ("GRANT", "TO"), "REVOKE": ("REVOKE", "FROM")}
        facts["sql"] = "\n".join(filter(None, [facts["sql"], line.format(*way[act]) + option + ";"]))
        facts["drop"] = "\n".join(filter(None, [line.format(*way[_OPPOSITE[act]]) + ";", facts["drop"]]))

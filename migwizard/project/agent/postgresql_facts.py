"""Reads the catalogue of a PostgreSQL database as plain JSON-able facts, by PostgreSQL's own definitions.

Everything goes through one callable `execute(sql)` that returns all rows of a statement as tuples. No statement has
parameters, since drivers disagree about placeholders, and none writes. Names of the current schema are written without
it, all others with it. What extensions brought along is left out: the extension stands for it.
"""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from .postgresql_names import NAME, NOT_OF_EXTENSION, OWN, Execute, literal, quote, quote_column
from .postgresql_tables import read_tables


def read_catalogue(execute: Execute) -> Dict[str, Any]:
    """All objects of the database but migwizard's own backup table.

    Returns `{"engine", "version", "tables", "views", "triggers", "functions", "types", "sequences", "extensions",
    "collations", "policies", "needed"}`. A table has `columns`, `constraints`, `foreign_keys` and `indexes`; every
    object has `sql`, which makes it, and `drop`. `needed` lists [kind, name, table] where a table cannot be made before
    an extension, a type, a collation, a function or a sequence is there.
    """
    version = int(execute("SHOW server_version_num")[0][0])
    return {
        "engine": "postgresql",
        "version": execute("SHOW server_version")[0][0].split(" ")[0],
        "tables": read_tables(execute, version),
        "views": _views(execute),
        "triggers": _triggers(execute),
        "functions": _functions(execute, version),
        "types": _types(execute),
        "sequences": _sequences(execute, _owned_sequences(execute)),
        "extensions": _extensions(execute),
        "collations": _collations(execute, version),
        "policies": _policies(execute),
        "needed": _needed(execute),
    }


def _views(execute: Execute) -> Dict[str, Any]:
    """Views and materialised views, the latter with their indexes; `order` is that of their making."""
    indexes: Dict[str, List[str]] = {}
    for name, definition in execute(
        """
        SELECT {name}, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'm' AND {own} ORDER BY 1, 2
        """.format(name=NAME.format("n", "c.relname"), own=OWN.format("n"))
    ):
        indexes.setdefault(name, []).append(definition)
    found = execute(
        """
        SELECT {name}, c.relkind::text, pg_get_viewdef(c.oid), coalesce(array_to_string(c.reloptions, ', '), ''),
            obj_description(c.oid, 'pg_class')
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('v', 'm') AND {own} AND {free} ORDER BY c.oid
        """.format(
            name=NAME.format("n", "c.relname"),
            own=OWN.format("n"),
            free=NOT_OF_EXTENSION.format("pg_class", "c.oid"),
        )
    )
    views = {}
    for place, (name, kind, definition, options, comment) in enumerate(found):
        materialised = kind == "m"
        what = "MATERIALIZED VIEW" if materialised else "VIEW"
        with_options = " WITH ({})".format(options) if options else ""
        sql = "CREATE {} {}{} AS\n{}".format(what, quote(name), with_options, definition)
        if indexes.get(name):
            sql = "\n".join([sql, *("{};".format(index) for index in indexes[name])])
        drop = "DROP {} IF EXISTS {};".format(what, quote(name))
        views[name] = {"sql": sql, "drop": drop, "materialised": materialised, "comment": comment, "order": place}
    return views


def _triggers(execute: Execute) -> Dict[str, Any]:
    """Triggers by "name on table": several tables may have triggers of one name."""
    found = execute(
        """
        SELECT t.tgname, {name}, pg_get_triggerdef(t.oid), t.tgenabled::text, obj_description(t.oid, 'pg_trigger'),
            (SELECT {function} FROM pg_proc p JOIN pg_namespace pn ON pn.oid = p.pronamespace WHERE p.oid = t.tgfoid)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE NOT t.tgisinternal AND {own} AND {free} ORDER BY 2, 1
        """.format(
            name=NAME.format("n", "c.relname"),
            function=NAME.format("pn", "p.proname"),
            own=OWN.format("n"),
            free=NOT_OF_EXTENSION.format("pg_trigger", "t.oid"),
        )
    )
    enabled = {"O": "yes", "D": "no", "R": "on replicas only", "A": "always"}
    return {
        "{} on {}".format(name, table): {
            "name": name,
            "table": table,
            "sql": definition + ";",
            "drop": "DROP TRIGGER IF EXISTS {} ON {};".format(quote_column(name), quote(table)),
            "enabled": enabled[state],
            "comment": comment,
            "function": function,
        }
        for name, table, definition, state, comment, function in found
    }


def _functions(execute: Execute, version: int) -> Dict[str, Any]:
    """Functions and procedures by name with the types of their arguments; aggregates are left out."""
    plain = "p.prokind <> 'a'" if version >= 110000 else "NOT p.proisagg"
    kind = "CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END" if version >= 110000 else "'FUNCTION'"
    found = execute(
        """
        SELECT {name}, pg_get_function_identity_arguments(p.oid), {kind}, pg_get_functiondef(p.oid),
            obj_description(p.oid, 'pg_proc')
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE {plain} AND {own} AND {free} ORDER BY p.oid
        """.format(
            name=NAME.format("n", "p.proname"),
            kind=kind,
            plain=plain,
            own=OWN.format("n"),
            free=NOT_OF_EXTENSION.format("pg_proc", "p.oid"),
        )
    )
    return {
        "{}({})".format(name, arguments): {
            "sql": definition.rstrip() + ";",
            "drop": "DROP {} IF EXISTS {}({});".format(what, quote(name), arguments),
            "comment": comment,
            "order": place,
        }
        for place, (name, arguments, what, definition, comment) in enumerate(found)
    }


def _types(execute: Execute) -> Dict[str, Any]:
    """Enumerations, domains, and composite and range types that were made by name."""
    found = execute(
        """
        SELECT {name}, t.typtype::text, obj_description(t.oid, 'pg_type'), t.typnotnull, t.typdefault,
            CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
            (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
                FROM pg_enum e WHERE e.enumtypid = t.oid),
            (SELECT string_agg('CONSTRAINT ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid), ' '
                ORDER BY k.conname) FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype <> 'n'),
            (SELECT string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod), ', '
                ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = t.typrelid AND NOT a.attisdropped),
            (SELECT format_type(r.rngsubtype, NULL) FROM pg_range r WHERE r.rngtypid = t.oid)
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
        WHERE (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c')) AND {own} AND {free}
        ORDER BY t.oid
        """.format(
            name=NAME.format("n", "t.typname"),
            own=OWN.format("n"),
            free=NOT_OF_EXTENSION.format("pg_type", "t.oid"),
        )
    )
    types = {}
    for place, (name, kind, comment, notnull, default, base, labels, checks, members, subtype) in enumerate(found):
        noun = "DOMAIN" if kind == "d" else "TYPE"
        what = {
            "e": "ENUM ({})".format(labels or ""),
            "c": "({})".format(members or ""),
            "r": "RANGE (subtype = {})".format(subtype),
            "d": " ".join(filter(None, [base, default and "DEFAULT " + default, notnull and "NOT NULL", checks])),
        }[kind]
        types[name] = {
            "sql": "CREATE {} {} AS {};".format(noun, quote(name), what),
            "drop": "DROP {} IF EXISTS {};".format(noun, quote(name)),
            "comment": comment,
            "order": place,
        }
    return types


def _owned_sequences(execute: Execute) -> Dict[str, Tuple[str, str, str]]:
    """Sequence -> (table, column, "i" for an identity column or "a" for one that merely owns it)."""
    found = execute(
        """
        SELECT {name}, {table}, a.attname, d.deptype::text
        FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
            JOIN pg_namespace sn ON sn.oid = s.relnamespace
            JOIN pg_class c ON c.oid = d.refobjid JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
        """.format(name=NAME.format("sn", "s.relname"), table=NAME.format("n", "c.relname"))
    )
    return {name: (table, column, kind) for name, table, column, kind in found}


def _sequences(execute: Execute, owned: Dict[str, Tuple[str, str, str]]) -> Dict[str, Any]:
    found = execute(
        """
        SELECT {name}, format_type(q.seqtypid, NULL), q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache,
            q.seqcycle, obj_description(c.oid, 'pg_class')
        FROM pg_sequence q JOIN pg_class c ON c.oid = q.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {own} AND {free} ORDER BY 1
        """.format(
            name=NAME.format("n", "c.relname"),
            own=OWN.format("n"),
            free=NOT_OF_EXTENSION.format("pg_class", "c.oid"),
        )
    )
    sequences = {}
    for name, kind, start, increment, least, greatest, cache, cycle, comment in found:
        table, column, how = owned.get(name, (None, None, None))
        sequences[name] = {
            "sql": "CREATE SEQUENCE {} AS {} START WITH {} INCREMENT BY {} MINVALUE {} MAXVALUE {} CACHE {}{};".format(
                quote(name), kind, start, increment, least, greatest, cache, " CYCLE" if cycle else ""
            ),
            "drop": "DROP SEQUENCE IF EXISTS {};".format(quote(name)),
            "type": kind,
            "start": start,
            "increment": increment,
            "least": least,
            "greatest": greatest,
            "cache": cache,
            "cycle": cycle,
            "table": table,
            "column": column,
            "identity": how == "i",
            "comment": comment,
        }
    return sequences


def _extensions(execute: Execute) -> Dict[str, Any]:
    """All extensions but the language that every database has."""
    found = execute(
        "SELECT e.extname, e.extversion, n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace "
        "WHERE e.extname <> 'plpgsql' ORDER BY e.oid"
    )
    return {
        name: {
            "sql": "CREATE EXTENSION IF NOT EXISTS {};".format(quote_column(name)),
            "drop": "DROP EXTENSION IF EXISTS {};".format(quote_column(name)),
            "version": version,
            "schema": schema,
            "order": place,
        }
        for place, (name, version, schema) in enumerate(found)
    }


def _collations(execute: Execute, version: int) -> Dict[str, Any]:
    steady = "c.collisdeterministic" if version >= 120000 else "true"
    locale = "colllocale" if version >= 170000 else "colliculocale" if version >= 150000 else "collcollate"
    found = execute(
        """
        SELECT {name}, c.collprovider::text, coalesce(c.{locale}::text, c.collcollate::text), {steady}
        FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
        WHERE {own} AND {free} ORDER BY 1
        """.format(
            name=NAME.format("n", "c.collname"),
            locale=locale,
            steady=steady,
            own=OWN.format("n"),
            free=NOT_OF_EXTENSION.format("pg_collation", "c.oid"),
        )
    )
    providers = {"i": "icu", "c": "libc", "b": "builtin", "d": "default"}
    return {
        name: {
            "sql": "CREATE COLLATION {} (provider = {}, locale = {}{});".format(
                quote(name),
                providers[provider],
                literal(place or ""),
                "" if deterministic else ", deterministic = false",
            ),
            "drop": "DROP COLLATION IF EXISTS {};".format(quote(name)),
        }
        for name, provider, place, deterministic in found
    }


def _policies(execute: Execute) -> Dict[str, Any]:
    """Row security policies by "name on table"."""
    found = execute(
        """
        SELECT p.polname, {name}, p.polcmd::text, p.polpermissive, pg_get_expr(p.polqual, p.polrelid),
            pg_get_expr(p.polwithcheck, p.polrelid),
            (SELECT string_agg(coalesce(r.rolname, 'public'), ', ' ORDER BY r.rolname)
                FROM unnest(p.polroles) o LEFT JOIN pg_roles r ON r.oid = o)
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {own} ORDER BY 2, 1
        """.format(name=NAME.format("n", "c.relname"), own=OWN.format("n"))
    )
    commands = {"*": "ALL", "r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"}
    policies = {}
    for name, table, command, permissive, using, check, roles in found:
        sql = "CREATE POLICY {} ON {} AS {} FOR {} TO {}".format(
            quote(name), quote(table), "PERMISSIVE" if permissive else "RESTRICTIVE", commands[command], roles
        )
        sql += " USING ({})".format(using) if using else ""
        sql += " WITH CHECK ({})".format(check) if check else ""
        drop = "DROP POLICY IF EXISTS {} ON {};".format(quote_column(name), quote(table))
        policies["{} on {}".format(name, table)] = {"name": name, "table": table, "sql": sql + ";", "drop": drop}
    return policies


def _needed(execute: Execute) -> List[List[str]]:
    """What tables need of objects that are made before them, through columns, defaults, constraints and indexes."""
    found = execute(
        """
        WITH thing(kind, name, classid, objid) AS (
            SELECT 'extension', e.extname::text, d.classid, d.objid FROM pg_extension e
                JOIN pg_depend d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
                WHERE e.extname <> 'plpgsql'
            UNION ALL SELECT 'type', {type}, 'pg_type'::regclass, t.oid FROM pg_type t
                JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype IN ('e', 'd', 'r', 'c') AND {own}
            UNION ALL SELECT 'type', {type}, 'pg_type'::regclass, t.typarray FROM pg_type t
                JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typarray <> 0 AND {own}
            UNION ALL SELECT 'collation', {collation}, 'pg_collation'::regclass, c.oid FROM pg_collation c
                JOIN pg_namespace n ON n.oid = c.collnamespace WHERE {own}
            UNION ALL SELECT 'function', {function} || '(' || pg_get_function_identity_arguments(p.oid) || ')',
                'pg_proc'::regclass, p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {own}
            UNION ALL SELECT 'sequence', {relation}, 'pg_class'::regclass, c.oid FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'S' AND {own}
        ), use(kind, name, relation) AS (
            SELECT t.kind, t.name, coalesce(k.conrelid, ad.adrelid, i.indrelid, d.objid)
            FROM thing t JOIN pg_depend d ON d.refclassid = t.classid AND d.refobjid = t.objid AND d.deptype = 'n'
                LEFT JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
                LEFT JOIN pg_attrdef ad ON d.classid = 'pg_attrdef'::regclass AND ad.oid = d.objid
                LEFT JOIN pg_index i ON d.classid = 'pg_class'::regclass AND i.indexrelid = d.objid
            WHERE d.classid IN ('pg_class'::regclass, 'pg_constraint'::regclass, 'pg_attrdef'::regclass)
        )
        SELECT DISTINCT u.kind, u.name, {relation} FROM use u JOIN pg_class c ON c.oid = u.relation
            JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND {own} ORDER BY 1, 2, 3
        """.format(
            own=OWN.format("n"),
            type=NAME.format("n", "t.typname"),
            collation=NAME.format("n", "c.collname"),
            function=NAME.format("n", "p.proname"),
            relation=NAME.format("n", "c.relname"),
        )
    )
    return [list(row) for row in found]

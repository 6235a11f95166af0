"""Reads the catalogue of a PostgreSQL database as plain JSON-able facts, by PostgreSQL's own definitions.

Everything goes through one callable `execute(sql)` that returns all rows of a statement as tuples. No statement has
parameters, since drivers disagree about placeholders, and none writes. Names of the current schema are written without
it, all others with it. What extensions brought along is left out: the extension stands for it.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Sequence, Tuple

Execute = Callable[[str], Sequence[Tuple[Any, ...]]]

BACKUP_TABLE = "migwizard_history_backup"

# Schemas of the system; temporary tables live in schemas of their own.
_OWN = "{0}.nspname NOT IN ('pg_catalog', 'information_schema') AND {0}.nspname !~ '^pg_(toast|temp)'"
_NOT_OF_EXTENSION = (
    "NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.classid = '{0}'::regclass AND e.objid = {1} AND e.deptype = 'e')"
)
_NAME = "CASE WHEN {0}.nspname = current_schema() THEN '' ELSE {0}.nspname || '.' END || {1}"


def read_catalogue(execute: Execute) -> Dict[str, Any]:
    """All objects of the database but migwizard's own backup table.

    Returns `{"engine", "version", "tables", "views", "triggers", "functions", "types", "sequences", "extensions",
    "collations", "policies", "needed"}`. A table has `columns`, `constraints`, `foreign_keys` and `indexes`; every
    object has `sql`, which makes it, and `drop`. `needed` lists [kind, name, table] where a table cannot be made before
    an extension, a type, a collation, a function or a sequence is there.
    """
    version = int(execute("SHOW server_version_num")[0][0])
    tables = _tables(execute)
    owned = _owned_sequences(execute)
    _columns(execute, version, tables)
    _constraints(execute, tables)
    _indexes(execute, tables)
    sequences = _sequences(execute, owned)
    for name, table in tables.items():
        table["sql"] = _create_table(name, table)
        table["drop"] = "DROP TABLE IF EXISTS {};".format(quote(name))
    return {
        "engine": "postgresql",
        "version": execute("SHOW server_version")[0][0].split(" ")[0],
        "tables": tables,
        "views": _views(execute),
        "triggers": _triggers(execute),
        "functions": _functions(execute, version),
        "types": _types(execute),
        "sequences": sequences,
        "extensions": _extensions(execute),
        "collations": _collations(execute, version),
        "policies": _policies(execute),
        "needed": _needed(execute),
    }


def quote(name: str) -> str:
    """A name as it goes into a statement; "schema.name" is two names."""
    return ".".join('"{}"'.format(part.replace('"', '""')) for part in name.split(".", 1))


def literal(text: str) -> str:
    """A string as it goes into a statement."""
    return "'{}'".format(text.replace("'", "''"))


def _tables(execute: Execute) -> Dict[str, Dict[str, Any]]:
    """Ordinary, partitioned and foreign tables, still without columns."""
    found = execute(
        """
        SELECT {name}, c.relkind::text, c.relpersistence::text, coalesce(array_to_string(c.reloptions, ', '), ''),
            c.relrowsecurity, c.relforcerowsecurity, obj_description(c.oid, 'pg_class'),
            (SELECT string_agg({parent}, ', ' ORDER BY i.inhseqno) FROM pg_inherits i
                JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
                WHERE i.inhrelid = c.oid),
            pg_get_expr(c.relpartbound, c.oid), CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END,
            (SELECT string_agg(a::text, ', ' ORDER BY a::text) FROM unnest(c.relacl) a)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'f') AND {own} AND {free} ORDER BY 1
        """.format(
            name=_NAME.format("n", "c.relname"),
            parent=_NAME.format("pn", "p.relname"),
            own=_OWN.format("n"),
            free=_NOT_OF_EXTENSION.format("pg_class", "c.oid"),
        )
    )
    kinds = {"r": "table", "p": "partitioned", "f": "foreign"}
    tables = {}
    for name, kind, persistence, options, secured, forced, comment, parents, bound, key, privileges in found:
        if name.rpartition(".")[2] == BACKUP_TABLE:
            continue
        tables[name] = {
            "type": kinds[kind],
            "unlogged": persistence == "u",
            "options": options,
            "row_security": ("forced" if forced else "enabled") if secured else "",
            "comment": comment,
            "inherits": parents or "",
            "partition": bound or "",
            "partition_key": key or "",
            "privileges": privileges or "",
            "columns": [],
            "constraints": [],
            "foreign_keys": [],
            "indexes": [],
        }
    return tables


def _columns(execute: Execute, version: int, tables: Dict[str, Dict[str, Any]]) -> None:
    generated = "a.attgenerated::text" if version >= 120000 else "''"
    found = execute(
        """
        SELECT {name}, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
            a.attidentity::text, {generated},
            CASE WHEN a.attcollation <> t.typcollation THEN co.collname END,
            col_description(c.oid, a.attnum),
            coalesce((SELECT array_position(i.indkey::int[], a.attnum::int) + 1 FROM pg_index i
                WHERE i.indrelid = c.oid AND i.indisprimary), 0),
            pg_get_serial_sequence(quote_ident(n.nspname) || '.' || quote_ident(c.relname), a.attname)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            JOIN pg_type t ON t.oid = a.atttypid
            LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
            LEFT JOIN pg_collation co ON co.oid = a.attcollation
        WHERE c.relkind IN ('r', 'p', 'f') AND {own} ORDER BY c.oid, a.attnum
        """.format(name=_NAME.format("n", "c.relname"), generated=generated, own=_OWN.format("n"))
    )
    for table, name, kind, notnull, default, identity, generation, collation, comment, pk, sequence in found:
        if table in tables:
            # What a serial column counts with is told by its sequence; that one's name is made up.
            serial = sequence is not None and not identity and (default or "").startswith("nextval(")
            tables[table]["columns"].append(
                {
                    "name": name,
                    "type": kind,
                    "notnull": notnull,
                    "default": "nextval(own sequence)" if serial else default,
                    "identity": {"a": "always", "d": "by default"}.get(identity, ""),
                    "generated": {"s": "stored", "v": "virtual"}.get(generation, ""),
                    "serial": serial,
                    "collation": collation,
                    "comment": comment,
                    "pk": pk,
                    "hidden": 0,
                }
            )


def _constraints(execute: Execute, tables: Dict[str, Dict[str, Any]]) -> None:
    """Every constraint by its definition; NOT NULL, which PostgreSQL 18 keeps among them, is told by its column."""
    columns = (
        "(SELECT array_agg(a.attname::text ORDER BY u.place) FROM unnest({keys}) WITH ORDINALITY u(number, place) "
        "JOIN pg_attribute a ON a.attrelid = {table} AND a.attnum = u.number)"
    )
    found = execute(
        """
        SELECT {name}, k.conname, k.contype::text, pg_get_constraintdef(k.oid), {target}, {own_columns}, {their_columns},
            obj_description(k.oid, 'pg_constraint')
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_class f ON f.oid = k.confrelid LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
        WHERE k.contype NOT IN ('n', 't') AND {own} ORDER BY 1, 2
        """.format(
            name=_NAME.format("n", "c.relname"),
            target=_NAME.format("fn", "f.relname"),
            own=_OWN.format("n"),
            own_columns=columns.format(keys="k.conkey", table="k.conrelid"),
            their_columns=columns.format(keys="k.confkey", table="k.confrelid"),
        )
    )
    for number, (table, name, kind, definition, target, own, theirs, comment) in enumerate(found):
        if table not in tables:
            continue
        place = "ALTER TABLE {} {{}} {}".format(quote(table), _quote_column(name))
        tables[table]["constraints"].append(
            {
                "name": name,
                "type": kind,
                "definition": definition,
                "columns": own or [],
                "comment": comment,
                "sql": place.format("ADD CONSTRAINT") + " {};".format(definition),
                "drop": place.format("DROP CONSTRAINT IF EXISTS") + ";",
            }
        )
        for position, (column, other) in enumerate(zip(own or (), theirs or ())):
            tables[table]["foreign_keys"].append(
                {"id": number, "seq": position, "table": target, "from": column, "to": other}
            )


def _indexes(execute: Execute, tables: Dict[str, Dict[str, Any]]) -> None:
    """All indexes; those of constraints have `sql` None, since their constraints tell them."""
    found = execute(
        """
        SELECT {name}, ic.relname, i.indisunique, i.indisvalid, pg_get_indexdef(i.indexrelid),
            EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')),
            obj_description(i.indexrelid, 'pg_class')
        FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND {own} ORDER BY 1, 2
        """.format(name=_NAME.format("n", "c.relname"), own=_OWN.format("n"))
    )
    for table, name, unique, valid, definition, of_constraint, comment in found:
        index = {"name": name, "unique": unique, "valid": valid, "comment": comment}
        index["sql"] = None if of_constraint else definition + ";"
        index["drop"] = "DROP INDEX IF EXISTS {};".format(_quote_column(name))
        if table in tables:
            tables[table]["indexes"].append(index)


def _views(execute: Execute) -> Dict[str, Any]:
    """Views and materialised views, the latter with their indexes; `order` is that of their making."""
    indexes: Dict[str, List[str]] = {}
    for name, definition in execute(
        """
        SELECT {name}, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'm' AND {own} ORDER BY 1, 2
        """.format(name=_NAME.format("n", "c.relname"), own=_OWN.format("n"))
    ):
        indexes.setdefault(name, []).append(definition)
    found = execute(
        """
        SELECT {name}, c.relkind::text, pg_get_viewdef(c.oid), coalesce(array_to_string(c.reloptions, ', '), ''),
            obj_description(c.oid, 'pg_class')
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('v', 'm') AND {own} AND {free} ORDER BY c.oid
        """.format(
            name=_NAME.format("n", "c.relname"),
            own=_OWN.format("n"),
            free=_NOT_OF_EXTENSION.format("pg_class", "c.oid"),
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
            name=_NAME.format("n", "c.relname"),
            function=_NAME.format("pn", "p.proname"),
            own=_OWN.format("n"),
            free=_NOT_OF_EXTENSION.format("pg_trigger", "t.oid"),
        )
    )
    enabled = {"O": "yes", "D": "no", "R": "on replicas only", "A": "always"}
    return {
        "{} on {}".format(name, table): {
            "name": name,
            "table": table,
            "sql": definition + ";",
            "drop": "DROP TRIGGER IF EXISTS {} ON {};".format(_quote_column(name), quote(table)),
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
            name=_NAME.format("n", "p.proname"),
            kind=kind,
            plain=plain,
            own=_OWN.format("n"),
            free=_NOT_OF_EXTENSION.format("pg_proc", "p.oid"),
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
            name=_NAME.format("n", "t.typname"),
            own=_OWN.format("n"),
            free=_NOT_OF_EXTENSION.format("pg_type", "t.oid"),
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
        """.format(name=_NAME.format("sn", "s.relname"), table=_NAME.format("n", "c.relname"))
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
            name=_NAME.format("n", "c.relname"),
            own=_OWN.format("n"),
            free=_NOT_OF_EXTENSION.format("pg_class", "c.oid"),
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
            "sql": "CREATE EXTENSION IF NOT EXISTS {};".format(_quote_column(name)),
            "drop": "DROP EXTENSION IF EXISTS {};".format(_quote_column(name)),
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
            name=_NAME.format("n", "c.collname"),
            locale=locale,
            steady=steady,
            own=_OWN.format("n"),
            free=_NOT_OF_EXTENSION.format("pg_collation", "c.oid"),
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
        """.format(name=_NAME.format("n", "c.relname"), own=_OWN.format("n"))
    )
    commands = {"*": "ALL", "r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"}
    policies = {}
    for name, table, command, permissive, using, check, roles in found:
        sql = "CREATE POLICY {} ON {} AS {} FOR {} TO {}".format(
            quote(name), quote(table), "PERMISSIVE" if permissive else "RESTRICTIVE", commands[command], roles
        )
        sql += " USING ({})".format(using) if using else ""
        sql += " WITH CHECK ({})".format(check) if check else ""
        drop = "DROP POLICY IF EXISTS {} ON {};".format(_quote_column(name), quote(table))
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
            own=_OWN.format("n"),
            type=_NAME.format("n", "t.typname"),
            collation=_NAME.format("n", "c.collname"),
            function=_NAME.format("n", "p.proname"),
            relation=_NAME.format("n", "c.relname"),
        )
    )
    return [list(row) for row in found]


def _create_table(name: str, table: Dict[str, Any]) -> str:
    """Statements that make the table; constraints and indexes come in statements of their own."""
    columns = ",\n    ".join(_column_sql(column) for column in table["columns"])
    sql = "CREATE {}TABLE {} (\n    {}\n)".format("UNLOGGED " if table["unlogged"] else "", quote(name), columns)
    if table["partition"]:
        sql = "CREATE TABLE {} PARTITION OF {} {}".format(quote(name), quote(table["inherits"]), table["partition"])
    elif table["inherits"]:
        sql += " INHERITS ({})".format(table["inherits"])
    if table["partition_key"]:
        sql += " PARTITION BY " + table["partition_key"]
    if table["options"]:
        sql += " WITH ({})".format(table["options"])
    lines = [sql + ";"]
    if table["row_security"]:
        lines.append("ALTER TABLE {} ENABLE ROW LEVEL SECURITY;".format(quote(name)))
    if table["row_security"] == "forced":
        lines.append("ALTER TABLE {} FORCE ROW LEVEL SECURITY;".format(quote(name)))
    if table["comment"]:
        lines.append("COMMENT ON TABLE {} IS {};".format(quote(name), literal(table["comment"])))
    for column in table["columns"]:
        if column["comment"]:
            place = "{}.{}".format(quote(name), _quote_column(column["name"]))
            lines.append("COMMENT ON COLUMN {} IS {};".format(place, literal(column["comment"])))
    return "\n".join(lines)


def _column_sql(column: Dict[str, Any]) -> str:
    serial = {"smallint": "smallserial", "integer": "serial", "bigint": "bigserial"}
    kind = serial.get(column["type"], column["type"]) if column["serial"] else column["type"]
    parts = [_quote_column(column["name"]), kind]
    if column["collation"]:
        parts.append('COLLATE "{}"'.format(column["collation"]))
    if column["generated"]:
        parts.append("GENERATED ALWAYS AS ({}) {}".format(column["default"], column["generated"].upper()))
    elif column["identity"]:
        parts.append("GENERATED {} AS IDENTITY".format(column["identity"].upper()))
    elif column["default"] is not None and not column["serial"]:
        parts.append("DEFAULT " + column["default"])
    if column["notnull"]:
        parts.append("NOT NULL")
    return " ".join(parts)


def _quote_column(name: str) -> str:
    """The name of a column, in which a dot is only a dot."""
    return '"{}"'.format(name.replace('"', '""'))

"""Tables of a PostgreSQL database as facts, with their columns, constraints and indexes."""

from __future__ import annotations

from typing import Any, Dict

from .postgresql_names import BACKUP_TABLE, NAME, NOT_OF_EXTENSION, OWN, Execute, literal, quote, quote_column


def read_tables(execute: Execute, version: int) -> Dict[str, Dict[str, Any]]:
    """Every table by name with `columns`, `constraints`, `foreign_keys`, `indexes`, and the `sql` that makes it."""
    tables = _tables(execute)
    _columns(execute, version, tables)
    _constraints(execute, tables)
    _indexes(execute, tables)
    for name, table in tables.items():
        table["sql"] = _create_table(name, table)
        table["drop"] = "DROP TABLE IF EXISTS {};".format(quote(name))
    return tables


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
            name=NAME.format("n", "c.relname"),
            parent=NAME.format("pn", "p.relname"),
            own=OWN.format("n"),
            free=NOT_OF_EXTENSION.format("pg_class", "c.oid"),
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
        """.format(name=NAME.format("n", "c.relname"), generated=generated, own=OWN.format("n"))
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
            name=NAME.format("n", "c.relname"),
            target=NAME.format("fn", "f.relname"),
            own=OWN.format("n"),
            own_columns=columns.format(keys="k.conkey", table="k.conrelid"),
            their_columns=columns.format(keys="k.confkey", table="k.confrelid"),
        )
    )
    for number, (table, name, kind, definition, target, own, theirs, comment) in enumerate(found):
        if table not in tables:
            continue
        place = "ALTER TABLE {} {{}} {}".format(quote(table), quote_column(name))
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
        """.format(name=NAME.format("n", "c.relname"), own=OWN.format("n"))
    )
    for table, name, unique, valid, definition, of_constraint, comment in found:
        index = {"name": name, "unique": unique, "valid": valid, "comment": comment}
        index["sql"] = None if of_constraint else definition + ";"
        index["drop"] = "DROP INDEX IF EXISTS {};".format(quote_column(name))
        if table in tables:
            tables[table]["indexes"].append(index)


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
            place = "{}.{}".format(quote(name), quote_column(column["name"]))
            lines.append("COMMENT ON COLUMN {} IS {};".format(place, literal(column["comment"])))
    return "\n".join(lines)


def _column_sql(column: Dict[str, Any]) -> str:
    serial = {"smallint": "smallserial", "integer": "serial", "bigint": "bigserial"}
    kind = serial.get(column["type"], column["type"]) if column["serial"] else column["type"]
    parts = [quote_column(column["name"]), kind]
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

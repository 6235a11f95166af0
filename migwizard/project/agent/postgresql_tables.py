"""Tables of a PostgreSQL database as facts, with their columns, constraints and indexes."""

from __future__ import annotations

from typing import Any, Dict, List

from .postgresql_found import Found, Place
from .postgresql_names import NAME, NOT_OF_EXTENSION, OWN, OWN_TABLES, literal, quote, quote_column

Tables = Dict[str, Dict[str, Any]]

_STORAGE = {"p": "plain", "e": "external", "m": "main", "x": "extended"}
_COMPRESSION = {"p": "pglz", "l": "lz4"}
_IDENTITY = {"a": "always", "d": "by default"}


def read_tables(found: Found) -> Tables:
    """Every table by name with `columns`, `constraints`, `foreign_keys`, `indexes`, and the `sql` that makes it.

    A constraint or index that comes with those of another table, as in a partition, has `sql` None.
    """
    tables = _tables(found)
    _columns(found, tables)
    _constraints(found, tables)
    _indexes(found, tables)
    for name, table in tables.items():
        table["sql"] = _create_table(name, table)
        noun = "FOREIGN TABLE" if table["type"] == "foreign" else "TABLE"
        table["drop"] = "DROP {} IF EXISTS {};".format(noun, quote(name))
    return tables


def _tables(found: Found) -> Tables:
    """Ordinary, partitioned and foreign tables, still without columns."""
    method = (
        "(SELECT amname FROM pg_am WHERE oid = c.relam AND amname <> 'heap')" if found.version >= 120000 else "NULL"
    )
    rows = found.execute(
        """
        SELECT c.oid, {name}, c.relkind::text, c.relpersistence::text,
            array_to_string(c.reloptions || (SELECT array_agg('toast.' || o) FROM pg_class t, unnest(t.reloptions) o
                WHERE t.oid = c.reltoastrelid), ', '),
            c.relrowsecurity, c.relforcerowsecurity,
            (SELECT string_agg({parent}, ', ' ORDER BY i.inhseqno) FROM pg_inherits i
                JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
                WHERE i.inhrelid = c.oid),
            pg_get_expr(c.relpartbound, c.oid), CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END,
            CASE c.reloftype WHEN 0 THEN NULL ELSE format_type(c.reloftype, NULL) END, c.relreplident::text,
            {method}, (SELECT spcname FROM pg_tablespace WHERE oid = c.reltablespace),
            (SELECT quote_ident(srvname) FROM pg_foreign_server s WHERE s.oid = ft.ftserver),
            (SELECT string_agg(quote_ident(option_name) || ' ' || quote_literal(option_value), ', ')
                FROM pg_options_to_table(ft.ftoptions)),
            (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_foreign_table ft ON ft.ftrelid = c.oid
        WHERE c.relkind IN ('r', 'p', 'f') AND {own} AND {free} ORDER BY 2
        """.format(
            name=NAME.format("n", "c.relname"),
            parent=NAME.format("pn", "p.relname"),
            method=method,
            own=OWN.format("n"),
            free=NOT_OF_EXTENSION.format("pg_class", "c.oid"),
        )
    )
    tables: Tables = {}
    for oid, name, kind, persistence, options, secured, forced, parents, bound, key, row_type, identity, *more in rows:
        if name.rpartition(".")[2] in OWN_TABLES:
            continue
        access, space, server, server_options, sees_all = more
        noun = "FOREIGN TABLE" if kind == "f" else "TABLE"
        found.places["pg_class", oid] = Place("table", name, "{} {}".format(noun, quote(name)), "table " + name, name)
        tables[name] = {
            "type": {"r": "table", "p": "partitioned", "f": "foreign"}[kind],
            "unlogged": persistence == "u",
            "options": options or "",
            "row_security": ("forced" if forced else "enabled") if secured else "",
            # The owner's own rows too, once policies are forced upon him.
            "hidden": bool(secured and forced and not sees_all),
            "inherits": parents or "",
            "partition": bound or "",
            "partition_key": key or "",
            "of_type": row_type or "",
            "replica_identity": "" if kind == "f" else {"n": "nothing", "f": "full"}.get(identity, ""),
            "access_method": access or "",
            "tablespace": space or "",
            "server": server or "",
            "server_options": server_options or "",
            "columns": [],
            "constraints": [],
            "foreign_keys": [],
            "indexes": [],
        }
    return tables


def _columns(found: Found, tables: Tables) -> None:
    version = found.version
    rows = found.execute(
        """
        SELECT {name}, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
            a.attidentity::text, {generated},
            CASE WHEN a.attcollation <> t.typcollation THEN {collation} END,
            coalesce((SELECT array_position(i.indkey::int[], a.attnum::int) + 1 FROM pg_index i
                WHERE i.indrelid = c.oid AND i.indisprimary), 0),
            pg_get_serial_sequence(quote_ident(n.nspname) || '.' || quote_ident(c.relname), a.attname),
            CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage::text END, {compression},
            CASE WHEN a.attstattarget >= 0 THEN a.attstattarget END, (SELECT string_agg(o, ', ') FROM unnest(a.attoptions) o WHERE o LIKE 'n_distinct%'),
            (SELECT string_agg(quote_ident(option_name) || ' ' || quote_literal(option_value), ', ')
                FROM pg_options_to_table(a.attfdwoptions)), a.attislocal, {unproved}
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            JOIN pg_type t ON t.oid = a.atttypid
            LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
            LEFT JOIN pg_collation co ON co.oid = a.attcollation LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
        WHERE c.relkind IN ('r', 'p', 'f') AND {own} ORDER BY c.oid, a.attnum
        """.format(
            name=NAME.format("n", "c.relname"),
            # Where it is found without its schema, it is written without it.
            collation="CASE WHEN cn.nspname IN ('pg_catalog', current_schema()) THEN '' "
            "ELSE quote_ident(cn.nspname) || '.' END || quote_ident(co.collname)",
            generated="a.attgenerated::text" if version >= 120000 else "''",
            compression="a.attcompression::text" if version >= 140000 else "''",
            unproved="EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'n' "
            "AND k.conkey = ARRAY[a.attnum] AND NOT k.convalidated)"
            if version >= 180000
            else "false",
            own=OWN.format("n"),
        )
    )
    for table, name, kind, notnull, default, identity, generation, collation, pk, sequence, *more in rows:
        if table not in tables:
            continue
        storage, compression, statistics, options, foreign, local, unproved = more
        # What a serial column counts with is told by its sequence; that one's name is made up.
        serial = sequence is not None and not identity and (default or "").startswith("nextval(")
        tables[table]["columns"].append(
            {
                "name": name,
                "type": kind,
                "notnull": notnull,
                "unproved": unproved,
                "default": "nextval(own sequence)" if serial else default,
                "identity": _IDENTITY.get(identity, ""),
                "generated": {"s": "stored", "v": "virtual"}.get(generation, ""),
                "serial": serial,
                "collation": collation,
                "storage": _STORAGE.get(storage, ""),
                "compression": _COMPRESSION.get(compression, ""),
                "statistics": statistics,
                "options": options or "",
                "server_options": foreign or "",
                "inherited": not local,
                "pk": pk,
                "hidden": 0,
            }
        )


def _constraints(found: Found, tables: Tables) -> None:
    """Every constraint by its definition; NOT NULL, which PostgreSQL 18 keeps among them, is told by its column."""
    columns = (
        "(SELECT array_agg(a.attname::text ORDER BY u.place) FROM unnest({keys}) WITH ORDINALITY u(number, place) "
        "JOIN pg_attribute a ON a.attrelid = {table} AND a.attnum = u.number)"
    )
    rows = found.execute(
        """
        SELECT k.oid, {name}, k.conname, k.contype::text, pg_get_constraintdef(k.oid), {target}, {own_columns},
            {their_columns}, obj_description(k.oid, 'pg_constraint'), k.conislocal,
            coalesce(i.indisclustered, false), coalesce(i.indisreplident, false), i.indexrelid, ic.relname
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_class f ON f.oid = k.confrelid LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
            LEFT JOIN pg_index i ON i.indexrelid = k.conindid AND k.contype IN ('p', 'u', 'x')
            LEFT JOIN pg_class ic ON ic.oid = i.indexrelid
        WHERE k.contype NOT IN ('n', 't') AND {own} ORDER BY 2, 3
        """.format(
            name=NAME.format("n", "c.relname"),
            target=NAME.format("fn", "f.relname"),
            own=OWN.format("n"),
            own_columns=columns.format(keys="k.conkey", table="k.conrelid"),
            their_columns=columns.format(keys="k.confkey", table="k.confrelid"),
        )
    )
    for number, (oid, table, name, kind, definition, target, own, theirs, comment, local, *index) in enumerate(rows):
        if table not in tables:
            continue
        clustered, identity, index_oid, index_name = index
        called = "{} on {}".format(name, table)
        place = Place("constraint", called, "CONSTRAINT {}".format(quote_column(name)), "constraint " + called, table)
        found.places["pg_constraint", oid] = place
        if index_oid is not None:
            found.places["pg_class", index_oid] = place
        alter = "ALTER TABLE {} {{}} {}".format(quote(table), quote_column(name))
        lines = [alter.format("ADD CONSTRAINT") + " {};".format(definition)]
        lines += _marks(table, index_name, clustered, identity)
        if comment:
            where = "{} ON {}".format(quote_column(name), quote(table))
            lines.append("COMMENT ON CONSTRAINT {} IS {};".format(where, literal(comment)))
        tables[table]["constraints"].append(
            {
                "name": name,
                "type": kind,
                "definition": definition,
                "columns": own or [],
                "comment": comment,
                "clustered": clustered,
                "replica_identity": identity,
                "sql": "\n".join(lines) if local else None,
                "drop": alter.format("DROP CONSTRAINT IF EXISTS") + ";",
            }
        )
        for position, (column, other) in enumerate(zip(own or (), theirs or ())):
            tables[table]["foreign_keys"].append(
                {"id": number, "seq": position, "table": target, "from": column, "to": other}
            )


def _marks(table: str, index: str, clustered: bool, identity: bool) -> List[str]:
    """Statements that give an index its part in the life of its table."""
    lines = []
    if clustered:
        lines.append("ALTER TABLE {} CLUSTER ON {};".format(quote(table), quote_column(index)))
    if identity:
        lines.append("ALTER TABLE {} REPLICA IDENTITY USING INDEX {};".format(quote(table), quote_column(index)))
    return lines


def _indexes(found: Found, tables: Tables) -> None:
    """All indexes; those of constraints, which tell them, and those that come with a partitioned one have `sql` None."""
    rows = found.execute(
        """
        SELECT i.indexrelid, {table}, {name}, ic.relname, ic.relkind::text, i.indisunique, i.indisvalid, i.indisclustered,
            i.indisreplident, pg_get_indexdef(i.indexrelid),
            EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')),
            EXISTS (SELECT 1 FROM pg_inherits h WHERE h.inhrelid = i.indexrelid),
            obj_description(i.indexrelid, 'pg_class'),
            (SELECT spcname FROM pg_tablespace WHERE oid = ic.reltablespace),
            (SELECT string_agg(a.attnum || ': ' || a.attstattarget, ', ' ORDER BY a.attnum) FROM pg_attribute a
                WHERE a.attrelid = i.indexrelid AND a.attstattarget >= 0)
        FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND {own} ORDER BY 2, 3
        """.format(table=NAME.format("n", "c.relname"), name=NAME.format("n", "ic.relname"), own=OWN.format("n"))
    )
    for oid, table, full, name, kind, unique, valid, clustered, identity, definition, told, comes_along, *more in rows:
        if table not in tables:
            continue
        comment, space, statistics = more
        noun = "INDEX {}".format(quote(full))
        found.places.setdefault(("pg_class", oid), Place("index", name, noun, "index " + name, table))
        if kind == "I":
            # Written as it is, it would stay invalid until somebody attached those of all partitions.
            definition = definition.replace(" ON ONLY ", " ON ", 1)
        lines = [definition + ";", *_marks(table, name, clustered, identity)]
        lines += ["ALTER {} SET TABLESPACE {};".format(noun, quote_column(space))] if space else []
        for number, target in (one.split(": ") for one in (statistics or "").split(", ") if one):
            lines.append("ALTER {} ALTER COLUMN {} SET STATISTICS {};".format(noun, number, target))
        if comment:
            lines.append("COMMENT ON {} IS {};".format(noun, literal(comment)))
        tables[table]["indexes"].append(
            {
                "name": name,
                "unique": unique,
                "valid": valid,
                "clustered": clustered,
                "replica_identity": identity,
                "tablespace": space or "",
                "statistics": statistics or "",
                "comment": comment,
                "definition": definition,
                "sql": None if told or comes_along else "\n".join(lines),
                "drop": "DROP INDEX IF EXISTS {};".format(quote(full)),
            }
        )


def _create_table(name: str, table: Dict[str, Any]) -> str:
    """Statements that make the table; constraints and indexes come in statements of their own."""
    own = [column for column in table["columns"] if not column["inherited"]]
    kind = "UNLOGGED TABLE" if table["unlogged"] else "FOREIGN TABLE" if table["type"] == "foreign" else "TABLE"
    start = "CREATE {} {}".format(kind, quote(name))
    if table["partition"]:
        sql = "{} PARTITION OF {} {}".format(start, quote(table["inherits"]), table["partition"])
    elif table["of_type"]:
        sql = "{} OF {}".format(start, table["of_type"])
    else:
        sql = "{} (\n    {}\n)".format(start, ",\n    ".join(map(_column_sql, own)))
        parents = ", ".join(map(quote, filter(None, table["inherits"].split(", "))))
        sql += " INHERITS ({})".format(parents) if parents else ""
    sql += " PARTITION BY " + table["partition_key"] if table["partition_key"] else ""
    sql += " USING " + quote_column(table["access_method"]) if table["access_method"] else ""
    sql += " WITH ({})".format(table["options"]) if table["options"] else ""
    sql += " TABLESPACE " + quote_column(table["tablespace"]) if table["tablespace"] else ""
    sql += " SERVER " + table["server"] if table["server"] else ""
    sql += " OPTIONS ({})".format(table["server_options"]) if table["server_options"] else ""
    lines, alter = [sql + ";"], "ALTER TABLE {} ".format(quote(name))
    lines += [alter + "ENABLE ROW LEVEL SECURITY;"] if table["row_security"] else []
    lines += [alter + "FORCE ROW LEVEL SECURITY;"] if table["row_security"] == "forced" else []
    lines += [alter + "REPLICA IDENTITY {};".format(table["replica_identity"].upper())] * bool(
        table["replica_identity"]
    )
    for column in table["columns"]:
        lines += (alter + change + ";" for change in _column_changes(column, whole=table["partition"] == ""))
    return "\n".join(lines)


def _column_changes(column: Dict[str, Any], *, whole: bool) -> List[str]:
    """What ALTER TABLE has to set of a column; not `whole`, also what CREATE TABLE cannot say for a partition."""
    place = "ALTER COLUMN {} ".format(quote_column(column["name"]))
    changes = []
    if not whole and column["default"] is not None and not (column["serial"] or column["generated"]):
        changes.append(place + "SET DEFAULT " + column["default"])
    if column["storage"]:
        changes.append(place + "SET STORAGE " + column["storage"].upper())
    if column["compression"]:
        changes.append(place + "SET COMPRESSION " + column["compression"])
    if column["statistics"] is not None:
        changes.append(place + "SET STATISTICS {}".format(column["statistics"]))
    if column["options"]:
        changes.append(place + "SET ({})".format(column["options"]))
    return changes


def _column_sql(column: Dict[str, Any]) -> str:
    serial = {"smallint": "smallserial", "integer": "serial", "bigint": "bigserial"}
    kind = serial.get(column["type"], column["type"]) if column["serial"] else column["type"]
    parts = [quote_column(column["name"]), kind]
    if column["server_options"]:
        parts.append("OPTIONS ({})".format(column["server_options"]))
    if column["collation"]:
        parts.append("COLLATE " + column["collation"])
    if column["generated"]:
        parts.append("GENERATED ALWAYS AS ({}) {}".format(column["default"], column["generated"].upper()))
    elif column["identity"]:
        parts.append("GENERATED {} AS IDENTITY".format(column["identity"].upper()))
    elif column["default"] is not None and not column["serial"]:
        parts.append("DEFAULT " + column["default"])
    if column["notnull"]:
        parts.append("NOT NULL")
    return " ".join(parts)

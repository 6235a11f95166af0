"""What stands beside the tables of a PostgreSQL database: views, sequences, triggers, rules, policies, statistics."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from .postgresql_found import Found, Place
from .postgresql_names import NAME, NOT_OF_EXTENSION, OWN, literal, of_sequence, quote, quote_column

_ENABLED = {"O": "yes", "D": "no", "R": "on replicas only", "A": "always"}
_ENABLING = {"D": "DISABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"}
_COMMANDS = {"*": "ALL", "r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"}


def read_views(found: Found) -> None:
    """Views and materialised views, the latter with their indexes and whether they are populated."""
    indexes: Dict[str, List[str]] = {}
    for name, definition in found.execute(
        """
        SELECT {name}, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'm' AND {own} ORDER BY 1, 2
        """.format(name=NAME.format("n", "c.relname"), own=OWN.format("n"))
    ):
        indexes.setdefault(name, []).append(definition)
    rows = found.execute(
        """
        SELECT c.oid, {name}, c.relkind::text, pg_get_viewdef(c.oid), array_to_string(c.reloptions, ', '), c.relispopulated,
            (SELECT array_agg(quote_ident(a.attname) || ' SET DEFAULT ' || pg_get_expr(d.adbin, d.adrelid)
                ORDER BY a.attnum) FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
                WHERE d.adrelid = c.oid),
            CASE c.relkind WHEN 'm' THEN (SELECT array_agg(ARRAY[a.attname::text, format_type(a.atttypid, NULL)]
                ORDER BY a.attnum) FROM pg_attribute a
                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) END
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('v', 'm') AND {own} AND {free} ORDER BY c.oid
        """.format(
            name=NAME.format("n", "c.relname"),
            own=OWN.format("n"),
            free=NOT_OF_EXTENSION.format("pg_class", "c.oid"),
        )
    )
    for oid, name, kind, definition, options, populated, defaults, columns in rows:
        what = "MATERIALIZED VIEW" if kind == "m" else "VIEW"
        with_options = " WITH ({})".format(options) if options else ""
        lines = ["CREATE {} {}{} AS\n{}".format(what, quote(name), with_options, definition)]
        lines += ["ALTER VIEW {} ALTER COLUMN {};".format(quote(name), default) for default in defaults or ()]
        lines += ["{};".format(index) for index in indexes.get(name, ())]
        more: Dict[str, Any] = {"materialised": kind == "m"}
        if kind == "m":
            more.update(populated=populated, columns=[{"name": one, "type": of, "pk": 0} for one, of in columns or ()])
        found.add("view", name, ("pg_class", oid), quote(name), "\n".join(lines), what, **more)


def read_triggers(found: Found) -> None:
    """Triggers by "name on table": several tables may have triggers of one name. Clones on partitions are left out."""
    rows = found.execute(
        """
        SELECT t.oid, t.tgname, {name}, pg_get_triggerdef(t.oid), t.tgenabled::text
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE NOT t.tgisinternal AND {own} AND {free} AND {original} ORDER BY 3, 2
        """.format(
            name=NAME.format("n", "c.relname"),
            own=OWN.format("n"),
            free=NOT_OF_EXTENSION.format("pg_trigger", "t.oid"),
            original="t.tgparentid = 0" if found.version >= 130000 else "true",
        )
    )
    for oid, name, table, definition, state in rows:
        called = "{} ON {}".format(quote_column(name), quote(table))
        sql = definition + ";" + _enabling(table, "TRIGGER", name, state)
        facts = {"enabled": _ENABLED[state], "definition": definition}
        found.add("trigger", "{} on {}".format(name, table), ("pg_trigger", oid), called, sql, table=table, **facts)


def _enabling(table: str, what: str, name: str, state: str) -> str:
    """The statement that a trigger or a rule needs which does not work as usual."""
    if state not in _ENABLING:
        return ""
    return "\nALTER TABLE {} {} {} {};".format(quote(table), _ENABLING[state], what, quote_column(name))


def read_rules(found: Found) -> None:
    """Rules by "name on table", but those that make a view what it is."""
    rows = found.execute(
        """
        SELECT r.oid, r.rulename, {name}, pg_get_ruledef(r.oid), r.ev_enabled::text
        FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE r.rulename <> '_RETURN' AND {own} AND {free} ORDER BY r.oid
        """.format(
            name=NAME.format("n", "c.relname"),
            own=OWN.format("n"),
            free=NOT_OF_EXTENSION.format("pg_rewrite", "r.oid"),
        )
    )
    for oid, name, table, definition, state in rows:
        called = "{} ON {}".format(quote_column(name), quote(table))
        sql = definition + _enabling(table, "RULE", name, state)
        facts = {"enabled": _ENABLED[state], "definition": definition}
        found.add("rule", "{} on {}".format(name, table), ("pg_rewrite", oid), called, sql, table=table, **facts)


def read_policies(found: Found) -> None:
    """Row security policies by "name on table"."""
    rows = found.execute(
        """
        SELECT p.oid, p.polname, {name}, p.polcmd::text, p.polpermissive, pg_get_expr(p.polqual, p.polrelid),
            pg_get_expr(p.polwithcheck, p.polrelid),
            (SELECT string_agg(coalesce(quote_ident(r.rolname), 'public'), ', ' ORDER BY r.rolname)
                FROM unnest(p.polroles) o LEFT JOIN pg_roles r ON r.oid = o)
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {own} ORDER BY 3, 2
        """.format(name=NAME.format("n", "c.relname"), own=OWN.format("n"))
    )
    for oid, name, table, command, permissive, using, check, roles in rows:
        called = "{} ON {}".format(quote_column(name), quote(table))
        how = "PERMISSIVE" if permissive else "RESTRICTIVE"
        sql = "CREATE POLICY {} AS {} FOR {} TO {}".format(called, how, _COMMANDS[command], roles)
        sql += " USING ({})".format(using) if using else ""
        sql += " WITH CHECK ({})".format(check) if check else ""
        found.add("policy", "{} on {}".format(name, table), ("pg_policy", oid), called, sql + ";", table=table)


def read_statistics(found: Found) -> None:
    """Extended statistics: what the planner is told of several columns together."""
    target = "CASE WHEN s.stxstattarget >= 0 THEN s.stxstattarget END" if found.version >= 130000 else "NULL"
    rows = found.execute(
        """
        SELECT s.oid, {name}, {table}, pg_get_statisticsobjdef(s.oid), {target}
        FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace JOIN pg_class c ON c.oid = s.stxrelid
            JOIN pg_namespace cn ON cn.oid = c.relnamespace
        WHERE {own} AND {free} ORDER BY s.oid
        """.format(
            name=NAME.format("n", "s.stxname"),
            table=NAME.format("cn", "c.relname"),
            target=target,
            own=OWN.format("n"),
            free=NOT_OF_EXTENSION.format("pg_statistic_ext", "s.oid"),
        )
    )
    for oid, name, table, definition, aim in rows:
        sql = definition + ";"
        if aim is not None:
            sql += "\nALTER STATISTICS {} SET STATISTICS {};".format(quote(name), aim)
        found.add("statistics", name, ("pg_statistic_ext", oid), quote(name), sql, table=table)


def _owned(found: Found) -> Dict[int, Tuple[str, str, str]]:
    """Oid of a sequence -> (table, column, "i" for an identity column or "a" for one that merely owns it)."""
    rows = found.execute(
        """
        SELECT s.oid, {table}, a.attname, d.deptype::text
        FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
            JOIN pg_class c ON c.oid = d.refobjid JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
        """.format(table=NAME.format("n", "c.relname"))
    )
    return {oid: (table, column, kind) for oid, table, column, kind in rows}


def read_sequences(found: Found) -> Dict[str, Dict[str, Any]]:
    """Every sequence by name with its options, and the column that it belongs to where it belongs to one."""
    rows = found.execute(
        """
        SELECT c.oid, {name}, format_type(q.seqtypid, NULL), q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache,
            q.seqcycle, c.relpersistence::text, obj_description(c.oid, 'pg_class'), c.oid::regclass::text
        FROM pg_sequence q JOIN pg_class c ON c.oid = q.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {own} AND {free} ORDER BY 2
        """.format(
            name=NAME.format("n", "c.relname"),
            own=OWN.format("n"),
            free=NOT_OF_EXTENSION.format("pg_class", "c.oid"),
        )
    )
    owned = _owned(found) if rows else {}
    sequences: Dict[str, Dict[str, Any]] = {}
    for oid, name, kind, start, increment, least, greatest, cache, cycle, kept, comment, called in rows:
        table, column, how = owned.get(oid, (None, None, None))
        options = "START WITH {} INCREMENT BY {} MINVALUE {} MAXVALUE {} CACHE {}{}".format(
            start, increment, least, greatest, cache, " CYCLE" if cycle else ""
        )
        noun = "SEQUENCE {}".format(quote(name))
        found.places["pg_class", oid] = Place("sequence", name, noun, "sequence " + name)
        if table is not None and column is not None:
            label = "sequence of {}.{}".format(table, column)
            found.places["pg_class", oid] = Place("table", table, "SEQUENCE {}", label, table, column)
        sequences[name] = {
            "sql": "CREATE {}{} AS {} {};".format("UNLOGGED " if kept == "u" else "", noun, kind, options),
            "drop": "DROP SEQUENCE IF EXISTS {};".format(quote(name)),
            "options": "{} {}".format(kind, options),
            "unlogged": kept == "u",
            "start": start,
            "increment": increment,
            "table": table,
            "column": column,
            "identity": how == "i",
            "comment": comment,
            "default": "nextval({}::regclass)".format(literal(called)),
            "order": len(sequences),
        }
    return sequences


def join_sequences(tables: Dict[str, Dict[str, Any]], sequences: Dict[str, Dict[str, Any]]) -> None:
    """Let the statements that make a table also set what its sequences do otherwise than usual.

    A default that counts with the sequence of another column says of which one, since the sequence's name is made up.
    """
    greatest = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}
    owned = {}
    for facts in sequences.values():
        if facts["table"] not in tables:
            continue
        kind, _, options = facts["options"].partition(" ")
        plain = "START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE {} CACHE 1".format(greatest.get(kind))
        if options != plain:
            change = "ALTER SEQUENCE {} " + options
            tables[facts["table"]]["sql"] += "\n" + of_sequence(facts["table"], facts["column"], change)
        owned[facts["default"]] = "nextval(sequence of {}.{})".format(facts["table"], facts["column"])
    for table in tables.values() if owned else ():
        for column in table["columns"]:
            column["default"] = owned.get(column["default"], column["default"])

"""What belongs to a PostgreSQL database as a whole: schemas, extensions, text search, foreign servers, publications.

Most databases have none of the rarer kinds; one statement tells which of them there are.
"""

from __future__ import annotations

from typing import Any, Sequence

from .postgresql_found import Found, Key
from .postgresql_names import FIRST_OID, NAME, NOT_OF_EXTENSION, OWN, literal, quote, quote_column

PUBLIC = "public"
"""The schema that every new database has."""

_RARE = (
    "pg_aggregate",
    "pg_operator",
    "pg_opfamily",
    "pg_cast",
    "pg_ts_config",
    "pg_ts_dict",
    "pg_ts_template",
    "pg_ts_parser",
    "pg_foreign_data_wrapper",
    "pg_foreign_server",
    "pg_event_trigger",
    "pg_publication",
    "pg_statistic_ext",
    "pg_default_acl",
    "pg_collation",
    "pg_policy",
)
_UNREAD = (
    ("languages", "pg_language", "lanname"),
    ("conversions", "pg_conversion", "conname"),
    ("transforms", "pg_transform", "format_type(trftype, NULL)"),
    ("access methods", "pg_am", "amname"),
    ("subscriptions", "pg_subscription", "subname"),
)
"""What nobody writes by a migration, but might: named where it is there."""


def rare_kinds(found: Found) -> set[str]:
    """The catalogues among the rare ones in which this database has something, extensions included."""
    parts = (
        "SELECT '{0}' WHERE EXISTS (SELECT 1 FROM {0} WHERE {1} >= {2})".format(
            name, "aggfnoid::oid" if name == "pg_aggregate" else "oid", FIRST_OID
        )
        for name in _RARE
    )
    return {name for (name,) in found.execute(" UNION ALL ".join(parts))}


def unread_things(found: Found) -> dict[str, list[str]]:
    """The names of things of kinds that are not read at all, by kind."""
    parts = [
        "SELECT '{}', {}::text FROM {} x WHERE oid >= {} AND {}".format(
            kind, name, catalogue, FIRST_OID, NOT_OF_EXTENSION.format(catalogue, "x.oid")
        )
        for kind, catalogue, name in _UNREAD
        if catalogue != "pg_subscription"
    ]
    parts.append(
        "SELECT 'base types', t.typname::text FROM pg_type t WHERE t.typtype = 'b' AND t.typelem = 0 AND t.oid >= {} "
        "AND {}".format(FIRST_OID, NOT_OF_EXTENSION.format("pg_type", "t.oid"))
    )
    parts.append("SELECT 'large objects', oid::text FROM pg_largeobject_metadata")
    parts.append("SELECT 'security labels', objtype FROM pg_seclabels WHERE objoid >= {}".format(FIRST_OID))
    # Only superusers may read more of them than their databases and names.
    parts.append(
        "SELECT 'subscriptions', s.subname::text FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid "
        "WHERE d.datname = current_database()"
    )
    things: dict[str, list[str]] = {}
    for kind, name in found.execute(" UNION ALL ".join(parts) + " ORDER BY 1, 2"):
        things.setdefault(kind, []).append(name)
    return things


def read_schemas(found: Found) -> None:
    """All schemas but those of the system; every database has `public`, unless a migration took it."""
    rows = found.execute(
        "SELECT n.oid, n.nspname FROM pg_namespace n WHERE {own} AND {free} ORDER BY n.oid".format(
            own=OWN.format("n"), free=NOT_OF_EXTENSION.format("pg_namespace", "n.oid")
        )
    )
    for oid, name in rows:
        called = quote_column(name)
        found.add("schema", name, ("pg_namespace", oid), called, "CREATE SCHEMA IF NOT EXISTS {};".format(called))


def read_extensions(found: Found) -> None:
    """All extensions but the language that every database has."""
    rows = found.execute(
        "SELECT e.oid, e.extname, e.extversion, n.nspname, n.nspname = current_schema() FROM pg_extension e "
        "JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql' ORDER BY e.oid"
    )
    for oid, name, version, schema, is_usual in rows:
        where = "" if is_usual or schema == "pg_catalog" else " SCHEMA {}".format(quote_column(schema))
        sql = "CREATE EXTENSION IF NOT EXISTS {}{};".format(quote_column(name), where)
        key = ("pg_extension", oid)
        found.add("extension", name, key, quote_column(name), sql, version=version, schema=schema)


def read_settings(found: Found) -> None:
    """Settings of the database itself, for all roles or for one."""
    rows = found.execute(
        "SELECT CASE WHEN s.setrole <> 0 THEN pg_get_userbyid(s.setrole) END, c FROM pg_db_role_setting s, "
        "unnest(s.setconfig) c WHERE s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    for place, (role, setting) in enumerate(rows):
        name, _, value = setting.partition("=")
        whose = "" if role is None else "ROLE {} IN ".format(quote_column(role))
        change = "ALTER {}DATABASE %I {{}} {}".format(whose, name)
        # A list of names is no string.
        value = value if name == "search_path" else literal(value)
        label = name if role is None else "{} of {}".format(name, role)
        sql = _in_this_database(change.format("SET") + " TO " + value)
        found.add("setting", label, ("pg_db_role_setting", -place), "", sql)
        found.objects["setting"][label]["drop"] = _in_this_database(change.format("RESET"))


def _in_this_database(statement: str) -> str:
    return "DO $$ BEGIN\n    EXECUTE format({}, current_database());\nEND $$;".format(literal(statement))


def read_text_search(found: Found) -> None:
    """Parsers, templates, dictionaries and configurations of text search."""
    head = "SELECT x.oid, {}, ".format(NAME.format("n", "x.{0}name"))
    tail = " FROM {0} x JOIN pg_namespace n ON n.oid = x.{1}namespace WHERE {own} AND {free} ORDER BY x.oid"
    schema_and_name = (
        "(SELECT quote_ident(a.nspname) || '.' || quote_ident(b.{0}name) FROM {1} b JOIN pg_namespace a ON "
    )
    schema_and_name += "a.oid = b.{0}namespace WHERE b.oid = x.{2})"

    def rows(catalogue: str, prefix: str, columns: str) -> list[tuple[Any, ...]]:
        free = NOT_OF_EXTENSION.format(catalogue, "x.oid")
        sql = head.format(prefix) + columns + tail.format(catalogue, prefix, own=OWN.format("n"), free=free)
        return list(found.execute(sql))

    functions = (
        ("START", "start"),
        ("GETTOKEN", "token"),
        ("END", "end"),
        ("HEADLINE", "headline"),
        ("LEXTYPES", "lextype"),
    )
    columns = ", ".join("x.prs{}::text".format(column) for _, column in functions)
    for oid, name, *values in rows("pg_ts_parser", "prs", columns):
        options = ["{} = {}".format(option, one) for (option, _), one in zip(functions, values) if one != "-"]
        _add_search(found, "parser", ("pg_ts_parser", oid), name, options)
    for oid, name, start, lexize in rows("pg_ts_template", "tmpl", "x.tmplinit::text, x.tmpllexize::text"):
        options = (["INIT = {}".format(start)] if start != "-" else []) + ["LEXIZE = {}".format(lexize)]
        _add_search(found, "template", ("pg_ts_template", oid), name, options)
    template = schema_and_name.format("tmpl", "pg_ts_template", "dicttemplate")
    for oid, name, template_name, options in rows("pg_ts_dict", "dict", template + ", x.dictinitoption"):
        _add_search(found, "dictionary", ("pg_ts_dict", oid), name, ["TEMPLATE = {}".format(template_name), options])
    parser = schema_and_name.format("prs", "pg_ts_parser", "cfgparser")
    mappings = """(SELECT string_agg(m.token || ' WITH ' || m.dictionaries, '|' ORDER BY m.token) FROM (
        SELECT (SELECT alias FROM ts_token_type(x.cfgparser) t WHERE t.tokid = c.maptokentype) AS token,
            string_agg(c.mapdict::regdictionary::text, ', ' ORDER BY c.mapseqno) AS dictionaries
        FROM pg_ts_config_map c WHERE c.mapcfg = x.oid GROUP BY 1) m)"""
    for oid, name, parser_name, mapped in rows("pg_ts_config", "cfg", parser + ", " + mappings):
        alter = "ALTER TEXT SEARCH CONFIGURATION {} ADD MAPPING FOR ".format(quote(name))
        lines = ["{}{};".format(alter, mapping) for mapping in (mapped or "").split("|") if mapping]
        _add_search(found, "configuration", ("pg_ts_config", oid), name, ["PARSER = {}".format(parser_name)], lines)


def _add_search(
    found: Found, what: str, key: Key, name: str, options: Sequence[str | None], lines: Sequence[str] = ()
) -> None:
    kind = "text search {}".format(what)
    sql = "CREATE {} {} ({});".format(kind.upper(), quote(name), ", ".join(filter(None, options)))
    found.add(kind, name, key, quote(name), "\n".join([sql, *lines]))


def _options(column: str) -> str:
    return (
        "(SELECT string_agg(quote_ident(option_name) || ' ' || quote_literal(option_value), ', ') "
        "FROM pg_options_to_table({}))".format(column)
    )


def _with_options(options: str | None) -> str:
    return " OPTIONS ({})".format(options) if options else ""


def read_foreign(found: Found) -> None:
    """Foreign-data wrappers, servers, and who is who there."""
    for oid, name, handler, validator, options in found.execute(
        "SELECT x.oid, x.fdwname, CASE WHEN x.fdwhandler <> 0 THEN x.fdwhandler::regproc::text END, "
        "CASE WHEN x.fdwvalidator <> 0 THEN x.fdwvalidator::regproc::text END, {} FROM pg_foreign_data_wrapper x "
        "WHERE {} ORDER BY x.oid".format(
            _options("x.fdwoptions"), NOT_OF_EXTENSION.format("pg_foreign_data_wrapper", "x.oid")
        )
    ):
        sql = "CREATE FOREIGN DATA WRAPPER {}{}{}{};".format(
            quote_column(name),
            " HANDLER " + handler if handler else "",
            " VALIDATOR " + validator if validator else "",
            _with_options(options),
        )
        found.add("foreign data wrapper", name, ("pg_foreign_data_wrapper", oid), quote_column(name), sql)
    for oid, name, kind, version, wrapper, options in found.execute(
        "SELECT x.oid, x.srvname, x.srvtype, x.srvversion, w.fdwname, {} FROM pg_foreign_server x "
        "JOIN pg_foreign_data_wrapper w ON w.oid = x.srvfdw WHERE {} ORDER BY x.oid".format(
            _options("x.srvoptions"), NOT_OF_EXTENSION.format("pg_foreign_server", "x.oid")
        )
    ):
        sql = "CREATE SERVER {}{}{} FOREIGN DATA WRAPPER {}{};".format(
            quote_column(name),
            " TYPE " + literal(kind) if kind else "",
            " VERSION " + literal(version) if version else "",
            quote_column(wrapper),
            _with_options(options),
        )
        found.add("server", name, ("pg_foreign_server", oid), quote_column(name), sql)
    for oid, user, server, options in found.execute(
        "SELECT x.umid, x.usename, x.srvname, {} FROM pg_user_mappings x ORDER BY x.umid".format(
            _options("x.umoptions")
        )
    ):
        called = "FOR {} SERVER {}".format(user if user == "public" else quote_column(user), quote_column(server))
        sql = "CREATE USER MAPPING {}{};".format(called, _with_options(options))
        found.add("user mapping", "{} on {}".format(user, server), ("pg_user_mapping", oid), called, sql)


def read_publications(found: Found) -> None:
    """Publications with what they publish."""
    version = found.version
    rows = found.execute(
        """
        SELECT p.oid, p.pubname, p.puballtables, concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END,
            CASE WHEN p.pubupdate THEN 'update' END, CASE WHEN p.pubdelete THEN 'delete' END, {truncate}), {root}, {tables},
            {schemas}
        FROM pg_publication p WHERE {free} ORDER BY p.oid
        """.format(
            truncate="CASE WHEN p.pubtruncate THEN 'truncate' END" if version >= 110000 else "NULL",
            root="p.pubviaroot" if version >= 130000 else "false",
            tables=_PUBLISHED.format(
                columns="(SELECT ' (' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) || ')' FROM "
                "pg_attribute a WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs::int2[]))"
                if version >= 150000
                else "NULL",
                where="' WHERE (' || pg_get_expr(r.prqual, r.prrelid) || ')'" if version >= 150000 else "NULL",
            ),
            schemas="(SELECT string_agg(quote_ident(n.nspname), ', ' ORDER BY n.nspname) FROM pg_publication_namespace s "
            "JOIN pg_namespace n ON n.oid = s.pnnspid WHERE s.pnpubid = p.oid)"
            if version >= 150000
            else "NULL",
            free=NOT_OF_EXTENSION.format("pg_publication", "p.oid"),
        )
    )
    for oid, name, everything, operations, root, tables, schemas in rows:
        parts = ["TABLE " + tables] if tables else []
        parts += ["TABLES IN SCHEMA " + schemas] if schemas else []
        what = " FOR ALL TABLES" if everything else " FOR " + ", ".join(parts) if parts else ""
        options = "publish = {}".format(literal(operations))
        options += ", publish_via_partition_root = true" if root else ""
        sql = "CREATE PUBLICATION {}{} WITH ({});".format(quote_column(name), what, options)
        found.add("publication", name, ("pg_publication", oid), quote_column(name), sql)


_PUBLISHED = """(SELECT string_agg(quote_ident(n.nspname) || '.' || quote_ident(c.relname) || coalesce({columns}, '')
    || coalesce({where}, ''), ', ' ORDER BY n.nspname, c.relname) FROM pg_publication_rel r
    JOIN pg_class c ON c.oid = r.prrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE r.prpubid = p.oid)"""


def read_event_triggers(found: Found) -> None:
    """Triggers on changes of definitions."""
    enabling = {"D": "DISABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"}
    rows = found.execute(
        "SELECT x.oid, x.evtname, x.evtevent, (SELECT string_agg(quote_literal(t), ', ') FROM unnest(x.evttags) t), "
        "x.evtfoid::regproc::text, x.evtenabled::text FROM pg_event_trigger x WHERE {} ORDER BY x.oid".format(
            NOT_OF_EXTENSION.format("pg_event_trigger", "x.oid")
        )
    )
    for oid, name, event, tags, function, state in rows:
        when = " WHEN TAG IN ({})".format(tags) if tags else ""
        sql = "CREATE EVENT TRIGGER {} ON {}{} EXECUTE FUNCTION {}();".format(quote_column(name), event, when, function)
        if state in enabling:
            sql += "\nALTER EVENT TRIGGER {} {};".format(quote_column(name), enabling[state])
        found.add("event trigger", name, ("pg_event_trigger", oid), quote_column(name), sql)

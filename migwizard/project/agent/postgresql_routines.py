"""Functions, types and collations of a PostgreSQL database, and what is built on them: aggregates, operators, casts."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence, Tuple

from .postgresql_found import Found, Place
from .postgresql_names import NAME, NOT_OF_EXTENSION, OF_ITSELF, OWN, literal, quote, quote_column

_PROVIDERS = {"i": "icu", "c": "libc", "b": "builtin", "d": "default"}
_PARALLEL = {"s": "SAFE", "r": "RESTRICTED", "u": "UNSAFE"}
_MODIFIES = {"r": "READ_ONLY", "s": "SHAREABLE", "w": "READ_WRITE"}


def read_functions(found: Found) -> None:
    """Functions and procedures by name with the types of their arguments."""
    newer = found.version >= 110000
    rows = found.execute(
        """
        SELECT p.oid, {name}, pg_get_function_identity_arguments(p.oid), {kind}, pg_get_functiondef(p.oid), l.lanname
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
        WHERE {plain} AND {own} AND {free} ORDER BY p.oid
        """.format(
            name=NAME.format("n", "p.proname"),
            kind="CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END" if newer else "'FUNCTION'",
            plain="p.prokind <> 'a'" if newer else "NOT p.proisagg",
            own=OWN.format("n"),
            free=OF_ITSELF.format("pg_proc", "p.oid"),
        )
    )
    for oid, name, arguments, what, definition, language in rows:
        called, full = "{}({})".format(quote(name), arguments), "{}({})".format(name, arguments)
        sql = definition.rstrip() + ";"
        found.add("function", full, ("pg_proc", oid), called, sql, what, language=language)


def read_aggregates(found: Found) -> None:
    """Aggregates by name with the types of their arguments."""
    rows = found.execute(
        """
        SELECT p.oid, {name}, pg_get_function_arguments(p.oid), pg_get_function_identity_arguments(p.oid),
            p.proparallel::text, a.aggkind::text, a.aggfinalextra, a.aggmfinalextra, {modifies}, {mmodifies},
            (SELECT quote_ident(sn.nspname) || '.' || s.oprname FROM pg_operator s
                JOIN pg_namespace sn ON sn.oid = s.oprnamespace WHERE s.oid = a.aggsortop),
            a.aggtransfn::text, format_type(a.aggtranstype, NULL), a.aggtransspace, a.aggfinalfn::text,
            a.aggcombinefn::text, a.aggserialfn::text, a.aggdeserialfn::text, a.agginitval, a.aggmtransfn::text,
            a.aggminvtransfn::text, format_type(nullif(a.aggmtranstype, 0), NULL), a.aggmtransspace, a.aggmfinalfn::text,
            a.aggminitval
        FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE {own} AND {free} ORDER BY p.oid
        """.format(
            name=NAME.format("n", "p.proname"),
            modifies="a.aggfinalmodify::text" if found.version >= 110000 else "NULL",
            mmodifies="a.aggmfinalmodify::text" if found.version >= 110000 else "NULL",
            own=OWN.format("n"),
            free=NOT_OF_EXTENSION.format("pg_proc", "p.oid"),
        )
    )
    names = (
        "SFUNC", "STYPE", "SSPACE", "FINALFUNC", "COMBINEFUNC", "SERIALFUNC", "DESERIALFUNC", "INITCOND", "MSFUNC",
        "MINVFUNC", "MSTYPE", "MSSPACE", "MFINALFUNC", "MINITCOND",
    )  # fmt: skip
    for oid, name, signature, identity, parallel, kind, extra, mextra, modifies, mmodifies, sort, *values in rows:
        # An ordered-set aggregate changes what it is given by default, another one reads it.
        usual = "r" if kind == "n" else "w"
        parts = [
            "{} = {}".format(option, literal(value) if option.endswith("INITCOND") else value)
            for option, value in zip(names, values)
            if value not in (None, "-", 0)
        ]
        for prefix, present, more, how in (("", values[3], extra, modifies), ("M", values[12], mextra, mmodifies)):
            parts += [prefix + "FINALFUNC_EXTRA"] if more else []
            if present != "-" and how not in (None, usual):
                parts.append("{}FINALFUNC_MODIFY = {}".format(prefix, _MODIFIES[how]))
        parts += ["SORTOP = OPERATOR({})".format(sort)] if sort else []
        parts += ["PARALLEL = " + _PARALLEL[parallel]] if parallel != "u" else []
        parts += ["HYPOTHETICAL"] if kind == "h" else []
        sql = "CREATE AGGREGATE {}({}) (\n    {}\n);".format(quote(name), signature or "*", ",\n    ".join(parts))
        called = "{}({})".format(quote(name), identity or "*")
        found.add("aggregate", "{}({})".format(name, identity or "*"), ("pg_proc", oid), called, sql)


def read_types(found: Found) -> None:
    """Enumerations, domains, and composite and range types that were made by name."""
    checks = _checks(found)
    for oid, name, kind, notnull, default, base, collated, labels, members, *of_range in _types(found):
        own = ["CONSTRAINT {} {}".format(quote_column(check), text) for _, check, text in checks.get(name, ())]
        late = [constraint for constraint in own if constraint.endswith("NOT VALID")]
        what, lines = "DOMAIN" if kind == "d" else "TYPE", []
        if kind == "d":
            definition = base + (" COLLATE " + collated if collated else "")
            definition += "" if default is None else " DEFAULT " + default
            definition = " ".join([definition, *["NOT NULL"] * notnull, *(one for one in own if one not in late)])
            lines = ["ALTER DOMAIN {} ADD {};".format(quote(name), constraint) for constraint in late]
        else:
            enumeration, members = "ENUM ({})".format(labels or ""), "({})".format(members or "")
            definition = enumeration if kind == "e" else members if kind == "c" else _range(*of_range)
        sql = "\n".join(["CREATE {} {} AS {};".format(what, quote(name), definition), *lines])
        found.add("type", name, ("pg_type", oid), quote(name), sql, what)
        for constraint_oid, check, _ in checks.get(name, ()):
            noun = "CONSTRAINT {} ON DOMAIN {}".format(quote_column(check), quote(name))
            label = "constraint {} on type {}".format(check, name)
            found.places["pg_constraint", constraint_oid] = Place("type", name, noun, label)


def _checks(found: Found) -> Dict[str, List[Tuple[int, str, str]]]:
    """By domain its checks: (oid, name, definition)."""
    checks: Dict[str, List[Tuple[int, str, str]]] = {}
    for oid, name, check, definition in found.execute(
        """
        SELECT k.oid, {name}, k.conname, pg_get_constraintdef(k.oid) FROM pg_constraint k
            JOIN pg_type t ON t.oid = k.contypid JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE k.contype <> 'n' AND {own} ORDER BY 3
        """.format(name=NAME.format("n", "t.typname"), own=OWN.format("n"))
    ):
        checks.setdefault(name, []).append((oid, check, definition))
    return checks


def _types(found: Found) -> Sequence[Tuple[Any, ...]]:
    """Of each type its oid, name and kind, and then what domains, enumerations, composite and range types are made of."""
    collation = "(SELECT {} FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = {})"
    named = (
        "CASE WHEN cn.nspname = 'pg_catalog' THEN '' ELSE quote_ident(cn.nspname) || '.' END || quote_ident(collname)"
    )
    rows: Sequence[Tuple[Any, ...]] = found.execute(
        """
        SELECT t.oid, {name}, t.typtype::text, t.typnotnull, t.typdefault, format_type(t.typbasetype, t.typtypmod),
            CASE WHEN t.typtype = 'd' AND t.typcollation <> (SELECT b.typcollation FROM pg_type b WHERE b.oid = t.typbasetype)
                THEN {collation} END,
            (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
                FROM pg_enum e WHERE e.enumtypid = t.oid),
            (SELECT string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
                || CASE WHEN a.attcollation <> at.typcollation THEN ' COLLATE ' || {member_collation} ELSE '' END, ', '
                ORDER BY a.attnum) FROM pg_attribute a JOIN pg_type at ON at.oid = a.atttypid
                WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped),
            format_type(r.rngsubtype, NULL), CASE WHEN NOT o.opcdefault THEN {opclass} END,
            CASE WHEN r.rngcollation <> (SELECT b.typcollation FROM pg_type b WHERE b.oid = r.rngsubtype)
                THEN {range_collation} END,
            nullif(r.rngcanonical::text, '-'), nullif(r.rngsubdiff::text, '-'), {multirange}
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
            LEFT JOIN pg_range r ON r.rngtypid = t.oid LEFT JOIN pg_opclass o ON o.oid = r.rngsubopc
        WHERE (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c')) AND {own} AND {free}
        ORDER BY t.oid
        """.format(
            name=NAME.format("n", "t.typname"),
            collation=collation.format(named, "t.typcollation"),
            member_collation=collation.format(named, "a.attcollation"),
            range_collation=collation.format(named, "r.rngcollation"),
            opclass="(SELECT quote_ident(opn.nspname) || '.' || quote_ident(o.opcname) FROM pg_namespace opn "
            "WHERE opn.oid = o.opcnamespace)",
            multirange="format_type(r.rngmultitypid, NULL)" if found.version >= 140000 else "NULL",
            own=OWN.format("n"),
            free=NOT_OF_EXTENSION.format("pg_type", "t.oid"),
        )
    )
    return rows


def _range(subtype: str, opclass: str, collation: str, canonical: str, difference: str, multirange: str) -> str:
    options = (
        ("SUBTYPE", subtype),
        ("SUBTYPE_OPCLASS", opclass),
        ("COLLATION", collation),
        ("CANONICAL", canonical),
        ("SUBTYPE_DIFF", difference),
        ("MULTIRANGE_TYPE_NAME", multirange),
    )
    return "RANGE ({})".format(", ".join("{} = {}".format(*option) for option in options if option[1]))


def read_collations(found: Found) -> None:
    version = found.version
    rows = found.execute(
        """
        SELECT c.oid, {name}, c.collprovider::text, c.{locale}::text, c.collcollate::text, c.collctype::text, {steady},
            {rules}
        FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
        WHERE {own} AND {free} ORDER BY 2
        """.format(
            name=NAME.format("n", "c.collname"),
            locale="colllocale" if version >= 170000 else "colliculocale" if version >= 150000 else "collcollate",
            steady="c.collisdeterministic" if version >= 120000 else "true",
            rules="c.collicurules" if version >= 160000 else "NULL",
            own=OWN.format("n"),
            free=NOT_OF_EXTENSION.format("pg_collation", "c.oid"),
        )
    )
    for oid, name, provider, locale, collate, ctype, deterministic, rules in rows:
        options = ["provider = " + _PROVIDERS[provider]]
        if provider == "c" and collate != ctype:
            options += ["lc_collate = " + literal(collate), "lc_ctype = " + literal(ctype)]
        else:
            options.append("locale = " + literal(locale or collate or ""))
        options += [] if deterministic else ["deterministic = false"]
        options += ["rules = " + literal(rules)] if rules else []
        sql = "CREATE COLLATION {} ({});".format(quote(name), ", ".join(options))
        found.add("collation", name, ("pg_collation", oid), quote(name), sql)


def operator_name(schema: str, operator: str) -> str:
    """An operator as a statement calls it: only its schema can be quoted."""
    return "{}.{}".format(quote_column(schema), operator)


def read_operators(found: Found) -> None:
    """Operators by name with the types of both sides; one that only waits for its function is none."""
    rows = found.execute(
        """
        SELECT o.oid, n.nspname, o.oprname, {name}, format_type(nullif(o.oprleft, 0), NULL),
            format_type(nullif(o.oprright, 0), NULL), o.oprcode::text, o.oprcanmerge, o.oprcanhash, o.oprrest::text,
            o.oprjoin::text, cn.nspname, co.oprname, nn.nspname, no.oprname
        FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
            LEFT JOIN pg_operator co ON co.oid = o.oprcom LEFT JOIN pg_namespace cn ON cn.oid = co.oprnamespace
            LEFT JOIN pg_operator no ON no.oid = o.oprnegate LEFT JOIN pg_namespace nn ON nn.oid = no.oprnamespace
        WHERE o.oprcode <> 0 AND {own} AND {free} ORDER BY o.oid
        """.format(
            name=NAME.format("n", "o.oprname"),
            own=OWN.format("n"),
            free=NOT_OF_EXTENSION.format("pg_operator", "o.oid"),
        )
    )
    for oid, schema, operator, name, left, right, function, merges, hashes, restrict, join, *others in rows:
        parts = ["FUNCTION = " + function]
        parts += ["{} = {}".format(side, one) for side, one in (("LEFTARG", left), ("RIGHTARG", right)) if one]
        for option, place in (("COMMUTATOR", 0), ("NEGATOR", 2)):
            if others[place]:
                parts.append("{} = OPERATOR({})".format(option, operator_name(*others[place : place + 2])))
        parts += ["RESTRICT = " + restrict] if restrict != "-" else []
        parts += ["JOIN = " + join] if join != "-" else []
        parts += [word for word, true in (("HASHES", hashes), ("MERGES", merges)) if true]
        full = operator_name(schema, operator)
        called = "{} ({}, {})".format(full, left or "NONE", right or "NONE")
        label = "{}({}, {})".format(name, left or "none", right or "none")
        sql = "CREATE OPERATOR {} ({});".format(full, ", ".join(parts))
        found.add("operator", label, ("pg_operator", oid), called, sql)


def read_operator_classes(found: Found) -> None:
    """Operator families and classes, each with the operators and functions that belong to it alone."""
    members = _members(found)
    families = found.execute(
        """
        SELECT f.oid, {name}, quote_ident(am.amname)
        FROM pg_opfamily f JOIN pg_namespace n ON n.oid = f.opfnamespace JOIN pg_am am ON am.oid = f.opfmethod
        WHERE {own} AND {free} ORDER BY f.oid
        """.format(
            name=NAME.format("n", "f.opfname"),
            own=OWN.format("n"),
            free=NOT_OF_EXTENSION.format("pg_opfamily", "f.oid"),
        )
    )
    for oid, name, method in families:
        called, key = "{} USING {}".format(quote(name), method), ("pg_opfamily", oid)
        sql = "CREATE OPERATOR FAMILY {};".format(called)
        if members.get(key):
            sql += "\nALTER OPERATOR FAMILY {} ADD {};".format(called, ", ".join(members[key]))
        found.add("operator family", "{} using {}".format(name, method), key, called, sql)
    classes = found.execute(
        """
        SELECT o.oid, {name}, quote_ident(am.amname), o.opcdefault, format_type(o.opcintype, NULL),
            format_type(nullif(o.opckeytype, 0), NULL), {family}
        FROM pg_opclass o JOIN pg_namespace n ON n.oid = o.opcnamespace JOIN pg_am am ON am.oid = o.opcmethod
            JOIN pg_opfamily f ON f.oid = o.opcfamily JOIN pg_namespace fn ON fn.oid = f.opfnamespace
        WHERE {own} AND {free} ORDER BY o.oid
        """.format(
            name=NAME.format("n", "o.opcname"),
            family="quote_ident(fn.nspname) || '.' || quote_ident(f.opfname)",
            own=OWN.format("n"),
            free=NOT_OF_EXTENSION.format("pg_opclass", "o.oid"),
        )
    )
    for oid, name, method, default, kind, storage, family in classes:
        called, key = "{} USING {}".format(quote(name), method), ("pg_opclass", oid)
        sql = "CREATE OPERATOR CLASS {}{} FOR TYPE {} USING {} FAMILY {} AS {};".format(
            quote(name),
            " DEFAULT" if default else "",
            kind,
            method,
            family,
            ", ".join([*(["STORAGE " + storage] if storage else []), *members.get(key, ())]) or "STORAGE " + kind,
        )
        found.add("operator class", "{} using {}".format(name, method), key, called, sql)


def _members(found: Found) -> Dict[Tuple[str, int], List[str]]:
    """The operators and functions of operator families and classes, by that which they go with."""
    rows = found.execute(
        """
        SELECT d.refclassid::regclass::text, d.refobjid, 'OPERATOR ' || m.amopstrategy || ' ' || m.amopopr::regoperator
            || CASE m.amoppurpose WHEN 'o' THEN ' FOR ORDER BY ' || (SELECT quote_ident(n.nspname) || '.'
                || quote_ident(f.opfname) FROM pg_opfamily f JOIN pg_namespace n ON n.oid = f.opfnamespace
                WHERE f.oid = m.amopsortfamily) ELSE '' END, 1, m.amopstrategy::int
        FROM pg_amop m JOIN pg_depend d ON d.classid = 'pg_amop'::regclass AND d.objid = m.oid
            AND d.refclassid IN ('pg_opclass'::regclass, 'pg_opfamily'::regclass) WHERE m.oid >= 16384
        UNION ALL
        SELECT d.refclassid::regclass::text, d.refobjid, 'FUNCTION ' || m.amprocnum || ' ('
            || format_type(m.amproclefttype, NULL) || ', ' || format_type(m.amprocrighttype, NULL) || ') '
            || m.amproc::regprocedure, 2, m.amprocnum::int
        FROM pg_amproc m JOIN pg_depend d ON d.classid = 'pg_amproc'::regclass AND d.objid = m.oid
            AND d.refclassid IN ('pg_opclass'::regclass, 'pg_opfamily'::regclass) WHERE m.oid >= 16384
        ORDER BY 4, 5, 3
        """
    )
    members: Dict[Tuple[str, int], List[str]] = {}
    for catalogue, oid, text, _, _ in rows:
        members.setdefault((catalogue, oid), []).append(text)
    return members


def read_casts(found: Found) -> None:
    """Casts by the two types between which they lead."""
    rows = found.execute(
        """
        SELECT c.oid, format_type(c.castsource, NULL), format_type(c.casttarget, NULL),
            CASE WHEN c.castfunc <> 0 THEN c.castfunc::regprocedure::text END, c.castmethod::text, c.castcontext::text
        FROM pg_cast c WHERE c.oid >= 16384 AND {free} ORDER BY c.oid
        """.format(free=OF_ITSELF.format("pg_cast", "c.oid"))
    )
    for oid, source, target, function, method, context in rows:
        called = "({} AS {})".format(source, target)
        how = {"f": "WITH FUNCTION {}".format(function), "i": "WITH INOUT", "b": "WITHOUT FUNCTION"}[method]
        sql = "CREATE CAST {} {}{};".format(called, how, {"a": " AS ASSIGNMENT", "i": " AS IMPLICIT"}.get(context, ""))
        found.add("cast", "{} as {}".format(source, target), ("pg_cast", oid), called, sql)

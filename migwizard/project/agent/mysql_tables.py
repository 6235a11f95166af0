"""Reads the tables of MySQL and MariaDB out of SHOW CREATE TABLE, which tells more than information_schema, and faster.

The server writes it with every column, index and constraint on a line of its own, all names in backquotes, and line
breaks inside of texts escaped: mysqldump rests on it.
"""

from __future__ import annotations

import re
from typing import Any, Dict, List, Tuple

from .mysql_names import NAME, Execute, names_in, quote, unquote

_COLUMN = re.compile(r"{} (.*)\Z".format(NAME), re.DOTALL)
_PRIMARY = re.compile(r"PRIMARY KEY (.*)\Z", re.DOTALL)
_INDEX = re.compile(r"((?:[A-Z]+ )?)KEY {} (\(.*)\Z".format(NAME), re.DOTALL)
_CONSTRAINT = re.compile(r"CONSTRAINT {} (.*)\Z".format(NAME), re.DOTALL)
_FOREIGN = re.compile(r"FOREIGN KEY (\([^()]*\)) REFERENCES (?:{0}\.)?{0} (\([^()]*\))(.*)\Z".format(NAME), re.DOTALL)
_TEXT = r"'(?:[^'\\]|\\.|'')*'"
_COMMENT = re.compile(r"(?:^| )COMMENT[= ]({})".format(_TEXT))
_SAID_TWICE = re.compile(r"(\w+(?:\((?:{}|[^'()])*\))?)((?: CHARACTER SET \w+)?(?: COLLATE \w+)?)".format(_TEXT))
"""The alphabet of a column, which MySQL repeats where somebody wrote it down, and MariaDB where the table has another."""
_COUNTED = re.compile(r" AUTO_INCREMENT=(\d+)")
_KNOWN = re.compile(
    r"\bENGINE=(?P<engine>\w+)|\bDEFAULT CHARSET=(?P<charset>\w+)|\bCOLLATE=(?P<collation>\w+)|\bAUTO_INCREMENT=\d+"
    r"|\bCOMMENT=(?P<comment>{})".format(_TEXT)
)
_WHOLE_COLUMNS = re.compile(r"\((?:{0})(?:,{0})*\)".format(NAME))


def read_tables(execute: Execute, names: List[str], database: str, *, mariadb: bool) -> Dict[str, Any]:
    """All tables of `names` with columns, constraints, foreign keys and indexes, by name."""
    columns = _read_columns(execute, database)
    checks = _read_checks(execute) if mariadb else {}
    tables = {}
    for name in names:
        text = own(plain(execute("SHOW CREATE TABLE {}".format(quote(name)))[0][1]), database)
        tables[name] = _Reader(name, text, columns.get(name, []), checks.get(name, [])).table
    return tables


def own(text: str, database: str) -> str:
    """A definition without the name of its own database, which the server writes before functions and sequences."""
    quoted = re.escape(quote(database))
    text = re.sub(r"{}\.({} ?\()".format(quoted, NAME.replace("(", "(?:", 1)), r"\1", text)
    return re.sub(r"\b((?:next|last|set)val\(){}\.".format(quoted), r"\1", text)


def _read_columns(execute: Execute, database: str) -> Dict[str, List[Dict[str, Any]]]:
    """What the server says of each column, by table."""
    found: Dict[str, List[Dict[str, Any]]] = {}
    for table, name, kind, nullable, default, collation, extra, expression, comment in execute(
        "SELECT table_name, column_name, column_type, is_nullable, column_default, collation_name, extra, "
        "generation_expression, column_comment FROM information_schema.columns WHERE table_schema = DATABASE() "
        "ORDER BY table_name, ordinal_position"
    ):
        words = extra.upper()
        generated = next((how for how in ("STORED", "PERSISTENT", "VIRTUAL") if how + " GENERATED" in words), "")
        more = re.sub(r"(?i)\b(?:(?:stored|persistent|virtual|default)[ _]generated)\b", "", extra)
        found.setdefault(table, []).append(
            {
                "name": name,
                "type": kind,
                "notnull": nullable == "NO",
                "default": None if default is None else own(plain(default), database),
                "collation": collation,
                "generated": generated.lower().replace("persistent", "stored"),
                "expression": own(plain(expression), database) if generated else None,
                "extra": " ".join(more.split()),
                "comment": comment or None,
                "pk": 0,
                "hidden": 0,
            }
        )
    return found


def plain(text: Any) -> str:
    """Long texts of information_schema, which some drivers hand out as bytes."""
    return bytes(text).decode() if isinstance(text, (bytes, bytearray)) else str(text)


def _read_checks(execute: Execute) -> Dict[str, List[str]]:
    """The conditions of all checks by table; one that stands with its column keeps the name that the column had first."""
    found: Dict[str, List[str]] = {}
    for table, clause in execute(
        "SELECT table_name, check_clause FROM information_schema.check_constraints WHERE constraint_schema = DATABASE()"
    ):
        found.setdefault(table, []).append(plain(clause))
    return found


class _Reader:
    """One CREATE TABLE taken apart, line by line."""

    def __init__(self, name: str, text: str, columns: List[Dict[str, Any]], checks: List[str]) -> None:
        self._name, self._alter = name, "ALTER TABLE {} ".format(quote(name))
        self._columns = {column["name"]: column for column in columns}
        self._checks = set(checks)
        self._inside: List[str] = []
        self._indexes: List[Dict[str, Any]] = []
        self._constraints: List[Dict[str, Any]] = []
        self._foreign_keys: List[Dict[str, Any]] = []
        self._counted = next((c["name"] for c in columns if "auto_increment" in c["extra"].lower()), None)
        head, lines, tail = _split(text)
        for line in lines:
            self._read(line)
        self._mark_implied()
        options, counter = _options(tail), _COUNTED.search(tail)
        self.table: Dict[str, Any] = {
            "type": "table",
            "sql": "{}\n{}\n{}".format(head, ",\n".join("  " + line for line in self._inside), _COUNTED.sub("", tail)),
            "drop": "DROP TABLE IF EXISTS {}".format(quote(name)),
            **options,
            "columns": columns,
            "constraints": self._constraints,
            "foreign_keys": self._foreign_keys,
            "indexes": self._indexes,
            "counter": int(counter.group(1)) - 1 if counter and self._counted else 0,
        }

    def _read(self, line: str) -> None:
        column, primary = _COLUMN.match(line), _PRIMARY.match(line)
        index, constraint = _INDEX.match(line), _CONSTRAINT.match(line)
        if column:
            self._inside.append(line)
            self._read_column(unquote(column.group(1)), column.group(2))
        elif primary:
            self._inside.append(line)
            self._read_primary(primary.group(1))
        elif index:
            self._read_index(line, index.group(1).strip(), unquote(index.group(2)), index.group(3))
        elif constraint:
            self._read_constraint(line, unquote(constraint.group(1)), constraint.group(2))
        else:
            self._inside.append(line)

    def _read_column(self, name: str, text: str) -> None:
        for check in ["CHECK ({})".format(clause) for clause in self._checks]:
            if text.endswith(" " + check):
                text = text[: -len(check) - 1]
                self._constraints.append(_constraint(None, "c", check, [name]))
        if name in self._columns:
            self._columns[name]["written"] = _SAID_TWICE.sub(r"\1", text, count=1)

    def _read_primary(self, text: str) -> None:
        columns = names_in(_in_brackets(text))
        for place, column in enumerate(columns, 1):
            if column in self._columns:
                self._columns[column]["pk"] = place
        self._constraints.append(_constraint("PRIMARY", "p", "PRIMARY KEY {}".format(text), columns))

    def _read_index(self, line: str, kind: str, name: str, text: str) -> None:
        columns = _in_brackets(text)
        names = names_in(columns)
        # A column that counts must have an index of its own as soon as it is there.
        inside = bool(self._counted) and names[:1] == [self._counted] and self._columns[names[0]]["pk"] != 1
        if inside:
            self._inside.append(line)
        self._indexes.append(
            {
                "name": name,
                "unique": kind == "UNIQUE",
                "definition": " ".join(filter(None, [kind, "KEY", text])),
                "columns": names,
                "whole": _WHOLE_COLUMNS.fullmatch(columns) is not None,
                "on": columns,
                "implied": False,
                "sql": None if inside else "{}ADD {}".format(self._alter, line),
                "drop": "{}DROP INDEX {}".format(self._alter, quote(name)),
            }
        )

    def _read_constraint(self, line: str, name: str, text: str) -> None:
        foreign = _FOREIGN.match(text)
        if foreign is None:
            found = _constraint(name, "c", text, [])
            found["drop"] = "{}DROP CONSTRAINT {}".format(self._alter, quote(name))
        else:
            own_columns, schema, target, their_columns, _ = foreign.groups()
            columns = names_in(own_columns)
            found = _constraint(name, "f", text, columns)
            found["drop"] = "{}DROP FOREIGN KEY {}".format(self._alter, quote(name))
            target = ".".join(unquote(part) for part in (schema, target) if part)
            for place, (column, other) in enumerate(zip(columns, names_in(their_columns))):
                self._foreign_keys.append(
                    {"id": len(self._constraints), "seq": place, "table": target, "from": column, "to": other}
                )
        found["sql"] = "{}ADD {}".format(self._alter, line)
        self._constraints.append(found)

    def _mark_implied(self) -> None:
        """Mark the indexes on exactly the columns of a foreign key: InnoDB makes and drops them with it by itself."""
        keys = {tuple(each["columns"]): each["name"] for each in self._constraints if each["type"] == "f"}
        for index in self._indexes:
            columns = tuple(index["columns"])
            plain = index["definition"] == "KEY {}".format(index["on"]) and index["whole"]
            index["implied"] = plain and columns in keys
            if index["implied"] and index["name"] in (keys[columns], columns[0]):
                # It comes with the constraint, and could not be made beside it.
                index["sql"] = None


def _constraint(name: Any, kind: str, definition: str, columns: List[str]) -> Dict[str, Any]:
    """One that needs no statement of its own, since the table brings it."""
    return {"name": name, "type": kind, "definition": definition, "columns": columns, "sql": None, "drop": ""}


def _split(text: str) -> Tuple[str, List[str], str]:
    """The first line, the lines between the brackets without comma, and all from the closing bracket on."""
    head, _, rest = text.partition("\n")
    inside, _, tail = rest.partition("\n)")
    return head, [line[2:] for line in inside.split(",\n")], ")" + tail


def _in_brackets(text: str) -> str:
    """The text from its opening bracket to the one that closes it; brackets in names and texts do not count."""
    depth = 0
    for token in re.finditer(r"{}|{}|[()]".format(NAME, _TEXT), text):
        depth += {"(": 1, ")": -1}.get(token.group(0), 0)
        if not depth:
            return text[: token.end()]
    return text


def _options(tail: str) -> Dict[str, Any]:
    """Engine, character set, collation and comment of a table, and all other options as they are written."""
    found: Dict[str, Any] = dict.fromkeys(("engine", "charset", "collation", "comment"))
    for match in _KNOWN.finditer(tail):
        found.update({key: value for key, value in match.groupdict().items() if value is not None})
    found["options"] = " ".join(_KNOWN.sub("", tail[1:]).split())
    return found

"""Write rows as a readable migration: literal values, inserted and removed through historical models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from migwizard.seeds import rowcode
from migwizard.seeds.extract import Extract
from migwizard.seeds.pieces import Piece, join_pieces

NOOP = "migrations.RunPython.noop"


@dataclass(frozen=True, slots=True)
class ContentTypeRef:
    """A row of contenttypes.ContentType by its natural key; its primary key differs between databases."""

    app_label: str
    model: str


@dataclass(frozen=True, slots=True)
class Permission:
    """A row of auth.Permission by its natural key; ``custom`` when no model declares it, only a migration."""

    app_label: str
    model: str
    codename: str
    name: str
    custom: bool = False


Value = str | Permission | ContentTypeRef
"""The Python source of a value, or the row that a foreign key points to."""


@dataclass(frozen=True, slots=True)
class SeedRow:
    """Values by attname ("country_id", not "country"); those of generated columns are left out."""

    values: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class SeedTable:
    """Rows of one historical model, in the order in which they can be inserted.

    ``pk`` is the attname of the primary key, which each row must hold. ``kind`` "update" changes rows that exist
    already. ``imports`` are the import lines that the values need.
    """

    app: str
    model: str
    pk: str
    rows: tuple[SeedRow, ...]
    imports: frozenset[str] = frozenset()
    kind: Literal["insert", "update"] = "insert"
    file: str = ""
    """A data file beside the migration that holds the rows instead, one a line, with the columns of the first row."""
    lines: tuple[str, ...] = ()
    """What is in that file."""
    stays: bool = False
    """Going back leaves the rows, since rows that stay point to them."""


@dataclass(frozen=True, slots=True)
class Materialised:
    """The code; ``forwards`` and ``backwards`` are the two arguments of RunPython as source."""

    imports: tuple[str, ...]
    body: str
    forwards: str
    backwards: str
    defines: tuple[str, ...]

    @property
    def extract(self) -> Extract:
        """The same as a part to be merged with moved functions."""
        return Extract(self.imports, self.body, self.defines)


def materialise(
    tables: Sequence[SeedTable], *, natural: Sequence[Permission | ContentTypeRef] = (), any_order: bool = False
) -> Materialised:
    """Code that inserts the rows of ``tables`` in their order and, backwards, deletes exactly these, but those that stay.

    ``natural`` are content types and permissions to be made when they are missing; backwards deletes the permissions
    among them that are ``custom``; ``any_order`` is for engines that look at foreign keys at once, where rows point to later
    ones. Raises ValueError when there is nothing to write or a row lacks its primary key.
    """
    if not (natural or any(table.rows for table in tables)):
        raise ValueError("there are no rows to write")
    blocks = _blocks(tables)
    inserted = [block for block in blocks if block.table.kind == "insert"]
    removed = [block for block in inserted if not block.table.stays]
    custom = [each for each in natural if isinstance(each, Permission) and each.custom]
    helpers = _helper_names(blocks, natural, custom)
    functions = {rowcode.FORWARDS: _forwards(blocks, natural, any_order=any_order)}
    if removed or custom:
        functions[rowcode.BACKWARDS] = _backwards(removed, custom, any_order=any_order)
    definitions = [
        Piece(text, True, True) for text in [*map(rowcode.HELPERS.__getitem__, helpers), *functions.values()]
    ]
    imports = {line for table in tables for line in table.imports}
    imports |= {"from django.core.management.color import no_style"} if inserted else set()
    imports |= {"import json", "import pkgutil"} if "read_rows" in helpers else set()
    return Materialised(
        tuple(sorted(imports)),
        join_pieces([*(piece for block in blocks for piece in block.pieces), *definitions]),
        rowcode.FORWARDS,
        rowcode.BACKWARDS if rowcode.BACKWARDS in functions else NOOP,
        (*(name for block in blocks for name in block.names), *helpers, *functions),
    )


@dataclass(frozen=True, slots=True)
class _Block:
    """Rows of one table that have the same columns."""

    table: SeedTable
    columns: tuple[str, ...]
    rows: tuple[SeedRow, ...]
    name: str
    """The constant's name, unique in the file: SHOP_COUNTRY."""

    @property
    def names(self) -> tuple[str, str]:
        return (f"{self.name}_COLUMNS", self.rows_name)

    @property
    def looks_up(self) -> bool:
        return bool(self.table.file) or any(not isinstance(value, str) for row in self.rows for _, value in row.values)

    @property
    def rows_name(self) -> str:
        return f"{self.name.lower()}_rows" if self.looks_up else f"{self.name}_ROWS"

    @property
    def write(self) -> str:
        """The call that writes the rows."""
        arguments = [*self._model, self.names[0], self._all_rows]
        arguments += [f"pk={rowcode.quoted(self.table.pk)}"] if self.table.kind == "update" else []
        return rowcode.call(f"{self.table.kind}_rows", "apps", "db", *arguments)

    @property
    def remove(self) -> str:
        """The call that removes the rows; it looks nothing up unless a primary key must be looked up."""
        position = self.columns.index(self.table.pk)
        keys = [row.values[position][1] for row in self.rows]
        listed = f"[row[{position}] for row in {self._all_rows}]"
        if self.looks_up and not self.table.file and all(isinstance(key, str) for key in keys):
            listed = f"[{', '.join(map(str, keys))}]"
        return rowcode.call("remove_rows", "apps", "db", *self._model, listed)

    @property
    def pieces(self) -> tuple[Piece, Piece]:
        """The columns, and the rows, one a line; in a function where values must be looked up first."""
        columns = f"{self.names[0]} = {_tuple([rowcode.quoted(column) for column in self.columns])}\n"
        indent = " " * 8 if self.looks_up else " " * 4
        lines = "".join(f"{indent}{_tuple([_value(v) for _, v in row.values])},\n" for row in self.rows)
        rows = f"{self.rows_name} = [\n{lines}]\n"
        if self.table.file:
            arguments = ["apps", *self._model, self.names[0], rowcode.quoted(self.table.file)]
            rows = f"def {self.rows_name}(apps, db):\n    return {rowcode.call('read_rows', *arguments)}\n"
        elif self.looks_up:
            rows = f"def {self.rows_name}(apps, db):\n    return [\n{lines}    ]\n"
        return Piece(columns, False, True), Piece(rows, self.looks_up, False)

    @property
    def _model(self) -> tuple[str, str]:
        return rowcode.quoted(self.table.app), rowcode.quoted(self.table.model)

    @property
    def _all_rows(self) -> str:
        return f"{self.rows_name}(apps, db)" if self.looks_up else self.rows_name


def _blocks(tables: Sequence[SeedTable]) -> list[_Block]:
    blocks: list[_Block] = []
    for table in tables:
        for columns, rows in groupby(table.rows, key=lambda row: tuple(column for column, _ in row.values)):
            if table.pk not in columns:
                raise ValueError(f"a row of {table.app}.{table.model} has no value for its primary key {table.pk}")
            taken = {block.name for block in blocks}
            blocks.append(_Block(table, columns, tuple(rows), _unique(f"{table.app}_{table.model}".upper(), taken)))
    return blocks


def _unique(name: str, taken: set[str]) -> str:
    number, unique = 1, name
    while unique in taken:
        number += 1
        unique = f"{name}_{number}"
    return unique


def _tuple(sources: Sequence[str]) -> str:
    return f"({', '.join(sources)}{',' if len(sources) == 1 else ''})"


def _value(value: Value) -> str:
    return value if isinstance(value, str) else f"{_get(value)}.pk"


def _get(value: Permission | ContentTypeRef) -> str:
    """The call that finds or makes the row."""
    words = [value.app_label, value.model]
    words += [value.codename, value.name] if isinstance(value, Permission) else []
    helper = "get_permission" if isinstance(value, Permission) else "get_content_type"
    return f"{helper}(apps, db, {', '.join(map(rowcode.quoted, words))})"


def _helper_names(
    blocks: Sequence[_Block], natural: Sequence[Permission | ContentTypeRef], custom: Sequence[Permission]
) -> list[str]:
    """The helpers that the code calls, in the order in which they read best."""
    in_files = any(block.table.file for block in blocks)
    looked_up = [*natural, *(value for block in blocks for row in block.rows for _, value in row.values)]
    kinds = {block.table.kind for block in blocks}
    wanted = {
        "get_content_type": any(isinstance(each, Permission | ContentTypeRef) for each in looked_up),
        "get_permission": any(isinstance(each, Permission) for each in looked_up),
        "read_rows": in_files,
        "insert_rows": "insert" in kinds,
        "update_rows": "update" in kinds,
        "reset_sequences": "insert" in kinds,
        "remove_rows": any(block.table.kind == "insert" and not block.table.stays for block in blocks),
        "remove_permission": bool(custom),
    }
    return [name for name, is_wanted in wanted.items() if is_wanted]


def _forwards(blocks: Sequence[_Block], natural: Sequence[Permission | ContentTypeRef], *, any_order: bool) -> str:
    lines = [_get(each) for each in natural]
    lines += [block.write for block in blocks]
    inserted = dict.fromkeys((b.table.app, b.table.model) for b in blocks if b.table.kind == "insert")
    if inserted:
        models = "".join(f'        apps.get_model("{app}", "{model}"),\n' for app, model in inserted)
        lines.append(f"reset_sequences(schema_editor.connection, [\n{models}    ])")
    what = "Write the rows that the replaced migrations left behind."
    return rowcode.function(rowcode.FORWARDS, what, lines, any_order=any_order)


def _backwards(removed: Sequence[_Block], custom: Sequence[Permission], *, any_order: bool) -> str:
    lines = [block.remove for block in reversed(removed)]
    for each in reversed(custom):
        words = map(rowcode.quoted, (each.app_label, each.model, each.codename))
        lines.append(f"remove_permission(apps, db, {', '.join(words)})")
    return rowcode.function(rowcode.BACKWARDS, "Remove exactly these rows.", lines, any_order=any_order)

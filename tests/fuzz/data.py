"""Data migrations as people write them: rows made, changed, copied, linked and removed, in many styles."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import NamedTuple

from tests.fuzz.schema import require
from tests.fuzz.state import Maker, State, apps_of, arguments, columns, required, seedable
from tests.fuzz.text import migrations_folder

INDENT = "    "


@dataclass(slots=True)
class Text:
    """What a migration written by hand consists of, dependencies apart."""

    operations: list[str]
    head: list[str] = field(default_factory=list)
    """Lines of the module before the class."""
    inside: list[str] = field(default_factory=list)
    """Lines of the class before its operations."""
    imports: list[str] = field(default_factory=list)
    apps: set[str] = field(default_factory=set)
    """The apps whose migrations it waits for."""
    beside: dict[str, str] = field(default_factory=dict)
    """Other files of the migrations folder, with {name} for the migration's own name."""
    helper: str = ""
    """A function for the helper module of the app."""


class Core(NamedTuple):
    """Rows to make: lines before the loop, a literal for each row, and arguments that all of them share."""

    prelude: list[str]
    model: str
    rows: list[str]
    shared: str
    apps: set[str]
    key: str


def core(state: State, label: str, rng: Random) -> Core:
    """Some new rows of a model, with the rows they need."""
    maker = Maker(state, rng)
    model = maker.model(label)
    relations = required(state, label)
    single = any(one.kind == "o2o" or one.has("unique") for one in relations)
    shared = {one.name: maker.target(one) for one in relations}
    key = state.world.key_of(label)
    number = rng.randrange(1, 4) if key and not single else 1
    rows = []
    for _ in range(number):
        values = maker.row(label, relations=False)
        rows.append("{" + ", ".join(f'"{name}": {value}' for name, value in values.items()) + "}")
    return Core(maker.lines, model, rows, arguments(shared), maker.apps, key)


def function(name: str, lines: list[str]) -> list[str]:
    """A function of a migration."""
    return ["", "", f"def {name}(apps, schema_editor):", *(INDENT + line for line in lines)]


def _constant(made: Core) -> list[str]:
    return ["", "ROWS = [", *(f"{INDENT}{row}," for row in made.rows), "]"]


def _loop(made: Core) -> list[str]:
    both = ", ".join(part for part in (made.shared, "**row") if part)
    return [*made.prelude, f"model = {made.model}", "for row in ROWS:", f"{INDENT}model.objects.create({both})"]


def run(state: State, rng: Random, code: str, reverse: str = "") -> str:
    """RunPython with this code, and more or less of what else it can be given."""
    reverse = reverse or rng.choice(("", "migrations.RunPython.noop"))
    more = [f", {reverse}" if reverse else ""]
    if rng.random() < 0.1:
        more.append(", elidable=True")
    if rng.random() < 0.1:
        more.append(', hints={"target": "default"}')
    return f"migrations.RunPython({code}{''.join(more)})"


def plain(state: State, label: str, rng: Random) -> Text:
    """Constants and a loop."""
    made = core(state, label, rng)
    head = [*_constant(made), *function("fill", _loop(made))]
    return Text([run(state, rng, "fill")], head, apps=made.apps)


def reversible(state: State, label: str, rng: Random) -> Text:
    """With code that takes the rows away again."""
    made = core(state, label, rng)
    require(made.key, "rows cannot be told apart")
    back = [
        f"model = {made.model}",
        f'model.objects.filter({made.key}__in=[row["{made.key}"] for row in ROWS]).delete()',
    ]
    head = [*_constant(made), *function("fill", _loop(made)), *function("clear", back)]
    return Text([run(state, rng, "fill", "clear")], head, apps=made.apps)


def helped(state: State, label: str, rng: Random) -> Text:
    """With a helper and a constant in the module, one built on the other."""
    made = core(state, label, rng)
    helper = ["", "", "def _each(rows):", f"{INDENT}def copy(row):", f"{INDENT * 2}return dict(row, **MORE)"]
    helper += ["", f"{INDENT}return [copy(row) for row in rows]"]
    loop = [line.replace("in ROWS", "in _each(ROWS)") for line in _loop(made)]
    head = [*_constant(made), "MORE = dict()", *helper, *function("fill", loop)]
    return Text([run(state, rng, "fill")], head, apps=made.apps)


def outside(state: State, label: str, rng: Random) -> Text:
    """With a helper in a module of the project."""
    made = core(state, label, rng)
    name = f"make_{state.next()}"
    app = state.world.app(label.partition(".")[0])
    helper = (
        f"def {name}(model, rows, **shared):\n    for row in rows:\n        model.objects.create(**shared, **row)\n"
    )
    both = ", ".join(part for part in (f"{made.model}, ROWS", made.shared) if part)
    relative = not app.migrations and rng.random() < 0.5
    source = "..seeding" if relative else f"{app.package}.seeding"
    head = [*_constant(made), *function("fill", [*made.prelude, f"{name}({both})"])]
    return Text(
        [run(state, rng, "fill")], head, imports=[f"from {source} import {name}"], apps=made.apps, helper=helper
    )


def starred(state: State, label: str, rng: Random) -> Text:
    """With everything that a module of the project has."""
    found = outside(state, label, rng)
    module = found.imports[0].partition(" import ")[0]
    return replace(found, imports=[f"{module} import *"])


def lambda_(state: State, label: str, rng: Random) -> Text:
    """A lambda, which has no name."""
    made = core(state, label, rng)
    require(not made.prelude, "more than an expression")
    create = f"[{made.model}.objects.create(**row) for row in ROWS]"
    return Text([f"migrations.RunPython(lambda apps, editor: {create})"], _constant(made), apps=made.apps)


def partial(state: State, label: str, rng: Random) -> Text:
    """functools.partial."""
    made = core(state, label, rng)
    lines = [line.replace("in ROWS", "in rows") for line in _loop(made)]
    head = ["", "", "def fill(apps, schema_editor, rows):", *(INDENT + line for line in lines)]
    call = f"partial(fill, rows=[{', '.join(made.rows)}])"
    return Text([run(state, rng, call)], head, imports=["from functools import partial"], apps=made.apps)


def closure(state: State, label: str, rng: Random) -> Text:
    """A function that a function made."""
    made = core(state, label, rng)
    lines = ["def run(apps, schema_editor):", *(INDENT + line.replace("in ROWS", "in rows") for line in _loop(made))]
    head = [*_constant(made), "", "", "def filling(rows):", *(INDENT + line for line in [*lines, "", "return run"])]
    return Text([run(state, rng, "filling(ROWS)")], head, apps=made.apps)


def method(state: State, label: str, rng: Random) -> Text:
    """A function in the class of the migration."""
    made = core(state, label, rng)
    inside = ["def fill(apps, schema_editor):", *(INDENT + line for line in _loop(made)), ""]
    return Text([run(state, rng, "fill")], _constant(made), inside, apps=made.apps)


def from_file(state: State, label: str, rng: Random) -> Text:
    """Rows from a JSON file beside the migration."""
    made = core(state, label, rng)
    require(not any(re.search(r'\bb"', row) for row in made.rows), "more than JSON can say")
    rows = [eval(row, {"__builtins__": {}}, {"True": True, "False": False, "None": None}) for row in made.rows]
    read = 'json.loads(Path(__file__).with_name("{name}.json").read_text())'
    lines = [line.replace("in ROWS", f"in {read}") for line in _loop(made)]
    beside = {"{name}.json": json.dumps(rows, indent=1) + "\n"}
    imports = ["import json", "from pathlib import Path"]
    return Text([run(state, rng, "fill")], function("fill", lines), imports=imports, apps=made.apps, beside=beside)


def opened(state: State, label: str, rng: Random) -> Text:
    """Rows from a file that is found from the project's own folder."""
    found = from_file(state, label, rng)
    folder = migrations_folder(state.world.app(label.partition(".")[0]))
    head = [line.replace("Path(__file__).with_name(", f'Path("{folder}").joinpath(') for line in found.head]
    return replace(found, head=head)


def counted(state: State, label: str, rng: Random) -> Text:
    """Only where the table is empty, without a transaction around it."""
    made = core(state, label, rng)
    require(len(state.rows[label]) == len(made.rows), "there are rows already")
    lines = [f"if {made.model}.objects.exists():", f"{INDENT}return", *_loop(made)]
    head = [*_constant(made), *function("fill", lines)]
    return Text([run(state, rng, "fill")], head, ["atomic = False", ""], apps=made.apps)


def vendored(state: State, label: str, rng: Random) -> Text:
    """Asks which database it is."""
    made = core(state, label, rng)
    lines = [f'if schema_editor.connection.vendor != "{state.world.engine}":', f"{INDENT}return", *_loop(made)]
    return Text([run(state, rng, "fill")], [*_constant(made), *function("fill", lines)], apps=made.apps)


def get_or_create(state: State, label: str, rng: Random) -> Text:
    """get_or_create or update_or_create, by the key."""
    made = core(state, label, rng)
    require(made.key, "rows cannot be told apart")
    call = rng.choice(("get_or_create", "update_or_create"))
    both = ", ".join(part for part in (made.shared, f'{made.key}=row["{made.key}"], defaults=row') if part)
    lines = [*made.prelude, f"model = {made.model}", "for row in ROWS:", f"{INDENT}model.objects.{call}({both})"]
    return Text([run(state, rng, "fill")], [*_constant(made), *function("fill", lines)], apps=made.apps)


def bulk(state: State, label: str, rng: Random) -> Text:
    """bulk_create, on the database of the migration."""
    model = seedable(state, label)
    require(not model.bases and not model.order_with, "rows would not be whole")
    made = core(state, label, rng)
    both = ", ".join(part for part in (made.shared, "**row") if part)
    alias = "schema_editor.connection.alias"
    lines = [*made.prelude, f"model = {made.model}"]
    lines.append(f"model.objects.using({alias}).bulk_create([model({both}) for row in ROWS])")
    return Text([run(state, rng, "fill")], [*_constant(made), *function("fill", lines)], apps=made.apps)


def sql_insert(state: State, label: str, rng: Random) -> Text:
    """Rows by INSERT, as one text, as a list, or with parameters."""
    values = dict(columns(state, label, rng))
    table = state.world.models[label].table
    mark = "`" if state.world.engine == "mysql" else '"'
    names = ", ".join(f"{mark}{name}{mark}" for name in values)
    text = f"INSERT INTO {table} ({names}) VALUES ({', '.join(values.values())})"
    more = rng.choice(("", ", reverse_sql=migrations.RunSQL.noop", ", migrations.RunSQL.noop, elidable=True"))
    if rng.random() < 0.3 and not any(re.search(r"SELECT|ARRAY|\(", value) for value in values.values()):
        plain_values = [value.strip("'") for value in values.values()]
        marks = ", ".join(["%s"] * len(values))
        statement = f'[("INSERT INTO {table} ({names.replace(mark, "")}) VALUES ({marks})", {plain_values!r})]'
    else:
        statement = repr([text]) if rng.random() < 0.3 else repr(text)
    return Text([f"migrations.RunSQL({statement}{more})"], apps=apps_of(state, label))


MAKES: dict[str, Callable[[State, str, Random], Text]] = {
    function.__name__: function
    for function in (
        plain,
        reversible,
        helped,
        outside,
        starred,
        opened,
        counted,
        vendored,
        lambda_,
        partial,
        closure,
        method,
        from_file,
        get_or_create,
        bulk,
        sql_insert,
    )
}
"""Kinds that make rows of a model."""

"""Data migrations as people write them: rows made, changed, copied, linked and removed, in many styles."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from tests.fuzz.models import Field
from tests.fuzz.schema import require
from tests.fuzz.state import Maker, State, apps_of, arguments, columns, required, scalar, seedable

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


def _function(name: str, lines: list[str]) -> list[str]:
    return ["", "", f"def {name}(apps, schema_editor):", *(INDENT + line for line in lines)]


def _constant(made: Core) -> list[str]:
    return ["", "ROWS = [", *(f"{INDENT}{row}," for row in made.rows), "]"]


def _loop(made: Core, call: str = "model.objects.create") -> list[str]:
    both = ", ".join(part for part in (made.shared, "**row") if part)
    return [*made.prelude, f"model = {made.model}", "for row in ROWS:", f"{INDENT}{call}({both})"]


def _run(state: State, rng: Random, code: str, reverse: str = "") -> str:
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
    head = [*_constant(made), *_function("fill", _loop(made))]
    return Text([_run(state, rng, "fill")], head, apps=made.apps)


def reversible(state: State, label: str, rng: Random) -> Text:
    """With code that takes the rows away again."""
    made = core(state, label, rng)
    require(made.key, "rows cannot be told apart")
    back = [f"model = {made.model}", f'model.objects.filter({made.key}__in=[row["{made.key}"] for row in ROWS]).delete()']
    head = [*_constant(made), *_function("fill", _loop(made)), *_function("clear", back)]
    return Text([_run(state, rng, "fill", "clear")], head, apps=made.apps)


def helped(state: State, label: str, rng: Random) -> Text:
    """With a helper and a constant in the module, one built on the other."""
    made = core(state, label, rng)
    helper = ["", "", "def _each(rows):", f"{INDENT}def copy(row):", f"{INDENT * 2}return dict(row, **MORE)"]
    helper += ["", f"{INDENT}return [copy(row) for row in rows]"]
    loop = [line.replace("in ROWS", "in _each(ROWS)") for line in _loop(made)]
    head = [*_constant(made), "MORE = dict()", *helper, *_function("fill", loop)]
    return Text([_run(state, rng, "fill")], head, apps=made.apps)


def outside(state: State, label: str, rng: Random) -> Text:
    """With a helper in a module of the project."""
    made = core(state, label, rng)
    name = f"make_{state.next()}"
    app = state.world.app(label.partition(".")[0])
    helper = f"def {name}(model, rows, **shared):\n    for row in rows:\n        model.objects.create(**shared, **row)\n"
    both = ", ".join(part for part in (f"{made.model}, ROWS", made.shared) if part)
    relative = not app.migrations and rng.random() < 0.5
    source = "..seeding" if relative else f"{app.package}.seeding"
    head = [*_constant(made), *_function("fill", [*made.prelude, f"{name}({both})"])]
    return Text([_run(state, rng, "fill")], head, imports=[f"from {source} import {name}"], apps=made.apps, helper=helper)


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
    return Text([_run(state, rng, call)], head, imports=["from functools import partial"], apps=made.apps)


def closure(state: State, label: str, rng: Random) -> Text:
    """A function that a function made."""
    made = core(state, label, rng)
    lines = ["def run(apps, schema_editor):", *(INDENT + line.replace("in ROWS", "in rows") for line in _loop(made))]
    head = [*_constant(made), "", "", "def filling(rows):", *(INDENT + line for line in [*lines, "", "return run"])]
    return Text([_run(state, rng, "filling(ROWS)")], head, apps=made.apps)


def method(state: State, label: str, rng: Random) -> Text:
    """A function in the class of the migration."""
    made = core(state, label, rng)
    inside = ["def fill(apps, schema_editor):", *(INDENT + line for line in _loop(made)), ""]
    return Text([_run(state, rng, "fill")], _constant(made), inside, apps=made.apps)


def from_file(state: State, label: str, rng: Random) -> Text:
    """Rows from a JSON file beside the migration."""
    made = core(state, label, rng)
    rows = [eval(row, {"__builtins__": {}}, {"True": True, "False": False}) for row in made.rows]
    read = 'json.loads(Path(__file__).with_name("{name}.json").read_text())'
    lines = [line.replace("in ROWS", f"in {read}") for line in _loop(made)]
    beside = {"{name}.json": json.dumps(rows, indent=1) + "\n"}
    imports = ["import json", "from pathlib import Path"]
    return Text([_run(state, rng, "fill")], _function("fill", lines), imports=imports, apps=made.apps, beside=beside)


def get_or_create(state: State, label: str, rng: Random) -> Text:
    """get_or_create or update_or_create, by the key."""
    made = core(state, label, rng)
    require(made.key, "rows cannot be told apart")
    call = rng.choice(("get_or_create", "update_or_create"))
    both = ", ".join(part for part in (made.shared, f'{made.key}=row["{made.key}"], defaults=row') if part)
    lines = [*made.prelude, f"model = {made.model}", "for row in ROWS:", f"{INDENT}model.objects.{call}({both})"]
    return Text([_run(state, rng, "fill")], [*_constant(made), *_function("fill", lines)], apps=made.apps)


def bulk(state: State, label: str, rng: Random) -> Text:
    """bulk_create, on the database of the migration."""
    model = seedable(state, label)
    require(not model.bases and not model.order_with, "rows would not be whole")
    made = core(state, label, rng)
    both = ", ".join(part for part in (made.shared, "**row") if part)
    alias = "schema_editor.connection.alias"
    lines = [*made.prelude, f"model = {made.model}"]
    lines.append(f"model.objects.using({alias}).bulk_create([model({both}) for row in ROWS])")
    return Text([_run(state, rng, "fill")], [*_constant(made), *_function("fill", lines)], apps=made.apps)


def _plain_field(state: State, label: str, rng: Random) -> Field:
    key = state.world.key_of(label)
    kinds = ("text", "integer", "positive", "boolean", "date", "decimal", "choice", "float")
    found = [one for one in state.world.fields_of(label) if one.kind in kinds and one.name != key]
    require(found, "nothing to change")
    return rng.choice([one for one in found if not one.has("unique")] or found[:0] or found)


def update(state: State, label: str, rng: Random) -> Text:
    """Earlier rows are changed, at once or one by one."""
    model, key, known = seedable(state, label), state.world.key_of(label), state.known(label)
    require(known and key, "no rows yet")
    one = _plain_field(state, label, rng)
    require(one.name not in model.mentioned(), "it is part of a constraint")
    value = scalar(one, rng, state.next())[0]
    maker = Maker(state, rng)
    rows = f'{maker.model(label)}.objects.filter({key}__in={[*known[:3]]!r})'
    if rng.random() < 0.5:
        lines = [f"{rows}.update({one.name}={value})"]
    else:
        lines = [f"for row in {rows}:", f"{INDENT}row.{one.name} = {value}", f"{INDENT}row.save()"]
    return Text([_run(state, rng, "change")], _function("change", lines), apps=maker.apps)


def rename_key(state: State, label: str, rng: Random) -> Text:
    """The key of an earlier row changes."""
    key, known = state.world.key_of(label), state.known(label)
    seedable(state, label)
    require(known and key, "no rows yet")
    require(not any(one.all_options.get("to_field") for _, one in state.world.referrers(label)), "relations hold it")
    old, new = rng.choice(known), f"changed {state.next()}"
    for model in (state.world.models[label], *state.world.ancestors(label), *state.world.children(label)):
        kept = state.rows.get(model.label, ())
        state.rows[model.label] = tuple(new if one == old else one for one in kept)
    maker = Maker(state, rng)
    lines = [f'{maker.model(label)}.objects.filter({key}="{old}").update({key}="{new}")']
    return Text([_run(state, rng, "change")], _function("change", lines), apps=maker.apps)


def sql_insert(state: State, label: str, rng: Random) -> Text:
    """Rows by INSERT, as one text, as a list, or with parameters."""
    values = dict(columns(state, label, rng))
    table = state.world.models[label].table
    names = ", ".join(f'"{name}"' for name in values)
    text = f"INSERT INTO {table} ({names}) VALUES ({', '.join(values.values())})"
    more = rng.choice(("", ", reverse_sql=migrations.RunSQL.noop", ", migrations.RunSQL.noop, elidable=True"))
    if rng.random() < 0.3 and not any("SELECT" in value for value in values.values()):
        plain_values = [value.strip("'") for value in values.values()]
        marks = ", ".join(["%s"] * len(values))
        statement = f'[("INSERT INTO {table} ({names.replace(chr(34), "")}) VALUES ({marks})", {plain_values!r})]'
    else:
        statement = repr([text]) if rng.random() < 0.3 else repr(text)
    return Text([f"migrations.RunSQL({statement}{more})"], apps=apps_of(state, label))


def sql_update(state: State, label: str, rng: Random) -> Text:
    """Rows changed by UPDATE."""
    model = seedable(state, label)
    key, known = state.world.key_of(label), state.known(label)
    require(known and model.key == key, "no rows yet")
    own = [one for one in model.fields if one.kind in ("text", "integer", "positive", "boolean", "decimal", "choice")]
    own = [one for one in own if one.name not in model.mentioned() and not one.has("unique")]
    require(own, "nothing to change")
    one = rng.choice(own)
    value = scalar(one, rng, state.next())[1]
    where = f"{key} = '{rng.choice(known)}'" if rng.random() < 0.5 else f"{key} <> ''"
    text = f"UPDATE {model.table} SET {one.column} = {value} WHERE {where}"
    return Text([f"migrations.RunSQL({text!r}, migrations.RunSQL.noop)"], apps=apps_of(state, label))


def delete(state: State, label: str, rng: Random) -> Text:
    """An earlier row goes again."""
    key, known = state.world.key_of(label), state.known(label)
    seedable(state, label)
    require(known and key, "no rows yet")
    require(not state.world.children(label) and not any(state.world.ancestors(label)), "a row lies in two tables")
    require(not any(state.has_rows(model.label) for model, _ in state.world.referrers(label)), "rows hang on it")
    gone = rng.choice(known)
    state.rows[label] = tuple(one for one in state.rows[label] if one != gone)
    maker = Maker(state, rng)
    lines = [f'{maker.model(label)}.objects.filter({key}="{gone}").delete()']
    return Text([_run(state, rng, "remove")], _function("remove", lines), apps=maker.apps)


def cleanup(state: State, label: str, rng: Random) -> Text:
    """A repair of rows that an empty database does not have."""
    model, key = seedable(state, label), state.world.key_of(label)
    require(key, "rows cannot be told apart")
    maker = Maker(state, rng)
    name = maker.model(label)
    if rng.random() < 0.3 and model.key == key:
        text = f"DELETE FROM {model.table} WHERE {key} = 'never there'"
        more = rng.choice(("", ", elidable=True", ", reverse_sql=migrations.RunSQL.noop"))
        return Text([f"migrations.RunSQL({text!r}{more})"], apps=maker.apps)
    lines = rng.choice(
        (
            [f'{name}.objects.filter({key}="never there").delete()'],
            [f'for row in {name}.objects.filter({key}__startswith="never"):', f'{INDENT}row.{key} = "x"', f"{INDENT}row.save()"],
            [f'if {name}.objects.filter({key}="never there").exists():', f'{INDENT}raise RuntimeError("never there")'],
        )
    )
    return Text([_run(state, rng, "repair")], _function("repair", lines), apps=maker.apps)


def copy(state: State, label: str, rng: Random) -> Text:
    """Rows of one model made from those of another one, often of another app."""
    source = rng.choice([one for one in sorted(state.rows) if state.known(one) and one in state.world.models] or [""])
    require(source and source != label and state.world.key_of(source), "nothing to copy")
    seedable(state, source)
    key, other = state.world.key_of(label), state.world.key_of(source)
    model = seedable(state, label)
    require(key and not required(state, label) and not model.composite, "rows need more")
    require(all(one.filled or one.name == key for one in state.world.fields_of(label)), "rows need more")
    maker, serial = Maker(state, rng), state.next()
    state.note_rows(label, tuple(f"{one} of {serial}" for one in state.known(source)))
    lines = [f"for row in {maker.model(source)}.objects.order_by('pk'):"]
    lines.append(f'{INDENT}{maker.model(label)}.objects.create({key}="%s of {serial}" % row.{other})')
    return Text([_run(state, rng, "copy")], _function("copy", lines), apps=maker.apps)


def link(state: State, label: str, rng: Random) -> Text:
    """Relations between rows that are there: many-to-many, nullable, to rows of the same model, in a circle."""
    seedable(state, label)
    key, known = state.world.key_of(label), state.known(label)
    require(known and key, "no rows yet")
    found = [
        one
        for one in state.world.fields_of(label)
        if one.relation
        and not one.through
        and state.known(one.to)
        and one.to in state.world.models
        and state.world.models[one.to].kind == "concrete"
        and (one.kind == "m2m" or (one.kind == "fk" and one.has("null") and not one.has("unique")))
        and one.name not in state.world.models[label].mentioned()
    ]
    require(found, "nothing to link")
    one, maker = rng.choice(found), Maker(state, rng)
    other = state.world.key_of(one.to)
    lines = [f'row = {maker.model(label)}.objects.get({key}="{rng.choice(known)}")']
    lines.append(f'target = {maker.model(one.to)}.objects.get({other}="{rng.choice(state.known(one.to))}")')
    lines += [f"row.{one.name}.add(target)"] if one.kind == "m2m" else [f"row.{one.name} = target", "row.save()"]
    return Text([_run(state, rng, "link")], _function("link", lines), apps=maker.apps)


def groups(state: State, label: str, rng: Random) -> Text:
    """A group, sometimes with a permission that only this migration makes."""
    name = f"Group {state.next()}"
    lines = [f'group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="{name}")']
    apps = {"auth"}
    if rng.random() < 0.5:
        app, _, model = label.partition(".")
        apps |= {"contenttypes", app}
        lines += [
            'types = apps.get_model("contenttypes", "ContentType")',
            f'kind, _ = types.objects.get_or_create(app_label="{app}", model="{model.lower()}")',
            'permissions = apps.get_model("auth", "Permission")',
            f'may, _ = permissions.objects.get_or_create(codename="may_{state.serial}", content_type=kind, name="May")',
            "group.permissions.add(may)",
        ]
    return Text([_run(state, rng, "people")], _function("people", lines), apps=apps)


def typed(state: State, label: str, rng: Random) -> Text:
    """A relation to a content type set, as generic relations have it."""
    seedable(state, label)
    key, known = state.world.key_of(label), state.known(label)
    found = [one for one in state.world.fields_of(label) if one.to == "contenttypes.ContentType" and one.kind == "fk"]
    require(known and key and found, "no generic relation")
    one, maker = rng.choice(found), Maker(state, rng)
    target = rng.choice(sorted(state.world.models))
    app, _, model = target.partition(".")
    lines = [f'row = {maker.model(label)}.objects.get({key}="{rng.choice(known)}")']
    lines += [
        'types = apps.get_model("contenttypes", "ContentType")',
        f'row.{one.name}, _ = types.objects.get_or_create(app_label="{app}", model="{model.lower()}")',
        "row.save()",
    ]
    return Text([_run(state, rng, "point")], _function("point", lines), apps=maker.apps | {"contenttypes"})


def carry(state: State, label: str, rng: Random) -> Text:
    """All rows of the model of the same name in another app, which is to go."""
    name = label.partition(".")[2]
    others = [model.label for model in state.world.models.values() if model.name == name and model.label != label]
    require(others and state.world.key_of(label), "nothing to carry over")
    maker = Maker(state, rng)
    fields = [one.name for one in seedable(state, label).fields if one.kind != "generated"]
    state.note_rows(label, state.known(others[0]))
    lines = [f"for row in {maker.model(others[0])}.objects.order_by('pk'):"]
    lines.append(f"{INDENT}{maker.model(label)}.objects.create(**{{name: getattr(row, name) for name in {fields!r}}})")
    return Text([_run(state, rng, "carry")], _function("carry", lines), apps=maker.apps)


MAKES: dict[str, Callable[[State, str, Random], Text]] = {
    function.__name__: function
    for function in (
        plain,
        reversible,
        helped,
        outside,
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

CHANGES: dict[str, Callable[[State, str, Random], Text]] = {
    function.__name__: function
    for function in (update, rename_key, sql_update, delete, cleanup, copy, link, groups, typed)
}
"""Kinds that change what there is."""

KINDS = {**MAKES, **CHANGES, "carry": carry}

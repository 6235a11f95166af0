"""Data migrations that change what there is: rows changed, copied, linked and removed, groups made."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.fuzz.data import INDENT, MAKES, Text, function, run
from tests.fuzz.models import Field
from tests.fuzz.schema import require
from tests.fuzz.state import Maker, State, apps_of, columns, literal, required, scalar, seedable


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
    rows = f"{maker.model(label)}.objects.filter({key}__in={[*known[:3]]!r})"
    if rng.random() < 0.5:
        lines = [f"{rows}.update({one.name}={value})"]
    else:
        lines = [f"for row in {rows}:", f"{INDENT}row.{one.name} = {value}", f"{INDENT}row.save()"]
    return Text([run(state, rng, "change")], function("change", lines), apps=maker.apps)


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
    return Text([run(state, rng, "change")], function("change", lines), apps=maker.apps)


def sql_update(state: State, label: str, rng: Random) -> Text:
    """Rows changed by UPDATE."""
    model = seedable(state, label)
    key, known = state.world.key_of(label), state.known(label)
    require(known and model.key == key, "no rows yet")
    own = [one for one in model.fields if one.kind in ("text", "integer", "positive", "boolean", "decimal", "choice")]
    own = [one for one in own if one.name not in model.mentioned() and not one.has("unique")]
    require(own, "nothing to change")
    one = rng.choice(own)
    value = literal(state, one, rng, state.next())
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
    return Text([run(state, rng, "remove")], function("remove", lines), apps=maker.apps)


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
            [
                f'for row in {name}.objects.filter({key}__startswith="never"):',
                f'{INDENT}row.{key} = "x"',
                f"{INDENT}row.save()",
            ],
            [f'if {name}.objects.filter({key}="never there").exists():', f'{INDENT}raise RuntimeError("never there")'],
        )
    )
    return Text([run(state, rng, "repair")], function("repair", lines), apps=maker.apps)


def copy(state: State, label: str, rng: Random) -> Text:
    """Rows of one model made from those of another one, often of another app."""
    source = rng.choice([one for one in sorted(state.rows) if state.known(one) and one in state.world.models] or [""])
    model = seedable(state, label)
    require(source and source != label and state.world.key_of(source), "nothing to copy")
    seedable(state, source)
    key, other = state.world.key_of(label), state.world.key_of(source)
    require(key and not required(state, label) and not model.composite, "rows need more")
    require(all(one.filled or one.name == key for one in state.world.fields_of(label)), "rows need more")
    maker, serial = Maker(state, rng), state.next()
    state.note_rows(label, tuple(f"{one} of {serial}" for one in state.known(source)))
    lines = [f"for row in {maker.model(source)}.objects.order_by('pk'):"]
    lines.append(f'{INDENT}{maker.model(label)}.objects.create({key}="%s of {serial}" % row.{other})')
    return Text([run(state, rng, "copy")], function("copy", lines), apps=maker.apps)


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
    return Text([run(state, rng, "link")], function("link", lines), apps=maker.apps)


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
    return Text([run(state, rng, "people")], function("people", lines), apps=apps)


def person(state: State, label: str, rng: Random) -> Text:
    """A row of the user model, with a password that nobody knows."""
    user = state.world.user or "auth.User"
    app, _, name = user.partition(".")
    require(app in state.world.contrib or state.world.user, "there are no users")
    require(all(one.filled for one in state.world.fields_of(user)) if state.world.user else True, "it needs more")
    create = f'objects.create(username="user{state.next()}", password="!")'
    return Text(
        [run(state, rng, "people")],
        function("people", [f'apps.get_model("{app}", "{name}").{create}']),
        apps={app, "auth"},
    )


def selected(state: State, label: str, rng: Random) -> Text:
    """Rows of one table from those of another one, by SQL."""
    model = seedable(state, label)
    key, sources = model.key, [one for one in sorted(state.rows) if one != label and state.known(one)]
    sources = [one for one in sources if one in state.world.models and state.world.models[one].key]
    require(key and sources and not state.world.children(label), "nothing to select")
    serial = state.next()
    values = dict(columns(state, label, rng))
    source = state.world.models[rng.choice(sources)]
    known = state.known(source.label)
    state.rows[label] = (*state.rows[label][:-1], *(f"{one} of {serial}" for one in known))
    values[key] = f"one.{source.key} || ' of {serial}'"
    if state.world.engine == "mysql":
        values[key] = f"concat(one.{source.key}, ' of {serial}')"
    text = f"INSERT INTO {model.table} ({', '.join(values)}) SELECT {', '.join(values.values())} FROM {source.table} AS one"
    text += f" ORDER BY one.{source.key}"
    return Text([f"migrations.RunSQL({text!r}, migrations.RunSQL.noop)"], apps=apps_of(state, label) | {source.app})


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
    return Text([run(state, rng, "point")], function("point", lines), apps=maker.apps | {"contenttypes"})


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
    return Text([run(state, rng, "carry")], function("carry", lines), apps=maker.apps)


CHANGES: dict[str, Callable[[State, str, Random], Text]] = {
    function.__name__: function
    for function in (update, rename_key, sql_update, delete, cleanup, copy, link, groups, person, selected, typed)
}
"""Kinds that change what there is."""

KINDS = {**MAKES, **CHANGES, "carry": carry}

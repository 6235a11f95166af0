"""What is known of a project while its story is told: its world, the rows and SQL objects that migrations made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from tests.fuzz.models import Field, Model, World
from tests.fuzz.schema import DoesNotFitError, require

CONTRIB_LEAVES = {
    "auth": "0012_alter_user_first_name_max_length",
    "contenttypes": "0002_remove_content_type_name",
    "admin": "0003_logentry_add_action_flag_choices",
    "sessions": "0001_initial",
    "sites": "0002_alter_domain_unique",
}


@dataclass(frozen=True, slots=True)
class SqlObject:
    """A view, a trigger, an index or a table that only SQL knows."""

    name: str
    kind: str
    app: str
    labels: tuple[str, ...]
    """The models whose tables it is made over."""
    salt: int


@dataclass(slots=True)
class State:
    """What the story has come to; `rows` are keys by label of their model, and "" for rows of models without a key."""

    world: World
    rows: dict[str, tuple[str, ...]] = field(default_factory=dict)
    objects: dict[str, SqlObject] = field(default_factory=dict)
    referring: dict[str, set[str]] = field(default_factory=dict)
    """The apps whose models ever pointed at a model."""
    serial: int = 0

    def next(self) -> int:
        """A number that was never used before in this story."""
        self.serial += 1
        return self.serial

    def has_rows(self, label: str) -> bool:
        return any(self.rows.get(model.label) for model in (self.world.models[label], *self.world.children(label)))

    def note_rows(self, label: str, keys: tuple[str, ...]) -> None:
        """Remember new rows: those of a child are rows of its parents too."""
        for model in (self.world.models[label], *self.world.ancestors(label)):
            if model.kind != "abstract":
                self.rows[model.label] = (*self.rows.get(model.label, ()), *keys)

    def has_extension(self, name: str, app: str) -> bool:
        """Whether a migration of the app has made an extension of the server."""
        return any(found.kind == name and found.app == app for found in self.objects.values())

    def known(self, label: str) -> tuple[str, ...]:
        """Keys of rows that can be looked up."""
        return tuple(key for key in self.rows.get(label, ()) if key)


def scalar(one: Field, rng: Random, serial: int) -> tuple[str, str]:
    """A value for a field that is no relation, different for each serial where it can be: as Python and as SQL."""
    number = rng.randrange(1, 50)
    values: dict[str, tuple[str, str]] = {
        "char": (f'"{one.name} {serial}"', f"'{one.name} {serial}'"),
        "text": (f'"Some text, {serial}."', f"'Some text, {serial}.'"),
        "integer": (str(number), str(number)),
        "positive": (str(number), str(number)),
        "boolean": ("True", "1"),
        "date": (f'"2020-01-{number % 28 + 1:02}"', f"'2020-01-{number % 28 + 1:02}'"),
        "stamp": ('"2020-01-01T00:00:00Z"', "'2020-01-01 00:00:00'"),
        "decimal": (f'"{number}.50"', f"{number}.50"),
        "slug": (f'"slug-{serial}"', f"'slug-{serial}'"),
        "uuid": (f'"{serial:032x}"', f"'{serial:032x}'"),
        "json": (f'{{"number": {number}}}', f"'{{\"number\": {number}}}'"),
        "email": (f'"someone{serial}@example.com"', f"'someone{serial}@example.com'"),
        "float": (f"{number}.25", f"{number}.25"),
        "choice": ('"old"', "'old'"),
        "big": (str(number * 10**10), str(number * 10**10)),
        "small": (str(number), str(number)),
        "duration": ("", ""),
        "time": (f'"10:{number:02}:00"', f"'10:{number:02}:00'"),
        "ip": (f'"10.0.0.{number}"', f"'10.0.0.{number}'"),
        "binary": (f'b"some bytes {number}"', ""),
        "stored": (str(number), str(number)),
        "commented": (f'"Said, {serial}"', f"'Said, {serial}'"),
        "array": (f'["one {serial}", "two"]', f"ARRAY['one {serial}', 'two']"),
        "numbers": (f"[{number}, 2]", f"ARRAY[{number}, 2]"),
        "range": (f"[{serial * 10}, {serial * 10 + 5}]", f"'[{serial * 10},{serial * 10 + 5})'"),
        "days": (f'["2020-01-{number % 28 + 1:02}", "2021-01-01"]', f"'[2020-01-{number % 28 + 1:02},2021-01-01)'"),
        "search": ("", f"to_tsvector('english', 'some words {serial}')"),
        "collated": (f'"As it is, {serial}"', f"'As it is, {serial}'"),
        "hstore": (f'{{"number": "{number}"}}', f"'number => {number}'"),
    }
    return values[one.kind]


def literal(state: State, one: Field, rng: Random, serial: int) -> str:
    """The same value in the SQL of the project's engine. Raises DoesNotFitError where it has no plain one."""
    text = scalar(one, rng, serial)[1]
    require(text, "there is no plain literal")
    if one.kind == "boolean" and state.world.engine == "postgresql":
        return "TRUE"
    return text


def seedable(state: State, label: str) -> Model:
    """The model, where data migrations can make rows of it. Raises DoesNotFitError."""
    require(label in state.world.models, f"there is no {label}")
    model = state.world.models[label]
    require(model.kind == "concrete", "it has no table of its own")
    return model


def required(state: State, label: str) -> list[Field]:
    """The relations without which no row can be made."""
    return [one for one in state.world.fields_of(label) if one.relation and not one.filled]


def apps_of(state: State, label: str) -> set[str]:
    """The apps that a data migration which makes rows of a model has to wait for."""
    world = state.world
    found = {world.models[label].app} | {base.app for base in world.ancestors(label)}
    for child in world.children(label):
        found.add(child.app)
    for one in world.fields_of(label):
        if one.to in world.models:
            found.add(world.models[one.to].app)
        elif one.to:
            found.add(one.to.partition(".")[0])
    return found


class Maker:
    """Lines of a data migration that make or find the rows which another row needs."""

    def __init__(self, state: State, rng: Random) -> None:
        self.state = state
        self.rng = rng
        self.lines: list[str] = []
        self.apps: set[str] = set()
        self._busy: list[str] = []

    def model(self, label: str) -> str:
        """An expression for the model's class as of that moment."""
        self.apps |= apps_of(self.state, label)
        app, _, name = label.partition(".")
        return f'apps.get_model("{app}", "{name}")'

    def target(self, one: Field) -> str:
        """The name of a variable with a row for a required relation. Raises DoesNotFitError where there can be none."""
        require(one.to in self.state.world.models and one.to not in self._busy, "no row can be made")
        shared = one.kind == "fk" and not one.has("unique")
        known = self.state.known(one.to)
        name = f"{one.name}_{self.state.next()}"
        if shared and known and self.state.world.key_of(one.to):
            key = self.rng.choice(known)
            self.lines.append(f'{name} = {self.model(one.to)}.objects.get({self.state.world.key_of(one.to)}="{key}")')
            return name
        self._busy.append(one.to)
        values = self.row(one.to)
        self._busy.pop()
        self.lines.append(f"{name} = {self.model(one.to)}.objects.create({arguments(values)})")
        return name

    def row(self, label: str, *, relations: bool = True) -> dict[str, str]:
        """Values for a new row, which counts as made from now on."""
        model = seedable(self.state, label)
        key = self.state.world.key_of(label)
        serial = self.state.next()
        values: dict[str, str] = {}
        for one in self.state.world.fields_of(label):
            if one.relation:
                if relations and not one.filled:
                    values[one.name] = self.target(one)
            elif one.kind not in ("generated", "stamp", "uuid", "duration", "search") and (
                one.name in {key, *model.composite} or not one.filled or self.rng.random() < 0.4
            ):
                values[one.name] = scalar(one, self.rng, serial)[0]
        self.state.note_rows(label, (values[key].strip('"') if key else "",))
        return values


def arguments(values: dict[str, str]) -> str:
    """Keyword arguments of a call."""
    return ", ".join(f"{name}={value}" for name, value in values.items())


def columns(state: State, label: str, rng: Random) -> Iterator[tuple[str, str]]:
    """Columns and SQL values of a whole new row, for an INSERT by hand. Raises DoesNotFitError where that is not plain."""
    model = seedable(state, label)
    world = state.world
    require(not model.order_with, "a row needs its place")
    require(all(base.kind == "abstract" for base in world.ancestors(label)), "a row lies in two tables")
    serial, key = state.next(), world.key_of(label)
    require(key, "rows would be equal")
    for one in world.fields_of(label):
        if one.kind in ("m2m", "generated", "stored"):
            continue
        if one.relation:
            if one.has("null"):
                continue
            known = state.known(one.to) if one.kind == "fk" and "to_field" not in one.all_options else ()
            require(known and one.to in world.models, "no row to point to")
            target = world.models[one.to]
            require(not target.bases and not _own_key(target), "its key is another one")
            found = f"SELECT id FROM {target.table} WHERE {world.key_of(one.to)} = '{rng.choice(known)}'"
            yield one.column, f"({found})"
        elif one.name == key or not one.has("null"):
            yield one.column, literal(state, one, rng, serial)
    state.note_rows(label, (f"{key} {serial}",))


def _own_key(model: Model) -> bool:
    return bool(model.composite) or any(one.has("primary_key") for one in model.fields)


__all__ = [
    "DoesNotFitError",
    "Maker",
    "SqlObject",
    "State",
    "apps_of",
    "arguments",
    "columns",
    "literal",
    "scalar",
    "seedable",
]

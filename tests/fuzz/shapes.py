"""Random parts: names, fields, models. All chance comes from the generator that is handed in."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from tests.fuzz.models import (
    POSTGRESQL_SCALARS,
    SERVER_SCALARS,
    WITHOUT_KEY,
    App,
    Constraint,
    Field,
    Index,
    Model,
    World,
)

APPS = ("accounts", "shop", "stock", "billing", "people", "library", "events", "crm", "forum", "fleet", "lab", "media")
NOUNS = [
    "Order",
    "Invoice",
    "Client",
    "Parcel",
    "Shelf",
    "Book",
    "Author",
    "Ticket",
    "Venue",
    "Session",
    "Meeting",
    "Driver",
    "Vehicle",
    "Sample",
    "Result",
    "Album",
    "Track",
    "Thread",
    "Post",
    "Badge",
    "Contract",
    "Vendor",
    "Branch",
    "Region",
    "Zone",
    "Course",
    "Lesson",
    "Exam",
    "Grade",
    "Team",
    "Player",
    "Match",
    "Recipe",
    "Ingredient",
    "Menu",
    "Table",
    "Booking",
    "Room",
    "Guest",
    "Payment",
    "Refund",
    "Coupon",
    "Basket",
    "Line",
    "Product",
    "Variant",
    "Category",
    "Tag",
    "Label",
    "Folder",
    "Document",
]
ATTRIBUTES = [
    "title",
    "note",
    "remark",
    "amount",
    "size",
    "weight",
    "colour",
    "height",
    "status",
    "rank",
    "priority",
    "origin",
    "summary",
    "comment",
    "score",
    "level",
    "stage",
    "shade",
    "length",
    "width",
    "depth",
    "brand",
    "model_year",
    "language",
    "currency",
    "website",
    "reference",
    "number",
    "begin",
    "finish",
    "rating",
    "position",
]
RELATIVES = [
    "owner",
    "parent",
    "sibling",
    "source",
    "destination",
    "master",
    "keeper",
    "sender",
    "receiver",
    "leader",
    "follower",
    "member",
    "holder",
    "maker",
    "chief",
    "partner",
    "witness",
    "helper",
    "tenant",
    "landlord",
]
KEYS = ("name", "code", "caption", "word")
HANDLED = ("models.CASCADE", "models.CASCADE", "models.SET_NULL", "models.PROTECT", "models.DO_NOTHING")


class Names:
    """Names that no one has used yet; a number is added when they run out."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._left: dict[int, list[str]] = {}
        self._round: dict[int, int] = {}

    def take(self, pool: Sequence[str]) -> str:
        """One more of a pool."""
        left = self._left.setdefault(id(pool), [])
        number = self._round.get(id(pool), 0)
        if not left:
            left += pool
            self._rng.shuffle(left)
            self._round[id(pool)] = number = number + 1
        return left.pop() + (str(number) if number > 1 else "")


def make_apps(rng: Random, number: int, *, user: bool) -> tuple[App, ...]:
    """Apps: some nested, some with a label unlike their package, some with migrations elsewhere."""
    labels = rng.sample(APPS[1:], number - user) + (["accounts"] if user else [])
    nested = rng.random() < 0.3
    found = []
    for label in labels:
        package = f"apps.{label}" if nested else label
        if rng.random() < 0.1:
            package = f"{package}_app"
        elsewhere = f"history.of_{label}" if rng.random() < 0.06 else ""
        found.append(App(label, package, elsewhere))
    return tuple(found)


def more_kinds(engine: str) -> list[str]:
    """Kinds of fields for projects on a server; those of an extension apart."""
    only = [kind for kind in POSTGRESQL_SCALARS if kind != "hstore"] if engine == "postgresql" else []
    return [*SERVER_SCALARS, *only]


def scalar(rng: Random, names: Names, engine: str = "sqlite") -> Field:
    """A field that is no relation; rows that are there can do without it."""
    kind = rng.choice(
        [
            "char",
            "char",
            "text",
            "integer",
            "integer",
            "positive",
            "boolean",
            "date",
            "stamp",
            "decimal",
            "slug",
            "json",
            "email",
            "float",
            "choice",
            "uuid",
        ]
    )
    if engine != "sqlite" and rng.random() < 0.25:
        kind = rng.choice(more_kinds(engine))
    options: dict[str, str] = {}
    if kind in ("char", "integer", "date", "positive") and rng.random() < 0.15:
        options["db_index"] = "True"
    if kind in ("char", "integer", "decimal") and rng.random() < 0.35:
        options |= {"null": "True", "blank": "True"}
    if rng.random() < 0.1:
        options["verbose_name"] = f'"The {kind}"'
    if kind == "char" and rng.random() < 0.1:
        options["db_column"] = ""
    return Field(names.take(ATTRIBUTES), kind, tuple(options.items()))


def relation(rng: Random, names: Names, source: str, to: str, kind: str, *, null: bool) -> Field:
    """A relation to a label, with a reverse name of its own or none."""
    name = names.take(RELATIVES)
    options: dict[str, str] = {}
    if kind != "m2m":
        handled = rng.choice(HANDLED)
        if handled == "models.SET_NULL" and not null:
            handled = "models.CASCADE"
        if handled == "models.DO_NOTHING" and rng.random() < 0.7:
            handled = "models.CASCADE"
        options["on_delete"] = handled
        if null:
            options |= {"null": "True", "blank": "True"}
        if kind == "fk" and rng.random() < 0.06:
            options["db_constraint"] = "False"
    elif null:
        options["blank"] = "True"
    app, _, model = source.partition(".")
    options["related_name"] = '"+"' if rng.random() < 0.4 else f'"{name}_of_{app}_{model.lower()}"'
    return Field(name, kind, tuple(options.items()), to)


def model(rng: Random, names: Names, app: str, name: str, engine: str = "sqlite") -> Model:
    """A model with a key and some fields."""
    key = rng.choice(KEYS)
    options: dict[str, str] = {}
    if rng.random() < 0.25:
        options["unique"] = "True"
    fields = [Field(key, "slug" if rng.random() < 0.1 else "char", tuple(options.items()))]
    fields += [scalar(rng, names, engine) for _ in range(rng.choice((0, 1, 2, 2, 3, 4)))]
    if rng.random() < 0.05:
        fields.insert(0, Field("id", "uuid", (("primary_key", "True"),)))
    meta: dict[str, str] = {}
    if rng.random() < 0.2:
        meta["ordering"] = f'["{rng.choice(fields).name}"]'
    if rng.random() < 0.1:
        meta["verbose_name"] = f'"{name.lower()}"'
    if rng.random() < 0.08:
        meta["db_table"] = f'"tbl_{app}_{name.lower()}"'
    if rng.random() < 0.06:
        meta["permissions"] = f'[("may_print_{name.lower()}", "May print")]'
    return Model(app, name, tuple(fields), key, meta=tuple(meta.items()), manager=rng.random() < 0.06)


def index(rng: Random, model: Model, number: int, engine: str = "sqlite") -> Index:
    """An index over one or two columns; partial, or over an expression, or of a kind that only the engine has."""
    fields = [one for one in model.fields if one.kind not in {*WITHOUT_KEY, "text"}]
    if engine == "postgresql" and rng.random() < 0.4 and (found := _only_postgresql(rng, model, number)):
        return found
    chosen = rng.sample(fields, min(len(fields), rng.choice((1, 1, 2))))
    empty = [one.name for one in fields if one.has("null")]
    name = f"{model.app[:8]}_{number}_idx"
    if rng.random() < 0.2 and model.key:
        return Index(name, (model.key,), upper=True)
    where = rng.choice(empty) if empty and rng.random() < 0.3 else ""
    return Index(name, tuple(one.name for one in chosen), where)


def _only_postgresql(rng: Random, model: Model, number: int) -> Index | None:
    """An index of a method that fits one of the fields, or with more stored in it."""
    methods = {"array": "GinIndex", "json": "GinIndex", "search": "GinIndex", "hstore": "GinIndex"}
    methods |= {"range": "GistIndex", "days": "GistIndex", "stamp": "BrinIndex", "email": "HashIndex"}
    fitting = [one for one in model.fields if one.kind in methods]
    name = f"{model.app[:8]}_{number}_idx"
    if fitting:
        one = rng.choice(fitting)
        return Index(name, (one.name,), using=methods[one.kind])
    others = [one.name for one in model.fields if one.kind not in WITHOUT_KEY and one.name != model.key]
    if not model.key or not others:
        return None
    if rng.random() < 0.5:
        return Index(name, (model.key,), more=', opclasses=["varchar_pattern_ops"]')
    return Index(name, (model.key,), include=(rng.choice(others),))


def constraint(rng: Random, model: Model, number: int, engine: str = "sqlite") -> Constraint | None:
    """A constraint that rows can satisfy: unique with the key in it, a number that is not negative, ranges apart."""
    without = WITHOUT_KEY | ({"text"} if engine == "mysql" else set())
    name = f"{model.app[:8]}_{number}_con"
    ranges = [one.name for one in model.fields if one.kind == "range"]
    if ranges and rng.random() < 0.5:
        return Constraint("exclude", name, (rng.choice(ranges),))
    numbers = [one.name for one in model.fields if one.kind in ("integer", "positive", "decimal")]
    if numbers and rng.random() < 0.5:
        return Constraint("check", name, (rng.choice(numbers),))
    if not model.key:
        return None
    others = [one.name for one in model.fields if one.kind not in without and one.name != model.key]
    fields = (model.key, *rng.sample(others, min(len(others), rng.choice((0, 1, 1)))))
    empty = [one.name for one in model.fields if one.has("null") and one.kind != "m2m"]
    where = rng.choice(empty) if empty and rng.random() < 0.25 else ""
    if engine == "postgresql" and rng.random() < 0.4:
        return _unique_postgresql(rng, name, fields, others)
    return Constraint("unique", name, fields, where)


def _unique_postgresql(rng: Random, name: str, fields: tuple[str, ...], others: list[str]) -> Constraint:
    more = rng.choice((", deferrable=models.Deferrable.DEFERRED", ", nulls_distinct=False", ""))
    include = (rng.choice(others),) if others and not more else ()
    return Constraint("unique", name, fields, include=include, more=more)


def reaches(world: World, start: str, goal: str) -> bool:
    """Whether relations lead from one model to another one."""
    seen, left, edges = set[str](), [start], world.edges()
    while left:
        now = left.pop()
        if now == goal:
            return True
        if now not in seen:
            seen.add(now)
            left += [target for source, target in edges if source == now]
    return False

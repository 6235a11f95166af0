"""Random stories: a project begins, changes for some rounds with all that people do to projects, and ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.fuzz import changes, data, objects, schema, shapes
from tests.fuzz.author import Author
from tests.fuzz.models import POSTGRESQL_SCALARS, SERVER_SCALARS, WITHOUT_KEY, Field, Model
from tests.fuzz.shapes import ATTRIBUTES, NOUNS
from tests.fuzz.state import SqlObject
from tests.fuzz.story import Commit, Data, MakeObject, Squash, Story


def random_story(seed: str, engine: str = "sqlite") -> Story:
    """The story of a seed on one of ENGINES; the same seed makes the same one."""
    author = Author(seed, engine)
    begin(author)
    for _ in range(author.rounds):
        work(author)
    end(author)
    return replace(author.story, steps=tuple(author.steps))


def begin(author: Author) -> None:
    """The first models and their relations."""
    if author.story.user:
        user = Model("accounts", "User", (), "", (), "user")
        author.add(user)
    for _ in range(max(3, author.size * 2 // 3)):
        author.new_model()
    for label in list(author.world.models):
        for _ in range(author.rng.choice((0, 1, 1, 2))):
            author.new_relation(label)
    author.take(Commit())
    make_rows(author)


def work(author: Author) -> None:
    """Some days of work on the project."""
    for _ in range(author.rng.randrange(1, 5)):
        action = author.rng.choices(list(ACTIONS), weights=list(ACTIONS.values()))[0]
        for _ in range(3):
            if action(author):
                break
    author.take(Commit())


def end(author: Author) -> None:
    """What every project has to have, where it has not come by itself."""
    author.close_cycles()
    author.take(Commit())
    for needed, action in (
        (_renamed, rename_field),
        (_seeded, make_rows),
        (_with_object, make_object),
    ):
        for _ in range(200):
            if needed(author):
                break
            action(author)
            author.take(Commit())
    if author.rng.random() < 0.3:
        squash(author)


def _renamed(author: Author) -> bool:
    return any(isinstance(step, schema.RenameField | schema.RenameModel) for step in author.steps)


def _seeded(author: Author) -> bool:
    return any(author.teller.state.known(label) for label in author.world.models)


def _with_object(author: Author) -> bool:
    return bool(author.teller.state.objects)


def add_field(author: Author) -> bool:
    model = author.some("concrete", "concrete", "abstract", "user")
    numbers = [one.name for one in model.fields if one.kind in ("integer", "positive") or author.numbered(one)]
    if numbers and author.rng.random() < 0.15 and model.kind == "concrete":
        name = author.names.take(ATTRIBUTES)
        return author.take(schema.AddField(model.label, Field(name, "generated", of=author.rng.choice(numbers))))
    if author.teller.state.has_extension("hstore", model.app) and author.rng.random() < 0.5:
        return author.take(schema.AddField(model.label, Field(author.names.take(ATTRIBUTES), "hstore")))
    return author.take(schema.AddField(model.label, shapes.scalar(author.rng, author.names, author.story.engine)))


def remove_field(author: Author) -> bool:
    model = author.some("concrete", "abstract")
    return bool(model.fields) and author.take(schema.RemoveField(model.label, author.rng.choice(model.fields).name))


def rename_field(author: Author) -> bool:
    model = author.some("concrete", "concrete", "abstract")
    if not model.fields:
        return False
    pool = ATTRIBUTES
    return author.take(schema.RenameField(model.label, author.rng.choice(model.fields).name, author.names.take(pool)))


def alter_field(author: Author) -> bool:
    model, rng = author.some("concrete", "user", "abstract"), author.rng
    if not model.fields:
        return False
    one = rng.choice(model.fields)
    choices: list[tuple[dict[str, str], str]] = [({"help_text": f'"Help {rng.randrange(9)}"'}, "")]
    if one.kind in ("char", "slug"):
        choices.append(({"max_length": str(rng.choice((90, 100, 120, 200)))}, ""))
        choices.append(({"db_index": "" if one.has("db_index") else "True"}, ""))
    fixed = {"m2m", "boolean", "stamp", "uuid", *SERVER_SCALARS, *POSTGRESQL_SCALARS}
    if not one.has("primary_key") and one.kind not in fixed and one.name != model.key:
        choices.append(({"null": "" if one.has("null") else "True"}, ""))
    if one.kind in ("integer", "positive"):
        choices.append(({"default": "0", "validators": ""}, rng.choice(("integer", "positive", "float"))))
    if one.kind in ("char", "choice", "slug") and one.name != model.key:
        choices.append(({"blank": "True"}, "text"))
    if one.name == model.key and one.kind == "char" and model.kind == "concrete":
        choices.append(({"unique": "True"}, ""))
    options, kind = rng.choice(choices)
    return author.take(schema.AlterField(model.label, one.name, tuple(options.items()), kind))


def rename_model(author: Author) -> bool:
    return author.take(schema.RenameModel(author.some().label, author.names.take(NOUNS)))


def delete_model(author: Author) -> bool:
    if len(author.world.models) < 4:
        return False
    return author.take(schema.DeleteModel(author.some("concrete", "proxy").label))


def move_model(author: Author) -> bool:
    model, labels = author.some(), [app.label for app in author.story.apps]
    goals = [label for label in labels if label != model.app]
    if not author.cycling_apps:
        near = {other for pair in author.world.edges() if model.label in pair for other in pair} - {model.label}
        if near or any(one.relation for one in model.fields):
            return False
    return author.take(schema.MoveModel(model.label, author.rng.choice(goals)))


def copy_model(author: Author) -> bool:
    """A model comes again in another app, its rows are copied, and it goes."""
    model = author.some()
    goals = [app.label for app in author.story.apps if app.label != model.app]
    if any(one.relation for one in model.fields) or model.bases or author.world.referrers(model.label):
        return False
    goal = author.rng.choice(goals)
    new = replace(model, app=goal, indexes=(), constraints=()).option("db_table", "")
    if not author.add(new):
        return False
    author.take(Commit())
    author.take(Data("carry", new.label, author.rng.randrange(10**6)))
    return author.take(schema.DeleteModel(model.label))


def add_index(author: Author) -> bool:
    model = author.some()
    return bool(model.fields) and author.take(
        schema.AddIndex(model.label, shapes.index(author.rng, model, author.teller.state.next(), author.story.engine))
    )


def add_constraint(author: Author) -> bool:
    model = author.some()
    found = shapes.constraint(author.rng, model, author.teller.state.next(), author.story.engine)
    return found is not None and author.take(schema.AddConstraint(model.label, found))


def drop_constraint(author: Author) -> bool:
    model = author.some()
    names = model.constraint_names
    return bool(names) and author.take(schema.DropConstraint(model.label, author.rng.choice(names)))


def set_unique(author: Author) -> bool:
    model = author.some()
    without = WITHOUT_KEY | ({"text"} if author.story.engine == "mysql" else set())
    others = [one.name for one in model.fields if one.kind not in without]
    if not model.key or len(others) < 2:
        return False
    group = (model.key, author.rng.choice([name for name in others if name != model.key]))
    return author.take(schema.SetUnique(model.label, () if model.unique_together else group))


def set_order(author: Author) -> bool:
    model = author.some()
    found = [one.name for one in model.fields if one.kind == "fk"]
    if model.bases or model.composite or not found:
        return False
    return author.take(schema.SetOrder(model.label, "" if model.order_with else author.rng.choice(found)))


def set_option(author: Author) -> bool:
    model = author.some()
    options = {
        "verbose_name": f'"word {author.rng.randrange(9)}"',
        "ordering": f'["{model.key}"]' if model.key else "",
        "db_table": f'"tbl_{author.rng.randrange(10**4)}_{model.name.lower()}"' if author.rng.random() < 0.3 else "",
        "get_latest_by": '"pk"',
    }
    key = author.rng.choice(list(options))
    return author.take(schema.SetOption(model.label, key, options[key]))


def make_rows(author: Author) -> bool:
    return _data(author, list(data.MAKES), 0.1)


def change_rows(author: Author) -> bool:
    return _data(author, list(changes.CHANGES), 0.15)


def _data(author: Author, kinds: list[str], elsewhere: float) -> bool:
    """A data migration of one of these kinds, for the first model that it fits; by chance in another app."""
    rng = author.rng
    app = rng.choice(author.story.apps).label if rng.random() < elsewhere else ""
    for kind in rng.sample(kinds, len(kinds)):
        labels = sorted(author.world.models)
        for label in rng.sample(labels, len(labels)):
            if author.take(Data(kind, label, rng.randrange(10**6), app)):
                return True
    return False


def make_object(author: Author) -> bool:
    rng, one = author.rng, author.some()
    other = author.some()
    kind = rng.choice(objects.KINDS[author.story.engine])
    labels = (one.label, other.label) if kind == "joined" else (one.label,)
    name = f"{one.app}_{kind}_{author.teller.state.next()}"
    return author.take(
        MakeObject(
            SqlObject(
                name,
                kind,
                one.app,
                () if objects.free(author.story.engine, kind) else labels,
                rng.randrange(10**6),
            )
        )
    )


def view_model(author: Author) -> bool:
    """A model that is not managed, over a view."""
    tables = {model.table for model in author.world.models.values()}
    views = [one for one in author.teller.state.objects.values() if one.kind == "view" and one.name not in tables]
    if not views:
        return False
    view = author.rng.choice(views)
    fields = (Field("what", "char", (("primary_key", "True"),)), Field("size", "integer"))
    name = author.names.take(NOUNS)
    return author.add(Model(view.app, name, fields, "", (), "view", meta=(("db_table", f'"{view.name}"'),)))


def squash(author: Author) -> bool:
    return author.take(Squash(author.rng.choice(author.story.apps).label, author.rng.random() < 0.5))


ACTIONS: dict[Callable[[Author], bool], int] = {
    add_field: 10,
    Author.new_relation: 8,
    remove_field: 5,
    rename_field: 6,
    rename_model: 4,
    alter_field: 8,
    Author.new_model: 6,
    delete_model: 3,
    move_model: 4,
    copy_model: 2,
    add_index: 4,
    add_constraint: 4,
    drop_constraint: 2,
    set_unique: 3,
    set_order: 2,
    set_option: 3,
    make_rows: 16,
    change_rows: 18,
    make_object: 8,
    view_model: 3,
    squash: 1,
}
"""What people do, and how often."""

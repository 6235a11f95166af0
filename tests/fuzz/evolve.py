"""Random stories: a project begins, changes for some rounds with all that people do to projects, and ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from tests.fuzz import data, objects, schema, shapes
from tests.fuzz.models import Field, Model, World
from tests.fuzz.schema import DoesNotFitError, require
from tests.fuzz.shapes import ATTRIBUTES, NOUNS, Names, reaches
from tests.fuzz.state import SqlObject
from tests.fuzz.statistics import app_cycle, model_cycle
from tests.fuzz.story import Commit, Data, MakeObject, Squash, Step, Story, Teller

Action = Callable[["_Author"], None]


def random_story(seed: str) -> Story:
    """The story of a seed; the same seed makes the same one."""
    author = _Author(seed)
    author.begin()
    for _ in range(author.rounds):
        author.round()
    author.end()
    return replace(author.story, steps=tuple(author.steps))


class _Author:
    def __init__(self, seed: str) -> None:
        self.rng = rng = Random(f"story {seed}")
        large = rng.random() < 0.15
        number = rng.choice((2, 2, 3, 3, 4, 5)) if not large else rng.randrange(4, 8)
        self.size = max(4, number + rng.randrange(1, 9)) if not large else rng.randrange(12, 26)
        self.rounds = rng.randrange(4, 9) if not large else rng.randrange(7, 12)
        self.cycling_apps, self.cycling_models = rng.random() < 0.6, rng.random() < 0.6
        user = rng.random() < 0.35
        contrib = ["contenttypes", "auth"]
        if rng.random() < 0.4:
            contrib += ["sessions", "messages", "admin"]
        if rng.random() < 0.15:
            contrib.append("sites")
        apps = shapes.make_apps(rng, number, user=user)
        self.story = Story(seed, apps, tuple(contrib), "accounts.User" if user else "", ())
        self.names = Names(rng)
        self.teller = Teller(self.story)
        self.steps: list[Step] = []
        self.ranks: dict[str, int] = {}
        """The order in which relations point backwards, where models are to have no cycle."""

    @property
    def world(self) -> World:
        return self.teller.state.world

    def take(self, step: Step) -> bool:
        """Take a step if it fits."""
        kept = self.teller.copy()
        try:
            self.teller.take(step)
        except DoesNotFitError:
            self.teller = kept
            return False
        if isinstance(step, schema.RenameModel | schema.MoveModel):
            self.ranks[step.new_label] = self.ranks.pop(step.label, len(self.ranks))
        self.steps.append(step)
        return True

    def begin(self) -> None:
        """The first models and their relations."""
        if self.story.user:
            user = Model("accounts", "User", (), "", (), "user")
            self._add(user)
        for _ in range(max(3, self.size * 2 // 3)):
            self.new_model()
        for label in list(self.world.models):
            for _ in range(self.rng.choice((0, 1, 1, 2))):
                self.new_relation(label)
        self.take(Commit())
        self.make_rows()

    def round(self) -> None:
        """Some days of work on the project."""
        for _ in range(self.rng.randrange(1, 5)):
            action = self.rng.choices(list(ACTIONS), weights=list(ACTIONS.values()))[0]
            for _ in range(3):
                if action(self):
                    break
        self.take(Commit())

    def end(self) -> None:
        """What every project has to have, where it has not come by itself."""
        self._close_cycles()
        self.take(Commit())
        for needed, action in (
            (self._renamed, _Author.rename_field),
            (self._seeded, _Author.make_rows),
            (self._with_object, _Author.make_object),
        ):
            for _ in range(200):
                if needed():
                    break
                action(self)
                self.take(Commit())
        if self.rng.random() < 0.3:
            self.squash()

    def _renamed(self) -> bool:
        return any(isinstance(step, schema.RenameField | schema.RenameModel) for step in self.steps)

    def _seeded(self) -> bool:
        return any(self.teller.state.known(label) for label in self.world.models)

    def _with_object(self) -> bool:
        return bool(self.teller.state.objects)

    def _close_cycles(self) -> None:
        """Add relations that may be empty until there are the cycles that were wanted."""
        for _ in range(100):
            edges = [pair for pair in sorted(self.world.edges()) if self.world.models[pair[0]].kind != "proxy"]
            if self.cycling_models and not model_cycle(self.world) and edges:
                source, target = self.rng.choice(edges)
                self._relate(target, source, "fk", null=True)
            elif self.cycling_apps and not app_cycle(self.world):
                labels = [label for label, model in self.world.models.items() if model.kind in ("concrete", "user")]
                source, target = self.rng.sample(labels, 2)
                if self.cycling_models or not reaches(self.world, target, source):
                    self._relate(source, target, "fk", null=True)
            else:
                return

    # New parts

    def _add(self, model: Model) -> bool:
        if not self.take(schema.AddModel(model)):
            return False
        self.ranks[model.label] = len(self.ranks)
        return True

    def new_model(self) -> bool:
        """A model of one of many shapes."""
        rng, app = self.rng, self.rng.choice(self.story.apps)
        name = self.names.take(NOUNS)
        model = shapes.model(rng, self.names, app.label, name)
        labels = [app.label for app in self.story.apps]
        lower = [
            other
            for other in self.world.models.values()
            if labels.index(other.app) <= labels.index(app.label) and other.kind in ("concrete", "abstract")
        ]
        parents = [other for other in lower if not other.composite]
        abstract = [other for other in lower if other.kind == "abstract"]
        chance = rng.random()
        if abstract and chance < 0.35:
            model = replace(model, bases=(rng.choice(abstract).label,), key="", fields=self._unkeyed(model))
        elif chance < 0.08:
            model = replace(model, kind="abstract", manager=False, meta=(), fields=self._plain_key(model))
        elif parents and chance < 0.2:
            parent = rng.choice(parents)
            key = "" if self.world.key_of(parent.label) else model.key
            fields = model.fields if key else self._unkeyed(model)
            model = replace(model, bases=(parent.label,), key=key, fields=fields, meta=())
        elif parents and chance < 0.25:
            parent = rng.choice([other for other in parents if other.kind == "concrete"] or [None])
            if parent:
                model = Model(app.label, name, bases=(parent.label,), kind="proxy")
        elif chance < 0.3:
            target = self._target(model.label, None)
            if target and target in self.world.models and not self.world.models[target].composite:
                key = shapes.relation(rng, self.names, model.label, target, "o2o", null=False)
                key = key.with_options(primary_key="True", on_delete="models.CASCADE")
                model = replace(model, fields=(key, *(one for one in model.fields if one.name != "id")))
        elif chance < 0.33 and model.field("id") is None:
            number = Field("number_" + model.key, "integer")
            model = replace(model, fields=(*model.fields, number), composite=(model.key, number.name))
        if model.kind == "concrete" and any(one.name in {f.name for f in model.fields} for b in model.bases for one in self.world.fields_of(b)):
            return False
        if "ordering" in dict(model.meta) and not all(model.field(n) for n in eval(dict(model.meta)["ordering"])):
            model = model.option("ordering", "")
        return self._add(model)

    @staticmethod
    def _unkeyed(model: Model) -> tuple[Field, ...]:
        return tuple(one for one in model.fields if one.name not in (model.key, "id"))

    @staticmethod
    def _plain_key(model: Model) -> tuple[Field, ...]:
        return tuple(one.with_options(unique="") for one in model.fields if one.name != "id")

    def _target(self, source: str, kind: str | None) -> str | None:
        """A model that `source` may point at, within the cycles that this project is to have."""
        rng = self.rng
        labels = [app.label for app in self.story.apps]
        rank = self.ranks.get(source, len(self.ranks))
        app = labels.index(source.partition(".")[0])
        found = [
            model.label
            for model in self.world.models.values()
            if model.kind in ("concrete", "user")
            and not model.composite
            and (self.cycling_apps or labels.index(model.app) <= app)
            and (self.cycling_models or self.ranks[model.label] < rank or model.label == source)
        ]
        if kind in ("fk", "m2m") and rng.random() < 0.08:
            found = [self.story.user or "auth.User", "auth.Group", "contenttypes.ContentType"]
            if "admin" in self.story.contrib:
                found.append("admin.LogEntry")
            if self.story.user and not (self.cycling_models or self.ranks[self.story.user] < rank):
                found.pop(0)
            if self.story.user and not self.cycling_apps and labels.index("accounts") > app:
                found = found[-2:] if "admin" not in self.story.contrib else ["auth.Group", "contenttypes.ContentType"]
        return rng.choice(found) if found else None

    def new_relation(self, label: str | None = None) -> bool:
        """A relation from a model to another one."""
        rng = self.rng
        label = label or rng.choice(sorted(self.world.models))
        kind = rng.choices(("fk", "o2o", "m2m"), weights=(6, 1, 2))[0]
        to = self._target(label, kind)
        if to is None or self.world.models[label].kind not in ("concrete", "user", "abstract"):
            return False
        null = to not in self.world.models or to == label or rng.random() < 0.5
        through = rng.random() < 0.3
        if kind == "m2m" and through and to in self.world.models and self.world.models[label].kind == "concrete":
            return self._through(label, to)
        return self._relate(label, to, kind, null=null)

    def _relate(self, label: str, to: str, kind: str, *, null: bool) -> bool:
        if self.world.models[label].composite and kind == "m2m":
            return False
        one = shapes.relation(self.rng, self.names, label, to, kind, null=null)
        if self.world.models[label].kind == "abstract":
            one = one.with_options(related_name='"+"')
        target = self.world.models.get(to)
        keyed = target and target.key and target.field(target.key)
        if keyed and keyed.has("unique") and kind == "fk" and self.rng.random() < 0.25:
            one = one.with_options(to_field=f'"{keyed.name}"')
        return self.take(schema.AddField(label, one))

    def _through(self, label: str, to: str) -> bool:
        """A many-to-many with a model of its own between."""
        rng = self.rng
        if label == to or (not self.cycling_models and self.world.models[label].composite):
            return False
        app = label.partition(".")[0]
        between = shapes.model(rng, self.names, app, self.names.take(NOUNS))
        ends = [
            shapes.relation(rng, self.names, between.label, end, "fk", null=False).with_options(on_delete="models.CASCADE")
            for end in (label, to)
        ]
        if not self._add(replace(between, fields=(*between.fields, *ends))):
            return False
        many = shapes.relation(rng, self.names, label, to, "m2m", null=True)
        return self.take(schema.AddField(label, replace(many, through=between.label)))

    # Actions, which say whether they did something

    def _some(self, *kinds: str) -> Model:
        found = [model for model in self.world.models.values() if model.kind in (kinds or ("concrete",))]
        require(found, "there is none")
        return self.rng.choice(found)

    def add_field(self) -> bool:
        model = self._some("concrete", "concrete", "abstract", "user")
        numbers = [one.name for one in model.fields if one.kind in ("integer", "positive")]
        if numbers and self.rng.random() < 0.12 and model.kind == "concrete":
            name = self.names.take(ATTRIBUTES)
            return self.take(schema.AddField(model.label, Field(name, "generated", of=self.rng.choice(numbers))))
        return self.take(schema.AddField(model.label, shapes.scalar(self.rng, self.names)))

    def remove_field(self) -> bool:
        model = self._some("concrete", "abstract")
        return bool(model.fields) and self.take(schema.RemoveField(model.label, self.rng.choice(model.fields).name))

    def rename_field(self) -> bool:
        model = self._some("concrete", "concrete", "abstract")
        if not model.fields:
            return False
        pool = ATTRIBUTES
        return self.take(schema.RenameField(model.label, self.rng.choice(model.fields).name, self.names.take(pool)))

    def alter_field(self) -> bool:
        model, rng = self._some("concrete", "user", "abstract"), self.rng
        if not model.fields:
            return False
        one = rng.choice(model.fields)
        choices: list[tuple[dict[str, str], str]] = [({"help_text": f'"Help {rng.randrange(9)}"'}, "")]
        if one.kind in ("char", "slug"):
            choices.append(({"max_length": str(rng.choice((90, 100, 120, 200)))}, ""))
            choices.append(({"db_index": "" if one.has("db_index") else "True"}, ""))
        if not one.has("primary_key") and one.kind not in ("m2m", "boolean", "stamp", "uuid") and one.name != model.key:
            choices.append(({"null": "" if one.has("null") else "True"}, ""))
        if one.kind in ("integer", "positive"):
            choices.append(({"default": "0", "validators": ""}, rng.choice(("integer", "positive", "float"))))
        if one.kind in ("char", "choice", "slug") and one.name != model.key:
            choices.append(({"blank": "True"}, "text"))
        if one.name == model.key and one.kind == "char" and model.kind == "concrete":
            choices.append(({"unique": "True"}, ""))
        options, kind = rng.choice(choices)
        return self.take(schema.AlterField(model.label, one.name, tuple(options.items()), kind))

    def rename_model(self) -> bool:
        return self.take(schema.RenameModel(self._some().label, self.names.take(NOUNS)))

    def delete_model(self) -> bool:
        if len(self.world.models) < 4:
            return False
        return self.take(schema.DeleteModel(self._some("concrete", "proxy").label))

    def move_model(self) -> bool:
        model, labels = self._some(), [app.label for app in self.story.apps]
        goals = [label for label in labels if label != model.app]
        if not self.cycling_apps:
            near = {other for pair in self.world.edges() if model.label in pair for other in pair} - {model.label}
            if near or any(one.relation for one in model.fields):
                return False
        return self.take(schema.MoveModel(model.label, self.rng.choice(goals)))

    def copy_model(self) -> bool:
        """A model comes again in another app, its rows are copied, and it goes."""
        model = self._some()
        goals = [app.label for app in self.story.apps if app.label != model.app]
        if any(one.relation for one in model.fields) or model.bases or self.world.referrers(model.label):
            return False
        goal = self.rng.choice(goals)
        new = replace(model, app=goal, indexes=(), constraints=()).option("db_table", "")
        if not self._add(new):
            return False
        self.take(Commit())
        self.take(Data("carry", new.label, self.rng.randrange(10**6)))
        return self.take(schema.DeleteModel(model.label))

    def add_index(self) -> bool:
        model = self._some()
        return bool(model.fields) and self.take(
            schema.AddIndex(model.label, shapes.index(self.rng, model, self.teller.state.next()))
        )

    def add_constraint(self) -> bool:
        model = self._some()
        found = shapes.constraint(self.rng, model, self.teller.state.next())
        return found is not None and self.take(schema.AddConstraint(model.label, found))

    def drop_constraint(self) -> bool:
        model = self._some()
        names = [one.name for one in (*model.indexes, *model.constraints)]
        return bool(names) and self.take(schema.DropConstraint(model.label, self.rng.choice(names)))

    def set_unique(self) -> bool:
        model = self._some()
        others = [one.name for one in model.fields if one.kind not in ("m2m", "generated", "json")]
        if not model.key or len(others) < 2:
            return False
        group = (model.key, self.rng.choice([name for name in others if name != model.key]))
        return self.take(schema.SetUnique(model.label, () if model.unique_together else group))

    def set_order(self) -> bool:
        model = self._some()
        found = [one.name for one in model.fields if one.kind == "fk"]
        if model.bases or model.composite or not found:
            return False
        return self.take(schema.SetOrder(model.label, "" if model.order_with else self.rng.choice(found)))

    def set_option(self) -> bool:
        model = self._some()
        options = {
            "verbose_name": f'"word {self.rng.randrange(9)}"',
            "ordering": f'["{model.key}"]' if model.key else "",
            "db_table": f'"tbl_{self.rng.randrange(10**4)}_{model.name.lower()}"' if self.rng.random() < 0.3 else "",
            "get_latest_by": '"pk"',
        }
        key = self.rng.choice(list(options))
        return self.take(schema.SetOption(model.label, key, options[key]))

    def make_rows(self) -> bool:
        return self._data(list(data.MAKES), 0.1)

    def change_rows(self) -> bool:
        return self._data(list(data.CHANGES), 0.15)

    def _data(self, kinds: list[str], elsewhere: float) -> bool:
        rng = self.rng
        app = rng.choice(self.story.apps).label if rng.random() < elsewhere else ""
        for _ in range(12):
            label = self._some().label
            if self.take(Data(rng.choice(kinds), label, rng.randrange(10**6), app)):
                return True
        return False

    def make_object(self) -> bool:
        rng, one = self.rng, self._some()
        other = self._some()
        kind = rng.choice(objects.KINDS)
        labels = (one.label, other.label) if kind == "joined" else (one.label,)
        name = f"{one.app}_{kind}_{self.teller.state.next()}"
        return self.take(MakeObject(SqlObject(name, kind, one.app, labels if kind != "table" else (), rng.randrange(10**6))))

    def squash(self) -> bool:
        return self.take(Squash(self.rng.choice(self.story.apps).label, self.rng.random() < 0.5))


ACTIONS: dict[Callable[[_Author], bool], int] = {
    _Author.add_field: 10,
    _Author.new_relation: 8,
    _Author.remove_field: 5,
    _Author.rename_field: 6,
    _Author.rename_model: 4,
    _Author.alter_field: 8,
    _Author.new_model: 6,
    _Author.delete_model: 3,
    _Author.move_model: 3,
    _Author.copy_model: 2,
    _Author.add_index: 4,
    _Author.add_constraint: 4,
    _Author.drop_constraint: 2,
    _Author.set_unique: 3,
    _Author.set_order: 2,
    _Author.set_option: 3,
    _Author.make_rows: 12,
    _Author.change_rows: 12,
    _Author.make_object: 6,
    _Author.squash: 1,
}
"""What people do, and how often."""

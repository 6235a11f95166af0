"""How a random story comes about: steps are tried, and kept where they fit; new models and relations of many shapes."""

from __future__ import annotations

import itertools
from dataclasses import replace
from random import Random

from tests.fuzz import schema, shapes
from tests.fuzz.models import Field, Model, World
from tests.fuzz.schema import DoesNotFitError
from tests.fuzz.shapes import NOUNS, Names, reaches
from tests.fuzz.statistics import app_cycle, app_edges, model_cycle
from tests.fuzz.story import Step, Story, Teller


class Author:
    """Who tells a random story: tries steps, and keeps those that fit."""

    def __init__(self, seed: str, engine: str = "sqlite") -> None:
        self.rng = rng = Random(f"story {seed}")
        large = rng.random() < 0.1
        number = rng.choice((2, 2, 3, 3, 4, 5)) if not large else rng.randrange(4, 8)
        self.size = max(4, number + rng.randrange(0, 6)) if not large else rng.randrange(10, 22)
        self.rounds = rng.randrange(3, 6) if not large else rng.randrange(6, 10)
        self.cycling_apps, self.cycling_models = rng.random() < 0.65, rng.random() < 0.65
        user = rng.random() < 0.35
        contrib = ["contenttypes"]
        if user or rng.random() < 0.4:
            contrib.append("auth")
            if rng.random() < 0.4:
                contrib += ["sessions", "messages", "admin"]
        if rng.random() < 0.1:
            contrib.append("sites")
        if engine == "postgresql" and rng.random() < 0.6:
            contrib.append("postgres")
        apps = shapes.make_apps(rng, number, user=user)
        self.story = Story(seed, apps, tuple(contrib), "accounts.User" if user else "", (), engine)
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

    def close_cycles(self) -> None:
        """Add relations that may be empty until there are the cycles that were wanted."""
        for _ in range(8):
            edges = [pair for pair in sorted(self.world.edges()) if self.world.models[pair[0]].kind != "proxy"]
            if self.cycling_models and not model_cycle(self.world) and edges:
                source, target = self.rng.choice(edges)
                self._relate(target, source, "fk", null=True)
            elif self.cycling_apps and not app_cycle(self.world) and (pairs := self._closing()):
                self._relate(*self.rng.choice(pairs), "fk", null=True)

    def _closing(self) -> list[tuple[str, str]]:
        """Pairs of models in two apps with no relation from the first app to the second; those that close a cycle if any."""
        labels = [label for label, model in self.world.models.items() if model.kind in ("concrete", "user")]
        there = app_edges(self.world)
        found, closing = [], []
        for source, target in itertools.permutations(labels, 2):
            apps = self.world.models[source].app, self.world.models[target].app
            if apps[0] == apps[1] or apps in there or self.world.models[target].composite:
                continue
            if self.cycling_models or not reaches(self.world, target, source):
                found.append((source, target))
                closing += [(source, target)] if apps[::-1] in there else []
        return closing or found

    # New parts

    def add(self, model: Model) -> bool:
        if not self.take(schema.AddModel(model)):
            return False
        self.ranks[model.label] = len(self.ranks)
        return True

    def new_model(self) -> bool:
        """A model of one of many shapes."""
        app = self.rng.choice(self.story.apps)
        model = shapes.model(self.rng, self.names, app.label, self.names.take(NOUNS), self.story.engine)
        return self.add(self._shaped(model))

    def _shaped(self, model: Model) -> Model:
        """The same, or a child, a proxy, an abstract base, one whose key is a relation, or has two columns."""
        rng, labels = self.rng, [app.label for app in self.story.apps]
        lower = [one for one in self.world.models.values() if labels.index(one.app) <= labels.index(model.app)]
        parents = [one for one in lower if one.kind == "concrete" and not one.composite]
        abstract = [one for one in lower if one.kind == "abstract"]
        chance = rng.random()
        if abstract and chance < 0.35:
            return self._child(model, rng.choice(abstract))
        if chance < 0.08:
            return replace(model, kind="abstract", manager=False, meta=(), fields=self._plain_key(model))
        if parents and chance < 0.2:
            return replace(self._child(model, rng.choice(parents)), meta=())
        if parents and chance < 0.25:
            return Model(model.app, model.name, bases=(rng.choice(parents).label,), kind="proxy")
        if chance < 0.3 and (target := self._target(model.label, None)):
            key = shapes.relation(rng, self.names, model.label, target, "o2o", null=False)
            key = key.with_options(primary_key="True", on_delete="models.CASCADE")
            return replace(model, fields=(key, *(one for one in model.fields if one.name != "id")))
        if chance < 0.33 and model.field("id") is None:
            return self._with_two_keys(model)
        return model

    def _with_two_keys(self, model: Model) -> Model:
        """A primary key of a number and the key, or of a number and a relation."""
        number = Field(f"number_{model.key}", "integer")
        target = self._target(model.label, None) if self.rng.random() < 0.5 else None
        if target is None or target not in self.world.models:
            return replace(model, fields=(*model.fields, number), composite=(model.key, number.name))
        part = shapes.relation(self.rng, self.names, model.label, target, "fk", null=False)
        part = part.with_options(on_delete="models.CASCADE")
        return replace(model, fields=(*model.fields, number, part), composite=(part.name, number.name))

    def _child(self, model: Model, parent: Model) -> Model:
        """A child of another model, whose key it has where there is one."""
        keyed = bool(self.world.key_of(parent.label))
        inherited = {one.name for one in self.world.fields_of(parent.label)} | ({model.key} if keyed else set())
        fields = tuple(one for one in model.fields if one.name not in {*inherited, "id"})
        names = {one.name for one in fields}
        if not names.issuperset(text.strip('[]"') for key, text in model.meta if key == "ordering"):
            model = model.option("ordering", "")
        return replace(model, bases=(parent.label,), key=model.key if model.key in names else "", fields=fields)

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
            found = self._outside(found)
        return rng.choice(found) if found else None

    def _outside(self, allowed: list[str]) -> list[str]:
        """Models of Django to point at, and the user model where it is among those allowed."""
        found = ["contenttypes.ContentType"]
        if "auth" in self.story.contrib:
            found.append("auth.Group")
            if self.story.user in ("", *allowed):
                found.append(self.story.user or "auth.User")
        return [*found, "admin.LogEntry"] if "admin" in self.story.contrib else found

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
        between = shapes.model(rng, self.names, app, self.names.take(NOUNS), self.story.engine)
        ends = [
            shapes.relation(rng, self.names, between.label, end, "fk", null=False).with_options(
                on_delete="models.CASCADE"
            )
            for end in (label, to)
        ]
        if not self.add(replace(between, fields=(*between.fields, *ends))):
            return False
        many = shapes.relation(rng, self.names, label, to, "m2m", null=True)
        return self.take(schema.AddField(label, replace(many, through=between.label)))

    def numbered(self, one: Field) -> bool:
        """Whether a relation's column holds a number."""
        target = self.world.models.get(one.to)
        if one.kind != "fk" or target is None or "to_field" in one.all_options or target.bases:
            return False
        return not any(field.has("primary_key") for field in target.fields)

    def some(self, *kinds: str) -> Model:
        """One of the models, by default of those with a table of their own."""
        return self.rng.choice([one for one in self.world.models.values() if one.kind in (kinds or ("concrete",))])

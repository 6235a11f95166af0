"""The story of a project, as a flat list of steps, and what has to be written for each when it is told.

A step that does not fit any more (since a test removed what it was made for) is left out, so that every part of a
story is a story too; that is what makes a failing one small.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from tests.fuzz import changes, objects
from tests.fuzz.data import Text
from tests.fuzz.models import App, Field, Model, World
from tests.fuzz.schema import (
    AddModel,
    AlterField,
    Change,
    DeleteModel,
    DoesNotFitError,
    MoveModel,
    RenameField,
    RenameModel,
    require,
)
from tests.fuzz.state import CONTRIB_LEAVES, SqlObject, State


@dataclass(frozen=True, slots=True)
class Commit:
    """makemigrations is run for what changed so far."""


@dataclass(frozen=True, slots=True)
class Data:
    """A data migration of a kind; everything else about it follows from `salt` and the moment."""

    kind: str
    label: str
    salt: int
    app: str = ""
    """The app whose migration it is, where that is another one than the model's."""


@dataclass(frozen=True, slots=True)
class MakeObject:
    """An SQL object comes."""

    object: SqlObject


@dataclass(frozen=True, slots=True)
class Squash:
    """The first migrations of an app are squashed, and the originals removed or not."""

    app: str
    remove: bool


Step = Change | Commit | Data | MakeObject | Squash


@dataclass(frozen=True, slots=True)
class Story:
    """How a project came to be."""

    seed: str
    apps: tuple[App, ...]
    contrib: tuple[str, ...]
    user: str
    steps: tuple[Step, ...]
    engine: str = "sqlite"
    """What its database is on, one of ENGINES."""


@dataclass(frozen=True, slots=True)
class SchemaRun:
    """A run of makemigrations, with the answers to its questions."""

    before: World
    after: World
    models: tuple[tuple[str, str, str], ...] = ()
    """Renamed models: app, old and new name."""
    fields: tuple[tuple[str, str, str], ...] = ()
    """Renamed fields: model in lower case, old and new name."""
    values: dict[str, Any] = field(default_factory=dict)
    """What rows that are there get, by model in lower case and field."""
    state_only: dict[str, str] = field(default_factory=dict)
    """Model in lower case whose operations change no table, by app."""
    waits: dict[str, set[str]] = field(default_factory=dict)
    """The apps whose latest migration an app's first new file has to wait for."""
    holds: set[str] = field(default_factory=set)
    """Apps whose next file has to wait for this run."""


@dataclass(frozen=True, slots=True)
class HandWritten:
    """A migration that a person wrote."""

    app: str
    slug: str
    text: Text
    python: bool


Event = SchemaRun | HandWritten | Squash


def tell(story: Story) -> tuple[State, list[Event], list[Step]]:
    """The last state, what has to be written to come there, and the steps that fitted."""
    teller = Teller(story)
    fitted: list[Step] = []
    for step in story.steps:
        kept = teller.copy()
        try:
            teller.take(step)
            fitted.append(step)
        except DoesNotFitError:
            teller = kept
    teller.flush()
    return teller.state, teller.events, fitted


class Teller:
    """Tells a story step by step; `events` is what has been written so far."""

    def __init__(self, story: Story) -> None:
        world = World(story.apps, {}, story.contrib, story.user, story.engine)
        self.state = State(world)
        self.events: list[Event] = []
        self._story = story
        self._committed = world
        self._changes: list[Change] = []

    def copy(self) -> Teller:
        """As it is now, to come back to."""
        other = Teller(self._story)
        other.state = replace(
            self.state,
            rows=dict(self.state.rows),
            objects=dict(self.state.objects),
            referring={label: set(apps) for label, apps in self.state.referring.items()},
        )
        other.events = list(self.events)
        other._committed = self._committed
        other._changes = list(self._changes)
        return other

    def take(self, step: Step) -> None:
        """Take one step. Raises DoesNotFitError."""
        if isinstance(step, Change):
            if step.alone:
                self.flush()
            self.state.world = step.apply(self.state.world, self.state.rows)
            self._changes.append(step)
            if isinstance(step, RenameModel | MoveModel):
                self._rename_rows(step.label, step.new_label)
            if step.alone:
                self.flush()
            return
        self.flush()
        if isinstance(step, Data):
            self._write_data(step)
        elif isinstance(step, MakeObject):
            self._make(step.object)
        elif isinstance(step, Squash):
            self.events.append(step)

    def flush(self) -> None:
        """makemigrations for the changes so far: objects over tables that change are taken away and made again."""
        if not self._changes:
            return
        before, after = self._committed, self.state.world
        moved = {step.label: step.new_label for step in self._changes if isinstance(step, RenameModel | MoveModel)}
        touched = _touched(before, after)
        broken = [found for found in self.state.objects.values() if touched & set(found.labels)]
        staying = [found for found in broken if self._outlives(found, moved)]
        for found in broken:
            text = objects.dropped(before, found)
            if found not in staying and text.operations:
                self._hand(found.app, f"drop_{found.name}", text, python=False)
            del self.state.objects[found.name]
        for label in after.models:
            for one in after.models[label].fields:
                self.state.referring.setdefault(one.to, set()).add(after.models[label].app)
        self.events.append(self._run(before, after))
        self._committed, self._changes = after, []
        for found in broken:
            now = replace(found, labels=tuple(moved.get(label, label) for label in found.labels))
            if after.engine == "sqlite" and objects.stays(after.engine, found.kind):
                # It is forgotten with its table, and nobody notices.
                continue
            if found in staying:
                self.state.objects[found.name] = now
                continue
            kept = dict(self.state.objects)
            try:
                self._make(now, again=True)
            except DoesNotFitError:
                self.state.objects = kept

    def _outlives(self, found: SqlObject, moved: dict[str, str]) -> bool:
        """Whether an object over tables that change need not be taken away before."""
        before, after = self._committed, self.state.world
        if not objects.stays(after.engine, found.kind):
            return False
        renamed = {step.old for step in self._changes if isinstance(step, RenameField)}
        if not objects.follows(after.engine, found.kind):
            renamed = set()
        if found.kind == "view" and any(isinstance(step, AlterField) for step in self._changes):
            return False
        return not _gone(before, after, found.labels, moved, renamed)

    def _run(self, before: World, after: World) -> SchemaRun:
        run = SchemaRun(before, after, values=_values(before, after))
        models, fields = [], []
        for step in self._changes:
            if isinstance(step, RenameModel):
                app, _, old = step.label.partition(".")
                models.append((app, old, step.name))
            if isinstance(step, RenameField):
                family = [after.models[step.label], *after.children(step.label)] if step.label in after.models else []
                fields += [(model.name.lower(), step.old, step.new) for model in family]
            if isinstance(step, RenameModel | MoveModel | DeleteModel):
                self._order(run, step)
        return replace(run, models=tuple(models), fields=tuple(fields))

    def _order(self, run: SchemaRun, step: RenameModel | MoveModel | DeleteModel) -> None:
        """Dependencies that the autodetector does not see, and a person adds."""
        app = step.label.partition(".")[0]
        referring = self.state.referring.get(step.label, set()) | {app}
        apps = {app}
        if isinstance(step, MoveModel):
            apps.add(step.app)
            run.state_only.update(dict.fromkeys(apps, step.label.partition(".")[2].lower()))
        if isinstance(step, RenameModel | MoveModel):
            self.state.referring.setdefault(step.new_label, set()).update(referring)
        for one in apps:
            run.waits.setdefault(one, set()).update(referring - {one})
        run.holds.update(referring)

    def _write_data(self, step: Data) -> None:
        require(step.label in self.state.world.models, "the model is gone")
        text = changes.KINDS[step.kind](self.state, step.label, Random(step.salt))
        app = step.app or step.label.partition(".")[0]
        require(app in {one.label for one in self.state.world.apps}, "the app is gone")
        if text.helper:
            app = step.label.partition(".")[0]
        self._hand(
            app, f"{step.kind.strip('_')}_{self.state.next()}", text, python="RunPython" in "".join(text.operations)
        )

    def _make(self, found: SqlObject, *, again: bool = False) -> None:
        app = found.app
        require(
            app in {one.label for one in self.state.world.apps} and found.name not in self.state.objects, "no place"
        )
        text = objects.made(self.state, found)
        self.state.objects[found.name] = found
        self._hand(app, f"{'remake' if again else 'make'}_{found.name}", text, python=False)

    def _hand(self, app: str, slug: str, text: Text, *, python: bool) -> None:
        require(all(one in CONTRIB_LEAVES or one in self._labels() for one in text.apps), "an app is missing")
        require(
            all(one not in CONTRIB_LEAVES or one in self.state.world.contrib for one in text.apps), "an app is missing"
        )
        self.events.append(HandWritten(app, slug, text, python))

    def _labels(self) -> set[str]:
        return {app.label for app in self.state.world.apps}

    def _rename_rows(self, old: str, new: str) -> None:
        if old in self.state.rows:
            self.state.rows[new] = self.state.rows.pop(old)


def _touched(before: World, after: World) -> set[str]:
    """Labels, as they were, of models whose tables a run may make anew."""
    changed = {label for label, model in before.models.items() if after.models.get(label) != model}
    for label in list(changed):
        changed |= {child.label for child in before.children(label)}
        if label not in after.models:
            changed |= {model.label for model, _ in before.referrers(label)}
            changed |= {one.to for one in before.models[label].fields if one.to in before.models}
    return changed


def _gone(
    before: World, after: World, labels: tuple[str, ...], moved: dict[str, str], renamed: Collection[str]
) -> bool:
    """Whether columns of these models were removed, or got names that are not `renamed`, so that the engine would not let them go."""
    for label in labels:
        now = moved.get(label, label)
        if now not in after.models or _columns(before, label) - _columns(after, now) - set(renamed):
            return True
    return False


def _columns(world: World, label: str) -> set[str]:
    fields = world.models[label].fields if world.engine == "sqlite" else world.fields_of(label)
    return {one.name for one in fields}


def _values(before: World, after: World) -> dict[str, Any]:
    """What the person behind makemigrations answers for fields that rows did not have, or had empty."""
    by_kind = {"char": "", "slug": "", "email": "", "text": "", "choice": "new", "date": "2020-01-01", "json": {}}
    found = {}
    for label, model in after.models.items():
        old = {one.name: one for one in before.fields_of(label)} if label in before.models else {}
        for one in after.fields_of(label):
            was = old.get(one.name)
            if was is None or was.has("null") or was.kind != one.kind:
                found[f"{model.name.lower()}.{one.name}"] = 1 if one.relation else by_kind.get(one.kind, 0)
    return found


def concrete(world: World) -> Iterator[Model]:
    """The models that have a table of their own."""
    return (model for model in world.models.values() if model.kind in ("concrete", "user"))


__all__ = [
    "AddModel",
    "Commit",
    "Data",
    "Event",
    "Field",
    "HandWritten",
    "MakeObject",
    "SchemaRun",
    "Squash",
    "Story",
    "tell",
]
